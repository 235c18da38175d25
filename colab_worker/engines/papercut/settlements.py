"""What people have put on the land far off: towns, masts, rails, graves, fields."""

from __future__ import annotations

import itertools

import numpy as np

from colab_worker.engines.papercut import geometry, terrain
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import Colour, mix, rgb
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.materials import (
    FIELD,
    GRASS,
    MUD,
    STONE,
    WOOD,
    standing,
)
from colab_worker.engines.papercut.reading import is_removed
from colab_worker.engines.papercut.silhouettes import buildings, plants
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.stage import Stage


def skyline(stage: Stage, depth: float) -> None:
    """Tall blocks in three rows with lit windows."""
    tall = (
        0.4
        * max(min(stage.horizon, 1.2 * stage.unit), 0.36 * stage.height)
        * stage.camera.zoom**0.5
    )
    for k in range(3):
        rng = stage.dice.of("skyline", k)
        base = stage.level(0.1 + 0.2 * k)
        towers, windows = _blocks(stage, rng, base, tall * (1.0 - 0.22 * k))
        stage.land(
            np.full_like(stage.xs, base), depth + 0.2 * k, rgb("#5c6478"), extra=towers
        )
        if k:
            glow = (
                stage.palette.lamp
                if stage.palette.bright < 0.8
                else stage.palette.layer(depth)
            )
            stage.canvas.dab(windows, glow, 0.4 + 0.2 * k)


def _blocks(
    stage: Stage, rng: np.random.Generator, base: float, tall: float
) -> tuple[list[Points], list[Points]]:
    towers, windows = [], []
    x = stage.xs[0]
    while x < stage.xs[-1]:
        width = stage.unit * rng.uniform(0.04, 0.095) * stage.camera.zoom**0.6
        height = tall * rng.uniform(0.35, 1.0) ** 1.4
        top = base - height
        towers.append(geometry.box(x, top, x + width, base + 4))
        roof = rng.random()
        if roof < 0.3:
            towers.append(
                geometry.box(
                    x + 0.25 * width, top - 0.12 * width, x + 0.75 * width, top + 2
                )
            )
            towers.append(
                geometry.box(x + 0.48 * width, top - 0.6 * width, x + 0.52 * width, top)
            )
        elif roof < 0.45:
            towers.append(
                np.array(
                    [
                        (x, top + 1),
                        (x + width, top + 1),
                        (x + width, top - 0.35 * width),
                    ]
                )
            )
        cell = 0.2 * width
        lit = rng.random((int(height / cell) + 1, 4)) < 0.3
        for row, column in zip(*np.nonzero(lit), strict=True):
            left, up = x + (0.12 + 0.2 * column) * width, top + (0.6 + row) * cell
            if up < base - cell:
                windows.append(
                    geometry.box(left, up, left + 0.1 * width, up + 0.5 * cell)
                )
        x += width * rng.uniform(0.95, 1.2)
    return towers, windows


def houses(stage: Stage, depth: float) -> None:
    """A village on its slope, with a church."""
    rng = stage.dice.of("houses")
    profile = terrain.hills(rng, stage.xs, stage.level(0.5), 0.07 * stage.unit, 2)
    stage.land(profile, depth, GRASS)
    kinds = [buildings.house, buildings.cottage, buildings.house, buildings.cottage]
    sites = np.sort(rng.uniform(0.02, 0.98, 8)) * stage.width
    for k, x in enumerate(sites):
        size = stage.unit * rng.uniform(0.075, 0.11) * stage.camera.zoom
        shape = buildings.church() if k == 4 else kinds[k % 4]()
        scale = size * (1.7 if k == 4 else 1.0)
        y = float(np.interp(x, stage.xs, profile)) + 0.06 * size
        roof = mix(
            rgb(("#a8553c", "#7c6a60", "#b5764a")[k % 3]),
            stage.palette.layer(depth),
            0.3,
        )
        stage.place(shape, x, y, scale, depth=depth, body=roof, flip=bool(k % 2))


def masts(stage: Stage, depth: float) -> None:
    """Houses of a waterfront with masts before them."""
    rng = stage.dice.of("masts")
    base = stage.level(0.04)
    roofs = _gables(stage, rng, base)
    stage.land(np.full_like(stage.xs, base), depth, rgb("#7c5f56"), extra=roofs)
    foot = stage.level(0.16)
    hull = geometry.outline("-1,0.32! -0.8,-0.06! 0.8,-0.06! 1.1,0.4! 0,0.2")
    boats: list[Points] = []
    for x in rng.uniform(0, stage.width, 7):
        tall = stage.unit * rng.uniform(0.2, 0.34) * stage.camera.zoom**0.6
        thick, yard = 0.014 * tall, foot - 0.75 * tall
        boats += [
            geometry.stroke((x, foot, thick), (x, foot - tall, thick)),
            geometry.stroke(
                (x - 0.16 * tall, yard, thick), (x + 0.16 * tall, yard, thick)
            ),
            hull * (0.22 * tall, -0.2 * tall) + (x, foot),
        ]
    stage.canvas.lay(boats, Fill(stage.palette.layer(depth + 0.3)), lift=0.5)


def _gables(stage: Stage, rng: np.random.Generator, base: float) -> list[Points]:
    """A row of house fronts from edge to edge."""
    fronts: list[Points] = []
    x = stage.xs[0]
    while x < stage.xs[-1]:
        size = stage.unit * rng.uniform(0.09, 0.16) * stage.camera.zoom**0.6
        eaves, ridge = base - size, base - 1.45 * size
        roof = [
            (x - 0.05 * size, eaves),
            (x + 0.35 * size, ridge),
            (x + 0.75 * size, eaves),
        ]
        fronts += [geometry.box(x, eaves, x + 0.7 * size, base + 4), np.array(roof)]
        x += 0.72 * size
    return fronts


def smoke_columns(stage: Stage, depth: float) -> None:
    """Burning land: glow, smoke and leaning spears."""
    rng = stage.dice.of("war")
    u, low = stage.unit, stage.level(0.2)
    grey = mix(stage.palette.layer(depth), stage.palette.sky[1], 0.35)
    for x in rng.uniform(0.05, 0.95, 3) * stage.width:
        stage.canvas.glow(x, low, 0.25 * u, rgb("#ff7a3a"), 0.6)
        puffs = [
            geometry.oval(
                x + 0.012 * u * k * k, low - 0.08 * u * k, u * (0.025 + 0.014 * k)
            )
            for k in range(8)
        ]
        stage.canvas.lay(puffs, Fill(grey), alpha=0.6, rim=0)
    profile = terrain.flat(rng, stage.xs, stage.level(0.35), 0.06 * u)
    stage.land(profile, depth + 0.2, MUD, extra=_spears(stage, rng, profile))


def _spears(stage: Stage, rng: np.random.Generator, profile: Points) -> list[Points]:
    """Spears that lean on ``profile``, some with a pennant."""
    spears: list[Points] = []
    for x in rng.uniform(0, stage.width, 16):
        y = float(np.interp(x, stage.xs, profile))
        tall = stage.unit * rng.uniform(0.06, 0.13)
        tip, thick = x + rng.uniform(-0.3, 0.3) * tall, 0.0035 * stage.unit
        spears.append(geometry.stroke((x, y + 4, thick), (tip, y - tall, thick)))
        if rng.random() < 0.4:
            pennant = [
                (tip, y - tall),
                (tip + 0.5 * tall, y - 0.86 * tall),
                (tip, y - 0.62 * tall),
            ]
            spears.append(np.array(pennant))
    return spears


def rails(stage: Stage, depth: float) -> None:
    """A platform roof and a waiting train."""
    base = stage.level(0.55)
    size = 0.16 * stage.unit * stage.camera.zoom
    stage.land(np.full_like(stage.xs, base), depth, STONE)
    stage.place(
        ITEMS["train"].draw(stage.dice.of("train")),
        0.55 * stage.width,
        base + 0.02 * size,
        size,
        depth=depth + 0.2,
    )
    roof = [
        geometry.box(stage.xs[0], base - 2.5 * size, stage.xs[-1], base - 2.3 * size)
    ]
    roof += [
        geometry.box(
            x - 0.05 * size, base - 2.4 * size, x + 0.05 * size, base + 0.1 * size
        )
        for x in np.linspace(0.08, 0.92, 6) * stage.width
    ]
    stage.canvas.lay(roof, Fill(stage.palette.layer(depth + 0.35)))


def graves(stage: Stage, depth: float) -> None:
    """Rows of stones and bare trees on a hill."""
    rng = stage.dice.of("graves")
    profile = terrain.hills(rng, stage.xs, stage.level(0.6), 0.08 * stage.unit, 2)
    stones: list[Points] = []
    for k, x in enumerate(rng.uniform(0, stage.width, 16)):
        y = float(np.interp(x, stage.xs, profile)) + 2
        name = "cross" if k % 3 == 0 else "gravestone"
        stones += standing(
            ITEMS[name].draw(rng)[:1],
            x,
            y,
            stage.unit * rng.uniform(0.035, 0.06) * stage.camera.zoom,
        )
    if not is_removed("tree", stage.removed):
        for x in (0.12, 0.86):
            at = x * stage.width
            stones += standing(
                plants.bare(rng),
                at,
                float(np.interp(at, stage.xs, profile)) + 4,
                0.34 * stage.unit * stage.camera.zoom**0.6,
            )
    stage.land(profile, depth, rgb("#59665a"), extra=stones)


def patchwork(stage: Stage) -> None:
    """Fields and hedges from above, smaller towards the horizon."""
    rng = stage.dice.of("patchwork")
    stage.land(np.full_like(stage.xs, stage.level(0.12)), 0.3, GRASS)
    tones = (GRASS, FIELD, WOOD, rgb("#9db35a"), rgb("#c9a05a"))
    rows = (
        stage.level(0.14)
        + (stage.height - stage.level(0.14)) * np.linspace(0, 1, 7) ** 1.7
    )
    fields: list[tuple[Points, Colour]] = []
    for k, (top, low) in enumerate(itertools.pairwise(rows)):
        count = 11 - k
        edges = np.linspace(-0.1, 1.1, count + 1) + rng.uniform(-0.02, 0.02, count + 1)
        lean = 0.5 + (edges - 0.5) * (1.0 + 0.12 * (low - top) / stage.unit * 4)
        for n in range(count):
            quad = [
                (edges[n], top),
                (edges[n + 1], top),
                (lean[n + 1], low),
                (lean[n], low),
            ]
            field = np.array(quad) * (stage.width, 1)
            inset = field.mean(axis=0) + (field - field.mean(axis=0)) * (0.97, 0.93)
            tone = stage.palette.layer(0.35 + 0.1 * k, tones[int(rng.integers(5))])
            fields.append((inset, tone))
    # One shadow for all: they lie side by side.
    stage.canvas.shade([field for field, _ in fields], 0.25)
    for field, tone in fields:
        stage.canvas.lay([field], Fill(tone), lift=0)


def hamlet(stage: Stage) -> None:
    """Houses strewn over fields that are seen from above, the far ones small."""
    rng = stage.dice.of("hamlet")
    for k, t in enumerate(np.sort(rng.uniform(0.05, 0.8, 16))):
        x = stage.width * (0.5 + 0.42 * rng.uniform(-1, 1))
        size = stage.unit * (0.035 + 0.06 * t)
        shape = (
            buildings.church()
            if k == 9
            else buildings.house()
            if k % 2
            else buildings.cottage()
        )
        roof = rgb(("#a8553c", "#8a6a58", "#b5764a")[k % 3])
        scale = size * (1.8 if k == 9 else 1.0)
        stage.place(shape, x, stage.level(t), scale, depth=0.5 + 0.4 * t, body=roof)
