"""English that espeak-ng reads oddly, written out: money, years, numerals, St."""

# ruff: noqa: RUF001 quotes and dashes of all kinds are the subject here

from __future__ import annotations

import re
from collections.abc import Callable

_COINS = {"$": "dollars", "£": "pounds", "€": "euros"}
_MONEY = re.compile(r"([$£€])(\d[\d,]*)(?:\.(\d\d))?(?![\d.]*\d)")
_YEAR = re.compile(r"(?<![\w.,$£€:/])(1[1-9])(\d\d)(?=s?\b(?![.,:]\d))")
_YEARS = re.compile(r"(?<=\d)\s*[–—-]\s*(?=\d)")
_ROMAN = re.compile(r"\b(?=[IVX]{2,}\b)X{0,3}(?:IX|IV|V?I{0,3})(?<=[IVX])\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_UNITS = {
    "km": "kilometers",
    "kg": "kilograms",
    "cm": "centimeters",
    "mm": "millimeters",
    "mph": "miles an hour",
}
_UNIT = re.compile(rf"^({'|'.join(_UNITS)})\b(?!\.\w)")
_GLUED_UNIT = re.compile(rf"(?<=\d)({'|'.join(_UNITS)})\b")
_WORDS = {
    "vs.": "versus",
    "vs": "versus",
    "i.e.": "that is",
    "i.e.,": "that is,",
    "w/": "with",
}


def expand(token: str, before: str, after: str) -> str:
    """``token`` in words, as far as its neighbours settle what it means."""
    if token.lower() in _WORDS:
        return _WORDS[token.lower()]
    for rule in (_street, _number_sign, _unit):
        token = rule(token, before, after)
    token = _YEARS.sub(" to ", token)
    for pattern, say in _PATTERNS:
        token = pattern.sub(say, token)
    return token


def _street(token: str, before: str, after: str) -> str:
    """ "Baker St." is a street, "St. Ives" a saint."""
    if not re.match(r"St\.\W*$", token):
        return token
    is_street = before[:1].isupper() and not after[:1].isupper()
    return ("Street" if is_street else "Saint") + token[3:]


def _number_sign(token: str, before: str, after: str) -> str:
    if token in {"No.", "no.", "Nos."} and after[:1].isdigit():
        return "number"
    return re.sub(r"^#(?=\d)", "number ", token)


def _unit(token: str, before: str, after: str) -> str:
    if before[-1:].isdigit():
        token = _UNIT.sub(lambda match: _UNITS[match[1]], token)
    return _GLUED_UNIT.sub(lambda match: " " + _UNITS[match[1]], token)


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


def _roman(match: re.Match[str]) -> str:
    values = [_ROMAN_VALUES[letter] for letter in match[0]]
    signed = [
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    ]
    return str(sum(signed))


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_MONEY, _money),
    (_YEAR, _year),
    (_ROMAN, _roman),
)
