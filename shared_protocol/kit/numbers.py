"""Numbers on command lines: one that cannot be meant is refused in a sentence."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError

MOST_PORT = 65_535


def port(word: str) -> int:
    """A port to listen on, 0 for a free one; raises ArgumentTypeError."""
    number = _whole(word)
    if not 0 <= number <= MOST_PORT:
        raise ArgumentTypeError(f"{word} is no port; give 0 to {MOST_PORT}")
    return number


def count(word: str) -> int:
    """A whole number from 1; raises ArgumentTypeError."""
    number = _whole(word)
    if number < 1:
        raise ArgumentTypeError(f"{word} is less than 1")
    return number


def amount(word: str) -> float:
    """Seconds, bytes or the like, 0 too; raises ArgumentTypeError."""
    number = _finite(word)
    if number < 0:
        raise ArgumentTypeError(f"{word} is less than 0")
    return number


def some(word: str) -> float:
    """As ``amount``, where 0 would allow nothing at all; raises ArgumentTypeError."""
    number = _finite(word)
    if number <= 0:
        raise ArgumentTypeError(f"{word} is not above 0")
    return number


def _whole(word: str) -> int:
    try:
        return int(word)
    except ValueError as error:
        raise ArgumentTypeError(f"{word!r} is no whole number") from error


def _finite(word: str) -> float:
    try:
        number = float(word)
    except ValueError as error:
        raise ArgumentTypeError(f"{word!r} is no number") from error
    if not math.isfinite(number):
        raise ArgumentTypeError(f"{word!r} is no number that can be counted to")
    return number
