"""How far a bright dot strays from a straight path while the camera moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.compose.dot import dot, strays_px
from colab_worker.film import encode
from colab_worker.film.motion import windows
from colab_worker.film.quality import Canvas, frames_for
from colab_worker.film.resample import Planes

CANVAS = Canvas(640, 360, 30, "ultrafast", 4)
ZOOM_PERCENT = 5.0


def jitter_px(length_s: float, folder: Path) -> tuple[float, float]:
    """Root mean square and worst distance from the line, in pixels of the frame."""
    count = frames_for(length_s, CANVAS.fps)
    path = folder / "dot.mp4"
    shown = list(windows("zoom_in", ZOOM_PERCENT, count))
    encode.clip(_still(), CANVAS, shown, count, path, folder, lambda part, note: None,
                still=False, captions=None)  # fmt: skip
    return strays_px(path, CANVAS.width, CANVAS.height)


def _still() -> Planes:
    """Larger than the frame, as stills are."""
    height, width = CANVAS.height * 3 // 2, CANVAS.width * 3 // 2
    luma = (16 + 219 * dot(width, height)).round().astype(np.uint8)
    grey = np.full((height // 2, width // 2), 128, np.uint8)
    return Planes(luma, grey, grey)
