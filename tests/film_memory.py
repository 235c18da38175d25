"""Makes a film of many scenes and tells the most memory that took; see test_film_long."""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.film_material import make_clip, make_film, plain, spoken, voice

SCENE_S, RATE = 8.0, 22050


def main(scenes: int) -> None:
    """Writes the peak of this process and of the largest it started, in MB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = spoken("A crow came to the well, and it was deep. " * 3, SCENE_S)
        clip, _ = make_clip(folder, plain(), words)
        hum = 0.3 * np.sin(np.arange(int(SCENE_S * RATE)) / 12)
        spoke = voice(folder / "voice.wav", hum)
        make_film(folder, [clip] * scenes, [spoke] * scenes, [words] * scenes)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    sys.stdout.write(f"{_own_peak_mb()}\n{children}\n")


def _own_peak_mb() -> int:
    """Since this program began: ``ru_maxrss`` also counts the process that forked it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
