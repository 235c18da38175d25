"""A bright dot in a still, and how far it strays from a straight path in a film of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from colab_worker.film.ffmpeg import executable

#: Where the dot is in shares of the picture, and its radius in pixels of that.
PLACE, RADIUS_PX = (0.25, 0.3), 4.0
#: What is darker is no part of the dot.
_DARK = 40


def dot(width: int, height: int) -> npt.NDArray[np.float64]:
    """Light on black, 0 to 1, rows x columns."""
    rows, columns = np.indices((height, width))
    far = (columns - PLACE[0] * width) ** 2 + (rows - PLACE[1] * height) ** 2
    light: npt.NDArray[np.float64] = np.exp(-far / (2 * RADIUS_PX**2))
    return light


def strays_px(
    film: Path, width: int, height: int, frames: int | None = None
) -> tuple[float, float]:
    """Root mean square and worst distance from the line, of the first ``frames``."""
    track = np.array([_centre(frame) for frame in _greys(film, width, height)[:frames]])
    time = np.arange(len(track))
    line = np.stack(
        [np.polyval(np.polyfit(time, axis, 1), time) for axis in track.T], 1
    )
    off = np.hypot(*(track - line).T)
    return float(np.sqrt((off**2).mean())), float(off.max())


def _greys(film: Path, width: int, height: int) -> npt.NDArray[np.uint8]:
    command = [executable(), "-v", "error", "-nostdin", "-i", str(film)]
    raw = subprocess.run(
        [*command, "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        capture_output=True,
        check=True,
    ).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width)


def _centre(frame: npt.NDArray[np.uint8]) -> tuple[float, float]:
    """Of the light in the upper part, where no caption stands."""
    part = frame[: frame.shape[0] * 3 // 5].astype(float)
    light = np.clip(part - _DARK, 0, None)
    rows, columns = np.indices(light.shape)
    total = light.sum()
    return float((columns * light).sum() / total), float((rows * light).sum() / total)
