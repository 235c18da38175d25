"""Nature far off: mountains, hills, forests, dunes, a volcano, hills with a landmark."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from colab_worker.engines.papercut import geometry, terrain
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import WHITE, mix, rgb
from colab_worker.engines.papercut.dice import roll
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.materials import (
    GRASS,
    SAND,
    SNOW,
    STONE,
    WOOD,
    standing,
)
from colab_worker.engines.papercut.reading import is_removed
from colab_worker.engines.papercut.silhouettes import plants
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.silhouettes.shape import Shape
from colab_worker.engines.papercut.stage import Stage


def mountains(stage: Stage, depth: float) -> None:
    """Two ranges of peaks; snow on the higher one."""
    rise = 0.66 * stage.horizon * stage.camera.zoom**0.6
    rise = min(rise, 0.75 * stage.horizon + 0.12 * stage.height)
    for k, (share, count) in enumerate(((1.0, 4), (0.62, 6))):
        rng = stage.dice.of("peaks", k)
        base = stage.level(0.02 + 0.1 * k)
        profile = terrain.peaks(rng, stage.xs, base, share * rise, count)
        stage.land(profile, depth + 0.12 * k, rgb("#6d7488"))
        if k == 0:
            caps = terrain.snowcaps(stage.xs, profile, base, share * rise, rng)
            snow = np.concatenate(
                [np.stack([stage.xs, profile], 1), np.stack([stage.xs, caps], 1)[::-1]]
            )
            colour = mix(
                stage.palette.layer(depth, SNOW), WHITE, 0.5 * stage.palette.bright
            )
            stage.canvas.dab([snow], mix(colour, stage.palette.light, 0.25), 0.85)


def hill_country(stage: Stage, depth: float) -> None:
    """Rows of soft hills."""
    for k in range(2):
        rng = stage.dice.of("hills", k, round(depth, 2))
        rise = (0.17 - 0.04 * k) * stage.unit * stage.camera.zoom**0.5
        profile = terrain.hills(
            rng, stage.xs, stage.level(0.05 + 0.3 * k), rise, 2.5 + k
        )
        stage.land(
            profile,
            depth + 0.18 * k,
            GRASS,
            extra=_sparse_trees(stage, profile, rng, 0.035 + 0.02 * k),
        )


def treeline(stage: Stage, depth: float) -> None:
    """Three rows of forest, the far ones in haze."""
    broad = {"autumn", "spring"} & set(stage.seasons)
    for k in range(3):
        rng = stage.dice.of("treeline", k)
        base = stage.level(0.06 + 0.24 * k)
        profile = terrain.hills(rng, stage.xs, base, 0.06 * stage.unit, 3)
        size = stage.unit * (0.11 + 0.06 * k) * stage.camera.zoom**0.7
        trees = []
        for x in np.arange(stage.xs[0], stage.xs[-1], 0.3 * size):
            kind = "leafy" if broad and rng.random() < 0.7 else "pine"
            tree = _stand_of(kind)[int(rng.integers(8))]
            at = x + rng.uniform(-0.12, 0.12) * size
            foot = float(np.interp(at, stage.xs, profile)) + 0.06 * size
            trees += standing(tree, at, foot, size * rng.uniform(0.65, 1.2))
        material = stage.leaf() if broad else WOOD
        stage.land(
            profile,
            depth + 0.2 * k,
            material,
            extra=() if is_removed("tree", stage.removed) else trees,
        )


@functools.cache
def _stand_of(kind: str) -> tuple[Shape, ...]:
    """Eight trees of a kind; a forest repeats them in other sizes."""
    grow = {"pine": plants.pine, "leafy": plants.leafy}[kind]
    return tuple(grow(roll("stand", kind, k)) for k in range(8))


def _sparse_trees(
    stage: Stage, profile: Points, rng: np.random.Generator, size: float
) -> list[Points]:
    if is_removed("tree", stage.removed):
        return []
    trees = []
    for _ in range(int(rng.integers(5, 11))):
        x = rng.uniform(0, stage.width)
        scale = size * stage.unit * rng.uniform(0.8, 1.4) * stage.camera.zoom
        foot = float(np.interp(x, stage.xs, profile)) + 0.05 * scale
        trees += standing(
            (plants.leafy if rng.random() < 0.6 else plants.cypress)(rng),
            x,
            foot,
            scale,
        )
    return trees


def dune_sea(stage: Stage, depth: float) -> None:
    """Dunes behind dunes."""
    for k in range(3):
        rng = stage.dice.of("dunes", k)
        rise = stage.unit * (0.1 + 0.03 * k) * stage.camera.zoom**0.5
        profile = terrain.dunes(rng, stage.xs, stage.level(0.06 + 0.28 * k), rise, 3)
        stage.land(profile, depth + 0.17 * k, SAND)


def table_land(stage: Stage, depth: float) -> None:
    """Mesas in two rows."""
    for k in range(2):
        rng = stage.dice.of("mesas", k)
        rise = stage.unit * (0.26 - 0.05 * k) * stage.camera.zoom**0.5
        profile = terrain.mesas(
            rng, stage.xs, stage.level(0.05 + 0.25 * k), rise, 4 - k
        )
        stage.land(profile, depth + 0.2 * k, rgb("#b8643c"))


def fire_mountain(stage: Stage, depth: float) -> None:
    """A volcano with lava and smoke."""
    rng = stage.dice.of("volcano")
    base, rise = stage.level(0.2), 0.62 * stage.horizon
    profile = terrain.volcano(rng, stage.xs, base, rise)
    x, top = 0.5 * stage.width, base - 0.8 * rise
    stage.canvas.glow(x, top, 0.5 * stage.unit, rgb("#ff6a2a"), 0.9)
    smoke = [
        geometry.oval(
            x + stage.unit * (0.02 * k * k + rng.uniform(-0.03, 0.03)),
            top - 0.07 * stage.unit * k,
            stage.unit * (0.03 + 0.016 * k),
        )
        for k in range(7)
    ]
    stage.canvas.lay(
        smoke, Fill(mix(stage.palette.near, stage.palette.sky[1], 0.45)), alpha=0.85
    )
    stage.land(profile, depth + 0.2, rgb("#4a3434"))
    for drift in (-0.05, 0.01, 0.07):
        knots = np.array(
            [
                (x + drift * 0.5 * stage.unit, top + 0.05 * rise, 0.012),
                (x + drift * stage.unit, top + 0.2 * rise, 0.016),
                (x + 2.2 * drift * stage.unit, top + 0.45 * rise, 0.008),
            ]
        )
        knots[:, 2] *= stage.unit
        stage.canvas.dab([geometry.band(knots)], rgb("#ff8a3a"), 0.9)


def islet(stage: Stage, depth: float) -> None:
    """An island with palms on the water."""
    rng = stage.dice.of("islet")
    x, half = stage.width * rng.uniform(0.3, 0.7), 0.26 * stage.unit * stage.camera.zoom
    base = stage.level(0.22)
    land = geometry.outline(
        "-1,0! -0.7,0.16 -0.3,0.4 0.1,0.46 0.6,0.2 1,0! 0.5,-0.06 -0.5,-0.06"
    ) * (half, -0.7 * half) + (x, base)
    palms = []
    for k in range(4):
        at = x + half * (-0.35 + 0.22 * k)
        palms += standing(
            plants.palm(rng), at, base - 0.24 * half, half * rng.uniform(0.6, 0.9)
        )
    stage.canvas.lay(
        [land, *palms], Fill(stage.palette.layer(depth + 0.2, WOOD)), lift=0.7
    )


def headland(stage: Stage, depth: float) -> None:
    """A cape that runs into the sea from one side."""
    rng = stage.dice.of("headland")
    fall = (stage.xs - stage.xs[0]) / (stage.xs[-1] - stage.xs[0])
    fall = fall if stage.sun[0] > 0.5 * stage.width else 1 - fall
    rise = np.clip(1 - fall / rng.uniform(0.35, 0.5), 0, 1) ** 0.7
    profile = stage.level(0.03) - 0.17 * stage.unit * stage.camera.zoom**0.5 * rise * (
        1 + 0.1 * terrain.noise(rng, stage.xs, 25)
    )
    stage.land(np.where(rise > 0, profile, stage.level(0.03)), depth + 0.1, STONE)


def _landmark(name: str, size: float, slope: float) -> Callable[[Stage, float], None]:
    def draw(stage: Stage, depth: float) -> None:
        rng = stage.dice.of("landmark", name)
        x = stage.width * (
            0.66 if stage.sun[0] < 0.5 * stage.width else 0.34
        ) + 0.04 * stage.width * rng.uniform(-1, 1)
        bump = np.exp(-(((stage.xs - x) / (0.3 * stage.width)) ** 2))
        profile = stage.level(0.42) - slope * stage.unit * bump
        profile = profile - 0.015 * stage.unit * terrain.noise(rng, stage.xs, 9)
        stage.land(profile, depth, STONE if slope > 0.1 else GRASS)
        tall = size * stage.unit * stage.camera.zoom**0.7
        tall = min(tall, 0.8 * (stage.level(0.42) - slope * stage.unit))
        stage.place(
            ITEMS[name].draw(rng),
            x,
            float(profile.min()) + 0.03 * tall,
            tall,
            depth=depth,
            cloth=rgb("#a3202f"),
        )

    return draw


castle_hill = _landmark("castle", 0.4, 0.16)


broken_columns = _landmark("ruin", 0.24, 0.06)


chapel = _landmark("church", 0.26, 0.05)
