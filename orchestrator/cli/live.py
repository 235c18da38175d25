"""The live display of a terminal: stage strip, scene cells, bar, worker, warnings."""

from __future__ import annotations

import time

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from orchestrator.cli import figures
from orchestrator.cli.tally import Cell, Count, cells, stages
from shared_protocol.films import FilmState, FilmView

#: A scene fills up as its picture, voice and clip are finished.
FILLS, PLAIN_FILLS = "░▒▓█", ".:+#"
MARKS = {"done": "✓", "active": "●", "waiting": "○", "failed": "✗"}
PLAIN_MARKS = {"done": "v", "active": "*", "waiting": "-", "failed": "x"}
MOST_WARNINGS = 3
BAR_WIDTH = 40


class LiveReporter:
    """Redraws one block on standard error; notes scroll away above it."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._panel = Panel(unicode=self._console.encoding.startswith("utf"))
        self._live = Live(
            console=self._console,
            get_renderable=self._panel.render,
            refresh_per_second=6,
            transient=False,
        )

    def begin(self, job_id: str, title: str, server: str, *, went_on: bool) -> None:
        self._panel.begin(job_id, title, went_on=went_on)
        self._live.start()

    def update(self, view: FilmView) -> None:
        self._panel.view = view

    def note(self, message: str) -> None:
        self._console.print(Text(message, style="yellow"))

    def close(self) -> None:
        self._live.stop()


class Panel:
    """What is drawn; reads only the last view, so it may be drawn from any thread."""

    def __init__(self, *, unicode: bool) -> None:
        self.view: FilmView | None = None
        self._fills = FILLS if unicode else PLAIN_FILLS
        self._marks = MARKS if unicode else PLAIN_MARKS
        self._spinner = Spinner("dots" if unicode else "line", style="cyan")
        self._title = ""
        self._job_id = ""
        self._begun = time.monotonic()

    def begin(self, job_id: str, title: str, *, went_on: bool) -> None:
        """Names the job."""
        self._job_id, self._begun = job_id, time.monotonic()
        self._title = f"{title} (going on)" if went_on else title

    def render(self) -> RenderableType:
        """The whole block."""
        view = self.view
        if view is None:
            return Text(self._title, style="bold")
        rows: list[RenderableType] = [self._head(view), self._strip(view)]
        if scenes := cells(view):
            rows.append(self._scenes(scenes))
        rows += [self._bar(view), self._worker(view)]
        rows += [Text(f"! {w}", style="yellow") for w in view.warnings[-MOST_WARNINGS:]]
        return Group(*rows)

    def _head(self, view: FilmView) -> RenderableType:
        head = Text(
            self._title or view.title, "bold", no_wrap=True, overflow="ellipsis"
        )
        if view.draft:
            head.append("  ")
            head.append(" draft ", style="black on yellow")
        head.append(f"  {self._job_id}", style="dim")
        return head

    def _strip(self, view: FilmView) -> RenderableType:
        strip = Text()
        for count in stages(view):
            mark, style = self._mark(count)
            total = f" {count.done}/{count.total}" if count.total > 1 else ""
            strip.append(f"{mark} {count.name}{total}", style=style)
            strip.append("   ")
        return strip

    def _mark(self, count: Count) -> tuple[str, str]:
        if count.failed:
            return self._marks["failed"], "red"
        if count.complete:
            return self._marks["done"], "green"
        if count.active or count.done:
            return self._marks["active"], "cyan"
        return self._marks["waiting"], "dim"

    def _scenes(self, scenes: tuple[Cell, ...]) -> RenderableType:
        row = Text("scenes ")
        for cell in scenes:
            if cell.failed:
                row.append(self._marks["failed"], style="red")
                continue
            level = cell.done * (len(self._fills) - 1) // max(cell.total, 1)
            style = "green" if cell.done == cell.total else "cyan"
            row.append(self._fills[level], style=style if cell.done else "dim")
        return row

    def _bar(self, view: FilmView) -> RenderableType:
        row = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=100, completed=view.progress, width=BAR_WIDTH)
        elapsed = figures.clock(time.monotonic() - self._begun)
        tail = "" if view.terminal else figures.eta_range(view.eta_s)
        sign = Text(" ") if view.terminal else self._spinner
        row.add_row(sign, bar, f"{view.progress}%", elapsed, Text(tail, style="dim"))
        return row

    def _worker(self, view: FilmView) -> RenderableType:
        message = Text(view.message, overflow="ellipsis", no_wrap=True)
        message.stylize("red" if view.state is FilmState.ERROR else "")
        if view.worker is None:
            return message
        gpu = view.render.worker.gpu if view.render else None
        words = [f"{view.worker.kind} worker {view.worker.url}", gpu or ""]
        words += [view.worker.reason or ""]
        where = Text(", ".join(word for word in words if word), style="dim")
        return Group(message, where)
