"""Small things that stories turn on: a key, a crown, a book, a sword."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.papercut.silhouettes.shape import (
    Shape,
    blob,
    box,
    flat,
    limb,
    moved,
    oval,
    turned,
)


def apple() -> Shape:
    """An apple or other fruit."""
    return (
        blob(
            "0,0.78! -0.3,0.88 -0.5,0.62 -0.4,0.2 -0.14,0.02 0.14,0.02 0.4,0.2 0.5,0.62 0.3,0.88",
            "cloth",
        ),
        limb("0,0.76,0.05 0.06,1.0,0.04"),
        blob("0.06,0.9! 0.24,1.02 0.4,0.96! 0.24,0.86", "cloth2"),
    )


def kite() -> Shape:
    """A kite on the wind, its tail with bows and the beginning of its string."""
    bows = tuple(
        flat(
            f"{x - 0.07},{y + 0.05} {x + 0.07},{y - 0.05} {x + 0.07},{y + 0.05} {x - 0.07},{y - 0.05}",
            tone,
        )
        for x, y, tone in (
            (-0.1, 0.2, "cloth"),
            (0.02, 0.06, "cloth2"),
            (-0.06, -0.1, "cloth"),
        )
    )
    sail = (
        flat("0,1.0 -0.36,0.68 0,0.3", "cloth"),
        flat("0,1.0 0.36,0.68 0,0.3", "cloth2"),
        limb("0,1.0,0.012 0,0.3,0.012"),
        limb("-0.36,0.68,0.012 0.36,0.68,0.012"),
        limb("0,0.3,0.014 -0.1,0.2,0.012 0.02,0.06,0.012 -0.06,-0.1,0.01"),
    )
    string = limb("0,0.66,0.008 0.5,-0.2,0.008 0.85,-1.1,0.006")
    flying = (*turned((*sail, *bows), -18, 0, 0.6), string)
    return moved(flying, y=0.26, scale=0.66)


def grapes() -> Shape:
    """A bunch of grapes that hangs from a vine."""
    rows = ((0.7, 4), (0.56, 5), (0.42, 4), (0.28, 3), (0.14, 2), (0.02, 1))
    balls = tuple(
        oval(
            0.17 * (i - (n - 1) / 2), y, 0.1, tone="cloth" if (i + k) % 2 else "cloth2"
        )
        for k, (y, n) in enumerate(rows)
        for i in range(n)
    )
    return (
        limb("0,0.7,0.04 0.0,1.0,0.04"),
        blob("0,0.84! 0.2,1.0 0.44,0.9! 0.24,0.76", "body"),
        *balls,
    )


def ring() -> Shape:
    """A crown on a cushion, or a ring: a thing of gold."""
    return (
        blob("-0.7,0.06 -0.6,0.3 0,0.36 0.6,0.3 0.7,0.06 0,0.0", "cloth"),
        flat("-0.4,0.34 -0.5,0.86 -0.24,0.6 0,0.96 0.24,0.6 0.5,0.86 0.4,0.34", "lit"),
        *(
            oval(x, y, 0.05, tone="pale")
            for x, y in ((-0.5, 0.9), (0, 1.0), (0.5, 0.9))
        ),
    )


def mirror() -> Shape:
    """A standing mirror."""
    return (
        oval(0, 0.58, 0.3, 0.44),
        oval(0, 0.58, 0.24, 0.37, "pale"),
        flat("-0.26,0 -0.2,0.2 0.2,0.2 0.26,0"),
        limb("-0.12,0.74,0.02 0.08,0.86,0.02", "lit"),
    )


def key() -> Shape:
    """A key, upright."""
    return (
        limb("0,0.02,0.09 0,0.66,0.09", "lit"),
        *(
            oval(0.17 * np.cos(a), 0.82 + 0.15 * np.sin(a), 0.06, tone="lit")
            for a in np.linspace(0, 6.28, 18)
        ),
        box(0.0, 0.04, 0.22, 0.12, "lit"),
        box(0.0, 0.2, 0.18, 0.28, "lit"),
    )


def heart() -> Shape:
    """A heart."""
    half = blob("0,0! -0.3,0.3 -0.5,0.6 -0.4,0.9 -0.16,0.94 0,0.76!", "cloth")
    return (half, *moved((half,), flip=True))


def anchor() -> Shape:
    """An anchor."""
    return (
        limb("0,0.08,0.08 0,0.86,0.07"),
        limb("-0.24,0.7,0.06 0.24,0.7,0.06"),
        limb(
            "-0.44,0.36,0.05 -0.34,0.12,0.08 0.0,0.03,0.09 0.34,0.12,0.08 0.44,0.36,0.05"
        ),
        limb("0,0.84,0.05 -0.08,0.92,0.04 0,1.0,0.04 0.08,0.92,0.04 0,0.84,0.05"),
    )


def telescope() -> Shape:
    """A telescope on its tripod."""
    return (
        limb("0,0.56,0.05 -0.3,0,0.035"),
        limb("0,0.56,0.05 0.3,0,0.035"),
        limb("0,0.56,0.05 0.04,0,0.035"),
        *turned(
            (
                box(-0.5, 0.52, 0.1, 0.64),
                box(0.08, 0.48, 0.56, 0.68, "cloth"),
                box(-0.6, 0.55, -0.48, 0.61),
            ),
            32,
            0,
            0.58,
        ),
    )


def sword() -> Shape:
    """A sword in a stone."""
    return (
        limb("0,0.2,0.05 0,0.72,0.05", "pale"),
        limb("-0.14,0.74,0.045 0.14,0.74,0.045", "lit"),
        limb("0,0.74,0.04 0,0.92,0.04"),
        oval(0, 0.95, 0.04, tone="lit"),
        blob("-0.6,0! -0.46,0.22 -0.1,0.32 0.3,0.28 0.56,0.12 0.6,0!"),
    )


def chest() -> Shape:
    """A treasure chest that stands open."""
    return (
        blob("-0.8,0.5! -0.86,0.86 -0.6,1.0 0.6,1.0 0.86,0.86 0.8,0.5!", "cloth2"),
        blob("-0.7,0.48! -0.4,0.68 -0.1,0.6 0.2,0.72 0.5,0.6 0.7,0.48!", "lit"),
        box(-0.8, 0, 0.8, 0.5, "cloth"),
        box(-0.8, 0.4, 0.8, 0.5),
        box(-0.1, 0.24, 0.1, 0.46, "lit"),
    )


def book() -> Shape:
    """An open book."""
    return (
        blob(
            "0.0,0.3! -0.4,0.5 -1.0,0.44! -1.0,0.14! -0.4,0.18 0.0,0.0! 0.4,0.18 1.0,0.14! 1.0,0.44! 0.4,0.5",
            "cloth",
        ),
        blob("0.0,0.36! -0.4,0.9 -0.94,0.86! -0.94,0.3! -0.4,0.32 0.0,0.08!", "pale"),
        blob("0.0,0.36! 0.4,0.9 0.94,0.86! 0.94,0.3! 0.4,0.32 0.0,0.08!", "pale"),
        *(
            limb(
                f"{-0.8 if k % 2 else 0.2},{0.74 - 0.1 * (k // 2)},0.025 {-0.2 if k % 2 else 0.8},{0.72 - 0.1 * (k // 2)},0.025",
                "shade",
            )
            for k in range(8)
        ),
    )
