"""What a font file can draw, what libass calls it, and how tall it makes a line."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

#: Outlines; a font of coloured pictures only is of no use to libass.
_OUTLINES = ("glyf", "CFF ", "CFF2")
#: The id of the family in a font's table of names: libass looks fonts up by it.
_FAMILY = 1
_MEASURED_AT = 100


@dataclass(frozen=True)
class Face:
    """One face of a font file; a collection (``.ttc``) holds several."""

    path: Path
    number: int
    family: str
    #: Code points with a glyph.
    characters: frozenset[int]
    #: Height of a line in shares of the letter size: an ASS font size means the line,
    #: as in Windows.
    line_height: float

    def width(self, text: str) -> float:
        """The width of ``text`` in shares of the letter size, letters side by side."""
        font = _measuring(self.path, self.number)
        return float(font.getlength(text)) / _MEASURED_AT


@functools.lru_cache(maxsize=512)
def read_face(path: Path, number: int = 0) -> Face | None:
    """The face ``number`` of a file; None if it is no font that can be used."""
    try:
        with (
            path.open("rb") as file,
            TTFont(file, fontNumber=number, lazy=True) as font,
        ):
            return _face(font, path, number)
    except (OSError, TTLibError, KeyError, ValueError, AssertionError):
        return None


def _face(font: TTFont, path: Path, number: int) -> Face | None:
    family, mapped = font["name"].getDebugName(_FAMILY), font.getBestCmap()
    if not family or not mapped or not any(tag in font for tag in _OUTLINES):
        return None
    about = font["OS/2"]
    lines = (about.usWinAscent + about.usWinDescent) / font["head"].unitsPerEm
    return Face(path, number, str(family), frozenset(mapped), lines)


@functools.lru_cache(maxsize=32)
def _measuring(path: Path, number: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(path), _MEASURED_AT, number, layout_engine=ImageFont.Layout.BASIC
    )
