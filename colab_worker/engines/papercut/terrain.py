"""Upper edges of land: hills, peaks, dunes, mesas; heights in pixels over given x."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.papercut.geometry import Points


def noise(rng: np.random.Generator, xs: Points, cells: float) -> Points:
    """Smooth noise in -1..1 with about ``cells`` waves over ``xs``."""
    count = max(2, int(np.ceil(cells))) + 3
    knots = rng.uniform(-1, 1, count)
    t = (xs - xs[0]) / (xs[-1] - xs[0]) * cells + rng.uniform(0, 1)
    low = np.clip(t.astype(int), 0, count - 2)
    share = t - low
    share = share * share * (3 - 2 * share)
    return np.asarray(knots[low] * (1 - share) + knots[low + 1] * share)


def hills(
    rng: np.random.Generator, xs: Points, base: float, rise: float, cells: float = 3
) -> Points:
    """Soft hills that rise up to ``rise`` above ``base``."""
    shape = 0.75 * noise(rng, xs, cells) + 0.2 * noise(rng, xs, 2.7 * cells)
    return base - rise * (0.5 + 0.5 * shape)


def peaks(
    rng: np.random.Generator, xs: Points, base: float, rise: float, count: int = 5
) -> Points:
    """Jagged mountains; the highest is near ``rise`` above ``base``."""
    span = xs[-1] - xs[0]
    middle = xs[0] + span * (np.arange(count) + rng.uniform(0.15, 0.85, count)) / count
    height = rng.uniform(0.5, 1.0, count)
    height[rng.integers(count)] = 1.0
    width = span * rng.uniform(0.16, 0.3, count) * 3.4 / count
    slopes = height[:, None] * (
        1 - (np.abs(xs[None, :] - middle[:, None]) / width[:, None]) ** 0.92
    )
    crest = np.maximum(slopes.max(axis=0), 0.08)
    rough = (
        0.07 * noise(rng, xs, 22)
        + 0.035 * noise(rng, xs, 60)
        + 0.02 * noise(rng, xs, 110)
    )
    return np.asarray(base - rise * np.maximum(crest + rough * (0.3 + crest), 0.02))


def dunes(
    rng: np.random.Generator, xs: Points, base: float, rise: float, count: int = 3
) -> Points:
    """Dunes: a long windward side, a short lee side, sharp crests."""
    t = (xs - xs[0]) / (xs[-1] - xs[0]) * count + rng.uniform(0, 1)
    phase, ridge = t % 1.0, t.astype(int)
    heights = rng.uniform(0.45, 1.0, count + 3)
    crest = rng.uniform(0.6, 0.8)
    up = (phase / crest) ** 1.5
    down = np.clip((1 - phase) / (1 - crest), 0, 1) ** 0.9
    return np.asarray(base - rise * heights[ridge] * np.where(phase < crest, up, down))


def mesas(
    rng: np.random.Generator, xs: Points, base: float, rise: float, count: int = 4
) -> Points:
    """Table mountains with steep sides."""
    span = xs[-1] - xs[0]
    profile = np.zeros_like(xs)
    for k in range(count):
        middle = xs[0] + span * (k + rng.uniform(0.2, 0.8)) / count
        half = span * rng.uniform(0.05, 0.12)
        height = rng.uniform(0.5, 1.0)
        away = np.abs(xs - middle) / half
        wall = np.clip((1.3 - away) / 0.3, 0, 1) ** 1.4
        shelf = 0.35 * np.clip((2.0 - away) / 0.7, 0, 1)
        profile = np.maximum(profile, height * np.maximum(wall, shelf))
    rough = 0.03 * noise(rng, xs, 40) * (profile > 0.2)
    return base - rise * (profile + rough)


def flat(rng: np.random.Generator, xs: Points, base: float, rise: float) -> Points:
    """Nearly level ground."""
    return base - rise * 0.5 * (noise(rng, xs, 2) + 0.3 * noise(rng, xs, 7))


def volcano(rng: np.random.Generator, xs: Points, base: float, rise: float) -> Points:
    """One cone with a notched top, the middle of ``xs`` its axis."""
    middle = 0.5 * (xs[0] + xs[-1])
    away = np.abs(xs - middle) / (0.3 * (xs[-1] - xs[0]))
    cone = np.clip(1.12 - away**0.7 * 1.1, 0, 0.86) + 0.02 * noise(rng, xs, 50)
    notch = 0.06 * (away < 0.08)
    return np.asarray(base - rise * (cone - notch))


def snowcaps(
    xs: Points, profile: Points, base: float, rise: float, rng: np.random.Generator
) -> Points:
    """The lower edge of the snow on mountains: ``profile`` where there is none."""
    line = base - rise * (0.62 + 0.1 * noise(rng, xs, 14) + 0.08 * noise(rng, xs, 45))
    depth = np.maximum(line - profile, 0)
    return np.asarray(profile + 0.75 * depth)
