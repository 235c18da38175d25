"""Places within walls: a room, a hall of arches, a library, a spaceship's bridge."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.papercut import geometry, light, terrain
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import Colour, mix, rgb
from colab_worker.engines.papercut.cutouts import around
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.outlands import space
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.stage import Stage


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


def control_room(stage: Stage, peopled: bool) -> None:
    """The inside of a spaceship: a wide window on the stars over lit panels."""
    space(stage, False)
    w, h, u = stage.width, stage.height, stage.unit
    hole = geometry.outline(
        "0.9,0! 0.8,-0.62! -0.8,-0.62! -0.9,0! -0.72,0.5! 0.72,0.5!"
    ) * (0.5 * w, 0.62 * stage.ground) + (0.5 * w, 0.5 * stage.ground)
    wall = stage.palette.layer(0.75, rgb("#4a5468"))
    stage.canvas.lay([around(hole, w, h)], Fill(wall))
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
