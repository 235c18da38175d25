"""What grows and lies on the near ground: grass, flowers, reeds, trunks, stones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import Colour, rgb
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.materials import (
    standing,
)
from colab_worker.engines.papercut.silhouettes import plants
from colab_worker.engines.papercut.silhouettes.shape import Shape
from colab_worker.engines.papercut.stage import Stage


def grass_tufts(
    stage: Stage, profile: Points, rng: np.random.Generator
) -> list[Points]:
    """Blades of grass along ``profile``."""
    blades = []
    for x in rng.uniform(0, stage.width, 80):
        y = float(np.interp(x, stage.xs, profile)) + 3
        tall = stage.unit * rng.uniform(0.008, 0.024) * stage.camera.zoom**0.7
        lean = rng.uniform(-0.6, 0.6) * tall
        blades.append(
            np.array([(x - 0.13 * tall, y), (x + 0.13 * tall, y), (x + lean, y - tall)])
        )
    return blades


def draw_flowers(stage: Stage, profile: Points, count: int) -> None:
    """Flowers all over the near ground."""
    rng = stage.dice.of("flowers")
    colours = [rgb(code) for code in ("#e4576a", "#f0c04a", "#f4efe4", "#b07ad0")]
    for k, x in enumerate(rng.uniform(0, stage.width, count)):
        depth = rng.uniform(0, 1)
        y = float(np.interp(x, stage.xs, profile)) + depth * (
            stage.height - stage.ground
        )
        size = stage.unit * (0.03 + 0.045 * depth) * stage.camera.zoom**0.4
        stage.place(
            plants.flower(rng),
            x,
            y,
            size,
            cloth=colours[k % 4],
            body=rgb("#37603a"),
            lift=0,
        )


def draw_side_plants(
    stage: Stage, grow: Callable[[np.random.Generator], Shape], size: float
) -> None:
    """Plants at both sides, ``size`` in units."""
    rng = stage.dice.of("side plants", size)
    for x in (0.03, 0.1, 0.17, 0.84, 0.91, 0.97):
        at = (x + rng.uniform(-0.02, 0.02)) * stage.width
        tall = size * stage.unit * rng.uniform(0.7, 1.2) * stage.camera.zoom**0.5
        stage.place(
            grow(rng),
            at,
            stage.floor_at(at) + 0.05 * stage.unit,
            tall,
            cloth=rgb("#c8372d"),
        )


def draw_side_trees(
    stage: Stage, grow: Callable[[np.random.Generator], Shape], size: float
) -> None:
    """Trees at both sides, behind the actors."""
    rng = stage.dice.of("side trees")
    trees: list[Points] = []
    for x in (0.02, 0.09, 0.15, 0.9, 0.97):
        at = (x + rng.uniform(-0.02, 0.02)) * stage.width
        trees += standing(
            grow(rng),
            at,
            stage.floor_at(at) + 0.03 * stage.unit,
            size * stage.unit * rng.uniform(0.6, 1.2),
        )
    stage.canvas.lay(trees, Fill(stage.palette.layer(0.96)), lift=0.7)


def draw_trunks(stage: Stage) -> None:
    """Trunks in two rows at the sides, under a roof of leaves."""
    rng = stage.dice.of("trunks")
    bark = rgb("#3d3a34")
    rows = ((0.62, (0.14, 0.3, 0.7, 0.88)), (0.82, (-0.01, 0.06, 0.96, 1.02)))
    for depth, sites in rows:
        trunks = [part for x in sites for part in _trunk(stage, rng, x, depth)]
        stage.canvas.lay(trunks, Fill(stage.palette.layer(depth, bark)), lift=0.9)
    u, y = stage.unit, -0.015 * stage.height
    crown = [
        geometry.oval(
            x, y, 0.12 * u * rng.uniform(0.7, 1.2), 0.075 * u * rng.uniform(0.7, 1.5)
        )
        for x in np.linspace(0, stage.width, 15)
    ]
    stage.canvas.lay(crown, Fill(stage.palette.layer(0.85, stage.leaf())), lift=0.9)


def _trunk(
    stage: Stage, rng: np.random.Generator, share: float, depth: float
) -> list[Points]:
    """A trunk that leaves the picture at the top, with two branches."""
    x = (share + rng.uniform(-0.02, 0.02)) * stage.width
    wide = (
        0.035
        * stage.unit
        * (0.4 + depth)
        * stage.camera.zoom**0.6
        * rng.uniform(0.8, 1.3)
    )
    lean, low = rng.uniform(-0.4, 0.4) * wide, stage.level(depth) + 0.1 * stage.unit
    middle = (x + lean, 0.5 * stage.horizon, wide)
    parts = [
        geometry.stroke((x, low, 1.7 * wide), middle, (x + 2 * lean, -9, 0.8 * wide))
    ]
    for side in (-1, 1):
        y = stage.horizon * rng.uniform(0.15, 0.65)
        reach = side * wide * rng.uniform(2.5, 4.5)
        bough = (x + 0.5 * reach, y - 0.9 * wide, 0.26 * wide)
        tip = (x + reach, y - 2.3 * wide, 0.06 * wide)
        parts.append(geometry.stroke((x + lean, y, 0.4 * wide), bough, tip))
    return parts


def draw_ripples(stage: Stage, colour: Colour) -> None:
    """Arcs that the wind left in sand or snow."""
    rng = stage.dice.of("ripples")
    low = stage.height - stage.ground
    arcs = []
    for _ in range(16):
        x, t = rng.uniform(0, stage.width), rng.uniform(0.15, 1)
        half = stage.unit * rng.uniform(0.06, 0.16)
        y, thick = stage.ground + t * low, stage.unit * 0.006 * (0.4 + t)
        arcs.append(
            geometry.band(
                np.array(
                    [
                        (x - half, y, 0.001),
                        (x, y - 0.09 * half, thick),
                        (x + half, y, 0.001),
                    ]
                )
            )
        )
    stage.canvas.dab(arcs, colour, 0.5)


def draw_pebbles(stage: Stage) -> None:
    """Stones along the near ground."""
    rng = stage.dice.of("pebbles")
    shape = geometry.outline("-1,0! -0.8,0.5 -0.1,0.8 0.6,0.6 1,0!")
    stones = []
    for x in rng.uniform(0, stage.width, 14):
        size = stage.unit * rng.uniform(0.008, 0.03)
        stones.append(
            shape * (size, -size)
            + (x, stage.floor_at(x) + rng.uniform(0, 0.06) * stage.unit)
        )
    stage.canvas.lay(stones, Fill(stage.palette.layer(1.0)), lift=0.3)
