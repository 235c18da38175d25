"""Reads from a font file which characters it can draw (OpenType ``cmap``)."""

from __future__ import annotations

import functools
import struct
from pathlib import Path

#: Outlines; a font of coloured pictures only is of no use to libass.
_OUTLINES = {b"glyf", b"CFF ", b"CFF2"}
#: Character tables by platform and encoding, the most complete first.
_PREFERRED = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3))
_LAST_OF_BMP = 0xFFFF


@functools.lru_cache(maxsize=256)
def characters(path: Path) -> frozenset[int]:
    """Code points with a glyph; empty if the file is no font that can be used."""
    try:
        font = path.read_bytes()
        return _mapped(font)
    except (OSError, struct.error, IndexError, StopIteration):
        return frozenset()


def _mapped(font: bytes) -> frozenset[int]:
    tables = _tables(font)
    if not _OUTLINES & tables.keys() or b"cmap" not in tables:
        return frozenset()
    offsets = _subtables(font, tables[b"cmap"])
    chosen = next(offsets[kind] for kind in _PREFERRED if kind in offsets)
    (layout,) = struct.unpack_from(">H", font, chosen)
    if layout == 4:
        return _segments(font, chosen)
    return _groups(font, chosen) if layout == 12 else frozenset()


def _tables(font: bytes) -> dict[bytes, int]:
    start = struct.unpack_from(">I", font, 12)[0] if font[:4] == b"ttcf" else 0
    (count,) = struct.unpack_from(">H", font, start + 4)
    records = (
        struct.unpack_from(">4sIII", font, start + 12 + 16 * n) for n in range(count)
    )
    return {tag: offset for tag, _, offset, _ in records}


def _subtables(font: bytes, cmap: int) -> dict[tuple[int, int], int]:
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    records = (struct.unpack_from(">HHI", font, cmap + 4 + 8 * n) for n in range(count))
    return {(platform, encoding): cmap + at for platform, encoding, at in records}


def _segments(font: bytes, start: int) -> frozenset[int]:
    """Format 4: up to U+FFFF."""
    (doubled,) = struct.unpack_from(">H", font, start + 6)
    count = doubled // 2

    def column(at: int, kind: str = "H") -> tuple[int, ...]:
        return struct.unpack_from(f">{count}{kind}", font, start + at)

    ends, begins = column(14), column(16 + doubled)
    deltas, ranges = column(16 + 2 * doubled, "h"), column(16 + 3 * doubled)
    found = set()
    for n in range(count):
        for code in range(begins[n], ends[n] + 1):
            glyph = code
            if ranges[n]:
                place = 16 + 3 * doubled + 2 * n + ranges[n] + 2 * (code - begins[n])
                (glyph,) = struct.unpack_from(">H", font, start + place)
            if glyph and (glyph + deltas[n]) & 0xFFFF and code != _LAST_OF_BMP:
                found.add(code)
    return frozenset(found)


def _groups(font: bytes, start: int) -> frozenset[int]:
    """Format 12: all of Unicode."""
    (count,) = struct.unpack_from(">I", font, start + 12)
    found: set[int] = set()
    for n in range(count):
        begin, end, glyph = struct.unpack_from(">III", font, start + 16 + 12 * n)
        found.update(range(begin + (glyph == 0), end + 1))
    return frozenset(found)
