"""Long films: memory does not grow with their length."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: What fifty scenes may take more than five: their 45 inputs, not their six minutes of
#: sound, which are 69 MB as 48 kHz stereo of 16 bits, and more than twice that inside.
GROWTH_MB = 30


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_film() -> None:
    """Sound, film, subtitles and sheet of 5 and of 50 scenes: about the same peak."""
    few, many = memory_mb(5), memory_mb(50)

    assert all(more - less < GROWTH_MB for less, more in zip(few, many, strict=True))
    assert max(many) < 150


def memory_mb(scenes: int) -> list[int]:
    """The most that a process of ours and an ffmpeg took."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.film_memory", str(scenes)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [int(line) for line in done.stdout.split()]
