"""Sheets with a hole that one looks through."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.papercut.geometry import Points


def around(hole: Points, w: int, h: int) -> Points:
    """The picture without ``hole``, as one polygon with a slit."""
    frame = np.array(
        [
            (w + 99, hole[0, 1]),
            (w + 99, h + 99),
            (-99, h + 99),
            (-99, -99),
            (w + 99, -99),
            (w + 99, hole[0, 1] - 1),
        ]
    )
    return np.concatenate([hole[::-1], hole[:1], frame])
