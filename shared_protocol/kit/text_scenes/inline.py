"""Markdown within a line: markup away, the words stay."""

from __future__ import annotations

import html
import re

#: Where a link leads: an address may hold parentheses, as those of Wikipedia do.
_TARGET = r"(?:\((?:[^()\n]|\([^()\n]*\))*\)|\[[^\[\]]*\])"
PICTURE = re.compile(r"!\[([^\[\]]*)\]" + _TARGET)
EMPTY_LINK = re.compile(r"\[\]" + _TARGET)
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_LINK = re.compile(r"\[([^\[\]]+)\]" + _TARGET)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
#: Names of HTML and of SSML only: "Dear <name>" is text.
_TAG = re.compile(
    r"</?(?:a|abbr|address|article|aside|audio|b|bdi|bdo|big|blockquote|body|button|"
    r"caption|center|cite|code|col|colgroup|data|dd|del|details|dfn|div|dl|dt|em|"
    r"figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|"
    r"ins|kbd|label|li|link|main|map|mark|meta|nav|ol|option|p|picture|pre|q|rp|rt|ruby|"
    r"s|samp|section|select|small|source|span|strike|strong|sub|summary|sup|svg|table|"
    r"tbody|td|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr|"
    r"break|emphasis|phoneme|prosody|say-as|speak|voice)"
    r"(?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s<>\"']+))|\s+(?:open|hidden))*"
    r"\s*/?>",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\\`])(`+)(?!`)([^\n]+?)(?<!`)\1(?!`)")
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
_MARK = re.compile(r"[!-/:-@\[-`{-~]")
_ESCAPE = re.compile(rf"\\({_MARK.pattern})")
_ESCAPED_BASE = 0xE000  # private use: hides an escaped mark from the patterns above


def plain_text(text: str) -> str:
    """``text`` without emphasis, links, tags, entities and escapes.

    A picture that stands in a sentence is read as the words for it.
    """
    text = _ESCAPE.sub(lambda mark: _hidden(mark[1]), code_hidden(text))
    text = _FOOTNOTE.sub("", PICTURE.sub(r"\1", text))
    text = _LINK.sub(r"\1", text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    for pattern in _EMPHASIS:
        text = pattern.sub(r"\1", text)
    return html.unescape(_unhide(text))


def code_hidden(text: str) -> str:
    """``text`` with what stands in backticks as it is, until ``plain_text`` is done."""
    return _CODE.sub(lambda code: _MARK.sub(lambda m: _hidden(m[0]), code[2]), text)


def _hidden(mark: str) -> str:
    return chr(_ESCAPED_BASE + ord(mark))


def _unhide(text: str) -> str:
    return re.sub("[\ue021-\ue07e]", lambda m: chr(ord(m[0]) - _ESCAPED_BASE), text)
