"""Markdown around lines: front matter, comments, fences, headings made plain."""

# ruff: noqa: RUF001 typographic quotes are recognised here

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from shared_protocol.kit.text_scenes.inline import (
    EMPTY_LINK,
    PICTURE,
    code_hidden,
    plain_text,
)
from shared_protocol.kit.text_scenes.model import UnspeakableText

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_FRONT_KEY = re.compile(r"^(?:[\w-]+\s*:|\s|-|#|$)")
_FRONT_TITLE = re.compile(r"^title\s*:\s*(.+)$", re.IGNORECASE)
_FRONT_LINES = 60
_BOLD_LINE = re.compile(r"^\s*(\*\*|__)(?=\S)([^*_\n]{1,80}[^*_\s.!?…:,;\"'”’])\1\s*$")
_HTML_HEADING = re.compile(r"^\s*<h([1-6])[^<>]*>([^<>\n]+)</h\1>\s*$", re.IGNORECASE)
_DEFINITION = re.compile(
    r"^ {0,3}\[(?:(\^)[^\[\]\n]+\]:|[^\[\]\n]+\]:\s*<?(?:\w+:/|[./#]))"
)
_INDENTED = re.compile(r"^(?: {2,}|\t)\s*\S")
#: HTML that says nothing, and tags between which text stands by itself.
_SILENT_HTML = re.compile(
    r"<(script|style|head)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL
)
_BLOCK_TAG = re.compile(
    r"</?(?:address|article|aside|blockquote|body|center|dd|details|div|dl|dt|figcaption|"
    r"figure|footer|form|header|hr|html|li|main|nav|ol|p|pre|section|summary|table|tbody|"
    r"tfoot|thead|tr|ul)(?:\s+[^<>\n]*=[^<>\n]*)?\s*/?>",
    re.IGNORECASE,
)
_NEXT_CELL = re.compile(r"</t[dh]\s*>\s*(?=<t[dh]\b)", re.IGNORECASE)
_HEADING_TAG = re.compile(r"<h([1-6])\b[^<>\n]*>[^<>\n]*</h\1>", re.IGNORECASE)
#: What a script of ours says of a scene, below its words.
_OF_SCENE = re.compile(r"^> (?:Picture|Without|Voice): ")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad\u200e\u200f"))


def checked_text(text: str) -> str:
    """``text`` with one kind of line end, nothing invisible.

    Raises UnspeakableText for binary data.
    """
    controls = sum(map(text.count, map(chr, (*range(9), *range(14, 32), 127))))
    if "\0" in text or controls > len(text) // 100:
        raise UnspeakableText(
            "The text is binary data, not words; give plain text or Markdown."
        )
    text = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c]", "\n", text)
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "", text).expandtabs(4)


def markdown_lines(text: str, left_out: Counter[str]) -> tuple[list[str], str | None]:
    """The lines that may be narration or headings, and the title of front matter."""
    lines, title = _without_front_matter(text.split("\n"), left_out)
    text = _without_comments("\n".join(lines), left_out)
    lines = _without_fences(text.split("\n"), left_out)
    text = _html_blocks(code_hidden("\n".join(lines)), left_out)
    lines = _without_definitions(text.split("\n"), left_out)
    lines = [line for line in lines if not _is_of_scene(line, left_out)]
    text = "\n".join(map(_marked_heading, lines))
    text = "\n".join(_without_pictures(line, left_out) for line in text.split("\n"))
    return plain_text(text).split("\n"), title


def _without_pictures(line: str, left_out: Counter[str]) -> str:
    """A line of pictures only, as of badges that are links, is left out."""
    rest, count = PICTURE.subn("", line)
    if not count or re.search(r"\w", EMPTY_LINK.sub("", rest)):
        return line
    left_out["picture link"] += count
    return ""


def _without_front_matter(
    lines: list[str], left_out: Counter[str]
) -> tuple[list[str], str | None]:
    if not lines or lines[0].strip() != "---":
        return lines, None
    for end, line in enumerate(lines[1:_FRONT_LINES], start=1):
        if line.strip() in {"---", "..."} and end > 1:
            left_out["front matter"] += 1
            return lines[end + 1 :], _front_title(lines[1:end])
        if not _FRONT_KEY.match(line):
            break
    return lines, None


def _front_title(lines: list[str]) -> str | None:
    for line in lines:
        match = _FRONT_TITLE.match(line)
        if match:
            return match[1].strip().strip("\"'") or None
    return None


def _without_comments(text: str, left_out: Counter[str]) -> str:
    kept: list[str] = []
    begin = 0
    while (start := text.find("<!--", begin)) >= 0:
        end = text.find("-->", start)
        if end < 0:
            break
        kept.append(text[begin:start])
        left_out["comment"] += 1
        begin = end + 3
    return "".join([*kept, text[begin:]])


def _without_fences(lines: list[str], left_out: Counter[str]) -> list[str]:
    """An unclosed fence is no fence: its lines stay."""
    kept: list[str] = []
    opened: int | None = None
    mark = ""
    for line in lines:
        fence = _FENCE.match(line)
        if opened is None and fence:
            opened, mark = len(kept), fence[1]
        elif opened is not None and fence and fence[1].startswith(mark):
            del kept[opened:]
            kept.append("")
            left_out["code block"] += 1
            opened = None
            continue
        kept.append(line)
    return [line for line in kept if not _FENCE.match(line)]


def _is_of_scene(line: str, left_out: Counter[str]) -> bool:
    found = _OF_SCENE.match(line) is not None
    left_out["stage direction"] += found
    return found


def _html_blocks(text: str, left_out: Counter[str]) -> str:
    """Paragraphs and headings of HTML on lines of their own, as Markdown has them."""
    text, count = _SILENT_HTML.subn("", text)
    left_out["code block"] += count
    text = _BLOCK_TAG.sub("\n\n", _NEXT_CELL.sub(", ", text))
    return _HEADING_TAG.sub(r"\n\n\g<0>\n\n", text)


def _without_definitions(lines: list[str], left_out: Counter[str]) -> list[str]:
    """Without the addresses of links, and footnotes with their indented lines."""
    kept: list[str] = []
    in_note = False
    for line in lines:
        match = _DEFINITION.match(line)
        in_note = bool(match and match[1]) or (in_note and bool(_INDENTED.match(line)))
        left_out["footnote"] += bool(match and match[1])
        if not match and not in_note:
            kept.append(line)
    return kept


def _marked_heading(line: str) -> str:
    """Headings in HTML or alone in bold, as Markdown writes them."""
    html = _HTML_HEADING.match(line)
    if html:
        return f"{'#' * int(html[1])} {html[2]}"
    bold = _BOLD_LINE.match(line)
    return f"### {bold[2]}" if bold else line
