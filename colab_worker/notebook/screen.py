"""What a cell shows: escaped HTML, shown once and then replaced in place."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

MARKS = {"ok": "✓", "warn": "!", "stop": "✗", "": ""}


def say(sentence: str) -> None:
    """A line below the cell."""
    print(sentence, flush=True)  # noqa: T201 - it is what a cell is for


def escape(text: object) -> str:
    """Text as HTML."""
    return html.escape(str(text))


def table(rows: Iterable[Sequence[object]], head: Sequence[str] = ()) -> str:
    """A plain table; everything in it is escaped."""
    lines = ["<table>"]
    if head:
        lines.append(_row(head, "th"))
    lines += [_row(row, "td") for row in rows]
    return "".join([*lines, "</table>"])


def _row(cells: Sequence[object], tag: str) -> str:
    style = ' style="text-align:left"'
    body = "".join(f"<{tag}{style}>{escape(cell)}</{tag}>" for cell in cells)
    return f"<tr>{body}</tr>"


class Panel:
    """An area of HTML below a cell, or of an earlier one by the same name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def show(self, content: str) -> None:
        """Makes the area here."""
        from IPython.display import HTML, display

        display(HTML(content), display_id=self._name)

    def replace(self, content: str) -> None:
        """Puts other content into it, wherever it stands."""
        from IPython.display import HTML, update_display

        update_display(HTML(content), display_id=self._name)
