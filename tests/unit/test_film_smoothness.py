"""A dot in the picture goes its way without a tremor, whatever the length and the size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from colab_worker.film.motion import Window, windows
from colab_worker.film.picture import OVERSIZE
from colab_worker.film.quality import canvas, frames_for
from colab_worker.film.resample import Planes, frames
from shared_protocol import vocab

#: Where the dot is in shares of the picture, and its radius in pixels of the frame.
PLACE, RADIUS_PX = (0.31, 0.37), 3.5
#: Root mean square and worst distance from where it should be, in pixels.
RMS_PX, WORST_PX = 0.05, 0.12
SIZE = (640, 360)


@pytest.mark.parametrize("zoom_percent", [1.0, 10.0])
@pytest.mark.parametrize("length_s", [1.0, 5.0, 30.0, 120.0])
def test_a_zoom_is_smooth_at_any_length(length_s: float, zoom_percent: float) -> None:
    """Forty frames in a row, which may not jump, and forty from all of the scene."""
    shown = list(windows("zoom_in", zoom_percent, frames_for(length_s, 30)))
    middle = len(shown) // 2

    _check(shown[max(0, middle - 20) : middle + 20], SIZE)
    _check(shown[:: max(1, len(shown) // 40)], SIZE)


@pytest.mark.parametrize("move", [word for word in vocab.MOTIONS if word != "auto"])
@pytest.mark.parametrize("fps", [24, 25, 30])
def test_every_motion_is_smooth_at_every_rate(move: str, fps: int) -> None:
    """Zooms to any side and pans alike."""
    _check(list(windows(move, 5.0, frames_for(2.0, fps))), SIZE)


@pytest.mark.parametrize("resolution", list(vocab.RESOLUTIONS))
@pytest.mark.parametrize("aspect", list(vocab.ASPECTS))
def test_a_zoom_is_smooth_at_every_size(aspect: str, resolution: str) -> None:
    """From 480p to 2160p, some frames of ten seconds."""
    frame = canvas(aspect, "standard", resolution)

    _check(list(windows("zoom_in", 5.0, 300))[::30], (frame.width, frame.height))


def _check(shown: Sequence[Window], size: tuple[int, int]) -> None:
    width, height = size
    off = []
    for window, frame in zip(shown, frames(_dot(size), *size, shown), strict=True):
        wanted = (
            (PLACE[0] - window.x) / window.width * width - 0.5,
            (PLACE[1] - window.y) / window.height * height - 0.5,
        )
        luma = np.frombuffer(frame, np.uint8)[: width * height]
        found = _centre(luma.reshape(height, width), wanted)
        off.append(np.hypot(found[0] - wanted[0], found[1] - wanted[1]))

    assert np.sqrt(np.mean(np.square(off))) <= RMS_PX
    assert max(off) <= WORST_PX


def _dot(size: tuple[int, int]) -> Planes:
    width, height = (round(side * OVERSIZE) for side in size)
    columns = np.exp(-_apart(width, PLACE[0]) / (2 * (RADIUS_PX * OVERSIZE) ** 2))
    rows = np.exp(-_apart(height, PLACE[1]) / (2 * (RADIUS_PX * OVERSIZE) ** 2))
    luma = (16 + 219 * rows[:, None] * columns).round().astype(np.uint8)
    grey = np.full((round(height / 2), round(width / 2)), 128, np.uint8)
    return Planes(luma, grey, grey)


def _apart(count: int, place: float) -> npt.NDArray[np.float64]:
    """Squared distances of the middles of pixels from a place."""
    squared: npt.NDArray[np.float64] = (np.arange(count) + 0.5 - place * count) ** 2
    return squared


def _centre(
    luma: npt.NDArray[np.uint8], near: tuple[float, float]
) -> tuple[float, float]:
    """Of the light around a place."""
    left, top = (max(0, round(side) - 24) for side in near)
    part = luma[top : top + 49, left : left + 49].astype(float) - 16
    total = part.sum()
    across, down = part.sum(axis=0), part.sum(axis=1)
    return (
        float((across * np.arange(left, left + len(across))).sum() / total),
        float((down * np.arange(top, top + len(down))).sum() / total),
    )
