"""From a user's text or Markdown to the passages that are read aloud."""

# ruff: noqa: RUF001 typographic quotes and dashes are recognised here

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from string import capwords

from shared_protocol.kit.text_scenes import cues
from shared_protocol.kit.text_scenes.markup import checked_text, markdown_lines
from shared_protocol.kit.text_scenes.model import CleanText, Gap, Passage
from shared_protocol.kit.text_scenes.subtitles import joined_subtitles

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_RULE = re.compile(r"^\s*(?:(?:[-*_•·~]\s*){3,}|\* ?\*|[⁂#*~]|§)\s*$")
_QUOTE = re.compile(r"^ {0,3}(?:>\s?)+")
_ITEM = re.compile(r"^\s*(?:[-*+•‣◦]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(?=\S)")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*$")
_CHAPTER_NUMBER = re.compile(r"^(?:\d{1,3}|[IVXL]{1,6})\.?$")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟:;,][\"'”’»)\]]*$")
_AUTHOR = re.compile(r"^(?:by|von|par|por|di)\s+[^\W\d_a-z][^.!?,]{1,60}$")
#: Lines of a poem are at most so long, and most begin with a capital.
_VERSE_CHARS, _VERSE_SHARE = 60, 0.7
#: Longer lines are whole paragraphs, as word processors copy them.
_WRAPPED_CHARS = 120
_HEADING_WORDS = 10
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}


def clean_text(text: str, *, read_headings: bool = False) -> CleanText:
    """The passages of ``text`` with their headings, and what is not read aloud.

    With ``read_headings`` the title and the headings are passages too. Raises UnspeakableText for binary data.
    """
    clean = CleanText()
    lines, title = markdown_lines(checked_text(text), clean.left_out)
    clean.title = title
    lines = joined_subtitles(lines, clean.left_out)
    _Reader(clean, lines, read_headings=read_headings).read()
    if read_headings and clean.title and clean.passages:
        clean.passages.insert(0, Passage(_sentence(clean.title), Gap.CHAPTER))
    return clean


class _Reader:
    """Reads lines one after another into the passages of ``clean``."""

    def __init__(
        self, clean: CleanText, lines: list[str], *, read_headings: bool
    ) -> None:
        self._clean = clean
        self._read_headings = read_headings
        self._lines = [_QUOTE.sub("", line) for line in lines]
        stamped = [line for line in lines if cues.without_stamp(line, True) is not None]
        self._bare_stamps = len(stamped) > 1
        self._speakers = cues.speakers(map(self._unstamped, self._lines))
        self._names = cues.name_lines(self._lines)
        self._in_script = bool(self._speakers or self._names)
        self._chapters = _chapter_numbers(self._lines)
        self._shouted = _is_shouted(self._lines)
        self._paragraph: list[str] = []
        self._gap = Gap.PARAGRAPH
        self._heading: str | None = None
        self._place: str | None = None
        self._in_table = False

    def read(self) -> None:
        for index, line in enumerate(self._lines):
            if index in self._names:
                self._flush()
                self._clean.left_out["speaker label"] += 1
            else:
                self._read(line)
        self._flush()
        if self._clean.title is None:
            self._title_from_first_line()

    def _read(self, line: str) -> None:
        stripped = line.strip()
        if not stripped:
            self._flush()
        elif not (self._structure(line, stripped) or self._left_out(stripped)):
            self._words(line, stripped)

    def _structure(self, line: str, stripped: str) -> bool:
        """Headings, rules and tables."""
        heading = _HEADING.match(line)
        if heading:
            self._add_heading(heading[2], len(heading[1]))
        elif self._underlines_heading(line):
            level = 1 if stripped[0] == "=" else 2
            self._add_heading(self._paragraph.pop(), level)
        elif _RULE.match(line):
            self._flush()
            self._gap = max(self._gap, Gap.BREAK)
        elif _TABLE_RULE.match(line):
            self._begin_table()
        else:
            return False
        return True

    def _begin_table(self) -> None:
        """The line before a table's rule is its header."""
        header = [] if self._in_table else self._paragraph[-1:]
        if header:
            self._paragraph.pop()
            self._flush()
            self._paragraph = [_table_row(header[0])]
        self._in_table = True

    def _underlines_heading(self, line: str) -> bool:
        if not (_UNDERLINE.match(line) and len(self._paragraph) == 1):
            return False
        return not _SENTENCE_END.search(self._paragraph[0])

    def _left_out(self, stripped: str) -> bool:
        """Stage directions, scene lines; remembered, so that a warning names them."""
        slug, scene = cues.SLUG.match(stripped), cues.SCENE_LABEL.match(stripped)
        kind = cues.direction(stripped, self._in_script)
        if slug:
            self._flush()
            self._place, self._gap = slug["place"], max(self._gap, Gap.BREAK)
            kind = "scene line"
        elif scene and _is_scene_line(stripped, scene["rest"]):
            self._flush()
            self._gap = Gap.CHAPTER
            self._heading = scene["rest"].strip() or self._heading
            kind = "scene line"
        elif scene and scene["mark"]:
            self._flush()
            self._gap = Gap.CHAPTER
            self._clean.left_out["scene line"] += 1
            self._words(scene["rest"], scene["rest"])
            return True
        if kind is None:
            return False
        self._clean.left_out[kind] += 1
        return True

    def _words(self, line: str, stripped: str) -> None:
        if self._in_table and "|" in line:
            self._paragraph.append(_table_row(line))
            return
        item = _ITEM.match(line)
        if item or self._in_table:
            self._flush()
        said = line[item.end() :] if item else line
        if item and not _SENTENCE_END.search(said.rstrip()):
            said = said.rstrip() + "."
        speech = self._speech(said)  # may end the paragraph before it
        self._paragraph.append(speech)

    def _speech(self, line: str) -> str:
        """``line`` without the time and the name of who says it."""
        unstamped = self._unstamped(line)
        if unstamped != line:
            self._clean.left_out["time stamp"] += 1
        said = cues.without_speaker(unstamped.strip(), self._speakers)
        if said is not None:
            self._flush()
            self._clean.left_out["speaker label"] += 1
        elif not self._in_script:
            return unstamped
        said, count = cues.without_cues(unstamped if said is None else said)
        self._clean.left_out["stage direction"] += count
        return said

    def _unstamped(self, line: str) -> str:
        unstamped = cues.without_stamp(line, self._bare_stamps)
        return line if unstamped is None else unstamped

    def _flush(self) -> None:
        lines, self._paragraph, self._in_table = self._paragraph, [], False
        lines = [line for line in lines if line.strip()]
        if not lines:
            return
        alone = lines[0].strip() if len(lines) == 1 else ""
        if alone in self._chapters:
            self._gap = Gap.CHAPTER
            return
        if _is_heading(alone, shouted=self._shouted):
            self._add_heading(capwords(alone) if alone.isupper() else alone, 2)
            return
        for text in _paragraph_texts(lines):
            self._clean.passages.append(
                Passage(text, self._gap, self._heading, self._place)
            )
            self._gap, self._heading, self._place = Gap.PARAGRAPH, None, None

    def _add_heading(self, heading: str, level: int) -> None:
        self._flush()
        self._gap = Gap.CHAPTER
        heading = heading.strip()
        if level == 1 and self._clean.title is None and not self._clean.passages:
            self._clean.title = heading or None
        elif heading:
            before = f"{self._heading}: " if self._heading else ""
            self._heading = before + heading
            if self._read_headings:
                self._say_heading(heading)

    def _say_heading(self, heading: str) -> None:
        """A passage of its own, held to the text that it stands over."""
        said = Passage(_sentence(heading), Gap.CHAPTER, self._heading, self._place)
        self._clean.passages.append(said)
        self._gap, self._heading, self._place = Gap.CLAUSE, None, None

    def _title_from_first_line(self) -> None:
        """A first line written like a title is one, and the author's name under it."""
        passages = self._clean.passages
        if len(passages) < 2 or not _is_title(passages[0].text):
            return
        self._clean.title = passages.pop(0).text
        if len(passages) > 1 and _AUTHOR.match(passages[0].text):
            passages.pop(0)
            self._clean.left_out["author line"] += 1


def _sentence(heading: str) -> str:
    """``heading`` with the pause of a full stop after it."""
    return heading if _SENTENCE_END.search(heading) else f"{heading}."


def _is_scene_line(stripped: str, rest: str) -> bool:
    """ "Scene 3: The farm" is one; "Scene 3: She ran." has narration in it."""
    is_sentence = _SENTENCE_END.search(stripped.rstrip(":."))
    short = len(rest.split()) <= _HEADING_WORDS and not rest.endswith(".")
    return short and not is_sentence


def _chapter_numbers(lines: Sequence[str]) -> frozenset[str]:
    """Numbers alone in a paragraph, where they count chapters: "1", "2", or "I", "II"."""
    around = ["", *lines, ""]
    alone = [
        line.strip()
        for before, line, after in zip(around, lines, around[2:], strict=False)
        if _CHAPTER_NUMBER.match(line.strip()) and not (before + after).strip()
    ]
    values = [_value(number.rstrip(".")) for number in alone]
    counted = all(b == 1 or a < b < a + 3 for a, b in pairwise(values))
    return frozenset(alone if len(alone) > 1 and counted else ())


def _value(number: str) -> int:
    """Of a number in digits or as the Romans wrote it."""
    if number.isdigit():
        return int(number)
    values = [_ROMAN[letter] for letter in number]
    following = [*values[1:], 0]
    return sum(
        -one if one < after else one
        for one, after in zip(values, following, strict=True)
    )


def _is_shouted(lines: Sequence[str]) -> bool:
    """Whether a text is in capitals throughout, so that they mark no heading."""
    letters = [c for line in lines for c in line if c.isupper() or c.islower()]
    return 10 * sum(c.islower() for c in letters) < len(letters)


def _is_heading(line: str, *, shouted: bool) -> bool:
    """A paragraph of its own: "Chapter 3", "THE STORM"."""
    if cues.CHAPTER.match(line):
        return True
    words = line.split()
    return (
        not shouted
        and 1 < len(words) <= _HEADING_WORDS
        and line.isupper()
        and not _SENTENCE_END.search(line)
    )


def _is_title(text: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", text) if len(word) > 3]
    return (
        bool(words)
        and "\n" not in text
        and len(text.split()) <= _HEADING_WORDS
        and not _SENTENCE_END.search(text)
        and all(word[0].isupper() for word in words)
    )


def _paragraph_texts(lines: Sequence[str]) -> list[str]:
    """Lines of verse stay lines, wrapped prose is joined, long lines stand alone."""
    joint = " "
    if len(lines) > 1 and max(map(len, lines)) > _WRAPPED_CHARS:
        return [_spaced(line) for line in lines]
    if len(lines) > 1 and _is_verse(lines):
        joint = "\n"
    return [joint.join(map(_spaced, lines))]


def _is_verse(lines: Sequence[str]) -> bool:
    if any(line.endswith(("  ", "\\")) for line in lines[:-1]):
        return True
    capital = sum(1 for line in lines if line.lstrip(" \"'“‘«(")[:1].isupper())
    longest = max(map(len, lines))
    return longest <= _VERSE_CHARS and capital >= _VERSE_SHARE * len(lines)


def _spaced(line: str) -> str:
    return " ".join(line.rstrip("\\ ").split())


def _table_row(line: str) -> str:
    """Cells as a sentence: "Name, Age."."""
    cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
    row = ", ".join(cell for cell in cells if cell)
    return row if _SENTENCE_END.search(row) or not row else row + "."
