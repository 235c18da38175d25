"""Colours as sRGB triples in 0-1, mixed in OKLab so that mixtures stay clean."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]

# Björn Ottosson, "A perceptual color space for image processing" (2020).
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LMS = np.linalg.inv(_TO_LMS)
_FROM_LAB = np.linalg.inv(_TO_LAB)

BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)


def rgb(code: str) -> Colour:
    """``#a1b2c3`` as a colour."""
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return red / 255, green / 255, blue / 255


@functools.lru_cache(maxsize=8192)
def mix(first: Colour, second: Colour, share: float) -> Colour:
    """``first`` with ``share`` (0-1) of ``second`` in it."""
    if share <= 0:
        return first
    if share >= 1:
        return second
    return _from_lab(_to_lab(first) * (1 - share) + _to_lab(second) * share)


@functools.lru_cache(maxsize=8192)
def shift(
    colour: Colour, *, light: float = 1.0, chroma: float = 1.0, turn: float = 0.0
) -> Colour:
    """``colour`` with lightness and chroma multiplied and the hue turned (radians)."""
    lab = _to_lab(colour)
    cos, sin = np.cos(turn), np.sin(turn)
    a, b = chroma * lab[1], chroma * lab[2]
    return _from_lab(np.array([light * lab[0], a * cos - b * sin, a * sin + b * cos]))


@functools.lru_cache(maxsize=8192)
def lightness(colour: Colour) -> float:
    """Perceived lightness, 0 (black) to 1 (white)."""
    return float(_to_lab(colour)[0])


def octets(colour: Colour) -> tuple[int, int, int]:
    """The colour as three bytes."""
    red, green, blue = (round(255 * min(max(part, 0.0), 1.0)) for part in colour)
    return red, green, blue


def _to_lab(colour: Colour) -> NDArray[np.float64]:
    c = np.asarray(colour)
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear))


def _from_lab(lab: NDArray[np.float64]) -> Colour:
    linear = np.clip(_FROM_LMS @ (_FROM_LAB @ lab) ** 3, 0.0, 1.0)
    c = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055
    )
    return float(c[0]), float(c[1]), float(c[2])
