"""Places without an open horizon: a street, a cave, space, the deep sea."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.papercut import geometry, light, terrain
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import WHITE, Colour, mix, rgb, shift
from colab_worker.engines.papercut.cutouts import around
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.grounds import moon_dust
from colab_worker.engines.papercut.reading import is_removed
from colab_worker.engines.papercut.settlements import skyline
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.stage import Stage


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
    stage: Stage, rng: np.random.Generator, vanish: Points, side: int,
    near: float, far: float, depth: float,
) -> None:  # fmt: skip
    """One house in perspective, between the distances ``near`` and ``far``."""
    rise = rng.uniform(0.7, 1.1) * stage.height
    foot = 0.62 * (stage.height - vanish[1])

    def corner(distance: float, up: float) -> tuple[float, float]:
        x = vanish[0] + side * 0.5 * stage.width * distance
        return x, vanish[1] + distance * (foot - up)

    top = corner(0.5 * (near + far), 1.2 * rise)
    wall = [
        corner(near, -9),
        corner(far, -9),
        corner(far, rise),
        top,
        corner(near, rise),
    ]
    bricks = (rgb("#a8715a"), rgb("#8f8478"), rgb("#b59268"))
    colour = stage.palette.layer(depth, bricks[int(rng.integers(3))])
    stage.canvas.lay([np.array(wall)], Fill(colour))
    panes = [
        np.array([corner(a, low), corner(b, low), corner(b, high), corner(a, high)])
        for low, high in (
            (share * rise, (share + 0.15) * rise) for share in (0.16, 0.42, 0.68)
        )
        for a, b in (
            (_between(near, far, s), _between(near, far, s + 0.24)) for s in (0.14, 0.6)
        )
    ]
    _light_panes(stage, rng, panes, colour)


def _between(near: float, far: float, share: float) -> float:
    return near + (far - near) * share


def _light_panes(
    stage: Stage, rng: np.random.Generator, panes: list[Points], wall: Colour
) -> None:
    """Some windows lit, the others dark."""
    lit = rng.random(len(panes)) < 0.55
    dark = [pane for pane, on in zip(panes, lit, strict=True) if not on]
    stage.canvas.dab(dark, shift(wall, light=0.6), 0.8)
    evening = stage.palette.bright < 0.85
    lamp = stage.palette.lamp if evening else mix(stage.palette.sky[1], WHITE, 0.2)
    bright = [pane for pane, on in zip(panes, lit, strict=True) if on]
    stage.canvas.dab(bright, mix(lamp, wall, 0.15))


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
        rock = around(hole, w, h)
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
    """A striped planet, half in shadow, with a ring before it."""
    hues = [rgb(code) for code in ("#d98a5a", "#5f9fc4", "#c46a8a", "#7fae8a")]
    hue = hues[int(stage.dice.of("planet").integers(4))]
    stage.canvas.glow(x, y, 2.4 * r, hue, 0.6)
    stage.canvas.lay([geometry.oval(x, y, r, n=90)], Fill(hue), lift=0.6)
    for k, share in enumerate((-0.55, -0.15, 0.3, 0.62)):
        half, at = 0.98 * r * np.sqrt(1 - share**2), y + share * r
        stripe = geometry.stroke(
            (x - half, at, 0.05 * r),
            (x, at + 0.08 * r, 0.16 * r),
            (x + half, at, 0.05 * r),
        )
        stage.canvas.dab([stripe], shift(hue, light=0.86 if k % 2 else 1.1), 0.7)
    half_turn = np.linspace(-np.pi / 2, np.pi / 2, 40)
    middle = np.array([x, y])
    shadow = _crescent(half_turn, (r, r), (0.35 * r, r))
    stage.canvas.dab([shadow + middle], rgb("#060818"), 0.55)
    front = np.linspace(np.pi * 0.03, np.pi * 0.97, 50)
    ring = middle + _crescent(front, (1.75 * r, 0.42 * r), (1.35 * r, 0.3 * r))
    pale = Fill(mix(hue, WHITE, 0.4))
    stage.canvas.lay([geometry.turned(ring, 14, x, y)], pale, lift=0.3, alpha=0.85)


def _crescent(
    angle: Points, outer: tuple[float, float], inner: tuple[float, float]
) -> Points:
    """The area between two elliptic arcs over ``angle`` around the origin."""
    arc = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.concatenate([arc * outer, (arc * inner)[::-1]])


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
    """Shafts of light in blue water, reefs with weed, and bubbles."""
    w, h, u = stage.width, stage.height, stage.unit
    dim = 0.35 + 0.65 * stage.palette.bright
    top = shift(mix(rgb("#7fd6d8"), stage.palette.sky[2], 0.25), light=dim)
    deep = shift(mix(rgb("#0b3c66"), stage.palette.near, 0.2), light=dim)
    stage.canvas.lay(
        [geometry.box(-9, -9, w + 9, h + 9)], Fill(top, deep, 0, h), lift=0
    )
    stage.sun = (stage.sun[0], -0.1 * h)
    light.draw_rays(stage, 0.12)
    for k in range(3):
        _reef(stage, k, mix(top, shift(deep, light=0.6), 0.35 + 0.3 * k))
    rng = stage.dice.of("bubbles")
    places = rng.uniform(0, 1, (30, 2)) * (w, h)
    bubbles = [geometry.oval(x, y, u * rng.uniform(0.003, 0.011)) for x, y in places]
    stage.canvas.dab(bubbles, WHITE, 0.35)
    stage.floor = np.full_like(stage.xs, stage.camera.feet * h)


def _reef(stage: Stage, k: int, tone: Colour) -> None:
    """The k-th reef from behind, overgrown with swaying weed."""
    rng, u = stage.dice.of("reef", k), stage.unit
    profile = terrain.hills(rng, stage.xs, stage.level(0.4 + 0.3 * k), 0.14 * u, 4)
    weed: list[Points] = []
    for x in rng.uniform(0, stage.width, 9 + 3 * k):
        y = float(np.interp(x, stage.xs, profile)) + 5
        tall = u * rng.uniform(0.08, 0.22)
        knots = [
            (0, 0, 0.09),
            (0.14, -0.35, 0.1),
            (-0.14, -0.7, 0.07),
            (0.14, -1, 0.01),
        ]
        weed.append(geometry.band(np.array(knots) * tall + (x, y, 0)))
    w, h = stage.width, stage.height
    edge = np.stack([stage.xs, profile], axis=1)
    body = np.concatenate([edge, [(w + 99, h + 9), (-99, h + 9)]])
    stage.canvas.lay([body, *weed], Fill(tone))
