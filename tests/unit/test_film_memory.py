"""What a process that has made clips still holds when they are finished."""

import subprocess
import sys

import pytest

#: Draws the frames of scenes as a clip does, in a thread and each fading out of the one
#: before; prints what the process holds after the first and at most after later ones, in MB.
_PROGRAM = """
import sys
import threading
from pathlib import Path

import numpy as np
from PIL import Image

from colab_worker.film.memory import give_back, keep_little
from colab_worker.film.motion import windows
from colab_worker.film.picture import prepared
from colab_worker.film.resample import Lead, frames

def held():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if "VmRSS" in line) / 1000

def picture(number):
    path = Path(sys.argv[1]) / f"{number}.png"
    seed = np.random.default_rng(number)
    rows, columns = seed.integers(700, 2400, 2)
    Image.fromarray(seed.integers(0, 255, (rows, columns, 3), np.uint8)).save(
        path, compress_level=0
    )
    return path

def planes(path):
    return prepared(path, 1920, 1080, "none", 5.0)

def scene(path, before):
    shown = list(windows("zoom_in", 5.0, 8))
    keep_little()
    feed = frames(planes(path), 1920, 1080, shown, Lead(planes(before), shown[:3]))
    give_back()
    thread = threading.Thread(target=lambda: [None for _ in feed])
    thread.start()
    thread.join()
    give_back()
    return held()

pictures = [picture(number) for number in range(8)]
found = [scene(path, pictures[0]) for path in pictures]
print(found[0], max(found))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_clips_leave_no_pictures_behind(tmp_path):
    """However many clips a process makes, it holds what it held after the first."""
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    first, most = map(float, told.stdout.split())

    assert most < first + 8
