"""The tests of a GPU on a pretended one, where there is none: see ``pretended``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: What a stand-in can tell nothing of, or only slowly.
_NOT_HERE = ("compiled", "out_of_memory_is", "(bits and 4)")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a C++ compiler")
def test_devices_and_precisions_are_never_mixed() -> None:
    """On every rung, with LoRAs and likenesses, redrawn, broken off, and in 8 bits."""
    words = " and ".join(f"not {word}" for word in _NOT_HERE)
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "gpu", "-k", words,
            "--timeout", "300", "-p", "tests.models.pretended",
            "tests/models/test_gpu.py",
        ],
        cwd=ROOT, env=os.environ | {"REQUIRE_MODELS": "1"}, capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    assert " skipped" not in done.stdout
