"""The colour filters: each grades a still picture once, before it moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

#: Red, green, blue of 0-1, one row a line of the picture.
Light = npt.NDArray[np.floating[Any]]

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def graded(picture: Image.Image, color_filter: str) -> Image.Image:
    """The RGB ``picture`` under a filter of the vocabulary; KeyError otherwise."""
    grade = _GRADES[color_filter]
    if grade is None:
        return picture
    light = grade(np.asarray(picture, np.float32) / 255)
    return Image.fromarray((np.clip(light, 0, 1) * 255).round().astype(np.uint8))


def _cinematic(light: Light) -> Light:
    """Teal shadows, orange lights, gentle contrast, darker corners."""
    brightness = _brightness(light)
    cold, hot = _tint(0.90, 1.02, 1.12), _tint(1.10, 1.0, 0.88)
    toned = light * (cold * (1 - brightness) + hot * brightness)
    return _vignette(_contrast(toned, 1.12), 0.25)


def _warm(light: Light) -> Light:
    return light * _tint(1.10, 1.02, 0.86)


def _cool(light: Light) -> Light:
    return light * _tint(0.86, 1.0, 1.12)


def _vibrant(light: Light) -> Light:
    return _contrast(_saturation(light, 1.55), 1.08)


def _vintage(light: Light) -> Light:
    """Faded print: brownish, lifted blacks, soft lights."""
    brown = _brightness(light) * _tint(1.07, 0.95, 0.74)
    return _vignette(light * 0.30 + brown * 0.55 + _tint(0.12, 0.09, 0.06), 0.2)


def _noir(light: Light) -> Light:
    grey = np.repeat(_brightness(light), 3, axis=2)
    return _vignette(_contrast(grey, 1.5), 0.45)


def _dramatic(light: Light) -> Light:
    return _vignette(_contrast(_saturation(light, 0.72), 1.45), 0.35)


def _horror(light: Light) -> Light:
    """Dark, drained, sickly green."""
    drained = _saturation(light, 0.35) * _tint(0.72, 0.92, 0.74)
    return _vignette(_contrast(drained, 1.25) - 0.06, 0.6)


def _anime(light: Light) -> Light:
    """Flat areas of bright colour: few steps of brightness, strong saturation."""
    smooth = _filtered(light, ImageFilter.MedianFilter(5))
    brightness = np.maximum(_brightness(smooth), 1e-3)
    steps = (np.floor(brightness * 8) + 0.5) / 8
    return _saturation(smooth * (0.3 + 0.7 * steps / brightness), 1.45) * 1.08


def _sunset(light: Light) -> Light:
    """Golden above, magenta below."""
    down = np.linspace(0, 1, light.shape[0], dtype=np.float32)[:, None, None]
    glow = _tint(1.22, 0.96, 0.60) * (1 - down) + _tint(1.16, 0.78, 0.92) * down
    return light * glow


def _soft(light: Light) -> Light:
    """A haze of its own light over a slightly blurred picture."""
    radius = max(light.shape[:2]) / 80
    haze = _filtered(light, ImageFilter.GaussianBlur(radius))
    return light * 0.45 + (1 - (1 - light) * (1 - haze)) * 0.20 + haze * 0.35


def _sharp(light: Light) -> Light:
    radius = max(1.0, max(light.shape[:2]) / 700)
    return _filtered(light, ImageFilter.UnsharpMask(radius, percent=160, threshold=2))


_GRADES: dict[str, Callable[[Light], Light] | None] = {
    "none": None,
    "cinematic": _cinematic,
    "warm": _warm,
    "cool": _cool,
    "vibrant": _vibrant,
    "vintage": _vintage,
    "noir": _noir,
    "dramatic": _dramatic,
    "horror": _horror,
    "anime": _anime,
    "sunset": _sunset,
    "soft": _soft,
    "sharp": _sharp,
}


def _brightness(light: Light) -> Light:
    brightness: Light = light @ _LUMA
    return brightness[:, :, None]


def _saturation(light: Light, factor: float) -> Light:
    grey = _brightness(light)
    return grey + (light - grey) * np.float32(factor)


def _contrast(light: Light, factor: float) -> Light:
    return (light - np.float32(0.5)) * np.float32(factor) + np.float32(0.5)


def _vignette(light: Light, strength: float) -> Light:
    """Darkens the corners by ``strength``, the middle not at all."""
    down = np.linspace(-1, 1, light.shape[0], dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, light.shape[1], dtype=np.float32)[None]
    distance = (down**2 + across**2) / 2
    return light * (1 - np.float32(strength) * distance**1.5)[:, :, None]


def _tint(red: float, green: float, blue: float) -> Light:
    return np.array([red, green, blue], np.float32)


def _filtered(light: Light, picture_filter: ImageFilter.Filter) -> Light:
    bytes8 = (np.clip(light, 0, 1) * 255).round().astype(np.uint8)
    filtered = Image.fromarray(bytes8).filter(picture_filter)
    return np.asarray(filtered, np.float32) / 255
