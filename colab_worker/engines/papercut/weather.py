"""What falls and drifts before the picture: rain, snow, fog, leaves, embers."""

from __future__ import annotations

import numpy as np
from PIL import Image

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.colour import WHITE, Colour, mix, octets, rgb
from colab_worker.engines.papercut.stage import Stage


def draw_weather(stage: Stage) -> None:
    """Everything that the weather puts between us and the picture."""
    if "rain" in stage.weathers or "storm" in stage.weathers:
        _rain(stage)
    if "snow" in stage.weathers:
        _snow(stage)
    if "fog" in stage.weathers:
        fog_bank(stage, stage.level(0.9), 0.34 * stage.height, 0.5)
    if "wind" in stage.weathers:
        _wind(stage)
    if "autumn" in stage.seasons or "wind" in stage.weathers:
        _leaves(stage)


def fog_bank(stage: Stage, y: float, depth: float, strength: float) -> None:
    """A soft band of the horizon's colour around height ``y``."""
    rng = stage.dice.of("fog", round(y))
    rows = np.linspace(-1, 1, 40)[:, None]
    across = np.linspace(0, 1, 64)
    drift = 0.35 * np.sin(2 * np.pi * (across * rng.uniform(0.7, 1.6) + rng.uniform()))
    density = np.clip(1 - np.abs(rows + drift), 0, 1) ** 1.3
    top, bottom = round(y - depth), round(y + depth)
    mask = Image.fromarray((255 * strength * density).astype(np.uint8))
    mask = mask.resize((stage.width, bottom - top), Image.Resampling.BICUBIC)
    air = mix(stage.palette.sky[2], WHITE, 0.15 * stage.palette.bright)
    stage.canvas.image.paste(octets(air), (0, top, stage.width, bottom), mask)


def _rain(stage: Stage) -> None:
    rng = stage.dice.of("rain")
    slant = 0.12 + 0.3 * ("storm" in stage.weathers or "wind" in stage.weathers)
    colour = mix(stage.palette.sky[2], WHITE, 0.4)
    for count, length, width, alpha in (
        (170, 0.05, 0.0011, 0.28),
        (80, 0.1, 0.0018, 0.34),
    ):
        x = rng.uniform(-0.1, 1.3, count) * stage.width
        y = rng.uniform(-0.1, 1.0, count) * stage.height
        drop = np.array([-slant, 1.0]) * length * stage.unit
        half = np.array([width, 0.0]) * stage.unit
        start = np.stack([x, y], axis=1)
        drops = [np.array([p - half, p + half, p + drop]) for p in start]
        stage.canvas.scatter(drops, colour, alpha)


def _snow(stage: Stage) -> None:
    rng = stage.dice.of("snow")
    for count, size, alpha in ((150, 0.0028, 0.6), (70, 0.005, 0.8), (14, 0.011, 0.45)):
        x, y = rng.uniform(0, 1, (2, count))
        sizes = size * stage.unit * rng.uniform(0.6, 1.3, count)
        flakes = [
            geometry.oval(a * stage.width, b * stage.height, s, n=12)
            for a, b, s in zip(x, y, sizes, strict=True)
        ]
        stage.canvas.scatter(flakes, WHITE, alpha)


def _wind(stage: Stage) -> None:
    rng = stage.dice.of("wind")
    for _ in range(6):
        x, y = (
            rng.uniform(-0.1, 0.8) * stage.width,
            rng.uniform(0.15, 0.8) * stage.height,
        )
        u = stage.unit * rng.uniform(0.7, 1.2)
        knots = np.array([
            (0.0, 0.0, 0.0005), (0.15, -0.012, 0.003), (0.3, 0.01, 0.004), (0.42, -0.01, 0.004),
            (0.47, -0.045, 0.0035), (0.435, -0.065, 0.003), (0.41, -0.04, 0.0015),
        ])  # fmt: skip
        stage.canvas.dab(
            [geometry.band(knots * u + (x, y, 0))],
            mix(stage.palette.sky[2], WHITE, 0.5),
            0.5,
        )


def _leaves(stage: Stage) -> None:
    rng = stage.dice.of("leaves")
    colours: list[Colour] = [
        rgb("#d0702c"),
        rgb("#b8442a"),
        rgb("#e0a83a"),
        stage.palette.layer(0.9),
    ]
    for k in range(26):
        size = stage.unit * rng.uniform(0.007, 0.014)
        leaf = (
            geometry.turned(
                geometry.outline("-1,0! 0,0.5 1,0! 0,-0.5"), rng.uniform(0, 360)
            )
            * size
        )
        at = rng.uniform(0, 1, 2) * (stage.width, stage.height)
        stage.canvas.dab([leaf + at], stage.palette.shown(colours[k % 4]), 0.9)


def draw_sparks(stage: Stage, colour: Colour, count: int = 40) -> None:
    """Embers, fireflies or fairy dust."""
    rng = stage.dice.of("sparks")
    x = rng.uniform(0, stage.width, count)
    y = rng.uniform(0.3, 1.0, count) * stage.height
    size = stage.unit * rng.uniform(0.0015, 0.004, count)
    for k in range(0, count, 5):
        stage.canvas.glow(x[k], y[k], 9 * size[k] + 8, colour, 0.8)
    dots = [geometry.oval(a, b, s, n=10) for a, b, s in zip(x, y, size, strict=True)]
    stage.canvas.scatter(dots, colour, 0.9)
