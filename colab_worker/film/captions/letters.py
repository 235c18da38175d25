"""Text in letters as people see them: several characters may make one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: Characters that are never drawn, or only change their neighbours.
INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u00ad")
_JOINER = "\u200d"
#: Skin tones change the picture before them.
_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
#: Signs that make one letter of those around them in the scripts of India.
_VIRAMA = 9


def clusters(text: str) -> Iterator[str]:
    """``text`` in letters as people see them: with their marks, tones and joints."""
    letter = ""
    for character in text:
        if letter and not _goes_on(letter[-1], character):
            yield letter
            letter = ""
        letter += character
    if letter:
        yield letter


def _goes_on(before: str, after: str) -> bool:
    return (
        before == _JOINER
        or after in INVISIBLE
        or after in _TONES
        or unicodedata.category(after).startswith("M")
        or (unicodedata.combining(before) == _VIRAMA and after.isalpha())
    )
