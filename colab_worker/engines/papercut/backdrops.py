"""Far and middle distance: mountains, hills, forests, towns, masts."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable

import numpy as np

from colab_worker.engines.papercut import geometry, terrain
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import WHITE, mix, rgb
from colab_worker.engines.papercut.dice import roll
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.reading import is_removed
from colab_worker.engines.papercut.silhouettes import buildings, plants
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.silhouettes.shape import Shape
from colab_worker.engines.papercut.stage import Stage

Backdrop = Callable[[Stage, float], None]

GRASS, SAND, STONE, SNOW = (
    rgb("#5d8f4c"),
    rgb("#d9a766"),
    rgb("#857f86"),
    rgb("#eef4fb"),
)
MUD, FIELD, WOOD = rgb("#5f4c3e"), rgb("#b99a4a"), rgb("#2e5d45")


def standing(shape: Shape, x: float, y: float, size: float) -> list[Points]:
    """All outlines of ``shape`` on the picture, as one silhouette."""
    return [part.points * (size, -size) + (x, y) for part in shape]


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
    roofs: list[Points] = []
    x = stage.xs[0]
    while x < stage.xs[-1]:
        size = stage.unit * rng.uniform(0.09, 0.16) * stage.camera.zoom**0.6
        roofs += [
            geometry.box(x, base - size, x + 0.7 * size, base + 4),
            np.array(
                [
                    (x - 0.05 * size, base - size),
                    (x + 0.35 * size, base - 1.45 * size),
                    (x + 0.75 * size, base - size),
                ]
            ),
        ]
        x += 0.72 * size
    stage.land(np.full_like(stage.xs, base), depth, rgb("#7c5f56"), extra=roofs)
    poles: list[Points] = []
    for x in rng.uniform(0, stage.width, 7):
        tall = stage.unit * rng.uniform(0.2, 0.34) * stage.camera.zoom**0.6
        foot = stage.level(0.16)
        poles.append(
            geometry.band(
                np.array([(x, foot, 0.008 * tall), (x, foot - tall, 0.012 * tall)])
                * (1, 1, 1.6)
            )
        )
        poles.append(
            geometry.band(
                np.array(
                    [
                        (x - 0.16 * tall, foot - 0.75 * tall, 0.012 * tall),
                        (x + 0.16 * tall, foot - 0.75 * tall, 0.012 * tall),
                    ]
                )
            )
        )
        poles.append(
            geometry.outline("-1,0.32! -0.8,-0.06! 0.8,-0.06! 1.1,0.4! 0,0.2")
            * (0.22 * tall, -0.2 * tall)
            + (x, foot)
        )
    stage.canvas.lay(poles, Fill(stage.palette.layer(depth + 0.3)), lift=0.5)


def _landmark(name: str, size: float, slope: float) -> Backdrop:
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


def smoke_columns(stage: Stage, depth: float) -> None:
    """Burning land: smoke, broken walls, leaning spears."""
    rng = stage.dice.of("war")
    for x in rng.uniform(0.05, 0.95, 3) * stage.width:
        stage.canvas.glow(x, stage.level(0.2), 0.25 * stage.unit, rgb("#ff7a3a"), 0.6)
        puffs = [
            geometry.oval(
                x + stage.unit * 0.012 * k * k,
                stage.level(0.2) - 0.08 * stage.unit * k,
                stage.unit * (0.025 + 0.014 * k),
            )
            for k in range(8)
        ]
        stage.canvas.lay(
            puffs,
            Fill(mix(stage.palette.layer(depth), stage.palette.sky[1], 0.35)),
            alpha=0.6,
            rim=0,
        )
    profile = terrain.flat(rng, stage.xs, stage.level(0.35), 0.06 * stage.unit)
    spears = []
    for x in rng.uniform(0, stage.width, 16):
        y, tall = (
            float(np.interp(x, stage.xs, profile)),
            stage.unit * rng.uniform(0.06, 0.13),
        )
        lean = rng.uniform(-0.3, 0.3) * tall
        spears.append(
            geometry.band(
                np.array(
                    [
                        (x, y + 4, 0.004 * stage.unit),
                        (x + lean, y - tall, 0.003 * stage.unit),
                    ]
                )
            )
        )
        if rng.random() < 0.4:
            spears.append(
                np.array(
                    [
                        (x + lean, y - tall),
                        (x + lean + 0.5 * tall, y - 0.86 * tall),
                        (x + lean, y - 0.62 * tall),
                    ]
                )
            )
    stage.land(profile, depth + 0.2, MUD, extra=spears)


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
            stage.canvas.lay([inset], Fill(tone), lift=0.25)


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


BACKDROPS: dict[str, Backdrop] = {
    "mountains": mountains, "hills": hill_country, "treeline": treeline, "dunes": dune_sea,
    "mesas": table_land, "skyline": skyline, "houses": houses, "masts": masts,
    "castle": castle_hill, "columns": broken_columns, "chapel": chapel, "volcano": fire_mountain,
    "smoke": smoke_columns, "islet": islet, "rails": rails, "headland": headland, "graves": graves,
}  # fmt: skip
