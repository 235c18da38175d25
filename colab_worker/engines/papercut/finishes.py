"""Finishing a picture as a whole: grain, vignette, halftone, hatching, brush strokes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import WHITE, Colour, octets, rgb
from colab_worker.engines.papercut.light import sparkle
from colab_worker.engines.papercut.stage import Stage
from colab_worker.engines.papercut.textures import (
    drag,
    impasto,
    line_sheet,
    paper_sheet,
    pencil_sheet,
    repeated,
)

Finish = Callable[[Stage], None]


def grain(strength: float) -> Finish:
    """The tooth and fibres of paper; ``strength`` is the swing of the brightness."""

    def finish(stage: Stage) -> None:
        _overlay(stage, paper_sheet(255 * strength, stage.canvas.image.size))

    return finish


def vignette(strength: float) -> Finish:
    """Darker corners."""

    def finish(stage: Stage) -> None:
        x = np.linspace(-1, 1, 48)[None, :] ** 2
        y = np.linspace(-1, 1, 48)[:, None] ** 2
        dark = np.clip((x + y - 0.55) / 1.45, 0, 1) ** 1.2 * strength
        mask = Image.fromarray((255 * dark).astype(np.uint8))
        mask = mask.resize(stage.canvas.image.size, Image.Resampling.BILINEAR)
        stage.canvas.veil(mask, rgb("#04040a"))

    return finish


def bloom(strength: float) -> Finish:
    """Light that spills over from bright parts."""

    def finish(stage: Stage) -> None:
        image = stage.canvas.image
        step = max(2, round(stage.unit / 120))
        small = image.reduce(step).point(
            [round(max(0, v - 120) * strength * 1.6) for v in range(256)] * 3
        )
        soft = small.filter(ImageFilter.GaussianBlur(4))
        stage.canvas.image = ImageChops.screen(
            image, soft.resize(image.size, Image.Resampling.BILINEAR)
        )

    return finish


def halftone(size: float, strength: float) -> Finish:
    """Printer's dots in the darker tones, on a grid turned by 45 degrees."""

    def finish(stage: Stage) -> None:
        period = max(4, round(stage.unit * size))
        y, x = np.mgrid[0:period, 0:period] / period
        wave = 0.5 + 0.25 * (np.cos(2 * np.pi * (x + y)) + np.cos(2 * np.pi * (x - y)))
        tile = Image.fromarray((255 * wave).astype(np.uint8))
        screen = repeated(tile, stage.canvas.image.size)
        tone = stage.canvas.image.convert("L")
        ink = ImageChops.subtract(
            screen, tone.point([min(255, round(40 + 0.9 * v)) for v in range(256)])
        )
        ink = ink.point([min(255, round(6 * v * strength)) for v in range(256)])
        cap = round(120 * strength + 40)
        stage.canvas.veil(ink.point([min(v, cap) for v in range(256)]), rgb("#100e18"))

    return finish


def hatching(size: float) -> Finish:
    """Pencil lines, in two directions, the denser the darker."""

    def finish(stage: Stage) -> None:
        period = max(4, round(stage.unit * size))
        tone = stage.canvas.image.convert("L")
        for slope, limit in ((1, 215), (-1, 176), (3, 140)):
            dark = tone.point([min(255, max(0, (limit - v) * 5)) for v in range(256)])
            pencil = ImageChops.multiply(pencil_sheet(period, slope, tone.size), dark)
            stage.canvas.veil(pencil, rgb("#2c282a"))

    return finish


def engraving(size: float, strength: float) -> Finish:
    """Fine parallel lines of an engraved plate."""

    def finish(stage: Stage) -> None:
        period = max(4, round(stage.unit * size))
        tone = stage.canvas.image.convert("L")
        lines = line_sheet(period, 0, tone.size)
        dark = tone.point([min(255, max(0, (170 - v) * 3)) for v in range(256)])
        ink = ImageChops.multiply(lines, dark)
        stage.canvas.veil(
            ink.point([round(strength * v) for v in range(256)]), rgb("#302012")
        )

    return finish


def parchment() -> Finish:
    """Stains of old paper."""

    def finish(stage: Stage) -> None:
        rng = stage.dice.of("stains")
        coarse = rng.random((5, 7))
        stain = Image.fromarray((255 * coarse).astype(np.uint8)).resize(
            stage.canvas.image.size, Image.Resampling.BILINEAR
        )
        mask = stain.point([round(max(0, v - 120) * 0.3) for v in range(256)])
        stage.canvas.veil(mask, rgb("#e2c694"))

    return finish


def scanlines(size: float, strength: float) -> Finish:
    """Dark lines of a screen and a thin grid of light."""

    def finish(stage: Stage) -> None:
        period = max(3, round(stage.unit * size))
        rows = np.where(
            np.arange(stage.height) % period < period / 2, round(255 * strength), 0
        )
        mask = Image.fromarray(rows.astype(np.uint8)[:, None]).resize(
            stage.canvas.image.size, Image.Resampling.NEAREST
        )
        stage.canvas.veil(mask, rgb("#020414"))

    return finish


def blinds(strength: float) -> Finish:
    """Light through a slatted blind, the mark of film noir."""

    def finish(stage: Stage) -> None:
        u, x0 = stage.unit, stage.sun[0]
        toward = 1 if x0 < 0.5 * stage.width else -1
        slats = []
        for k in range(9):
            y = (0.06 + 0.085 * k) * stage.height
            far = x0 + toward * 1.3 * stage.width
            slats.append(
                np.array(
                    [
                        (x0 - toward * 0.9 * stage.width, y - 0.12 * u),
                        (far, y + 0.3 * u),
                        (far, y + 0.345 * u),
                        (x0 - toward * 0.9 * stage.width, y - 0.085 * u),
                    ]
                )
            )
        stage.canvas.dab(slats, WHITE, 0.3 * strength)

    return finish


def monochrome() -> Finish:
    """Black and white, with hard contrast."""

    def finish(stage: Stage) -> None:
        curve = [
            round(255 * min(1.0, max(0.0, 1.16 * v / 255 - 0.06))) for v in range(256)
        ]
        grey = stage.canvas.image.convert("L").point(curve)
        stage.canvas.image = Image.merge("RGB", (grey, grey, grey))

    return finish


def sparkles(count: int) -> Finish:
    """Fairy dust."""

    def finish(stage: Stage) -> None:
        rng = stage.dice.of("sparkles")
        x, y = (
            rng.uniform(0, stage.width, count),
            rng.uniform(0.05, 0.95, count) * stage.height,
        )
        sizes = stage.unit * rng.uniform(0.004, 0.012, count)
        gold = rgb("#fff0b8")
        for k in range(0, count, 6):
            stage.canvas.glow(x[k], y[k], 5 * sizes[k], gold, 0.7)
        stage.canvas.dab(
            [sparkle(a, b, s) for a, b, s in zip(x, y, sizes, strict=True)], gold, 0.85
        )

    return finish


def washes(strength: float) -> Finish:
    """Pigment that pools: blotches, and darker rims where a wash dried."""

    def finish(stage: Stage) -> None:
        image = stage.canvas.image
        step = max(1, round(stage.unit / 500))
        small = image.convert("L").reduce(step)
        soft = small.filter(ImageFilter.GaussianBlur(3.5))
        rim = ImageChops.subtract(soft, small).point(
            [min(120, 4 * v) for v in range(256)]
        )
        deep = image.point(
            [v * share // 255 for share in (150, 150, 168) for v in range(256)]
        )
        stage.canvas.veil(rim.resize(image.size, Image.Resampling.BILINEAR), deep)
        rng = stage.dice.of("washes")
        blots = np.clip(rng.normal(0.0, 0.6, (7, 11)), 0, 1)
        mask = Image.fromarray((255 * strength * blots).astype(np.uint8)).resize(
            image.size, Image.Resampling.BILINEAR
        )
        stage.canvas.veil(mask, rgb("#fcf8f0"))

    return finish


def deckle() -> Finish:
    """The white margin of the sheet, with a wet, uneven edge."""

    def finish(stage: Stage) -> None:
        rng = stage.dice.of("deckle")
        w, h, u = stage.width, stage.height, stage.unit
        t = np.linspace(0, 2 * np.pi, 240, endpoint=False)
        corner = 1 / np.maximum(np.abs(np.cos(t)), np.abs(np.sin(t))) ** 0.93
        rough = (
            1
            - 0.02 * rng.random(240)
            - 0.025 * np.abs(np.sin(7 * t + rng.uniform(0, 6)))
        )
        edge = np.stack(
            [
                0.5 * w + (0.5 * w - 0.014 * u) * corner * rough * np.cos(t),
                0.5 * h + (0.5 * h - 0.014 * u) * corner * rough * np.sin(t),
            ],
            axis=1,
        )
        small = (max(1, w // 3), max(1, h // 3))
        mask = Image.new("L", small, 255)
        ImageDraw.Draw(mask).polygon((edge / (w, h) * small).ravel().tolist(), fill=0)
        mask = mask.filter(ImageFilter.GaussianBlur(0.0005 * u)).resize(
            (w, h), Image.Resampling.BILINEAR
        )
        stage.canvas.veil(mask, rgb("#fcf9f2"))

    return finish


def strokes(size: float) -> Finish:
    """Brush strokes: pixels dragged along a field of strokes, lit from above."""

    def finish(stage: Stage) -> None:
        image = stage.canvas.image
        period = max(6, round(stage.unit * size))
        pixels = np.frombuffer(image.convert("RGBX").tobytes(), np.uint32)
        dragged = pixels[drag(period, image.size)]
        painted = Image.frombytes("RGBX", image.size, dragged.tobytes())
        stage.canvas.image = painted.convert("RGB")
        _overlay(stage, impasto(period, image.size))

    return finish


def border(colour: Colour) -> Finish:
    """The unprinted edge of a poster."""

    def finish(stage: Stage) -> None:
        edge = round(0.022 * stage.unit)
        pen = ImageDraw.Draw(stage.canvas.image)
        pen.rectangle(
            (0, 0, stage.width - 1, stage.height - 1),
            outline=octets(colour),
            width=edge,
        )

    return finish


def soft_far() -> Finish:
    """Depth of field: the distance is a little out of focus."""

    def finish(stage: Stage) -> None:
        image = stage.canvas.image
        low = min(stage.height, max(2, round(stage.level(0.5))))
        upper = image.crop((0, 0, stage.width, low))
        step = max(1, round(stage.unit / 420))
        blurred = (
            upper.reduce(step)
            .filter(ImageFilter.GaussianBlur(0.9))
            .resize(upper.size, Image.Resampling.BILINEAR)
        )
        fade = np.clip((low - np.arange(low)) / (0.3 * low), 0, 1) * 165
        mask = Image.fromarray(fade.astype(np.uint8)[:, None]).resize(
            upper.size, Image.Resampling.NEAREST
        )
        image.paste(blurred, (0, 0), mask)

    return finish


def discs() -> Finish:
    """Large translucent discs and bars laid over the picture."""

    def finish(stage: Stage) -> None:
        rng = stage.dice.of("discs")
        inks = [
            stage.palette.light,
            stage.palette.sky[0],
            stage.palette.lamp,
            stage.palette.far,
        ]
        for k in range(5):
            x, y = rng.uniform(0, stage.width), rng.uniform(0, 0.9) * stage.height
            radius = stage.unit * rng.uniform(0.08, 0.3)
            stage.canvas.lay(
                [geometry.oval(x, y, radius, n=64)],
                Fill(inks[k % 4]),
                alpha=0.34,
                lift=0.5,
            )
        for _ in range(3):
            x, wide = rng.uniform(0, stage.width), stage.unit * rng.uniform(0.01, 0.05)
            bar = geometry.box(x, -stage.height, x + wide, 2 * stage.height)
            stage.canvas.lay(
                [geometry.turned(bar, rng.uniform(-60, 60), x, 0.5 * stage.height)],
                Fill(inks[1]),
                alpha=0.3,
                lift=0.4,
            )

    return finish


def _overlay(stage: Stage, texture: Image.Image) -> None:
    """Adds a texture around 128."""
    stage.canvas.image = ImageChops.add(stage.canvas.image, texture, 1.0, -128)
