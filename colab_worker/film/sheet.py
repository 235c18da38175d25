"""The words of a contact sheet, as an ASS file that libass draws: any script, any text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from colab_worker.film.captions.ass import escaped
from colab_worker.film.captions.fonts import FontBook, Run
from colab_worker.film.captions.letters import clusters

#: Sizes in pixels: the gap around cells, the strip below one, the strip above all.
GAP_PX, LABEL_PX, HEAD_PX = 6, 46, 50
_TITLE_PX, _LETTER_PX = 22, 14
#: Colours as &HAABBGGRR; the first is also ffmpeg's, of the paper.
PAPER = "0x17171f"
_BRIGHT, _QUIET = "&H00F2F2F6", "&H00A8A8B4"
#: The upper corner at which words are put, as ASS counts them.
_LEFT, _RIGHT = 7, 9
#: No line of a cell holds more characters than these.
_MOST_CHARS = 120


class Cell(NamedTuple):
    """What stands below a frame."""

    #: Number, time and title of the scene, then the seed of its picture beside them.
    mark: str
    seed: str
    #: What is told, below both.
    words: str


@dataclass(frozen=True)
class Grid:
    """How cells stand on a sheet, and how large a frame is in one, in pixels."""

    columns: int
    rows: int
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole sheet."""
        across = self.columns * (self.width + GAP_PX) + GAP_PX
        down = self.rows * (self.height + LABEL_PX + GAP_PX) + GAP_PX
        return across, down + HEAD_PX

    def corner(self, place: int) -> tuple[int, int]:
        """The left upper corner of the words of a cell, counted from 0."""
        row, column = divmod(place, self.columns)
        x = GAP_PX + column * (self.width + GAP_PX)
        y = HEAD_PX + GAP_PX + row * (self.height + LABEL_PX + GAP_PX)
        return x + 2, y + self.height + 5


def write_words(
    grid: Grid, title: str, cells: Sequence[Cell], language: str, out: Path
) -> None:
    """Writes ``out``, and a folder ``fonts`` beside it."""
    book = FontBook("Roboto", language=language)
    width, height = grid.size
    room = (width - 4 * GAP_PX) / _TITLE_PX
    events = [_event("Title", (GAP_PX + 2, 12), _cut(title, room, book), book)]
    for place, cell in enumerate(cells):
        x, y = grid.corner(place)
        room = (grid.width - 4) / _LETTER_PX
        beside = room - book.width(cell.seed) - 1
        events.append(_event("Mark", (x, y), _cut(cell.mark, beside, book), book))
        events.append(_event("Seed", (x + grid.width - 4, y), cell.seed, book))
        told = _cut(cell.words, room, book)
        events.append(_event("Words", (x, y + _LETTER_PX + 5), told, book))
    out.write_text(_document(width, height, events, book), encoding="utf-8")
    book.place(out.parent / "fonts")


def _document(width: int, height: int, events: Iterable[str], book: FontBook) -> str:
    fields = "Name, Fontname, Fontsize, PrimaryColour, Alignment, Encoding"
    line = book.own.line_height
    styles = [
        f"Style: {name},{family},{size * line:.1f},{colour},{corner},-1"
        for name, family, size, colour, corner in (
            ("Title", "Roboto Medium", _TITLE_PX, _BRIGHT, _LEFT),
            ("Mark", "Roboto Medium", _LETTER_PX, _BRIGHT, _LEFT),
            ("Seed", book.own.family, _LETTER_PX, _QUIET, _RIGHT),
            ("Words", book.own.family, _LETTER_PX, _QUIET, _LEFT),
        )
    ]
    head = (
        "[Script Info]", "ScriptType: v4.00+", f"PlayResX: {width}",
        f"PlayResY: {height}", "WrapStyle: 2", "", "[V4+ Styles]",
        f"Format: {fields}", *styles, "", "[Events]",
        "Format: Layer, Start, End, Style, Text",
    )  # fmt: skip
    return "\n".join([*head, *events, ""])


def _event(style: str, corner: tuple[int, int], text: str, book: FontBook) -> str:
    letter_px = _TITLE_PX if style == "Title" else _LETTER_PX
    shown = "".join(_in_font(run, letter_px) for run in book.runs(text))
    at = rf"{{\pos({corner[0]},{corner[1]})}}"
    return f"Dialogue: 0,0:00:00.00,9:00:00.00,{style},{at}{shown}"


def _in_font(run: Run, letter_px: int) -> str:
    """Escaped text; a font size of ASS means the line, which differs by font."""
    if run.face is None:
        return escaped(run.text)
    size = letter_px * run.face.line_height
    return rf"{{\fn{run.face.family}\fs{size:.1f}}}{escaped(run.text)}{{\fn\fs}}"


def _cut(text: str, room: float, book: FontBook) -> str:
    """``text`` on one line, as much of it as there is ``room`` for, in letter sizes."""
    flat = " ".join(text.split())
    letters = list(clusters(flat[:_MOST_CHARS]))
    if len(flat) <= _MOST_CHARS and book.width(flat) <= room:
        return flat
    while letters and book.width("".join(letters) + "…") > room:
        letters.pop()
    return "".join(letters).rstrip() + "…"
