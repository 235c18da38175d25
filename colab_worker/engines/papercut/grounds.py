"""What the people stand on, and the water before or behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from colab_worker.engines.papercut import geometry, terrain
from colab_worker.engines.papercut.backdrops import (
    FIELD,
    GRASS,
    MUD,
    SAND,
    SNOW,
    STONE,
    WOOD,
    standing,
)
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import Colour, mix, rgb, shift
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.reading import is_removed
from colab_worker.engines.papercut.silhouettes import plants
from colab_worker.engines.papercut.silhouettes.shape import Shape
from colab_worker.engines.papercut.stage import Stage

Ground = Callable[[Stage], None]


def water(stage: Stage, calm: bool) -> None:
    """Water from the horizon down: it mirrors what stands there, or runs in waves."""
    top = round(stage.level(0.1))
    if calm:
        _mirror(stage, top)
    else:
        _sea(stage, top)
    _glints(stage, top)
    if not calm:
        _waves(stage)


def _mirror(stage: Stage, top: int) -> None:
    image, height = stage.canvas.image, stage.height - top
    above = image.crop((0, max(0, top - height), stage.width, top))
    flipped = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    flipped = flipped.resize((stage.width, height), Image.Resampling.BILINEAR)
    small = flipped.reduce(4).filter(ImageFilter.BoxBlur((1, 4)))
    soft = small.resize((stage.width, height), Image.Resampling.BILINEAR)
    tone = shift(
        mix(stage.palette.sky[1], rgb("#2d6f8f"), 0.35 * stage.palette.local),
        light=0.86,
    )
    tint = Image.new("RGB", soft.size, tuple(round(255 * c) for c in tone))
    image.paste(Image.blend(soft, tint, 0.34), (0, top))


def _sea(stage: Stage, top: int) -> None:
    blue = mix(
        stage.palette.layer(0.4, rgb("#2b7f9e")),
        rgb("#2b7f9e"),
        0.3 * stage.palette.local,
    )
    far = mix(blue, stage.palette.sky[2], 0.5)
    near = mix(shift(blue, light=0.62), stage.palette.near, 0.35)
    stage.canvas.lay(
        [geometry.box(-9, top, stage.width + 9, stage.height + 9)],
        Fill(far, near, top, stage.height), lift=0, rim=0.4, floor=top + 3,
    )  # fmt: skip


def _glints(stage: Stage, top: int) -> None:
    rng = stage.dice.of("glints")
    x, depth = stage.sun[0], stage.height - top
    dashes = []
    for _ in range(60):
        t = rng.uniform(0, 1) ** 1.4
        y = top + 4 + 0.75 * t * depth
        half = stage.unit * (0.012 + 0.05 * t) * rng.uniform(0.4, 1.2)
        at = x + stage.unit * (0.03 + 0.1 * t) * rng.normal()
        thick = stage.unit * (0.0016 + 0.004 * t)
        dashes.append(
            geometry.band(
                np.array(
                    [
                        (at - half, y, 0.2 * thick),
                        (at, y, thick),
                        (at + half, y, 0.2 * thick),
                    ]
                ),
                2,
            )
        )
    hidden = {"rain", "storm", "fog"} & set(stage.weathers)
    stage.canvas.dab(dashes, stage.palette.light, 0.25 if hidden else 0.62)


def _waves(stage: Stage) -> None:
    rough = 1.0 + 1.4 * ("storm" in stage.weathers) + 0.5 * ("wind" in stage.weathers)
    blue = rgb("#23708f")
    for k, share in enumerate((0.42, 0.64, 0.86)):
        rng = stage.dice.of("wave", k)
        cells = (15 - 4 * k) / rough**0.5 * stage.width / stage.unit / 1.6
        phase = (stage.xs / stage.width * cells + rng.uniform(0, 1)) % 1.0
        crest = np.abs(np.sin(np.pi * phase)) ** (0.7 + 0.5 * rough)
        rise = stage.unit * (0.012 + 0.011 * k) * rough
        swell = 0.5 * rise * terrain.noise(rng, stage.xs, 3)
        y = stage.horizon + share * (stage.height - stage.horizon) * 0.86
        stage.land(y - rise * crest + swell, 0.45 + 0.16 * k, blue, haze=0.4, lift=0.6)


def meadow(stage: Stage) -> None:
    """Grass with flowers."""
    _ground(
        stage,
        GRASS,
        0.06,
        tufts=True,
        flowers="winter" not in stage.seasons and "snow" not in stage.weathers,
    )


def grass(stage: Stage) -> None:
    """Grass."""
    _ground(stage, GRASS, 0.06, tufts=True)


def forest_floor(stage: Stage) -> None:
    """Dark grass, with trunks and branches at the sides."""
    if not is_removed("tree", stage.removed):
        _trunks(stage)
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
    _ripples(stage, shift(stage.palette.layer(0.9, SAND), light=0.84))


def snow(stage: Stage) -> None:
    """Snow with soft blue hollows."""
    _ground(stage, SNOW, 0.07)
    _ripples(stage, mix(stage.palette.layer(0.8, SNOW), rgb("#7f9fc8"), 0.5))


def stone(stage: Stage) -> None:
    """Bare rock or paving."""
    _ground(stage, STONE, 0.03)
    _pebbles(stage)


def rock(stage: Stage) -> None:
    """Rocky ground with a few pines."""
    _ground(stage, rgb("#5f6a5c"), 0.1, tufts=True)
    _pebbles(stage)
    if not is_removed("tree", stage.removed) and stage.camera.zoom < 1.5:
        _side_trees(stage, plants.pine, 0.3)


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
    _pebbles(stage)


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
    t = np.linspace(0, 1, 7)
    x = stage.width * (
        0.5 + side * (0.1 * np.sin(5.2 * t + rng.uniform(0, 1)) + 0.1 * t)
    )
    width = stage.unit * (0.02 + 0.6 * t**1.7)
    course = np.stack([x, middle + 4 + t * (low - middle), width], axis=1)
    blue = mix(stage.palette.sky[2], stage.palette.layer(0.5, rgb("#3f8fae")), 0.5)
    stage.canvas.lay(
        [geometry.band(course)], Fill(blue, stage.palette.sky[1], middle, low), lift=0.3
    )
    _glints(stage, round(middle))
    bank(stage)


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
    _ground(stage, GRASS, 0.04, tufts=True, flowers=True, many=True)


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
    extra = _tufts(stage, profile, rng) if tufts else []
    stage.land(profile, 0.9, material, extra=extra)
    if is_removed("flower", stage.removed):
        return
    if flowers:
        _flowers(stage, profile, 46 if many else 20)
    if reeds:
        _side_plants(stage, plants.reed, 0.2)
    if ferns and stage.dice.of("ferns").random() < 0.7:
        _side_plants(stage, plants.mushroom, 0.045)


def _tufts(stage: Stage, profile: Points, rng: np.random.Generator) -> list[Points]:
    blades = []
    for x in rng.uniform(0, stage.width, 80):
        y = float(np.interp(x, stage.xs, profile)) + 3
        tall = stage.unit * rng.uniform(0.008, 0.024) * stage.camera.zoom**0.7
        lean = rng.uniform(-0.6, 0.6) * tall
        blades.append(
            np.array([(x - 0.13 * tall, y), (x + 0.13 * tall, y), (x + lean, y - tall)])
        )
    return blades


def _flowers(stage: Stage, profile: Points, count: int) -> None:
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


def _ripples(stage: Stage, colour: Colour) -> None:
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


def _pebbles(stage: Stage) -> None:
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


def _side_plants(
    stage: Stage, grow: Callable[[np.random.Generator], Shape], size: float
) -> None:
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


def _side_trees(
    stage: Stage, grow: Callable[[np.random.Generator], Shape], size: float
) -> None:
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


def _trunks(stage: Stage) -> None:
    rng = stage.dice.of("trunks")
    for depth, sites in (
        (0.62, (0.14, 0.3, 0.7, 0.88)),
        (0.82, (-0.01, 0.06, 0.96, 1.02)),
    ):
        trunks: list[Points] = []
        for x in sites:
            at = (x + rng.uniform(-0.02, 0.02)) * stage.width
            wide = (
                stage.unit
                * 0.035
                * (0.4 + depth)
                * stage.camera.zoom**0.6
                * rng.uniform(0.8, 1.3)
            )
            lean = rng.uniform(-0.4, 0.4) * wide
            low = stage.level(depth) + 0.1 * stage.unit
            trunks.append(
                geometry.band(
                    np.array(
                        [
                            (at, low, 1.7 * wide),
                            (at + lean, 0.5 * stage.horizon, wide),
                            (at + 2 * lean, -9, 0.8 * wide),
                        ]
                    )
                )
            )
            for side in (-1, 1):
                y = stage.horizon * rng.uniform(0.15, 0.65)
                reach = side * wide * rng.uniform(2.5, 4.5)
                trunks.append(
                    geometry.band(
                        np.array(
                            [
                                (at + lean, y, 0.4 * wide),
                                (at + 0.5 * reach, y - 0.9 * wide, 0.26 * wide),
                                (at + reach, y - 2.3 * wide, 0.06 * wide),
                            ]
                        )
                    )
                )
        stage.canvas.lay(
            trunks, Fill(stage.palette.layer(depth, rgb("#3d3a34"))), lift=0.9
        )
    crown = [
        geometry.oval(
            x * stage.width,
            -0.015 * stage.height,
            0.12 * stage.unit * rng.uniform(0.7, 1.2),
            0.075 * stage.unit * rng.uniform(0.7, 1.5),
        )
        for x in np.linspace(0, 1, 15)
    ]
    stage.canvas.lay(crown, Fill(stage.palette.layer(0.85, stage.leaf())), lift=0.9)


GROUNDS: dict[str, Ground] = {
    "meadow": meadow, "grass": grass, "forest": forest_floor, "field": field, "sand": sand,
    "snow": snow, "stone": stone, "rock": rock, "mud": mud, "marsh": marsh, "bank": bank,
    "river": river_bank, "road": road, "quay": quay, "garden": flower_bed, "clouds": cloud_floor,
    "dust": moon_dust,
}  # fmt: skip
