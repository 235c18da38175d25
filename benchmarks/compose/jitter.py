"""How far a bright dot strays from a straight path while the camera moves."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from colab_worker.film import encode
from colab_worker.film.ffmpeg import executable
from colab_worker.film.motion import windows
from colab_worker.film.quality import Canvas, frames_for
from colab_worker.film.resample import Planes

CANVAS = Canvas(640, 360, 30, "ultrafast", 4)
ZOOM_PERCENT = 5.0
#: The dot's place in shares of the picture, and its radius in source pixels.
PLACE, RADIUS_PX = (0.2, 0.3), 4.0


def jitter_px(length_s: float, folder: Path) -> tuple[float, float]:
    """Root mean square and worst distance from the line, in pixels of the frame."""
    count = frames_for(length_s, CANVAS.fps)
    path = folder / "dot.mp4"
    shown = list(windows("zoom_in", ZOOM_PERCENT, count))
    encode.clip(_dot(), CANVAS, shown, count, path, folder, lambda part, note: None,
                still=False, captions=None)  # fmt: skip
    track = np.array([_centre(frame) for frame in _greys(path)])
    time = np.arange(count)
    line = np.stack(
        [np.polyval(np.polyfit(time, axis, 1), time) for axis in track.T], 1
    )
    off = np.hypot(*(track - line).T)
    return float(np.sqrt((off**2).mean())), float(off.max())


def _dot() -> Planes:
    height, width = CANVAS.height * 3 // 2, CANVAS.width * 3 // 2
    rows, columns = np.indices((height, width))
    far = (columns - PLACE[0] * width) ** 2 + (rows - PLACE[1] * height) ** 2
    luma = (16 + 219 * np.exp(-far / (2 * RADIUS_PX**2))).round().astype(np.uint8)
    grey = np.full((height // 2, width // 2), 128, np.uint8)
    return Planes(luma, grey, grey)


def _greys(path: Path) -> npt.NDArray[np.uint8]:
    command = [executable(), "-v", "error", "-nostdin", "-i", str(path)]
    raw = subprocess.run(
        [*command, "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        capture_output=True,
        check=True,
    ).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, CANVAS.height, CANVAS.width)


def _centre(frame: npt.NDArray[np.uint8]) -> tuple[float, float]:
    part = frame[: CANVAS.height // 2, : CANVAS.width // 2].astype(float)
    light = np.clip(part - 40, 0, None)
    rows, columns = np.indices(light.shape)
    total = light.sum()
    return float((columns * light).sum() / total), float((rows * light).sum() / total)
