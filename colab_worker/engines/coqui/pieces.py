"""Sentences cut where a model would break off: at marks, else between words."""

# ruff: noqa: RUF001 marks of other scripts are meant

from __future__ import annotations

import re

_AFTER_MARK = re.compile(r"(?<=[,;:—–、，；：])\s*")
_SPACE = re.compile(r"\s+")


def pieces(text: str, limit: int) -> list[str]:
    """Parts of at most ``limit`` characters, together the text; a word is cut at worst."""
    if len(text) <= limit:
        return [text]
    found: list[str] = []
    for part in _parts(text, limit):
        if found and len(found[-1]) + 1 + len(part) <= limit:
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found


def _parts(text: str, limit: int) -> list[str]:
    """Clauses; those that are too long in words; those too in letters."""
    parts: list[str] = []
    for clause in filter(None, _AFTER_MARK.split(text)):
        if len(clause) <= limit:
            parts.append(clause)
            continue
        for word in filter(None, _SPACE.split(clause)):
            parts += [word[at : at + limit] for at in range(0, len(word), limit)]
    return parts
