"""Pictures with the statistics of photographs: their detail falls with its fineness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

SIZE = (1536, 1024)
#: Amplitude over frequency as in natural scenes (Field, 1987).
FALL_OFF = 1.2


def photographic(path: Path, seed: int) -> Path:
    """Writes clouds over hills with sharp edges and grain, ``SIZE`` pixels of RGB."""
    random = np.random.default_rng(seed)
    light = np.stack([0.7 * _natural(random) for _ in range(3)], axis=2)
    light += 0.3 * _natural(random)[:, :, None]
    rows = np.arange(SIZE[1])[:, None]
    for depth in range(3):
        ridge = SIZE[1] * (0.45 + 0.18 * depth) + 160 * (_natural(random)[0] - 0.5)
        shade = random.uniform(0.25, 0.8, 3)
        light = np.where((rows > ridge)[:, :, None], light * shade, light)
    light += random.normal(0, 0.008, light.shape)
    pixels = np.clip(light * 1.5 - 0.25, 0, 1) * 255
    Image.fromarray(pixels.round().astype(np.uint8)).save(path, compress_level=1)
    return path


def _natural(random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Noise of 0 to 1, rows x columns, coarse parts stronger than fine ones."""
    width, height = SIZE
    spectrum = np.fft.rfft2(random.standard_normal((height, width)))
    down = np.fft.fftfreq(height)[:, None]
    frequency = np.hypot(down * height / width, np.fft.rfftfreq(width)[None])
    frequency[0, 0] = 1.0
    noise = np.fft.irfft2(spectrum / frequency**FALL_OFF, (height, width))
    scaled: npt.NDArray[np.float64] = (noise - noise.min()) / np.ptp(noise)
    return scaled
