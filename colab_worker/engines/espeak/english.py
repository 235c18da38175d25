"""English that espeak-ng reads oddly, written out: St., numerals, short forms, capitals."""

from __future__ import annotations

import re

from colab_worker.engines.espeak.english_figures import figures

_ROMAN = re.compile(r"\b(?=[IVX]{2,}\b)X{0,3}(?:IX|IV|V?I{0,3})(?<=[IVX])\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_WORDS = {
    "vs.": "versus",
    "vs": "versus",
    "i.e.": "that is",
    "i.e.,": "that is,",
    "w/": "with",
    "w/o": "without",
    "c#": "C sharp",
}
_WARS = re.compile(r"\bWW(I{1,2})\b")
#: Fewer words in capitals may be names that are spelled: "The FBI."
_SHOUTED_WORDS = 3


def expand(token: str, before: str, after: str) -> str:
    """``token`` in words, as far as its neighbours settle what it means."""
    if token.lower() in _WORDS:
        return _WORDS[token.lower()]
    for rule in (_street, _number_sign, figures):
        token = rule(token, before, after)
    token = _WARS.sub(lambda match: f"World War {len(match[1])}", token)
    return _ROMAN.sub(_roman, token)


def is_shouted(text: str) -> bool:
    """Whether a sentence is in capitals: espeak would spell "IT WAS" letter by letter."""
    return text.isupper() and len(re.findall(r"[^\W\d_]{2,}", text)) >= _SHOUTED_WORDS


def _street(token: str, before: str, after: str) -> str:
    """ "Baker St." is a street, "St. Ives" a saint."""
    if not re.match(r"St\.\W*$", token):
        return token
    ends = len(token) > len("St.") or not after[:1].isupper()
    return ("Street" if before[:1].isupper() and ends else "Saint") + token[3:]


def _number_sign(token: str, before: str, after: str) -> str:
    if token in {"No.", "no.", "Nos."} and after[:1].isdigit():
        return "number"
    return re.sub(r"^#(?=\d)", "number ", token)


def _roman(match: re.Match[str]) -> str:
    values = [_ROMAN_VALUES[letter] for letter in match[0]]
    signed = [
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    ]
    return str(sum(signed))
