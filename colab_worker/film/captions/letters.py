"""Text in letters as people see them, and the direction in which it is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: Characters that are never drawn, or only change their neighbours.
INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u00ad")
_JOINER = "\u200d"
#: Skin tones change the picture before them.
_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
#: Two of these are a flag; tags after a flag make that of a region.
_REGIONAL = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))
#: Signs that make one letter of those around them in the scripts of India.
_VIRAMA = 9
#: Languages written from right to left.
_LEFTWARD = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]
)
_LEFT_TO_RIGHT_MARK, _RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"


def clusters(text: str) -> Iterator[str]:
    """``text`` in letters as people see them: with their marks, tones and joints.

    What is not seen before the first letter, as a direction mark, belongs to it.
    """
    letter = ""
    for character in text:
        if not INVISIBLE.issuperset(letter) and not _goes_on(letter, character):
            yield letter
            letter = ""
        letter += character
    if letter:
        yield letter


def _goes_on(letter: str, after: str) -> bool:
    before = letter[-1]
    return (
        before == _JOINER
        or after in INVISIBLE
        or after in _TONES
        or after in _TAGS
        or (after in _REGIONAL and letter.strip("".join(INVISIBLE)) in _REGIONAL)
        or unicodedata.category(after).startswith("M")
        or (unicodedata.combining(before) == _VIRAMA and after.isalpha())
    )


def leftward(text: str) -> bool:
    """Whether a word is written from right to left."""
    return "R" in _directions(text)


def direction_mark(line: str, language: str) -> str:
    """What to put before a line, so that it runs as ``language`` does; mostly nothing.

    Who draws text goes by its first letter, which may be of a foreign word. A line with
    more than twice as many letters to the left as to the right runs that way anyhow.
    """
    directions = _directions(line)
    left, right = directions.count("R"), directions.count("L")
    if not left or not right:
        return ""
    runs_left = language.split("-")[0] in _LEFTWARD or left > 2 * right
    if runs_left == (directions[0] == "R"):
        return ""
    return _RIGHT_TO_LEFT_MARK if runs_left else _LEFT_TO_RIGHT_MARK


def _directions(text: str) -> str:
    """L or R for every letter that has a direction."""
    found = (unicodedata.bidirectional(c) for c in text if c not in INVISIBLE)
    return "".join(kind[0].replace("A", "R") for kind in found if kind in _STRONG)


#: Unicode's strong directions; AL is Arabic.
_STRONG = ("L", "R", "AL")
