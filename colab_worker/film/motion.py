"""Where the camera looks in each frame: the part of the picture that fills it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

#: Which point of the picture stays where it is while the scale changes.
_ANCHORS = {
    "zoom_in": (0.5, 0.5),
    "zoom_out": (0.5, 0.5),
    "zoom_left": (0.0, 0.5),
    "zoom_right": (1.0, 0.5),
    "zoom_up": (0.5, 0.0),
    "zoom_down": (0.5, 1.0),
}
#: Where a pan begins and where it ends, in shares of the way that there is.
_PANS = {
    "pan_left": ((1.0, 0.5), (0.0, 0.5)),
    "pan_right": ((0.0, 0.5), (1.0, 0.5)),
    "pan_up": ((0.5, 1.0), (0.5, 0.0)),
    "pan_down": ((0.5, 0.0), (0.5, 1.0)),
}


class Window(NamedTuple):
    """A part of the picture, in shares of its width and height."""

    x: float
    y: float
    width: float
    height: float


def windows(move: str, zoom_percent: float, frames: int) -> Iterator[Window]:
    """One window a frame, from the first to the last of ``frames``.

    The scale of a zoom runs from 1 to ``1 + zoom_percent / 100`` (``zoom_out`` the other
    way); a pan crosses the picture at that scale, which is as far from edge to edge.
    Both are linear in time, so every point of the picture crosses the frame on a
    straight line at constant speed.
    """
    for frame in range(frames):
        share = frame / max(1, frames - 1)
        if move in _PANS:
            yield _panned(1 + zoom_percent / 100, share, *_PANS[move])
            continue
        if move == "zoom_out":
            share = 1 - share
        yield _window(1 + zoom_percent / 100 * share, *_ANCHORS[move])


def _panned(
    scale: float, share: float, begin: tuple[float, float], end: tuple[float, float]
) -> Window:
    across, down = (a + (b - a) * share for a, b in zip(begin, end, strict=True))
    return _window(scale, across, down)


def _window(scale: float, across: float, down: float) -> Window:
    size = 1 / scale
    return Window((1 - size) * across, (1 - size) * down, size, size)
