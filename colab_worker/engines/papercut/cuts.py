"""Ways to cut an outline: trembling, brushed, or in facets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from colab_worker.engines.papercut.canvas import Bend
from colab_worker.engines.papercut.geometry import Points


def wobbly(size: float, waves: float) -> Bend:
    """Moves edges by up to ``size`` units; ``waves`` per unit of length."""

    def bend(shapes: Sequence[Points], unit: float) -> list[Points]:
        dense, ends = _dense(shapes, 0.012 * unit)
        t = dense / unit * waves
        dx = np.sin(t[:, 1] * 1.31 + 0.7 * np.sin(t[:, 0])) + 0.5 * np.sin(
            2.7 * t[:, 1] + 1.9 * t[:, 0]
        )
        dy = np.sin(t[:, 0] * 1.17 + 0.9 * np.sin(1.3 * t[:, 1])) + 0.5 * np.sin(
            2.3 * t[:, 0] + 1.1
        )
        bent = dense + size * unit * np.stack([dx, dy], axis=1)
        return np.split(bent, ends[:-1])

    return bend


def brushed(size: float) -> Bend:
    """Edges of a loaded brush: short, uneven strokes."""
    return wobbly(size, 55)


def faceted(size: float) -> Bend:
    """Few straight edges: only every corner that is ``size`` units from the last."""

    def bend(shapes: Sequence[Points], unit: float) -> list[Points]:
        return [_corners(points, size * unit) for points in shapes]

    return bend


def _corners(points: Points, reach: float) -> Points:
    step = min(reach, 0.13 * float(np.ptp(points, axis=0).max()))
    (x0, y0), *others = points.tolist()
    kept = [(x0, y0)]
    for x, y in others:
        if abs(x - x0) + abs(y - y0) >= step:
            kept.append((x, y))
            x0, y0 = x, y
    return np.array(kept) if len(kept) > 3 else points


def _dense(shapes: Sequence[Points], step: float) -> tuple[Points, NDArray[np.intp]]:
    """All shapes' points, more of them on long edges (at most 64 an edge).

    The second part says where each shape ends; all are cut at once, for speed.
    """
    points = np.concatenate(shapes)
    lasts = np.cumsum([len(shape) for shape in shapes])
    following = np.arange(1, len(points) + 1)
    following[lasts - 1] = lasts - [len(shape) for shape in shapes]
    ends = points[following]
    length = np.hypot(*(ends - points).T)
    count = np.clip(np.ceil(length / step), 1, 64).astype(int)
    first = np.repeat(np.arange(len(points)), count)
    reached = np.cumsum(count)
    start = np.repeat(reached - count, count)
    share = ((np.arange(len(first)) - start) / count[first])[:, None]
    return points[first] * (1 - share) + ends[first] * share, reached[lasts - 1]
