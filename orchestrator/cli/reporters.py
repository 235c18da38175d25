"""Telling how a job goes: a live display, plain lines, or JSON events."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Protocol, TextIO

from orchestrator.cli import figures
from orchestrator.cli.events import (
    accepted_event,
    emit,
    progress_event,
    warning_event,
)
from orchestrator.cli.tally import SCENE_STAGES, stages
from shared_protocol.films import FilmView

#: Least time between two plain lines of the same stage.
LINE_EVERY_S = 10.0


class Reporter(Protocol):
    """Somebody who listens to a job."""

    def begin(self, job_id: str, title: str, server: str, *, went_on: bool) -> None:
        """The job has its id; ``went_on``: it had begun before this command."""

    def update(self, view: FilmView) -> None:
        """Something changed."""

    def note(self, message: str) -> None:
        """Something that the person should know now."""

    def close(self) -> None:
        """The job is over for this command; what follows are results."""


def make_reporter(*, as_json: bool) -> Reporter:
    """The reporter that fits where standard error goes."""
    if as_json:
        return JsonReporter()
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        from orchestrator.cli.live import LiveReporter

        return LiveReporter()
    return LineReporter(sys.stderr)


class JsonReporter:
    """One event a line on standard output."""

    def __init__(self) -> None:
        self._warned: set[str] = set()

    def begin(self, job_id: str, title: str, server: str, *, went_on: bool) -> None:
        emit(accepted_event(job_id, title, server, went_on=went_on))

    def update(self, view: FilmView) -> None:
        for warning in view.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                emit(warning_event(warning))
        emit(progress_event(view))

    def note(self, message: str) -> None:
        emit(warning_event(message))

    def close(self) -> None:
        """Nothing to put away."""


class LineReporter:
    """Plain lines for logs: each change of stage, else one every ten seconds."""

    def __init__(
        self, out: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out = out
        self._clock = clock
        self._begun = clock()
        self._last_at: float | None = None
        self._stage: tuple[str, str] | None = None
        self._warned: set[str] = set()
        self._worker_url: str | None = None

    def begin(self, job_id: str, title: str, server: str, *, went_on: bool) -> None:
        verb = "going on with" if went_on else "making"
        self._say(f"{verb} {title!r}, job {job_id} on {server}")

    def update(self, view: FilmView) -> None:
        for warning in view.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self._say(f"warning: {warning}")
        self._say_worker(view)
        stage, now = (view.state.value, view.stage), self._clock()
        due = self._last_at is None or now - self._last_at >= LINE_EVERY_S
        if stage != self._stage or due:
            self._stage, self._last_at = stage, now
            self._say(self._line(view))

    def note(self, message: str) -> None:
        self._say(message)

    def close(self) -> None:
        """Nothing to put away."""

    def _say_worker(self, view: FilmView) -> None:
        link = view.worker
        if link is None or link.url == self._worker_url:
            return
        self._worker_url = link.url
        reason = f": {link.reason}" if link.reason else ""
        self._say(f"{link.kind} worker {link.url}{reason}")

    def _line(self, view: FilmView) -> str:
        counts = ", ".join(
            f"{count.name} {count.done}/{count.total}"
            for count in stages(view)
            if count.total and count.name in SCENE_STAGES.values()
        )
        eta = "" if view.terminal else figures.eta_range(view.eta_s)
        rest = ", ".join(part for part in (counts, eta) if part)
        return f"{view.progress:3d}% {view.message}" + (f" ({rest})" if rest else "")

    def _say(self, text: str) -> None:
        elapsed = figures.clock(self._clock() - self._begun)
        print(f"[{elapsed}] {text}", file=self._out, flush=True)
