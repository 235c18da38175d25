"""Opens a picture and makes it ready: cropped, graded, as planes to draw from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from colab_worker.engines.base import BadInput
from colab_worker.film.grade import graded
from colab_worker.film.headers import check_png
from colab_worker.film.resample import Bytes8, Planes
from colab_worker.film.subject import crop_corner

#: A picture of more pixels is refused before it is decoded.
MAX_PIXELS = 64_000_000
#: The picture is drawn from this many times the frame's size: two taps a pixel then
#: lose no detail, and the same detail at every position (51 dB to a bicubic zoom).
OVERSIZE = 1.25

#: BT.709, limited range: Y, Cb, Cr from R, G, B and one of 0-255, a row for each.
_BT709 = (
    *(0.2126 * 219 / 255, 0.7152 * 219 / 255, 0.0722 * 219 / 255, 16.0),
    *(-0.2126 / 1.8556 * 224 / 255, -0.7152 / 1.8556 * 224 / 255, 112 / 255, 128.0),
    *(112 / 255, -0.7152 / 1.5748 * 224 / 255, -0.0722 / 1.5748 * 224 / 255, 128.0),
)


def prepared(
    path: Path, width: int, height: int, color_filter: str, zoom_percent: float
) -> Planes:
    """The picture at ``path`` cropped around its subject to ``width`` x ``height``, graded.

    A zoom needs more pixels than the frame has; ``zoom_percent`` 0 gives exactly
    the frame. BadInput if the file is no picture that can be used.
    """
    picture = _cropped(_opened(path), width / height)
    largest = 1 + zoom_percent / 100
    if picture.width > width * largest:
        size = round(width * largest), round(height * largest)
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    oversize = OVERSIZE if zoom_percent else 1.0
    return _planes(graded(picture, color_filter), width, height, oversize)


def _opened(path: Path) -> Image.Image:
    try:
        width, height = check_png(path)
        if width * height > MAX_PIXELS:
            raise BadInput(f"The picture has {width} x {height} pixels: too many.")
        with Image.open(path, formats=["PNG"]) as picture:
            return _opaque(picture)
    except (OSError, ValueError, SyntaxError) as error:
        raise BadInput(f"The picture cannot be read: {error}") from error


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode in {"I;16", "I"}:  # Pillow would clip 16-bit grey, not scale it
        grey = np.asarray(picture, np.float32) / 257
        return Image.fromarray(grey.round().astype(np.uint8)).convert("RGB")
    if "A" in picture.mode or "transparency" in picture.info:
        black = Image.new("RGBA", picture.size, "black")
        return Image.alpha_composite(black, picture.convert("RGBA")).convert("RGB")
    picture.load()
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _cropped(picture: Image.Image, aspect: float) -> Image.Image:
    width = min(picture.width, max(1, round(picture.height * aspect)))
    height = min(picture.height, max(1, round(picture.width / aspect)))
    if (width, height) == picture.size:
        return picture
    left, top = crop_corner(picture, width, height)
    return picture.crop((left, top, left + width, top + height))


def _planes(picture: Image.Image, width: int, height: int, oversize: float) -> Planes:
    luma, blue, red = picture.convert("RGB", _BT709).split()
    size = round(width * oversize), round(height * oversize)
    half = round(width * oversize / 2), round(height * oversize / 2)
    return Planes(_scaled(luma, size), _scaled(blue, half), _scaled(red, half))


def _scaled(plane: Image.Image, size: tuple[int, int]) -> Bytes8:
    return np.asarray(plane.resize(size, Image.Resampling.LANCZOS))
