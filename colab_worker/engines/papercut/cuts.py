"""Ways to cut an outline: trembling, brushed, or in facets."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.papercut.canvas import Bend
from colab_worker.engines.papercut.geometry import Points


def wobbly(size: float, waves: float) -> Bend:
    """Moves edges by up to ``size`` units; ``waves`` per unit of length."""

    def bend(points: Points, unit: float) -> Points:
        dense = _dense(points, 0.012 * unit)
        t = dense / unit * waves
        dx = np.sin(t[:, 1] * 1.31 + 0.7 * np.sin(t[:, 0])) + 0.5 * np.sin(
            2.7 * t[:, 1] + 1.9 * t[:, 0]
        )
        dy = np.sin(t[:, 0] * 1.17 + 0.9 * np.sin(1.3 * t[:, 1])) + 0.5 * np.sin(
            2.3 * t[:, 0] + 1.1
        )
        return np.asarray(dense + size * unit * np.stack([dx, dy], axis=1))

    return bend


def brushed(size: float) -> Bend:
    """Edges of a loaded brush: short, uneven strokes."""
    return wobbly(size, 55)


def faceted(size: float) -> Bend:
    """Few straight edges: only every corner that is ``size`` units from the last."""

    def bend(points: Points, unit: float) -> Points:
        span = float(np.ptp(points, axis=0).max())
        step = min(size * unit, 0.13 * span)
        kept, last = [points[0]], points[0]
        for point in points[1:]:
            if abs(point[0] - last[0]) + abs(point[1] - last[1]) >= step:
                kept.append(point)
                last = point
        return np.array(kept) if len(kept) > 3 else points

    return bend


def _dense(points: Points, step: float) -> Points:
    """``points`` with more of them on long edges, at most 64 an edge."""
    ends = np.roll(points, -1, axis=0)
    length = np.hypot(*(ends - points).T)
    count = np.clip(np.ceil(length / step), 1, 64).astype(int)
    first = np.repeat(np.arange(len(points)), count)
    start = np.repeat(np.cumsum(count) - count, count)
    share = ((np.arange(len(first)) - start) / count[first])[:, None]
    return np.asarray(points[first] * (1 - share) + ends[first] * share)
