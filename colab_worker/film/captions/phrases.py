"""Scripts that are written without spaces, in the parts that are read as one."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budoux import Parser

_THAI = re.compile("[\u0e01-\u0e5b]")
_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TRADITIONAL = frozenset(["hant", "hk", "mo", "tw", "yue"])
#: What may not begin a line: marks that close, and the signs that repeat or shorten.
CLOSING = (
    ",.!?;:)]}\u2026\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1b\uff1a\u300b\u300d\u300f"
    "\uff09\u3009\u3011\u201d\u2019\u30fc\u3005\u0e2f\u0e46"
)
#: What may not end one.
_OPENING = "([{\u300a\u300c\u300e\uff08\u3008\u3010\u201c\u2018"


def phrases(text: str, language: str) -> list[str]:
    """The phrases of Japanese, Chinese and Thai, else ``[text]``; joined, they are it.

    By the models of BudouX (https://github.com/google/budoux).
    """
    model = _model_of(text, language)
    if model is None:
        return [text]
    found: list[str] = []
    for part in _parser(model).parse(text):
        if found and (_clings(part[0]) or found[-1][-1] in _OPENING):
            found[-1] += part
        else:
            found.append(part)
    return found


def _model_of(text: str, language: str) -> str | None:
    if _THAI.search(text):
        return "th"
    tags = language.lower().split("-")
    if _KANA.search(text):
        return "ja"
    if _HAN.search(text):
        if tags[0] == "ja":
            return "ja"
        return "zh-hans" if _TRADITIONAL.isdisjoint(tags) else "zh-hant"
    return None


def _clings(character: str) -> bool:
    """Whether it stays with what is before it."""
    return character in CLOSING or unicodedata.category(character).startswith("M")


@cache
def _parser(model: str) -> Parser:
    import budoux

    return {
        "ja": budoux.load_default_japanese_parser,
        "th": budoux.load_default_thai_parser,
        "zh-hans": budoux.load_default_simplified_chinese_parser,
        "zh-hant": budoux.load_default_traditional_chinese_parser,
    }[model]()
