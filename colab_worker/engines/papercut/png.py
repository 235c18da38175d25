"""Writes RGB pictures as PNG, quickly: one filter for all rows, ISA-L's deflate."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from isal import isal_zlib
from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: The "up" filter (PNG, 9.2): layers of paper change little from row to row. Trying
#: all five filters on every row, as Pillow does, costs twice the time.
_UP = 2


def write_png(image: Image.Image, out: Path) -> None:
    """Writes ``image`` (RGB) to ``out``."""
    width, height = image.size
    pixels = np.asarray(image).reshape(height, 3 * width)
    rows = np.empty((height, 3 * width + 1), np.uint8)
    rows[:, 0] = _UP
    rows[0, 1:] = pixels[0]
    np.subtract(pixels[1:], pixels[:-1], out=rows[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    # A quarter of the time of zlib's fastest level, and fewer bytes.
    packed = isal_zlib.compress(rows.data, 1)
    with out.open("wb") as file:
        file.write(_SIGNATURE)
        for kind, data in ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")):
            file.write(struct.pack(">I", len(data)) + kind + data)
            file.write(struct.pack(">I", zlib.crc32(kind + data)))
