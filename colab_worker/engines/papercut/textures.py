"""Grey tiles that repeat: paper, pencil lines, brush strokes."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from colab_worker.engines.papercut.dice import roll

_TILE = 512


@functools.cache
def paper_tile(swing: float) -> Image.Image:
    """Grey paper around 128 whose noise swings by about ``swing``."""
    return Image.fromarray(np.clip(128 + swing * _fibres(), 0, 255).astype(np.uint8))


@functools.cache
def _fibres() -> NDArray[np.float64]:
    """Noise of paper in about -1..1: blocks of two pixels, with lying fibres."""
    rng = roll("fibres")
    half = _TILE // 2
    speck = rng.normal(0, 0.22, (half, half))
    image = Image.new("L", (half, half), 128)
    pen = ImageDraw.Draw(image)
    for _ in range(520):
        x, y, angle, reach = (
            *rng.uniform(0, half, 2),
            rng.uniform(0, np.pi),
            rng.uniform(3, 11),
        )
        tone = int(rng.choice([96, 150, 165]))
        pen.line(
            (x, y, x + reach * np.cos(angle), y + reach * np.sin(angle)), fill=tone
        )
    fibre = (np.asarray(image, dtype=float) - 128) / 128
    return np.asarray(np.kron(speck + fibre, np.ones((2, 2))))


@functools.cache
def stroke_field(period: int) -> NDArray[np.float32]:
    """A tile of overlapping short strokes in -1..1."""
    rng = roll("strokes", period)
    side = period * 24
    image = Image.new("L", (side, side), 128)
    pen = ImageDraw.Draw(image)
    for _ in range(2600):
        x, y = rng.uniform(-period, side, 2)
        angle, reach = rng.normal(-0.5, 0.5), period * rng.uniform(0.8, 2.4)
        ends = (x, y, x + reach * np.cos(angle), y + reach * np.sin(angle))
        pen.line(
            ends,
            fill=int(rng.integers(20, 236)),
            width=max(1, round(period * rng.uniform(0.18, 0.4))),
        )
    soft = image.filter(ImageFilter.GaussianBlur(0.06 * period))
    return np.asarray((np.asarray(soft, dtype=np.float32) - 128) / 128)


@functools.cache
def line_tile(period: int, slope: int) -> Image.Image:
    """Lines that tile: ``slope`` 0 lies flat, others rise."""
    y, x = np.mgrid[0:period, 0:period] / period
    wave = np.cos(2 * np.pi * (y + slope * x)) * 0.5 + 0.5
    return Image.fromarray((255 * np.clip((wave - 0.62) / 0.3, 0, 1)).astype(np.uint8))


@functools.lru_cache(maxsize=4)
def paper_sheet(swing: float, size: tuple[int, int]) -> Image.Image:
    """Paper around 128 in all three channels, for a picture of ``size``."""
    sheet = repeated(paper_tile(swing), size)
    return Image.merge("RGB", (sheet, sheet, sheet))


@functools.lru_cache(maxsize=4)
def line_sheet(period: int, slope: int, size: tuple[int, int]) -> Image.Image:
    """Lines over a picture of ``size``."""
    return repeated(line_tile(period, slope), size)


@functools.lru_cache(maxsize=4)
def pencil_sheet(period: int, slope: int, size: tuple[int, int]) -> Image.Image:
    """Lines drawn on rough paper, over a picture of ``size``."""
    rough = repeated(paper_tile(90), size).point(
        [0.9 * min(255, v + 70) for v in range(256)]
    )
    return ImageChops.multiply(line_sheet(period, slope, size), rough)


@functools.lru_cache(maxsize=2)
def drag(period: int, size: tuple[int, int]) -> NDArray[np.int32]:
    """For each pixel, the index of the one that a brush drags there."""
    (width, height), field = size, _strokes_over(period, size)
    shift = (field * max(2, round(0.4 * period))).astype(np.int32)
    columns = np.arange(width, dtype=np.int32)[None, :] + shift
    rows = np.arange(height, dtype=np.int32)[:, None] - shift // 2
    found = np.clip(rows, 0, height - 1) * width + np.clip(columns, 0, width - 1)
    return np.asarray(found, dtype=np.int32)


@functools.lru_cache(maxsize=2)
def impasto(period: int, size: tuple[int, int]) -> Image.Image:
    """The light on thick strokes, around 128 in all three channels."""
    field = _strokes_over(period, size)
    light = np.clip(128 + 42 * (field - np.roll(field, 1, axis=0)), 0, 255)
    sheet = Image.fromarray(light.astype(np.uint8))
    return Image.merge("RGB", (sheet, sheet, sheet))


def _strokes_over(period: int, size: tuple[int, int]) -> NDArray[np.float32]:
    field = stroke_field(period)
    reps = (size[1] // field.shape[0] + 1, size[0] // field.shape[1] + 1)
    return np.tile(field, reps)[: size[1], : size[0]]


def repeated(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    """``tile`` over a picture of ``size``."""
    array = np.asarray(tile)
    reps = (size[1] // array.shape[0] + 1, size[0] // array.shape[1] + 1)
    return Image.fromarray(
        np.ascontiguousarray(np.tile(array, reps)[: size[1], : size[0]])
    )
