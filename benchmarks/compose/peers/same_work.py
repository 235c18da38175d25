"""Whether two films are the same work: nobody is timed who leaves something out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.compose.peers.contenders import Case
from benchmarks.compose.peers.material import SECONDS, Material
from colab_worker.film.ffmpeg import executable
from colab_worker.film.probe import probe

Grey = npt.NDArray[np.float32]
#: A zoom or a way may differ by this much from what was ordered.
CLOSE = 0.006
#: Letters differ by this much from what is behind them, and fill this share of the
#: lower third at least.
CONTRAST, LEAST_LETTERS = 60, 0.003
_STEPS = np.arange(0.0, 0.2501, 0.0025)


def check(case: Case, given: Material, film: Path) -> dict[str, float]:
    """What was found in a film; AssertionError for one that is other work."""
    found = probe(film)
    frames = round(SECONDS * case.fps) * len(given.pictures)
    assert (found.width, found.height) == (case.width, case.height), film
    assert abs(found.frames - frames) <= 1, (film, found.frames, frames)
    assert abs(found.duration_s - frames / case.fps) <= 1.5 / case.fps, film
    assert found.has_audio and abs(found.audio_s - found.duration_s) < 0.1, film
    last_frame = round(SECONDS * case.fps) - 1
    first, last = (
        _moved(case, given, frame_of(case, film, n)) for n in (0, last_frame)
    )
    assert abs(first) <= CLOSE and abs(last - case.zoom) <= CLOSE, (first, last)
    letters = _letters(case, given, film)
    assert letters >= LEAST_LETTERS, (film, letters)
    return {"frames": found.frames, "first": first, "last": last, "letters": letters}


def frame_of(case: Case, film: Path, number: int) -> Grey:
    """The brightness of one frame."""
    command = [executable(), "-v", "error", "-nostdin", "-i", str(film)]
    command += ["-vf", f"select=eq(n\\,{number})", "-frames:v", "1", "-f", "rawvideo"]
    done = subprocess.run(
        [*command, "-pix_fmt", "gray", "-"], capture_output=True, check=True
    )
    grey = np.frombuffer(done.stdout, np.uint8).astype(np.float32)
    return grey.reshape(case.height, case.width)


def _moved(case: Case, given: Material, frame: Grey) -> float:
    """By how much the first still is larger, or how far it has gone, in a frame."""
    errors = [
        np.abs(_middle(_view(case, given, float(step))) - _middle(frame)).mean()
        for step in _STEPS
        if step <= case.zoom + 0.03
    ]
    return float(_STEPS[int(np.argmin(errors))])


def _letters(case: Case, given: Material, film: Path) -> float:
    """Share of the lower third that differs from the still: the caption is there."""
    start, end, _ = given.cues[0]
    number = round((start + end) / 2 * case.fps)
    share = number / (SECONDS * case.fps)
    rows = case.height * 2 // 3
    behind = _view(case, given, case.zoom * share)
    other = np.abs(frame_of(case, film, number)[rows:] - behind[rows:]) > CONTRAST
    return float(other.mean())


def _view(case: Case, given: Material, moved: float) -> Grey:
    """The first still as a frame shows it, larger or further on by ``moved``."""
    pans = case.move.startswith("pan")
    scale = 1 + (case.zoom if pans else moved)
    width, height = case.width / scale, case.height / scale
    left = min(moved * width if pans else (case.width - width) / 2, case.width - width)
    upper = (case.height - height) / 2
    box = (left, upper, min(left + width, case.width), upper + height)
    with Image.open(given.pictures[0]) as picture:
        shown = picture.convert("L").resize(
            (case.width, case.height), Image.Resampling.BICUBIC, box=box
        )
    return np.asarray(shown, np.float32)


def _middle(frame: Grey) -> Grey:
    """The part in which no caption stands."""
    rows = frame.shape[0]
    return frame[rows // 8 : rows // 2]
