"""What a prompt names that is far off: buildings, ships, all that flies."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.casting import colours, place_of, scale_of
from colab_worker.engines.papercut.colour import rgb
from colab_worker.engines.papercut.reading import Reading, Thing
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.silhouettes.creatures import soaring_bird
from colab_worker.engines.papercut.stage import Stage


def draw_far(stage: Stage, reading: Reading, *, water: bool) -> None:
    """Buildings behind the people, ships on the water, everything in the sky."""
    kinds = {"far": _draw_building, "water": _draw_afloat, "sky": _draw_flying}
    for place, draw in kinds.items():
        named = [thing for thing in reading.things if place_of(thing) == place]
        for k, thing in enumerate(named):
            draw(stage, thing, k, water)
    if any(thing.name == "birds" for thing in reading.things):
        draw_flock(stage, 9)


def draw_flock(stage: Stage, count: int) -> None:
    """Far birds in the sky."""
    rng = stage.dice.of("flock")
    middle = (
        rng.uniform(0.25, 0.75) * stage.width,
        rng.uniform(0.2, 0.5) * stage.horizon,
    )
    for _ in range(count):
        x, y = middle + rng.normal(0, 1, 2) * (0.13 * stage.unit, 0.05 * stage.unit)
        size = stage.unit * rng.uniform(0.012, 0.022)
        y = max(y, 0.02 * stage.height)
        stage.place(soaring_bird(), x, y, size, depth=0.75, lift=0)


def _draw_building(stage: Stage, thing: Thing, k: int, water: bool) -> None:
    item = ITEMS[thing.name]
    rng = stage.dice.of("building", thing.name)
    body, cloth = colours(item, thing)
    depth, away = (0.64, 0.8) if item.metres < 12 else (0.54, 0.62)
    size = min(scale_of(stage, item.metres) * away, 0.8 * stage.level(0.6))
    y = stage.level(0.66) if water else stage.ground - 0.02 * stage.unit
    for n in range(min(thing.count, 4)):
        side = (0.7, 0.28, 0.88, 0.12)[(k + n) % 4]
        side = side if stage.sun[0] < 0.5 * stage.width else 1 - side
        x = stage.width * (side + 0.03 * rng.uniform(-1, 1))
        if water:
            _draw_rock(stage, x, y, size, depth)
        stage.place(
            item.draw(rng), x, y + 0.02 * size, size * (1 - 0.12 * n), depth=depth,
            body=body or rgb("#7d7068"), cloth=cloth, flip=x > 0.5 * stage.width,
        )  # fmt: skip
        if thing.name == "lighthouse":
            _draw_beam(stage, x, y - 0.86 * size)


def _draw_rock(stage: Stage, x: float, y: float, size: float, depth: float) -> None:
    half = 0.55 * size + 0.1 * stage.unit
    rock = geometry.outline(
        "-1,-0.3! -0.9,0.05 -0.6,0.3 -0.3,0.5 0.3,0.48 0.6,0.26 0.95,0.02 1,-0.3!"
    )
    rock = rock * (half, -0.09 * stage.unit) + (x, y + 0.045 * stage.unit)
    stage.canvas.lay(
        [rock], Fill(stage.palette.layer(depth + 0.15, rgb("#6d6a70"))), lift=0.4
    )


def _draw_beam(stage: Stage, x: float, y: float) -> None:
    """The light of a lighthouse, when it is dark enough to see."""
    if stage.palette.bright > 0.8:
        return
    reach = 1.2 * stage.width * (-1 if x > 0.5 * stage.width else 1)
    for spread, alpha in ((0.07, 0.22), (0.035, 0.3)):
        high, low = y - (0.06 + spread) * abs(reach), y - (0.06 - spread) * abs(reach)
        beam = np.array([(x, y), (x + reach, high), (x + reach, low)])
        stage.canvas.dab([beam], stage.palette.lamp, alpha)
    stage.canvas.glow(x, y, 0.14 * stage.unit, stage.palette.lamp, 0.9)


def _draw_afloat(stage: Stage, thing: Thing, k: int, water: bool) -> None:
    item = ITEMS[thing.name]
    rng = stage.dice.of("afloat", thing.name)
    body, cloth = colours(item, thing)
    top, low = stage.level(0.1), min(stage.ground, 0.96 * stage.height)
    for n in range(min(thing.count, 4)):
        share = (0.5, 0.3, 0.4, 0.24)[n]
        y = top + share * (low - top)
        near = 1.0 if item.metres < 3 else 0.8
        size = scale_of(stage, item.metres) * (0.42 + 0.55 * share) * near
        side = (0.68, 0.25, 0.86, 0.44)[(n + k) % 4] + 0.04 * rng.uniform(-1, 1)
        x = stage.width * (side if stage.sun[0] > 0.5 * stage.width else 1 - side)
        stage.place(
            item.draw(rng), x, y, size, depth=0.55 + 0.4 * share,
            body=body, cloth=cloth, flip=x > 0.5 * stage.width,
        )  # fmt: skip
        _draw_wake(stage, x, y, size)


def _draw_wake(stage: Stage, x: float, y: float, size: float) -> None:
    lines = []
    for k in range(3):
        half, at = size * (0.7 - 0.12 * k), y + size * (0.015 + 0.035 * k)
        knots = [(x - half, at, 0.1), (x, at, 0.016 * size), (x + half, at, 0.1)]
        lines.append(geometry.band(np.array(knots), 3))
    stage.canvas.dab(lines, stage.palette.sky[2], 0.5)


def _draw_flying(stage: Stage, thing: Thing, k: int, water: bool) -> None:
    item = ITEMS[thing.name]
    rng = stage.dice.of("flying", thing.name)
    body, cloth = colours(item, thing)
    room = min(stage.horizon, stage.ground)
    for n in range(min(thing.count, 6)):
        x = stage.width * ((0.36 + 0.17 * k + 0.23 * n) % 0.8 + 0.1)
        y = room * (0.3 + 0.14 * ((k + n) % 3)) + 0.03 * stage.unit * rng.uniform(-1, 1)
        size = max(scale_of(stage, item.metres) * (0.95 - 0.1 * n), 0.05 * stage.unit)
        size = min(size, 0.36 * stage.unit)
        y = max(y, 0.62 * size + 0.03 * stage.height)
        stage.place(
            item.draw(rng), x, y + 0.5 * size, size, depth=0.85,
            body=body, cloth=cloth, flip=x > 0.5 * stage.width,
        )  # fmt: skip
