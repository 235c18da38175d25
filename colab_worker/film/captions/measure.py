"""How much of a line a text fills: by characters, and by the width of its letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

#: Characters of a line that broadcasters take for readable; a wide one counts twice.
MAX_LINE_CHARS = 42

#: Characters that people read in a second with ease; a wide one counts twice.
MAX_CHARS_A_SECOND = 20

#: The share of a line that a text fills; above 1 it does not fit.
Measure = Callable[[str], float]


def by_characters(text: str) -> float:
    """The share of a line of ``MAX_LINE_CHARS`` characters."""
    return (len(text) + sum(map(is_wide, text))) / MAX_LINE_CHARS


def reading_s(text: str) -> float:
    """Seconds that ``text`` takes to be read."""
    return (len(text) + sum(map(is_wide, text))) / MAX_CHARS_A_SECOND


def is_wide(character: str) -> bool:
    """Whether it takes the room of two letters, as Chinese and emoji do."""
    return unicodedata.east_asian_width(character) in "WF"
