"""The fonts that captions are drawn with: those of a wheel, wherever we run."""

from __future__ import annotations

import functools
from pathlib import Path

import font_roboto
from PIL import ImageFont

FAMILY = "Roboto"
_FILES = tuple(
    Path(str(path))
    for path in (
        font_roboto.RobotoMedium,
        font_roboto.Roboto,
        font_roboto.RobotoBold,
        font_roboto.RobotoItalic,
    )
)
#: A character that no font has: what is drawn in its place shows that one is missing.
_NOWHERE = "\U0010ffff"
#: Characters that are never drawn, or only change their neighbours.
_INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufe0e", "\ufe0f", "\u00ad"}


def place_fonts(folder: Path) -> None:
    """Makes ``folder`` with the font files that the caption styles need."""
    folder.mkdir()
    for path in _FILES:
        (folder / path.name).symlink_to(path)


def split_drawable(text: str) -> tuple[str, str]:
    """``text`` without what the fonts cannot draw, and those characters, each once."""
    missing = dict.fromkeys(
        c for c in text if not c.isspace() and c not in _INVISIBLE and not _has(c)
    )
    kept = "".join(c for c in text if c not in missing)
    return kept, "".join(missing)


@functools.lru_cache(maxsize=8192)
def _has(character: str) -> bool:
    if character.isascii():
        return True
    return _drawn(character) != _drawn(_NOWHERE)


def _drawn(character: str) -> bytes:
    return bytes(_font().getmask(character, mode="1"))


@functools.lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_roboto.Roboto), 40)
