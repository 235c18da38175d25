"""Markdown around lines: front matter, comments, fences, headings made plain."""

# ruff: noqa: RUF001 typographic quotes are recognised here

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from shared_protocol.kit.text_scenes.inline import PICTURE, plain_text
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
    lines = [line for line in lines if not _is_definition(line, left_out)]
    lines = [line for line in lines if not _is_of_scene(line, left_out)]
    text = "\n".join(map(_marked_heading, lines))
    text = "\n".join(_without_pictures(line, left_out) for line in text.split("\n"))
    return plain_text(text).split("\n"), title


def _without_pictures(line: str, left_out: Counter[str]) -> str:
    """A line of pictures only, as of badges that are links, is left out."""
    rest, count = PICTURE.subn("", line)
    if not count or re.search(r"\w", re.sub(r"\[\]\([^()]*\)", "", rest)):
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


def _is_definition(line: str, left_out: Counter[str]) -> bool:
    match = _DEFINITION.match(line)
    if match and match[1]:
        left_out["footnote"] += 1
    return bool(match)


def _marked_heading(line: str) -> str:
    """Headings in HTML or alone in bold, as Markdown writes them."""
    html = _HTML_HEADING.match(line)
    if html:
        return f"{'#' * int(html[1])} {html[2]}"
    bold = _BOLD_LINE.match(line)
    return f"### {bold[2]}" if bold else line
