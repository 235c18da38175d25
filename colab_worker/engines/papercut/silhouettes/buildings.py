"""Buildings and landmarks, 1 high, standing on y = 0 with lit windows."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.silhouettes.shape import (
    Part,
    Shape,
    blob,
    box,
    flat,
    limb,
    moved,
    oval,
    turned,
)


def house() -> Shape:
    """A gabled house with a chimney."""
    return (
        box(0.22, 0.6, 0.36, 1.0),
        flat(
            "-0.62,0.5 -0.72,0.46 0.0,1.0 0.72,0.46 0.62,0.5 0.55,0.5 0.55,0 -0.55,0 -0.55,0.5"
        ),
        *_window(-0.33, 0.2, 0.18, 0.2),
        *_window(0.3, 0.2, 0.18, 0.2),
        *_window(0.0, 0.58, 0.14, 0.16),
        box(-0.1, 0.0, 0.1, 0.32, "shade"),
    )


def cottage() -> Shape:
    """A low house with a thatched roof."""
    return (
        box(-0.4, 0.6, -0.24, 1.0),
        box(-0.8, 0, 0.8, 0.5),
        blob(
            "-0.98,0.4! -0.8,0.66 -0.56,0.9 0.5,0.92 0.78,0.68 0.98,0.4! 0.6,0.46 0.0,0.44 -0.6,0.46"
        ),
        *_window(-0.5, 0.14, 0.22, 0.2),
        *_window(0.5, 0.14, 0.22, 0.2),
        box(-0.12, 0.0, 0.12, 0.36, "shade"),
    )


def tower() -> Shape:
    """A round stone tower with battlements."""
    return (
        flat("-0.16,0 -0.13,0.8 0.13,0.8 0.16,0"),
        box(-0.17, 0.78, 0.17, 0.88),
        *(box(x, 0.86, x + 0.06, 0.93) for x in (-0.17, -0.06, 0.05, 0.11)),
        flat("-0.13,0.88 0.0,1.06 0.13,0.88"),
        *_window(0.0, 0.55, 0.045, 0.1),
        *_window(-0.03, 0.28, 0.045, 0.08),
    )


def castle() -> Shape:
    """A castle with several towers and flags."""
    return (
        *_turret(-0.62, 0.09, 0.52),
        *_turret(0.64, 0.09, 0.48),
        *_turret(-0.28, 0.1, 0.7),
        *_turret(0.3, 0.11, 0.62),
        *_turret(0.0, 0.13, 0.86),
        box(-0.68, 0, 0.7, 0.3),
        *(box(x, 0.28, x + 0.06, 0.35) for x in np.arange(-0.66, 0.66, 0.11)),
        blob("-0.1,0.0! -0.1,0.14 0.0,0.22 0.1,0.14 0.1,0.0!", "shade"),
        *_window(-0.4, 0.14, 0.04, 0.07),
        *_window(0.4, 0.14, 0.04, 0.07),
    )


def _turret(x: float, half: float, height: float) -> Shape:
    roof = height + 2.6 * half
    pennant = blob(
        f"{x},{roof + 0.09}! {x + 0.06},{roof + 0.07} {x + 0.12},{roof + 0.08}! {x + 0.06},{roof + 0.04} {x},{roof + 0.04}!",
        "cloth",
    )
    return (
        box(x - half, 0, x + half, height),
        flat(f"{x - 1.3 * half},{height} {x},{roof} {x + 1.3 * half},{height}"),
        limb(f"{x},{roof - 0.02},0.012 {x},{roof + 0.09},0.008"),
        pennant,
        *_window(x, height - 0.14, 0.035, 0.07),
    )


def church() -> Shape:
    """A church with a steeple."""
    return (
        box(-0.5, 0, -0.16, 0.62),
        flat("-0.54,0.6 -0.33,1.0 -0.12,0.6"),
        limb("-0.33,0.96,0.02 -0.33,1.12,0.02"),
        limb("-0.38,1.06,0.02 -0.28,1.06,0.02"),
        box(-0.2, 0, 0.6, 0.34),
        flat("-0.2,0.34 -0.12,0.56 0.54,0.56 0.66,0.32"),
        *(p for x in (0.0, 0.2, 0.4) for p in _window(x, 0.1, 0.07, 0.16)),
        *_window(-0.33, 0.42, 0.07, 0.11),
        box(-0.39, 0.0, -0.27, 0.2, "shade"),
    )


def lighthouse() -> Shape:
    """A lighthouse on its rock."""
    return (
        blob("-0.5,0! -0.4,0.1 -0.16,0.14 0.2,0.13 0.4,0.07 0.5,0!"),
        flat("-0.13,0.1 -0.08,0.8 0.08,0.8 0.13,0.1", "pale"),
        flat("-0.121,0.24 -0.112,0.38 0.112,0.38 0.121,0.24", "cloth"),
        flat("-0.104,0.5 -0.095,0.64 0.095,0.64 0.104,0.5", "cloth"),
        box(-0.12, 0.79, 0.12, 0.82),
        box(-0.065, 0.82, 0.065, 0.91, "lit"),
        box(-0.008, 0.82, 0.008, 0.91),
        blob("-0.09,0.91! -0.06,0.96 0.0,1.0! 0.06,0.96 0.09,0.91!"),
        *_window(0.0, 0.42, 0.035, 0.05),
        box(-0.035, 0.12, 0.035, 0.21, "shade"),
    )


def windmill() -> Shape:
    """A windmill."""
    sail = (
        limb("0,0,0.016 0,0.46,0.012"),
        flat("0.01,0.12 0.1,0.14 0.1,0.46 0.01,0.46", "pale"),
    )
    sails = tuple(
        part
        for angle in (20, 110, 200, 290)
        for part in moved(turned(sail, angle), 0.02, 0.7)
    )
    return (
        flat("-0.24,0 -0.14,0.64 0.14,0.64 0.24,0"),
        blob("-0.17,0.63! -0.12,0.76 0.0,0.8 0.12,0.76 0.17,0.63!"),
        *_window(0.0, 0.4, 0.06, 0.08),
        box(-0.06, 0.0, 0.06, 0.18, "shade"),
        *sails,
        oval(0.02, 0.7, 0.025),
    )


def barn() -> Shape:
    """A barn with a gambrel roof."""
    return (
        flat(
            "-0.62,0 -0.62,0.5 -0.7,0.48 -0.44,0.84 0,1.0 0.44,0.84 0.7,0.48 0.62,0.5 0.62,0",
            "cloth",
        ),
        flat(
            "-0.7,0.48 -0.44,0.84 0,1.0 0.44,0.84 0.7,0.48 0.66,0.44 0.4,0.78 0,0.93 -0.4,0.78 -0.66,0.44"
        ),
        box(-0.2, 0, 0.2, 0.42, "shade"),
        limb("-0.2,0.0,0.025 0.2,0.42,0.025", "pale"),
        limb("0.2,0.0,0.025 -0.2,0.42,0.025", "pale"),
        *_window(0.0, 0.6, 0.14, 0.14),
    )


def bridge() -> Shape:
    """A stone bridge with arches; wide."""
    deck = geometry.outline(
        "-2.2,0.5! -1.2,0.74 0,0.86 1.2,0.74 2.2,0.5! 2.2,0.34! 1.2,0.56 0,0.68 -1.2,0.56 -2.2,0.34!"
    )
    piers = [
        _arch(x, half, top)
        for x, half, top in (
            (-1.5, 0.32, 0.5),
            (-0.7, 0.34, 0.62),
            (0.1, 0.34, 0.66),
            (0.9, 0.34, 0.6),
            (1.66, 0.3, 0.46),
        )
    ]
    rail = limb(
        "-2.2,0.52,0.035 -1.2,0.76,0.035 0,0.88,0.035 1.2,0.76,0.035 2.2,0.52,0.035",
        "shade",
    )
    ledge = limb(
        "-2.2,0.4,0.02 -1.2,0.63,0.02 0,0.75,0.02 1.2,0.63,0.02 2.2,0.4,0.02", "shade"
    )
    posts = (
        box(x - 0.035, y - 0.02, x + 0.035, y + 0.13, "shade")
        for x, y in ((-1.8, 0.6), (-1.1, 0.77), (-0.3, 0.87), (0.5, 0.85), (1.3, 0.73))
    )
    return (Part(deck), *(part for pier in piers for part in pier), ledge, rail, *posts)


def _arch(x: float, half: float, top: float) -> Shape:
    """The stone beside and above one opening, as two pieces."""
    side = half + 0.09
    left = geometry.outline(
        f"{x - side},0! {x - side},{top + 0.1}! {x},{top + 0.1}! {x},{top - 0.06}! "
        f"{x - 0.7 * half},{top - 0.2} {x - half},{top - 0.42}! {x - half + 0.02},0!"
    )
    right = left.copy()
    right[:, 0] = 2 * x - left[:, 0]
    return (Part(left), Part(right))


def ruin() -> Shape:
    """Broken columns and an arch."""

    def column(x: float, top: float) -> Shape:
        return (
            box(x - 0.07, 0.04, x + 0.07, top),
            box(x - 0.11, 0, x + 0.11, 0.06),
            flat(
                f"{x - 0.07},{top} {x - 0.03},{top + 0.06} {x + 0.02},{top} {x + 0.05},{top + 0.04} {x + 0.07},{top}"
            ),
        )

    return (
        *column(-0.8, 0.4), *column(0.78, 0.56), *column(-0.4, 0.78), *column(0.3, 0.78),
        blob("-0.54,0.76! -0.54,0.92! -0.2,0.96 0.1,0.94 0.44,1.0! 0.44,0.76! 0.22,0.74 -0.05,0.84 -0.3,0.74"),
        blob("-0.2,0! -0.14,0.1 0.0,0.08 0.08,0.0!"),
        flat("0.95,0 1.0,0.12 1.3,0.16 1.34,0"),
    )  # fmt: skip


def tent() -> Shape:
    """A tent."""
    return (
        blob("-0.9,0! -0.5,0.4 -0.04,1.0! 0.0,1.04! 0.04,1.0! 0.5,0.4 0.9,0!", "pale"),
        blob("-0.22,0! -0.12,0.4 0.0,0.9! 0.12,0.4 0.22,0!", "lit"),
        limb("0.0,1.0,0.03 0.0,1.16,0.02"),
    )


def temple() -> Shape:
    """A temple with columns."""
    return (
        box(-0.9, 0, 0.9, 0.1),
        box(-0.8, 0.1, 0.8, 0.16),
        *(
            box(x - 0.05, 0.14, x + 0.05, 0.66)
            for x in (-0.65, -0.39, -0.13, 0.13, 0.39, 0.65)
        ),
        box(-0.78, 0.64, 0.78, 0.74),
        flat("-0.84,0.74 0,1.0 0.84,0.74"),
    )


def pyramid() -> Shape:
    """A pyramid with one side in shade."""
    return (flat("-0.95,0 0.1,1.0 0.95,0"), flat("0.1,1.0 0.95,0 0.4,0", "shade"))


def pagoda() -> Shape:
    """A pagoda with curved roofs."""
    tiers = []
    for k in range(4):
        y, half = 0.22 * k, 0.3 - 0.05 * k
        tiers += [
            box(-half, y, half, y + 0.16),
            blob(
                f"{-half - 0.2},{y + 0.19}! {-half},{y + 0.15} {half},{y + 0.15} {half + 0.2},{y + 0.19}! {half * 0.7},{y + 0.24} {-half * 0.7},{y + 0.24}"
            ),
            *_window(0.0, y + 0.04, 0.08, 0.08),
        ]
    return (*tiers, limb("0,0.86,0.03 0,1.08,0.015"))


def skyscraper() -> Shape:
    """A tall block with a mast and rows of lit windows."""
    windows = [
        box(x, y, x + 0.035, y + 0.025, "lit")
        for j, y in enumerate(np.arange(0.06, 0.78, 0.05))
        for i, x in enumerate(np.arange(-0.13, 0.12, 0.055))
        if (3 * i + 5 * j + i * j) % 4
    ]
    return (
        box(-0.17, 0, 0.17, 0.8),
        box(-0.1, 0.78, 0.1, 0.88),
        limb("0,0.86,0.02 0,1.06,0.008"),
        *windows,
    )


def hut() -> Shape:
    """A hut on poles."""
    return (
        *(box(x, 0, x + 0.06, 0.4) for x in (-0.42, -0.12, 0.12, 0.38)),
        box(-0.5, 0.34, 0.5, 0.42),
        box(-0.42, 0.4, 0.42, 0.7),
        blob("-0.66,0.6! -0.3,0.84 0.0,1.0! 0.3,0.84 0.66,0.6! 0,0.66"),
        *_window(0.0, 0.46, 0.16, 0.16),
    )


def gate() -> Shape:
    """An arched gate."""
    return (
        box(-0.6, 0, -0.36, 0.8),
        box(0.36, 0, 0.6, 0.8),
        blob(
            "-0.6,0.7! -0.5,0.92 0,1.04 0.5,0.92 0.6,0.7! 0.36,0.6! 0.2,0.78 0,0.84 -0.2,0.78 -0.36,0.6!"
        ),
        *(
            limb(f"{x},0,0.03 {x},0.62,0.03", "shade")
            for x in (-0.24, -0.08, 0.08, 0.24)
        ),
    )


def dome() -> Shape:
    """Domes of a base on another planet, or an observatory."""
    return (
        blob("-0.6,0! -0.58,0.5 -0.3,0.92 0.0,1.0 0.3,0.92 0.58,0.5 0.6,0!"),
        box(-0.66, 0, 0.66, 0.12),
        *(box(x, 0.2, x + 0.12, 0.3, "lit") for x in (-0.44, -0.2, 0.04, 0.28)),
        *moved(
            (
                blob("-0.4,0! -0.36,0.3 0,0.5 0.36,0.3 0.4,0!"),
                box(-0.1, 0.1, 0.1, 0.2, "lit"),
            ),
            x=0.9,
        ),
        limb("-0.2,0.92,0.02 -0.2,1.16,0.01"),
    )


def _window(x: float, y: float, width: float, height: float) -> Shape:
    return (box(x - width / 2, y, x + width / 2, y + height, "lit"),)
