"""Writes RGB pictures as PNG, quickly: one filter for all rows, zlib's fastest level.

Two halves are packed at once, each without looking back at the other (RFC 1950, 1951).
"""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
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
    with out.open("wb") as file:
        file.write(_SIGNATURE)
        for kind, data in (
            (b"IHDR", header),
            (b"IDAT", _deflated(rows)),
            (b"IEND", b""),
        ):
            file.write(struct.pack(">I", len(data)) + kind + data)
            file.write(struct.pack(">I", zlib.crc32(kind + data)))


def _deflated(rows: NDArray[np.uint8]) -> bytes:
    """``rows`` as one zlib stream."""
    half = len(rows) // 2
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_packed, rows[:half], zlib.Z_SYNC_FLUSH)
        second = pool.submit(_packed, rows[half:], zlib.Z_FINISH)
    check = struct.pack(">I", zlib.adler32(rows.data))
    return b"\x78\x01" + first.result() + second.result() + check


def _packed(rows: NDArray[np.uint8], ending: int) -> bytes:
    packer = zlib.compressobj(1, wbits=-zlib.MAX_WBITS)
    return packer.compress(rows.data) + packer.flush(ending)
