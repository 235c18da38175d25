"""Markdown within a line: markup away, the words stay."""

from __future__ import annotations

import html
import re

PICTURE = re.compile(r"!\[([^\[\]]*)\](?:\([^()\n]*\)|\[[^\[\]]*\])")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_LINK = re.compile(r"\[([^\[\]]+)\](?:\([^()\n]*\)|\[[^\[\]]*\])")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")
_CODE = re.compile(r"(`+)([^`\n]+)\1")
#: Longest first; the words inside must touch the marks, as CommonMark asks, and stay
#: within a paragraph.
_EMPHASIS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\*\*\*(?=[^\s*])((?:[^*\n]|\n(?!\s*\n))+)(?<=\S)\*\*\*",
        r"\*\*(?=[^\s*])((?:[^*\n]|\n(?!\s*\n))+)(?<=\S)\*\*",
        r"\*(?=[^\s*])((?:[^*\n]|\n(?!\s*\n))+)(?<=\S)\*",
        r"(?<!\w)__(?=[^\s_])((?:[^_\n]|\n(?!\s*\n))+)(?<=\S)__(?!\w)",
        r"(?<!\w)_(?=[^\s_])((?:[^_\n]|\n(?!\s*\n))+)(?<=\S)_(?!\w)",
        r"~~(?=[^\s~])((?:[^~\n]|\n(?!\s*\n))+)(?<=\S)~~",
    )
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ESCAPED_BASE = 0xE000  # private use: hides an escaped mark from the patterns above


def plain_text(text: str) -> str:
    """``text`` without emphasis, links, tags, entities and escapes.

    A picture that stands in a sentence is read as the words for it.
    """
    text = _ESCAPE.sub(lambda mark: chr(_ESCAPED_BASE + ord(mark[1])), text)
    text = _FOOTNOTE.sub("", PICTURE.sub(r"\1", text))
    text = _LINK.sub(r"\1", text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    text = _CODE.sub(r"\2", text)
    for pattern in _EMPHASIS:
        text = pattern.sub(r"\1", text)
    return html.unescape(_unhide(text))


def _unhide(text: str) -> str:
    return re.sub("[\ue021-\ue07e]", lambda m: chr(ord(m[0]) - _ESCAPED_BASE), text)
