"""Where the camera looks in each frame: the part of the picture that fills it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

#: Which point of the picture stays where it is while the scale changes.
_ANCHORS = {
    "in": (0.5, 0.5),
    "out": (0.5, 0.5),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
    "up": (0.5, 0.0),
    "down": (0.5, 1.0),
}


class Window(NamedTuple):
    """A part of the picture, in shares of its width and height."""

    x: float
    y: float
    width: float
    height: float


def windows(move: str, zoom_percent: float, frames: int) -> Iterator[Window]:
    """One window a frame; the scale runs from 1 to ``1 + zoom_percent / 100``.

    ``out`` runs the other way. The scale is linear in time, so every point of the
    picture crosses the frame on a straight line at constant speed.
    """
    for frame in range(frames):
        share = frame / max(1, frames - 1)
        if move == "out":
            share = 1 - share
        yield _window(1 + zoom_percent / 100 * share, *_ANCHORS[move])


def _window(scale: float, across: float, down: float) -> Window:
    size = 1 / scale
    return Window((1 - size) * across, (1 - size) * down, size, size)
