"""Draws any part of a picture at sub-pixel positions, as raw frames of planes (I420).

The two axes of a zoom are independent. What can lie between two rows is worked out once
a scene, so that a frame only picks its rows; along a row, one gather fetches both
neighbours of a pixel and 16-bit integers weigh them, which keeps numpy in vectors.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from colab_worker.film.motion import Window

#: Rows worked on at once: what they need stays in the processor's cache.
BAND = 48
#: Positions between two rows of a picture, of which a frame's row takes the nearest: with
#: a quarter more rows than the frame has, a tenth of a pixel apart, or a fifth of the
#: larger pixels of colour, and of the smaller ones of frames higher than ``LARGE``.
STEP_BITS, STEP_BITS_COARSE, LARGE = 3, 2, 2000
#: Weights along a row, in bits.
WEIGHT_BITS = 6
#: Threads that draw; the other half of the processors is for the encoder.
MAX_THREADS = 4
#: H.264 expects chroma level with the left one of two luma columns.
LUMA_SITE, CHROMA_SITE = 0.5, 0.25

Bytes8 = npt.NDArray[np.uint8]


class Planes(NamedTuple):
    """A picture as Y, Cb and Cr, each rows x columns.

    Those of colour have half the rows and columns, and are sited in the middle.
    """

    luma: Bytes8
    blue: Bytes8
    red: Bytes8


class Lead(NamedTuple):
    """The scene before: what is still seen of it while it fades, a window a frame."""

    planes: Planes
    windows: Sequence[Window]


def frames(
    planes: Planes,
    width: int,
    height: int,
    windows: Sequence[Window],
    lead: Lead | None = None,
) -> Iterator[memoryview]:
    """Each window as one I420 frame of ``width`` x ``height`` (both even).

    The first ones fade out of ``lead``.
    """
    threads = max(1, min(MAX_THREADS, (os.cpu_count() or 1) // 2))
    pending: deque[Future[memoryview]] = deque()
    scene = _Scene(planes, width, height, windows)
    before = _Scene(lead.planes, width, height, lead.windows) if lead else None
    del planes, lead  # so that nothing holds the pictures any longer
    with ThreadPoolExecutor(threads) as pool:
        for number in range(len(windows)):
            if before is not None and number == len(before.windows):
                before = None
            pending.append(pool.submit(_shown, scene, before, number))
            if len(pending) > threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _shown(scene: _Scene, before: _Scene | None, number: int) -> memoryview:
    frame = scene.frame(number)
    if before is not None:
        share = (number + 1) / (len(before.windows) + 1)
        frame = _mixed(before.frame(number), frame, round(share * 256))
    return frame.data


def _mixed(first: Bytes8, second: Bytes8, weight: int) -> Bytes8:
    """``weight`` of 256 is the share of the second."""
    mixed = first.astype(np.uint16)
    mixed *= np.uint16(256 - weight)
    mixed += second.astype(np.uint16) * np.uint16(weight)
    mixed += np.uint16(127)
    mixed >>= np.uint16(8)
    return mixed.astype(np.uint8)


class _Scene:
    """A picture with all that is shown of it."""

    def __init__(
        self, planes: Planes, width: int, height: int, windows: Sequence[Window]
    ) -> None:
        self.windows = windows
        half = height // 2, width // 2
        self._planes = (
            _Plane(planes.luma, (height, width), LUMA_SITE, windows),
            _Plane(planes.blue, half, CHROMA_SITE, windows),
            _Plane(planes.red, half, CHROMA_SITE, windows),
        )

    def frame(self, number: int) -> Bytes8:
        """All pixels of a frame, plane by plane."""
        drawn = np.empty(sum(plane.pixels for plane in self._planes), np.uint8)
        begin = 0
        for plane in self._planes:
            end = begin + plane.pixels
            plane.draw(self.windows[number], drawn[begin:end].reshape(plane.size))
            begin = end
        return drawn


class _Plane:
    """One plane, with what lies between its rows; ``size`` is the frame's."""

    def __init__(
        self,
        source: Bytes8,
        size: tuple[int, int],
        site: float,
        windows: Sequence[Window],
    ) -> None:
        self.size, self.pixels = size, size[0] * size[1]
        self._shape, self._site = source.shape, site
        fine = site == LUMA_SITE and max(size) < LARGE
        self._bits = STEP_BITS if fine else STEP_BITS_COARSE
        self._rows = _between(source, self._bits)
        self._ready = False
        # All frames look at the same columns: they need to be drawn only once.
        upright = len({(window.x, window.width) for window in windows}) == 1
        if upright and len(windows) * size[0] > len(self._rows):
            ready = np.empty((len(self._rows), size[1]), np.uint8)
            self._draw_rows(np.arange(len(self._rows)), windows[0], ready)
            self._rows, self._ready = ready, True

    def draw(self, window: Window, out: Bytes8) -> None:
        """Fills ``out``."""
        count, whole = len(out), self._shape[0]
        position = _positions(count, whole, window.y, window.height, 0.5)
        rows = np.rint(position * (1 << self._bits)).astype(np.intp)
        if self._ready:
            np.take(self._rows, rows, axis=0, out=out, mode="clip")
        else:
            self._draw_rows(rows, window, out)

    def _draw_rows(
        self, rows: npt.NDArray[np.intp], window: Window, out: Bytes8
    ) -> None:
        columns, wide = self._shape[1], self._rows.shape[1]
        position = _positions(out.shape[1], columns, window.x, window.width, self._site)
        first = np.minimum(position.astype(np.intp), columns - 2)
        right = np.rint((position - first) * (1 << WEIGHT_BITS)).astype(np.uint16)
        left = (1 << WEIGHT_BITS) - right
        # Every row twice, the second time one pixel on: two neighbours, wherever they
        # begin, are then one aligned word.
        place = (first >> 1) + (first & 1) * (wide // 2)
        twice = np.zeros((BAND, 2, wide), np.uint8)
        words = twice.reshape(BAND, -1).view("<u2")
        found = np.empty((BAND, out.shape[1]), np.uint16)
        other = np.empty_like(found)
        for top in range(0, len(rows), BAND):
            picked = rows[top : top + BAND]
            n = len(picked)
            one, two = found[:n], other[:n]
            twice[:n, 0] = self._rows[picked]
            twice[:n, 1, :-1] = twice[:n, 0, 1:]
            np.take(words[:n], place, axis=1, out=one, mode="clip")
            np.right_shift(one, 8, out=two)
            one &= 255
            one *= left
            two *= right
            one += two
            one += 1 << (WEIGHT_BITS - 1)
            one >>= WEIGHT_BITS
            out[top : top + n] = one


def _positions(
    count: int, size: int, start: float, share: float, site: float
) -> npt.NDArray[np.float64]:
    """Where the lines of a frame lie among the ``size`` lines of a picture."""
    position = ((np.arange(count) + site) * (share / count) + start) * size - 0.5
    return np.clip(position, 0, size - 1)


def _between(source: Bytes8, bits: int) -> Bytes8:
    """All rows, and after each the steps to the next one; an even number of columns."""
    steps = 1 << bits
    height, width = source.shape
    rows = np.zeros((height, steps, width + width % 2), np.uint8)
    for top in range(0, height, BAND):
        here = source[top : top + BAND].astype(np.int16)
        following = source[top + 1 : top + BAND + 1].astype(np.int16)
        step = np.zeros_like(here)
        step[: len(following)] = following - here[: len(following)]
        here <<= bits
        here += steps // 2
        for number in range(steps):
            rows[top : top + BAND, number, :width] = here >> bits
            here += step
    return rows.reshape(height * steps, -1)
