"""English figures as people say them: money, years, dates, times, ranges, units."""

# ruff: noqa: RUF001 dashes of all kinds are the subject here

from __future__ import annotations

import re
from collections.abc import Callable

_COINS = {"$": "dollars", "£": "pounds", "€": "euros"}
_SCALES = {"thousand": "k", "million": "m", "billion": "bn", "trillion": "tn"}
_SCALE = "|".join(_SCALES)
_MONEY = re.compile(
    r"([$£€])(\d[\d,]*)(?:\.(\d\d))?(?![\d.]*\d)(?![a-z])", re.IGNORECASE
)
_LARGE_MONEY = re.compile(r"([$£€])(\d[\d,.]*\d|\d)(k|m|bn?|tn?)\b", re.IGNORECASE)
_SCALED = re.compile(rf"^({_SCALE})\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\w.,$£€:/-])(1[1-9])(\d\d)(?=\b(?![.,:]\d|-\d))")
_DECADE = re.compile(r"(?<![\w.,])(?:(1[1-9]|20)(\d)0|['’]?([2-9])0)s\b")
_DECADES = [
    "hundreds",
    "tens",
    "twenties",
    "thirties",
    "forties",
    "fifties",
    "sixties",
    "seventies",
    "eighties",
    "nineties",
]
_DAY = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SHORT_MONTH = re.compile(
    r"^(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?(?=\W*$)"
)
_HOUR = re.compile(r"(?<![\d:])(\d{1,2}):00(?![\d:])")
_HALF_OF_DAY = re.compile(r"[ap]\.?m\b|o['’]clock", re.IGNORECASE)
_MINUTE = re.compile(r"(?<![\d:])(\d{1,2}):0([1-9])(?![\d:])")
_RANGE = re.compile(r"(?<=\d)\s*[–—]\s*(?=\d)|(?<![\d-])(\d{1,4})-(?=\d{1,4}(?![\d-]))")
_PHONE = re.compile(r"(?<!\d)\d{3}-\d{4}(?!\d)")
_HYPHEN = re.compile(r"(?<=\d)-(?=\d)")
_FRACTION = re.compile(r"(?<![\d/])(\d)/([2-9]|10)(?![\d/])")
_PARTS = [
    "half",
    "third",
    "quarter",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]
#: What others than one of are named as parts.
_COMMON = frozenset((3, 4, 5, 8))
_SLASH = re.compile(r"(?<=\d)/(?=\d)")
_SIZE = re.compile(r"(?<=\d)(?<!\b0)x(?=\d)")
_TIMES = re.compile(r"(?<=\d)x(?!\w)")
_UNITS = {
    "km/h": "kilometers an hour",
    "m/s": "meters a second",
    "mph": "miles an hour",
    "km": "kilometers",
    "kg": "kilograms",
    "cm": "centimeters",
    "mm": "millimeters",
    "ft": "feet",
    "oz": "ounces",
    "lbs": "pounds",
    "lb": "pounds",
    "°C": "degrees Celsius",
    "°F": "degrees Fahrenheit",
}
_ANY_UNIT = "|".join(map(re.escape, _UNITS))
_UNIT = re.compile(rf"^({_ANY_UNIT})(?![\w/])(?!\.\w)")
_GLUED_UNIT = re.compile(rf"(?<=\d)({_ANY_UNIT})(?![\w/])")


def figures(token: str, before: str, after: str) -> str:
    """``token`` with its figures in words; the neighbours say what they count."""
    token = _scaled_money(token, before, after)
    if before[-1:].isdigit():
        token = _UNIT.sub(lambda match: _UNITS[match[1]], token)
    token = _GLUED_UNIT.sub(lambda match: " " + _UNITS[match[1]], token)
    if after[:1].isdigit() or before[-1:].isdigit():
        token = _SHORT_MONTH.sub(_month, token)
    if before[-1:].isdigit():  # "3 1/2 cups"
        token = _FRACTION.sub(r"and \g<0>", token)
    token = _HOUR.sub(lambda match: _hour(match[1], after), token)
    for pattern, say in _PATTERNS:
        token = pattern.sub(say, token)
    return token


def _scaled_money(token: str, before: str, after: str) -> str:
    """ "$3.5 million" is 3.5 million dollars, and so is "$3.5M"."""
    if _SCALED.match(after) and token[:1] in _COINS and token[1:2].isdigit():
        return token[1:]
    if before[:1] in _COINS and before[1:2].isdigit():
        coin = _COINS[before[0]]
        return _SCALED.sub(lambda match: f"{match[1]} {coin}", token)
    return _LARGE_MONEY.sub(_large_money, token)


def _large_money(match: re.Match[str]) -> str:
    letter = match[3][0].lower()
    scale = next(word for word, short in _SCALES.items() if short[0] == letter)
    return f"{match[2]} {scale} {_COINS[match[1]]}"


def _money(match: re.Match[str]) -> str:
    coin, whole, cents = _COINS[match[1]], match[2], match[3]
    trailing = "," if whole.endswith(",") else ""
    whole = whole.rstrip(",")
    if whole == "1":
        coin = coin.removesuffix("s")
    said = f"{whole} {coin}"
    return said + (f" {int(cents)}" if cents and cents != "00" else "") + trailing


def _year(match: re.Match[str]) -> str:
    century, rest = match[1], match[2]
    if rest == "00":
        return match[0]
    return f"{century} oh {rest[1]}" if rest[0] == "0" else f"{century} {rest}"


def _decade(match: re.Match[str]) -> str:
    """ "1990s", "the '90s"; of the 2000s the thousands are said."""
    century, tens = match[1], int(match[2] or match[3])
    if century == "20" and tens == 0:
        return "two thousands"
    return f"{century} {_DECADES[tens]}" if century else _DECADES[tens]


def _day(match: re.Match[str]) -> str:
    year = _YEAR.sub(_year, match[1])
    return f"{_MONTHS[int(match[2]) - 1]} {int(match[3])}, {year}"


def _month(match: re.Match[str]) -> str:
    return next(month for month in _MONTHS if month.startswith(match[1][:3]))


def _hour(hour: str, after: str) -> str:
    """ "10:00" is ten o'clock, and ten before "a.m."."""
    if _HALF_OF_DAY.match(after):
        return hour
    return f"{int(hour)} o'clock" if 1 <= int(hour) <= 12 else f"{int(hour)} hundred"


def _fraction(match: re.Match[str]) -> str:
    """ "2/3" is two thirds; "5/6" is more often a day, and "9/10" a score."""
    count, of = int(match[1]), int(match[2])
    if count != 1 and (of not in _COMMON or count >= of):
        return f"{count} {of}"
    part = _PARTS[of - 2]
    return f"one {part}" if count == 1 else f"{count} {part}s"


def _range(match: re.Match[str]) -> str:
    return f"{match[1] or ''} to "


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_MINUTE, lambda match: f"{match[1]} oh {match[2]}"),
    (_DAY, _day),
    (_PHONE, lambda match: ", ".join(map(" ".join, match[0].split("-")))),
    (_RANGE, _range),
    (_HYPHEN, lambda _: " "),
    (_MONEY, _money),
    (_DECADE, _decade),
    (_YEAR, _year),
    (_FRACTION, _fraction),
    (_SLASH, lambda _: " "),
    (_SIZE, lambda _: " by "),
    (_TIMES, lambda _: " times"),
)
