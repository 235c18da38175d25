"""Trees and plants, 1 high, rooted at the origin; each roll grows another one."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.silhouettes.shape import (
    Part,
    Shape,
    blob,
    limb,
    oval,
)


def pine(rng: np.random.Generator) -> Shape:
    """A fir with sagging tiers."""
    tiers = int(rng.integers(4, 7))
    wide = rng.uniform(0.18, 0.27)
    parts = [limb("0,0,0.06 0,0.3,0.04")]
    for k in range(tiers):
        low = 0.12 + 0.8 * k / tiers
        top = min(1.0, low + 1.5 / tiers)
        half = wide * (1 - 0.86 * k / tiers) * rng.uniform(0.9, 1.1)
        parts.append(
            blob(
                f"0.0,{top:.3f}! {-0.4 * half:.3f},{low + 0.06:.3f} {-half:.3f},{low - 0.03:.3f}! 0.0,{low + 0.015:.3f} {half:.3f},{low - 0.03:.3f}! {0.4 * half:.3f},{low + 0.06:.3f}"
            )
        )
    return tuple(parts)


def leafy(rng: np.random.Generator) -> Shape:
    """A broad-leaved tree."""
    lean = rng.uniform(-0.05, 0.05)
    parts = [
        limb(f"0,0,0.11 {lean / 2:.3f},0.25,0.07 {lean:.3f},0.55,0.05"),
        limb(f"{lean / 2:.3f},0.3,0.05 -0.14,0.55,0.03"),
        limb(f"{lean / 2:.3f},0.34,0.05 0.16,0.55,0.03"),
    ]
    for _ in range(9):
        angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.08, 0.24)
        x, y = lean + reach * np.cos(angle), 0.7 + 0.75 * reach * np.sin(angle)
        parts.append(
            oval(x, y, rng.uniform(0.1, 0.15), rng.uniform(0.09, 0.12), "leaf")
        )
    return (*parts, oval(lean, 0.7, 0.24, 0.2, "leaf"))


def bare(rng: np.random.Generator) -> Shape:
    """A leafless tree with forking branches."""
    parts: list[Part] = []
    _branch(parts, rng, np.array([0.0, 0.0]), np.pi / 2, 0.34, 0.09, 0)
    return tuple(parts)


def _branch(
    parts: list[Part],
    rng: np.random.Generator,
    start: geometry.Points,
    angle: float,
    length: float,
    width: float,
    depth: int,
) -> None:
    bend = rng.uniform(-0.3, 0.3)
    middle = start + 0.55 * length * np.array(
        [np.cos(angle + bend), np.sin(angle + bend)]
    )
    end = start + length * np.array([np.cos(angle), np.sin(angle)])
    knots = np.array([(*start, width), (*middle, 0.8 * width), (*end, 0.55 * width)])
    parts.append(Part(geometry.band(knots, 4)))
    if depth == 4:
        return
    for turn in (rng.uniform(0.2, 0.65), -rng.uniform(0.2, 0.65)):
        shorter = length * rng.uniform(0.6, 0.8)
        _branch(parts, rng, end, angle + turn, shorter, 0.6 * width, depth + 1)


def palm(rng: np.random.Generator) -> Shape:
    """A palm."""
    lean = rng.uniform(-0.22, 0.22)
    parts = [limb(f"0,0,0.07 {lean * 0.3:.3f},0.4,0.045 {lean:.3f},0.8,0.035")]
    for angle in np.linspace(-0.5, np.pi + 0.5, 8) + rng.uniform(-0.1, 0.1, 8):
        x, y = np.cos(angle), np.sin(angle)
        parts.append(
            blob(
                f"{lean:.3f},0.8! {lean + 0.16 * x:.3f},{0.84 + 0.14 * y:.3f} {lean + 0.34 * x:.3f},{0.74 + 0.14 * y:.3f}! {lean + 0.16 * x:.3f},{0.78 + 0.09 * y:.3f}"
            )
        )
    return tuple(parts)


def cactus(rng: np.random.Generator) -> Shape:
    """A saguaro."""
    left, right = rng.uniform(0.3, 0.5, 2)
    return (
        limb("0,0,0.15 0,0.5,0.17 0,0.93,0.14"),
        limb(
            f"0,{left:.3f},0.1 -0.22,{left + 0.02:.3f},0.1 -0.25,{left + 0.14:.3f},0.1 -0.25,{left + 0.3:.3f},0.09"
        ),
        limb(
            f"0,{right:.3f},0.1 0.22,{right + 0.02:.3f},0.1 0.24,{right + 0.12:.3f},0.1 0.24,{right + 0.24:.3f},0.09"
        ),
    )


def cypress(rng: np.random.Generator) -> Shape:
    """A cypress, slim."""
    half = rng.uniform(0.09, 0.13)
    return (
        limb("0,0,0.04 0,0.2,0.04"),
        blob(
            f"0,1.0! {-half:.3f},0.6 {-half:.3f},0.26 0,0.08 {half:.3f},0.26 {half:.3f},0.6"
        ),
    )


def mushroom(rng: np.random.Generator) -> Shape:
    """A toadstool."""
    half = rng.uniform(0.4, 0.55)
    return (
        blob("-0.1,0! -0.12,0.3 -0.07,0.62 0.07,0.62 0.12,0.3 0.1,0!", "pale"),
        blob(
            f"{-half:.3f},0.52! {-0.7 * half:.3f},0.86 0,1.0 {0.7 * half:.3f},0.86 {half:.3f},0.52! 0,0.58",
            "cloth",
        ),
        oval(-0.15, 0.78, 0.05, tone="pale"),
        oval(0.12, 0.86, 0.045, tone="pale"),
        oval(0.24, 0.68, 0.05, tone="pale"),
    )


def flower(rng: np.random.Generator) -> Shape:
    """A flower on its stem."""
    bend = rng.uniform(-0.12, 0.12)
    petals = [
        oval(bend + 0.13 * np.cos(a), 0.84 + 0.13 * np.sin(a), 0.09, tone="cloth")
        for a in np.linspace(0, 2 * np.pi, 6, endpoint=False)
    ]
    return (
        limb(f"0,0,0.03 {bend / 2:.3f},0.45,0.025 {bend:.3f},0.8,0.02"),
        blob("0,0.2! 0.16,0.36 0.26,0.5! 0.08,0.42"),
        *petals,
        oval(bend, 0.84, 0.075, tone="lit"),
    )


def reed(rng: np.random.Generator) -> Shape:
    """Reeds with their cobs."""
    parts: list[Part] = []
    for x in rng.uniform(-0.2, 0.2, 5):
        top, tip = rng.uniform(0.6, 1.0), x * 1.8
        parts.append(
            limb(
                f"{x:.3f},0,0.025 {x * 1.3:.3f},{top / 2:.3f},0.02 {tip:.3f},{top:.3f},0.01"
            )
        )
        if rng.random() < 0.5:
            parts.append(
                limb(
                    f"{0.96 * tip:.3f},{top - 0.14:.3f},0.045 {tip:.3f},{top - 0.02:.3f},0.045"
                )
            )
    return tuple(parts)
