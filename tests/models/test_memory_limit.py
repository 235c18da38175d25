"""Out of memory for real: the system refuses, and the engine does with less."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# glibc reserves 64 MiB for each arena, and keeps what was given back for later:
# the limit would count both.
STEADY = {
    "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_picture_under_a_real_limit_is_drawn_in_tiles(shelf: Path) -> None:
    """The allocator's own error leads one step down, and the job is told."""
    told = [sys.executable, "-m", "tests.models.short_of_memory", str(shelf)]
    env = os.environ | STEADY
    done = subprocess.run(
        told, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr[-2000:]
    facts = json.loads(done.stdout.splitlines()[-1])
    assert facts["memory"] == "tiled"
    assert facts["warnings"] == [
        "Memory ran out while drawing; drawn again, decoding the picture in tiles."
    ]
