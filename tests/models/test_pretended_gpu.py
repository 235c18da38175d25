"""The tests of a GPU on a pretended one, where there is none: see ``pretended``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Those that move the most about; all but `compiled` and 4 bits can be run by hand.
_CASES = (
    "(lora and sequential)", "(likenesses and offload)", "(redrawing and lean)",
    "broken_off", "taken_meanwhile", "voice",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(
    shutil.which("c++") is None and not os.environ.get("CI"),
    reason="needs a C++ compiler",
)
def test_devices_and_precisions_are_never_mixed() -> None:
    """With off-loading, LoRAs and likenesses, redrawn, broken off, and in 8 bits."""
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "gpu", "-k", " or ".join(_CASES),
            "--timeout", "300", "-p", "tests.models.pretended",
            "tests/models/test_gpu.py",
        ],
        cwd=ROOT, env=os.environ | {"REQUIRE_MODELS": "1"}, capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    assert " skipped" not in done.stdout
