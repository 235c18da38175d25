"""The sky and what shines in it: gradient, sun or moon with paper rings, stars, rays."""

from __future__ import annotations

import numpy as np
from PIL import Image

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import WHITE, Colour, mix
from colab_worker.engines.papercut.reading import is_removed
from colab_worker.engines.papercut.stage import Stage

_VEILED = frozenset(("rain", "storm", "clouds", "fog", "snow"))


def draw_sky(stage: Stage, *, disc: bool = True) -> None:
    """The sky down to the horizon, with sun or moon unless weather hides it."""
    stage.canvas.image.paste(gradient(stage))
    if stage.palette.stars > 0.3 and not is_removed("stars", stage.removed):
        _stars(stage)
    name = "moon" if stage.palette.moon else "sun"
    if disc and name not in stage.removed:
        _disc(stage, _VEILED & set(stage.weathers))


def gradient(stage: Stage) -> Image.Image:
    """The sky as a picture of the whole size."""
    top, middle, low = (np.array(colour) for colour in stage.palette.sky)
    y = (
        np.linspace(0, 1, 256)[:, None]
        * stage.height
        / max(stage.horizon, 0.3 * stage.height)
    )
    upper = np.clip(y / 0.6, 0, 1)
    lower = np.clip((y - 0.6) / 0.4, 0, 1)
    column = (top * (1 - upper) + middle * upper) * (1 - lower) + low * lower
    strip = Image.fromarray(np.rint(255 * column).astype(np.uint8)[:, None])
    tall = strip.resize((1, stage.height), Image.Resampling.BICUBIC)
    return tall.resize((stage.width, stage.height), Image.Resampling.NEAREST)


def _disc(stage: Stage, veiled: frozenset[str] | set[str]) -> None:
    canvas, palette = stage.canvas, stage.palette
    x, y = stage.sun
    radius = stage.unit * (0.062 if palette.moon else 0.075)
    glow = 0.35 if veiled else 0.75
    canvas.glow(x, y, 9.0 * radius, palette.light, 0.8 * glow)
    if "storm" in veiled or "rain" in veiled:
        return
    sky = stage.palette.sky[1]
    for size, share in ((3.6, 0.1), (2.5, 0.17), (1.65, 0.28)):
        ring = geometry.oval(x, y, size * radius, n=72)
        canvas.lay(
            [ring],
            Fill(mix(palette.light, palette.disc, 0.4)),
            lift=0.22,
            alpha=share * (0.6 if veiled else 1),
            rim=0,
        )
    canvas.lay(
        [geometry.oval(x, y, radius, n=72)],
        Fill(palette.disc),
        lift=0,
        rim=0,
        alpha=0.6 if veiled else 1.0,
    )
    if palette.moon:
        for dx, dy, size in ((-0.3, -0.2, 0.22), (0.25, 0.3, 0.28), (0.3, -0.35, 0.14)):
            canvas.dab(
                [geometry.oval(x + dx * radius, y + dy * radius, size * radius)],
                mix(palette.disc, sky, 0.35),
                0.35,
            )


def _stars(stage: Stage) -> None:
    rng = stage.dice.of("stars")
    count = int(150 * stage.palette.stars)
    xs = rng.uniform(0, stage.width, count)
    ys = rng.power(0.7, count) * stage.horizon * 0.92
    sizes = stage.unit * rng.uniform(0.0008, 0.0026, count)
    dots = [
        geometry.oval(x, y, size, n=8) for x, y, size in zip(xs, ys, sizes, strict=True)
    ]
    stage.canvas.scatter(dots, mix(stage.palette.disc, WHITE, 0.5), 0.85)
    for x, y in zip(xs[:5], ys[:5], strict=True):
        stage.canvas.dab([sparkle(x, y, 0.011 * stage.unit)], WHITE, 0.9)


def sparkle(x: float, y: float, size: float) -> geometry.Points:
    """A four-pointed star."""
    angle = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    reach = np.where(np.arange(8) % 2 == 0, size, 0.2 * size)
    return np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], axis=1)


def draw_rays(stage: Stage, strength: float = 0.16) -> None:
    """Shafts of light that fan out from the sun."""
    rng = stage.dice.of("rays")
    x, y = stage.sun
    reach = 1.6 * max(stage.width, stage.height)
    rays = []
    for angle in np.linspace(0.12, np.pi - 0.12, 7) + rng.uniform(-0.1, 0.1, 7):
        half = rng.uniform(0.015, 0.05)
        ends = [
            (x + reach * np.cos(angle + turn), y + reach * np.sin(angle + turn))
            for turn in (-half, half)
        ]
        rays.append(np.array([(x, y), *ends]))
    stage.canvas.dab(rays, stage.palette.light, strength)


def draw_lightning(stage: Stage) -> None:
    """A forked flash between clouds and land, and its light."""
    rng = stage.dice.of("lightning")
    x = stage.width * rng.uniform(0.2, 0.8)
    points, y = [], -0.02 * stage.height
    while y < stage.horizon:
        points.append((x, y))
        x += stage.unit * rng.uniform(-0.06, 0.06)
        y += stage.unit * rng.uniform(0.03, 0.08)
    middle = points[len(points) // 2]
    stage.canvas.glow(*middle, 0.7 * stage.unit, (0.8, 0.86, 1.0), 0.75)
    fork = [middle]
    for _ in range(4):
        fork.append(
            (
                fork[-1][0] + stage.unit * rng.uniform(0.01, 0.07),
                fork[-1][1] + stage.unit * rng.uniform(0.02, 0.06),
            )
        )
    for path, width in ((points, 0.008), (fork, 0.005)):
        widths = np.linspace(width, 0.2 * width, len(path))[:, None] * stage.unit
        bolt = geometry.band(np.concatenate([np.array(path), widths], axis=1), 1)
        stage.canvas.dab([bolt], (1.0, 1.0, 0.94))


def draw_clouds(stage: Stage, count: int, colour: Colour, low: float = 0.75) -> None:
    """Paper clouds: round tops on a flat foot."""
    rng = stage.dice.of("clouds", count)
    rows = np.sort(rng.uniform(0.04, low, count))
    for k, row in enumerate(rows):
        size = (
            stage.unit
            * rng.uniform(0.07, 0.15)
            * (0.6 + 0.7 * (1 - row))
            * stage.camera.zoom**0.3
        )
        x = stage.width * ((k * 0.618 + rng.uniform(0, 0.3)) % 1.0)
        y = max(row * stage.horizon, 0.1 * size)
        shade = mix(colour, stage.palette.sky[1], 0.25 + 0.4 * row)
        foot = mix(shade, stage.palette.sky[2], 0.6)
        stage.canvas.lay(
            cloud(rng, x, y, size), Fill(shade, foot, y - size, y), lift=0.7, alpha=0.93
        )


def cloud(
    rng: np.random.Generator, x: float, y: float, size: float
) -> list[geometry.Points]:
    """The circles of one cloud whose foot is at y."""
    count = int(rng.integers(4, 7))
    shapes = []
    for offset in np.linspace(-1, 1, count):
        radius = size * (0.42 - 0.22 * abs(offset)) * rng.uniform(0.85, 1.15)
        circle = geometry.oval(
            x + 1.25 * size * offset, y - 0.5 * radius, 1.25 * radius, radius, 36
        )
        circle[:, 1] = np.minimum(circle[:, 1], y)
        shapes.append(circle)
    shapes.append(
        geometry.band(
            np.array(
                [
                    (x - 1.5 * size, y, 0.08 * size),
                    (x, y - 0.02 * size, 0.16 * size),
                    (x + 1.5 * size, y, 0.08 * size),
                ]
            )
        )
    )
    return shapes
