"""What the people stand on, and the water before or behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from colab_worker.engines.papercut import geometry, terrain
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import Colour, mix, rgb, shift
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.materials import (
    FIELD,
    GRASS,
    MUD,
    SAND,
    SNOW,
    STONE,
    WOOD,
    standing,
)
from colab_worker.engines.papercut.reading import is_removed
from colab_worker.engines.papercut.silhouettes import plants
from colab_worker.engines.papercut.stage import Stage
from colab_worker.engines.papercut.undergrowth import (
    draw_flowers,
    draw_pebbles,
    draw_ripples,
    draw_side_plants,
    draw_side_trees,
    draw_trunks,
    grass_tufts,
)

Ground = Callable[[Stage], None]


def meadow(stage: Stage) -> None:
    """Grass with flowers."""
    _ground(
        stage,
        GRASS,
        0.06,
        tufts=True,
        flowers="snow" not in stage.weathers,
    )


def grass(stage: Stage) -> None:
    """Grass."""
    _ground(stage, GRASS, 0.06, tufts=True)


def forest_floor(stage: Stage) -> None:
    """Dark grass, with trunks and branches at the sides."""
    if not is_removed("tree", stage.removed):
        draw_trunks(stage)
    _ground(stage, WOOD, 0.05, tufts=True, ferns=True)


def field(stage: Stage) -> None:
    """Ploughed or sown rows that run to the horizon."""
    _ground(stage, FIELD, 0.03, tufts=False)
    rows = []
    vanish = (0.5 * stage.width, stage.ground - 0.24 * stage.unit)
    for k in range(-14, 15):
        x = 0.5 * stage.width + k * 0.16 * stage.unit
        top = stage.ground + 0.05 * stage.unit
        share = (top - vanish[1]) / (stage.height - vanish[1])
        up = vanish[0] + share * (x - vanish[0])
        half = 0.018 * stage.unit
        rows.append(
            np.array(
                [
                    (up - 0.3 * half, top),
                    (up + 0.3 * half, top),
                    (x + half, stage.height + 9),
                    (x - half, stage.height + 9),
                ]
            )
        )
    stage.canvas.dab(rows, stage.palette.layer(1.0, MUD), 0.45)


def sand(stage: Stage) -> None:
    """Sand with ripples."""
    _ground(stage, SAND, 0.04)
    draw_ripples(stage, shift(stage.palette.layer(0.9, SAND), light=0.84))


def snow(stage: Stage) -> None:
    """Snow with soft blue hollows."""
    _ground(stage, SNOW, 0.07)
    draw_ripples(stage, mix(stage.palette.layer(0.8, SNOW), rgb("#7f9fc8"), 0.5))


def stone(stage: Stage) -> None:
    """Bare rock or paving."""
    _ground(stage, STONE, 0.03)
    draw_pebbles(stage)


def rock(stage: Stage) -> None:
    """Rocky ground with a few pines."""
    _ground(stage, rgb("#5f6a5c"), 0.1, tufts=True)
    draw_pebbles(stage)
    if not is_removed("tree", stage.removed) and stage.camera.zoom < 1.5:
        draw_side_trees(stage, plants.pine, 0.3)


def mud(stage: Stage) -> None:
    """Torn earth with stakes and wire."""
    _ground(stage, MUD, 0.07)
    rng = stage.dice.of("stakes")
    stakes: list[Points] = []
    for x in np.linspace(0.02, 0.98, 9) * stage.width:
        y, tall = (
            stage.floor_at(x),
            stage.unit * rng.uniform(0.06, 0.1) * stage.camera.zoom**0.5,
        )
        lean = rng.uniform(-0.4, 0.4)
        stakes.append(
            geometry.band(
                np.array(
                    [
                        (x - lean * tall, y + 6, 0.009 * stage.unit),
                        (x + lean * tall, y - tall, 0.007 * stage.unit),
                    ]
                )
            )
        )
    stage.canvas.lay(stakes, Fill(stage.palette.layer(1.0)), lift=0.4)
    draw_pebbles(stage)


def marsh(stage: Stage) -> None:
    """Still water with reeds, islets and dead trees."""
    rng = stage.dice.of("marsh")
    if not is_removed("tree", stage.removed):
        for k, x in enumerate((0.08, 0.3, 0.74, 0.93)):
            tall = stage.unit * (0.5 - 0.06 * k) * stage.camera.zoom**0.4
            dead = standing(
                plants.bare(rng), x * stage.width, stage.level(0.5 + 0.1 * k), tall
            )
            stage.canvas.lay(dead, Fill(stage.palette.layer(0.55 + 0.1 * k)), lift=0.5)
    _ground(stage, rgb("#55602f"), 0.03, tufts=True, reeds=True)


def bank(stage: Stage) -> None:
    """The near bank of a lake, with reeds."""
    _ground(stage, GRASS, 0.05, tufts=True, reeds=True)


def river_bank(stage: Stage) -> None:
    """Grass through which a river winds from the far hills."""
    top, low = stage.level(0.35), stage.height + 9.0
    rng = stage.dice.of("river")
    side = 1 if stage.sun[0] > 0.5 * stage.width else -1
    middle = stage.profile_base(top, GRASS)
    t = np.linspace(0, 1, 60)
    # Seen from the bank: bends are flat, and shorter the farther they are.
    bends = np.sin(9.5 * t**0.5 + rng.uniform(0, 2)) * (0.05 + 0.12 * t)
    x = stage.width * (0.5 + side * (bends + 0.12 * t))
    broad = 1.0 if stage.fields else 2.4
    half = broad * stage.unit * (0.008 + 0.26 * t**1.5)
    y = middle + 4 + t**1.5 * (low - middle)
    left, right = np.stack([x - half, y], axis=1), np.stack([x + half, y], axis=1)
    far = mix(stage.palette.sky[2], stage.palette.layer(0.5, rgb("#3f8fae")), 0.6)
    near = mix(stage.palette.sky[1], stage.palette.layer(0.7, rgb("#2f7896")), 0.5)
    river = np.concatenate([left, right[::-1]])
    stage.canvas.lay([river], Fill(far, near, middle, low), lift=0.3)
    _river_glints(stage, x, y, half, rng)
    bank(stage)


def _river_glints(
    stage: Stage, x: Points, y: Points, half: Points, rng: np.random.Generator
) -> None:
    """Light on the water, within its banks."""
    dashes = []
    for k in rng.integers(20, len(y) - 2, 26):
        long = half[k] * rng.uniform(0.12, 0.4)
        at = x[k] + rng.uniform(-0.6, 0.6) * half[k]
        thin = stage.unit * (0.0012 + 0.0022 * k / len(y))
        ends = [
            (at - long, y[k], 0.2 * thin),
            (at, y[k], thin),
            (at + long, y[k], 0.2 * thin),
        ]
        dashes.append(geometry.band(np.array(ends), 2))
    hidden = {"rain", "storm", "fog"} & set(stage.weathers)
    stage.canvas.dab(dashes, stage.palette.light, 0.25 if hidden else 0.62)


def road(stage: Stage) -> None:
    """A road that runs to the horizon."""
    stage.profile_base(stage.level(0.4), GRASS)
    top = stage.level(0.42)
    vanish = stage.width * (
        0.5 + 0.08 * (1 if stage.sun[0] > 0.5 * stage.width else -1)
    )
    half = 0.46 * stage.unit
    lane = np.array(
        [
            (vanish - 3, top),
            (vanish + 3, top),
            (vanish + 1.2 * half, stage.height + 9),
            (vanish - 1.6 * half, stage.height + 9),
        ]
    )
    tone = stage.palette.layer(0.75, rgb("#9a8a78"))
    stage.canvas.lay(
        [lane],
        Fill(mix(tone, stage.palette.sky[2], 0.5), tone, top, stage.height),
        lift=0.3,
    )
    stage.floor = np.full_like(stage.xs, stage.camera.feet * stage.height)
    posts: list[Points] = []
    for t in (0.12, 0.2, 0.32, 0.5, 0.78):
        for side in (-1.75, 1.35):
            x, y = vanish + side * half * t, top + t * (stage.height - top)
            tall = 0.3 * stage.unit * t
            posts.append(geometry.box(x - 0.05 * tall, y - tall, x + 0.05 * tall, y))
    stage.canvas.lay(posts, Fill(stage.palette.layer(0.9)), lift=0.4)


def quay(stage: Stage) -> None:
    """Planks of a quay with bollards and barrels."""
    flat = np.full_like(stage.xs, stage.ground)
    wood = rgb("#7a5f4a")
    stage.floor = flat + 0.03 * stage.unit
    stage.land(flat, 0.92, wood)
    gaps = [
        geometry.box(-9, y, stage.width + 9, y + 0.003 * stage.unit)
        for y in np.linspace(stage.ground, stage.height, 5)[1:]
    ]
    stage.canvas.dab(gaps, stage.palette.near, 0.5)
    rng = stage.dice.of("quay")
    posts: list[Points] = []
    for x in (0.06, 0.2, 0.83, 0.95):
        tall = stage.unit * rng.uniform(0.05, 0.08) * stage.camera.zoom**0.6
        at = x * stage.width
        posts.append(
            geometry.box(
                at - 0.3 * tall,
                stage.ground - tall,
                at + 0.3 * tall,
                stage.ground + 0.4 * tall,
            )
        )
        posts.append(geometry.oval(at, stage.ground - tall, 0.42 * tall, 0.16 * tall))
    stage.canvas.lay(posts, Fill(stage.palette.layer(1.0)), lift=0.5)


def flower_bed(stage: Stage) -> None:
    """A garden: hedges, cypresses and flowers."""
    rng = stage.dice.of("garden")
    hedge = terrain.hills(rng, stage.xs, stage.level(0.62), 0.05 * stage.unit, 11)
    tall = []
    if not is_removed("tree", stage.removed):
        for x in (0.07, 0.19, 0.82, 0.94):
            tall += standing(
                plants.cypress(rng),
                x * stage.width,
                stage.level(0.7),
                0.42 * stage.unit * stage.camera.zoom**0.5,
            )
    stage.land(hedge, 0.55, WOOD, extra=tall)
    blooming = "snow" not in stage.weathers
    _ground(stage, GRASS, 0.04, tufts=True, flowers=blooming, many=True)


def cloud_floor(stage: Stage) -> None:
    """Clouds below, in three rows."""
    for k in range(4):
        rng = stage.dice.of("floor", k)
        y = stage.level(0.1 + 0.32 * k)
        radius = stage.unit * (0.09 + 0.05 * k)
        puffs = [
            geometry.oval(
                x,
                y + radius * rng.uniform(0.2, 0.7),
                radius * rng.uniform(0.8, 1.3),
                n=40,
            )
            for x in np.arange(-radius, stage.width + radius, radius)
        ]
        white = mix(
            stage.palette.layer(0.3, SNOW), stage.palette.sky[2], 0.6 - 0.17 * k
        )
        base = np.full_like(stage.xs, y + 0.7 * radius)
        stage.land(base, 0.2 + 0.2 * k, white, extra=puffs)
    stage.floor = np.full_like(stage.xs, stage.camera.feet * stage.height)


def moon_dust(stage: Stage) -> None:
    """Grey or red ground with craters."""
    dust = rgb("#b5684a") if stage.mars else rgb("#8f8f9c")
    _ground(stage, dust, 0.04)
    rng = stage.dice.of("craters")
    low = stage.height - stage.ground
    for _ in range(9):
        x, y = rng.uniform(0, stage.width), stage.ground + low * rng.uniform(0.3, 0.95)
        r = stage.unit * rng.uniform(0.015, 0.05)
        stage.canvas.dab(
            [geometry.oval(x, y, r, 0.3 * r)],
            shift(stage.palette.layer(0.9, dust), light=0.7),
            0.8,
        )
        stage.canvas.dab(
            [geometry.oval(x, y + 0.06 * r, 0.86 * r, 0.22 * r)],
            shift(stage.palette.layer(0.9, dust), light=0.85),
            0.8,
        )


def _ground(
    stage: Stage, material: Colour, rise: float, *, tufts: bool = False, flowers: bool = False,
    ferns: bool = False, reeds: bool = False, many: bool = False,
) -> None:  # fmt: skip
    rng = stage.dice.of("ground")
    if "snow" in stage.weathers:
        material = mix(material, SNOW, 0.85)
    profile = terrain.hills(
        rng, stage.xs, stage.ground + 0.4 * rise * stage.unit, rise * stage.unit, 1.7
    )
    stage.floor = (
        profile + (stage.camera.feet - stage.camera.ground) * stage.height * 0.55
    )
    extra = grass_tufts(stage, profile, rng) if tufts else []
    stage.land(profile, 0.9, material, extra=extra)
    if is_removed("flower", stage.removed):
        return
    if flowers:
        draw_flowers(stage, profile, 46 if many else 20)
    if reeds:
        draw_side_plants(stage, plants.reed, 0.2)
    bare = "snow" in stage.weathers
    if ferns and not bare and stage.dice.of("ferns").random() < 0.7:
        draw_side_plants(stage, plants.mushroom, 0.045)


GROUNDS: dict[str, Ground] = {
    "meadow": meadow, "grass": grass, "forest": forest_floor, "field": field, "sand": sand,
    "snow": snow, "stone": stone, "rock": rock, "mud": mud, "marsh": marsh, "bank": bank,
    "river": river_bank, "road": road, "quay": quay, "garden": flower_bed, "clouds": cloud_floor,
    "dust": moon_dust,
}  # fmt: skip
