"""Places with walls or without land: rooms, halls, streets, caves, space, the deep."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from colab_worker.engines.papercut import geometry, light, terrain
from colab_worker.engines.papercut.backdrops import skyline
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import WHITE, Colour, mix, rgb, shift
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.grounds import moon_dust
from colab_worker.engines.papercut.reading import is_removed
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.stage import Stage

Enclosed = Callable[[Stage, bool], None]


def room(stage: Stage, peopled: bool) -> None:
    """A room with a window on the hour outside, a lamp and furniture."""
    _wall(stage, rgb("#8a6650"))
    w, u = stage.width, stage.unit
    x = w * (0.3 if stage.sun[0] < 0.5 * w else 0.7)
    _window(
        stage,
        x,
        0.36 * stage.ground,
        0.2 * u * stage.camera.zoom**0.5,
        0.27 * u * stage.camera.zoom**0.5,
    )
    _shelf(stage, w - x + 0.1 * u * (1 if x < 0.5 * w else -1))
    _floor(stage, rgb("#6b4a36"))
    _window_light(stage, x)
    lamp_x = w - 1.0 * x
    top = 0.3 * stage.ground
    cord = geometry.band(np.array([(lamp_x, -9, 0.004 * u), (lamp_x, top, 0.004 * u)]))
    shade = geometry.outline("-0.3,1! 0.3,1! 1,0! -1,0!") * (0.08 * u, -0.08 * u) + (
        lamp_x,
        top + 0.08 * u,
    )
    stage.canvas.glow(lamp_x, top + 0.1 * u, 0.62 * u, stage.palette.lamp, 0.55)
    stage.canvas.lay([cord, shade], Fill(stage.palette.layer(0.8)), lift=0.5)
    stage.canvas.dab(
        [geometry.oval(lamp_x, top + 0.085 * u, 0.03 * u)], stage.palette.lamp
    )
    _table(stage, x)


def hall(stage: Stage, peopled: bool) -> None:
    """A hall of arches that recede towards the light."""
    stage.canvas.image.paste(light.gradient(stage))
    w, h, u = stage.width, stage.height, stage.unit
    middle = 0.5 * w
    glow = mix(stage.palette.light, stage.palette.lamp, 0.4)
    stage.canvas.lay(
        [geometry.box(-9, -9, w + 9, h + 9)],
        Fill(stage.palette.layer(0.2, rgb("#a08a78"))),
        lift=0,
    )
    stage.canvas.glow(middle, 0.5 * stage.ground, 0.6 * u, glow, 0.95)
    for k in range(5):
        t = (0.26, 0.4, 0.58, 0.8, 1.08)[k]
        half, top = 0.46 * w * t, stage.horizon - 0.66 * h * t
        foot = stage.horizon + (stage.ground - stage.horizon) * t * 1.04
        stage.canvas.lay(
            _archway(stage, middle, half, top, foot, 0.1 * u * t),
            Fill(stage.palette.layer(0.25 + 0.15 * k, rgb("#8f7a6c"))),
        )
    stage.floor = np.full_like(stage.xs, stage.camera.feet * h)
    stage.land(np.full_like(stage.xs, stage.ground), 0.9, rgb("#7a6255"))
    carpet = np.array(
        [
            (middle - 0.1 * u, stage.ground),
            (middle + 0.1 * u, stage.ground),
            (middle + 0.34 * u, h + 9),
            (middle - 0.34 * u, h + 9),
        ]
    )
    stage.canvas.lay([carpet], Fill(stage.palette.shown(rgb("#9c2a34"))), lift=0.3)


def _archway(
    stage: Stage, middle: float, half: float, top: float, foot: float, wide: float
) -> list[Points]:
    """Everything around an arched opening, as pieces."""
    w, h = stage.width, stage.height
    angle = np.linspace(np.pi, 0, 30)
    spring = top + half * 0.9
    arc = np.stack(
        [
            middle + (half - wide) * np.cos(angle),
            spring - (half - wide) * 0.95 * np.sin(angle),
        ],
        axis=1,
    )
    over = np.concatenate(
        [[(-9.0, -9.0), (-9.0, spring)], arc, [(w + 9.0, spring), (w + 9.0, -9.0)]]
    )
    left = geometry.box(-9, spring - 2, middle - half + wide, h + 9)
    right = geometry.box(middle + half - wide, spring - 2, w + 9, h + 9)
    base = [
        geometry.box(
            side * (half - 1.3 * wide) + middle - wide,
            foot - 0.6 * wide,
            side * (half - 1.3 * wide) + middle + wide,
            foot,
        )
        for side in (-1, 1)
    ]
    return [over, left, right, *base]


def library(stage: Stage, peopled: bool) -> None:
    """Walls of books with a tall window between them."""
    _wall(stage, rgb("#6f5340"))
    w, u = stage.width, stage.unit
    _window(stage, 0.5 * w, 0.42 * stage.ground, 0.17 * u, 0.4 * u)
    rng = stage.dice.of("books")
    spines = [
        rgb(code)
        for code in ("#8f3b34", "#3f5d7a", "#b08a4a", "#4f6b4a", "#6d4a6e", "#c9b48a")
    ]
    for side in (0, 1):
        x0, x1 = (
            (-9.0, 0.5 * w - 0.26 * u) if side == 0 else (0.5 * w + 0.26 * u, w + 9.0)
        )
        stage.canvas.lay(
            [geometry.box(x0, 0.04 * stage.height, x1, stage.ground + 9)],
            Fill(stage.palette.layer(0.75, rgb("#4a3428"))),
        )
        rows: dict[int, list[Points]] = {k: [] for k in range(6)}
        for y in np.arange(0.16 * stage.height, stage.ground, 0.15 * u):
            x = x0 + 0.02 * u
            while x < x1 - 0.03 * u:
                wide, tall = u * rng.uniform(0.012, 0.028), u * rng.uniform(0.08, 0.115)
                if rng.random() > 0.06:
                    rows[int(rng.integers(6))].append(
                        geometry.box(x, y - tall, min(x + wide, x1), y)
                    )
                x += wide + 0.003 * u
        for k, books in rows.items():
            stage.canvas.dab(
                books,
                mix(stage.palette.shown(spines[k]), stage.palette.layer(0.7), 0.3),
            )
    _floor(stage, rgb("#5b4030"))
    _window_light(stage, 0.5 * w)
    _table(stage, 0.5 * w)


def street(stage: Stage, peopled: bool) -> None:
    """House fronts on both sides that run to a point, with lamps."""
    light.draw_sky(stage)
    w, h, u = stage.width, stage.height, stage.unit
    vanish = np.array(
        [w * (0.5 + 0.06 * np.sign(stage.sun[0] - 0.5 * w)), stage.level(0.2)]
    )
    skyline(stage, 0.1)
    rng = stage.dice.of("street")
    marks = (1.5, 0.84, 0.56, 0.36, 0.22)
    for k in range(len(marks) - 2, -1, -1):
        for side in (-1, 1):
            _front(
                stage, rng, vanish, side, marks[k], marks[k + 1], 0.42 + 0.14 * (3 - k)
            )
    lane = np.array(
        [
            (vanish[0] - 0.03 * u, vanish[1]),
            (vanish[0] + 0.03 * u, vanish[1]),
            (w + 0.1 * u, h + 9),
            (-0.1 * u, h + 9),
        ]
    )
    tone = stage.palette.layer(0.85, rgb("#7a747c"))
    stage.canvas.lay(
        [lane],
        Fill(mix(tone, stage.palette.sky[2], 0.55), tone, vanish[1], h),
        lift=0.4,
    )
    stage.floor = np.full_like(stage.xs, min(stage.camera.feet, 1.2) * h)
    for t in (0.36, 0.8):
        for side in (-1, 1):
            x = vanish[0] + side * 0.4 * w * t
            y = vanish[1] + (h - vanish[1]) * 0.72 * t
            stage.place(
                ITEMS["lamp"].draw(rng), x, y, 0.55 * u * t, depth=0.5 + 0.4 * t
            )


def _front(
    stage: Stage,
    rng: np.random.Generator,
    vanish: Points,
    side: int,
    near: float,
    far: float,
    depth: float,
) -> None:
    """One house in perspective, between the distances ``near`` and ``far``."""
    h, w = stage.height, stage.width
    rise = rng.uniform(0.7, 1.1) * h

    def corner(distance: float, up: float) -> tuple[float, float]:
        x = vanish[0] + side * 0.5 * w * distance
        return x, vanish[1] + distance * (0.62 * (h - vanish[1]) - up)

    wall = np.array(
        [
            corner(near, -9),
            corner(far, -9),
            corner(far, rise),
            corner(0.5 * (near + far), 1.2 * rise),
            corner(near, rise),
        ]
    )
    colour = stage.palette.layer(
        depth, (rgb("#a8715a"), rgb("#8f8478"), rgb("#b59268"))[int(rng.integers(3))]
    )
    stage.canvas.lay([wall], Fill(colour))
    lit: list[Points] = []
    dark: list[Points] = []
    for row in (0.16, 0.42, 0.68):
        for a, b in ((0.14, 0.38), (0.6, 0.84)):
            d0, d1 = near + (far - near) * a, near + (far - near) * b
            pane = np.array(
                [
                    corner(d0, row * rise),
                    corner(d1, row * rise),
                    corner(d1, (row + 0.15) * rise),
                    corner(d0, (row + 0.15) * rise),
                ]
            )
            (lit if rng.random() < 0.55 else dark).append(pane)
    stage.canvas.dab(dark, shift(colour, light=0.6), 0.8)
    lamp = (
        stage.palette.lamp
        if stage.palette.bright < 0.85
        else mix(stage.palette.sky[1], WHITE, 0.2)
    )
    stage.canvas.dab(lit, mix(lamp, colour, 0.15))


def cave(stage: Stage, peopled: bool) -> None:
    """Rings of rock around a far opening, with hanging stones."""
    light.draw_sky(stage)
    w, h, u = stage.width, stage.height, stage.unit
    x, y = 0.5 * w + 0.12 * w * np.sign(stage.sun[0] - 0.5 * w), 0.52 * stage.ground
    stage.canvas.glow(x, y, 0.8 * u, stage.palette.light, 0.8)
    angle = np.linspace(0, 2 * np.pi, 90)
    for k in range(5):
        rng = stage.dice.of("cave", k)
        rough = (
            1
            + 0.13 * terrain.noise(rng, angle, 9)
            + 0.05 * terrain.noise(rng, angle, 26)
        )
        rough[-8:] = rough[-8:] * np.linspace(1, 0, 8) + rough[0] * np.linspace(0, 1, 8)
        rx, ry = (0.17 + 0.11 * k) * w * rough, (0.2 + 0.11 * k) * h * rough
        hole = np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)
        rock = _around(hole, w, h)
        tone = mix(
            stage.palette.layer(0.35 + 0.15 * k, rgb("#6d5a56")),
            stage.palette.near,
            0.2 * k,
        )
        stage.canvas.lay([rock], Fill(tone))
        if k >= 2:
            stage.canvas.lay(
                _stalactites(rng, w, y - 0.8 * ry.mean(), u * (0.1 + 0.04 * k)),
                Fill(tone),
                lift=0.6,
            )
    stage.floor = np.full_like(stage.xs, stage.camera.feet * h)
    profile = terrain.hills(
        stage.dice.of("cave floor"), stage.xs, stage.ground + 0.02 * u, 0.04 * u, 4
    )
    stage.land(profile, 0.95, rgb("#5a4a46"))


def _around(hole: Points, w: int, h: int) -> Points:
    """The picture without ``hole``, as one polygon with a slit."""
    frame = np.array(
        [
            (w + 99, hole[0, 1]),
            (w + 99, h + 99),
            (-99, h + 99),
            (-99, -99),
            (w + 99, -99),
            (w + 99, hole[0, 1] - 1),
        ]
    )
    return np.concatenate([hole[::-1], hole[:1], frame])


def _stalactites(
    rng: np.random.Generator, w: int, y: float, size: float
) -> list[Points]:
    teeth = []
    for x in rng.uniform(0, w, 7):
        tall = size * rng.uniform(0.5, 1.3)
        teeth.append(
            np.array(
                [
                    (x - 0.16 * tall, min(y, 0) - 9),
                    (x + 0.16 * tall, min(y, 0) - 9),
                    (x, max(0.0, y) + tall),
                ]
            )
        )
    return teeth


def space(stage: Stage, peopled: bool) -> None:
    """Stars, a nebula, a ringed planet; ground only where somebody stands."""
    w, h, u = stage.width, stage.height, stage.unit
    rng = stage.dice.of("space")
    deep, violet = rgb("#070a1c"), mix(rgb("#2c1f5c"), stage.palette.sky[1], 0.25)
    stage.canvas.lay(
        [geometry.box(-9, -9, w + 9, h + 9)], Fill(deep, violet, 0, 1.2 * h), lift=0
    )
    hues = [rgb(code) for code in ("#6a3fa0", "#2f7fb0", "#b04a80")]
    for k in range(5):
        stage.canvas.glow(
            rng.uniform(0.1, 0.9) * w,
            rng.uniform(0.1, 0.8) * h,
            rng.uniform(0.35, 0.7) * u,
            hues[k % 3],
            0.6,
        )
    _star_field(stage, 260)
    x, y = stage.sun[0], 0.36 * stage.horizon + 0.06 * h
    _planet(stage, x, y, u * 0.2 * stage.camera.zoom**0.3)
    if peopled:
        moon_dust(stage)
    else:
        edge = h + 0.1 * u - 0.32 * u * (1 - ((stage.xs - 0.5 * w) / (0.75 * w)) ** 2)
        stage.land(edge, 0.85, rgb("#3f6fa8"))


def _planet(stage: Stage, x: float, y: float, r: float) -> None:
    rng = stage.dice.of("planet")
    hue = [rgb(code) for code in ("#d98a5a", "#5f9fc4", "#c46a8a", "#7fae8a")][
        int(rng.integers(4))
    ]
    stage.canvas.glow(x, y, 2.4 * r, hue, 0.6)
    ball = geometry.oval(x, y, r, n=90)
    stage.canvas.lay([ball], Fill(hue), lift=0.6)
    for k, share in enumerate((-0.55, -0.15, 0.3, 0.62)):
        half = r * np.sqrt(1 - share**2) * 0.98
        stripe = np.array(
            [
                (x - half, y + share * r, 0.05 * r),
                (x, y + share * r + 0.08 * r, 0.16 * r),
                (x + half, y + share * r, 0.05 * r),
            ]
        )
        stage.canvas.dab(
            [geometry.band(stripe)], shift(hue, light=0.86 if k % 2 else 1.1), 0.7
        )
    cut = np.linspace(-np.pi / 2, np.pi / 2, 40)
    night = np.concatenate(
        [
            np.stack([x + r * np.cos(cut), y + r * np.sin(cut)], 1),
            np.stack([x + 0.35 * r * np.cos(cut), y + r * np.sin(cut)], 1)[::-1],
        ]
    )
    stage.canvas.dab([night], rgb("#060818"), 0.55)
    angle = np.linspace(np.pi * 0.03, np.pi * 0.97, 50)
    ring = np.concatenate(
        [
            np.stack([x + 1.75 * r * np.cos(angle), y + 0.42 * r * np.sin(angle)], 1),
            np.stack([x + 1.35 * r * np.cos(angle), y + 0.3 * r * np.sin(angle)], 1)[
                ::-1
            ],
        ]
    )
    stage.canvas.lay(
        [geometry.turned(ring, 14, x, y)],
        Fill(mix(hue, WHITE, 0.4)),
        lift=0.3,
        alpha=0.85,
    )


def _star_field(stage: Stage, count: int) -> None:
    if is_removed("stars", stage.removed):
        return
    rng = stage.dice.of("star field")
    x, y = rng.uniform(0, stage.width, count), rng.uniform(0, stage.height, count)
    size = stage.unit * rng.uniform(0.0008, 0.003, count)
    stage.canvas.dab(
        [geometry.oval(a, b, s, n=8) for a, b, s in zip(x, y, size, strict=True)],
        WHITE,
        0.9,
    )
    stage.canvas.dab(
        [
            light.sparkle(a, b, 0.013 * stage.unit)
            for a, b in zip(x[:8], y[:8], strict=True)
        ],
        WHITE,
    )


def underwater(stage: Stage, peopled: bool) -> None:
    """Shafts of light in blue water, weed, corals and bubbles."""
    w, h, u = stage.width, stage.height, stage.unit
    top = mix(rgb("#7fd6d8"), stage.palette.sky[2], 0.25)
    deep = mix(rgb("#0b3c66"), stage.palette.near, 0.2)
    dim = 0.35 + 0.65 * stage.palette.bright
    stage.canvas.lay(
        [geometry.box(-9, -9, w + 9, h + 9)],
        Fill(shift(top, light=dim), shift(deep, light=dim), 0, h),
        lift=0,
    )
    stage.sun = (stage.sun[0], -0.1 * h)
    light.draw_rays(stage, 0.12)
    for k in range(3):
        rng = stage.dice.of("reef", k)
        tone = mix(shift(top, light=dim), shift(deep, light=0.6 * dim), 0.35 + 0.3 * k)
        profile = terrain.hills(rng, stage.xs, stage.level(0.4 + 0.3 * k), 0.14 * u, 4)
        weed: list[Points] = []
        for x in rng.uniform(0, w, 9 + 3 * k):
            y, tall = (
                float(np.interp(x, stage.xs, profile)) + 5,
                u * rng.uniform(0.08, 0.22),
            )
            sway = 0.14 * tall
            weed.append(
                geometry.band(
                    np.array(
                        [
                            (x, y, 0.09 * tall),
                            (x + sway, y - 0.35 * tall, 0.1 * tall),
                            (x - sway, y - 0.7 * tall, 0.07 * tall),
                            (x + sway, y - tall, 0.01 * tall),
                        ]
                    )
                )
            )
        edge = np.stack([stage.xs, profile], 1)
        body = np.concatenate([edge, [(w + 99, h + 9), (-99, h + 9)]])
        stage.canvas.lay([body, *weed], Fill(tone))
    rng = stage.dice.of("bubbles")
    stage.canvas.dab(
        [
            geometry.oval(
                rng.uniform(0, w), rng.uniform(0, h), u * rng.uniform(0.003, 0.011)
            )
            for _ in range(30)
        ],
        WHITE,
        0.35,
    )
    stage.floor = np.full_like(stage.xs, stage.camera.feet * h)


def control_room(stage: Stage, peopled: bool) -> None:
    """The inside of a spaceship: a wide window on the stars over lit panels."""
    space(stage, False)
    w, h, u = stage.width, stage.height, stage.unit
    hole = geometry.outline(
        "0.9,0! 0.8,-0.62! -0.8,-0.62! -0.9,0! -0.72,0.5! 0.72,0.5!"
    ) * (0.5 * w, 0.62 * stage.ground) + (0.5 * w, 0.5 * stage.ground)
    wall = stage.palette.layer(0.75, rgb("#4a5468"))
    stage.canvas.lay([_around(hole, w, h)], Fill(wall))
    beams = [
        geometry.band(
            np.array([(x * w, -9, 0.02 * u), (y * w, stage.ground, 0.02 * u)])
        )
        for x, y in ((0.36, 0.34), (0.64, 0.66))
    ]
    stage.canvas.lay(beams, Fill(wall))
    stage.land(np.full_like(stage.xs, stage.ground), 0.95, rgb("#3a4456"))
    stage.floor = np.full_like(stage.xs, stage.camera.feet * h)
    rng = stage.dice.of("panels")
    for colour in ("#59d2e6", "#f08a5a", "#8ae68a"):
        keys = [
            geometry.box(x, y, x + 0.022 * u, y + 0.011 * u)
            for x, y in zip(
                rng.uniform(0, w, 26),
                stage.ground + 0.02 * u + np.floor(rng.uniform(0, 4, 26)) * 0.026 * u,
                strict=True,
            )
        ]
        stage.canvas.dab(keys, rgb(colour), 0.9)


def _wall(stage: Stage, colour: Colour) -> None:
    tone = stage.palette.layer(0.5, colour)
    dark = mix(tone, stage.palette.near, 0.5)
    stage.canvas.lay(
        [geometry.box(-9, -9, stage.width + 9, stage.height + 9)],
        Fill(mix(tone, stage.palette.lamp, 0.16), dark, 0, stage.ground),
        lift=0,
    )


def _floor(stage: Stage, colour: Colour) -> None:
    stage.floor = np.full_like(stage.xs, stage.camera.feet * stage.height)
    level = min(stage.ground, 0.94 * stage.height)
    stage.land(np.full_like(stage.xs, level), 0.85, colour)
    skirting = geometry.box(-9, level - 0.018 * stage.unit, stage.width + 9, level)
    stage.canvas.lay([skirting], Fill(stage.palette.layer(0.8, colour)), lift=0.3)


def _window(stage: Stage, x: float, y: float, half: float, tall: float) -> None:
    """A window whose panes show the sky of the hour."""
    top, middle, low = stage.palette.sky
    frame = geometry.box(
        x - half - 0.02 * stage.unit,
        y - tall - 0.02 * stage.unit,
        x + half + 0.02 * stage.unit,
        y + tall + 0.02 * stage.unit,
    )
    stage.canvas.lay([frame], Fill(stage.palette.layer(0.85, rgb("#5a4234"))))
    stage.canvas.lay(
        [geometry.box(x - half, y - tall, x + half, y + tall)],
        Fill(mix(top, middle, 0.4), low, y - tall, y + tall),
        lift=0,
    )
    if {"moon", "sun"}.isdisjoint(stage.removed):
        stage.canvas.dab(
            [geometry.oval(x + 0.35 * half, y - 0.45 * tall, 0.2 * half)],
            stage.palette.disc,
        )
    rng = stage.dice.of("outside")
    xs = np.linspace(x - half, x + half, 60)
    ridge = terrain.hills(rng, xs, y + 0.85 * tall, 0.4 * tall, 3)
    view = np.concatenate(
        [np.stack([xs, ridge], 1), [(x + half, y + tall), (x - half, y + tall)]]
    )
    stage.canvas.lay([view], Fill(stage.palette.layer(0.35)), lift=0.2)
    bar = 0.006 * stage.unit
    bars = [
        geometry.box(x - bar, y - tall, x + bar, y + tall),
        geometry.box(x - half, y - bar, x + half, y + bar),
    ]
    stage.canvas.lay(bars, Fill(stage.palette.layer(0.85, rgb("#5a4234"))), lift=0.3)
    stage.canvas.glow(x, y, 0.55 * stage.unit, stage.palette.light, 0.4)


def _window_light(stage: Stage, x: float) -> None:
    u, slant = stage.unit, 0.22 * stage.unit * (1 if x < 0.5 * stage.width else -1)
    beam = np.array(
        [
            (x - 0.16 * u, stage.ground),
            (x + 0.16 * u, stage.ground),
            (x + 0.24 * u + slant, stage.height + 9),
            (x - 0.24 * u + slant, stage.height + 9),
        ]
    )
    stage.canvas.dab([beam], stage.palette.light, 0.16)


def _shelf(stage: Stage, x: float) -> None:
    u, y = stage.unit, 0.62 * stage.ground
    rng = stage.dice.of("shelf")
    board = [geometry.box(x - 0.2 * u, y, x + 0.2 * u, y + 0.014 * u)]
    stage.canvas.lay(board, Fill(stage.palette.layer(0.8)), lift=0.5)
    for k, name in enumerate(
        ("book", "pitcher", "clock", "candle")[: int(rng.integers(2, 5))]
    ):
        if name in stage.removed:
            continue
        item = ITEMS[name]
        stage.place(
            item.draw(rng),
            x + (0.1 * k - 0.14) * u,
            y,
            0.07 * u if name != "clock" else 0.1 * u,
            depth=0.75,
            lift=0.4,
        )


def _table(stage: Stage, x: float) -> None:
    if "table" in stage.removed or stage.camera.zoom >= 1.5:
        return
    u, side = (
        stage.unit,
        stage.width - x if abs(x - 0.5 * stage.width) > 1 else 0.86 * stage.width,
    )
    foot = stage.camera.feet * stage.height - 0.02 * u
    stage.place(
        ITEMS["table"].draw(stage.dice.of("table")), side, foot, 0.15 * u, depth=0.9
    )
    stage.place(
        ITEMS["candle"].draw(stage.dice.of("table")),
        side - 0.07 * u,
        foot - 0.146 * u,
        0.07 * u,
        depth=0.9,
    )


ENCLOSED: dict[str, Enclosed] = {
    "room": room, "hall": hall, "library": library, "street": street, "cave": cave,
    "space": space, "underwater": underwater, "bridge_deck": control_room,
}  # fmt: skip
