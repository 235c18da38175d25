"""Following a job to its end over held requests, through lost connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.cli.client import Client
from orchestrator.cli.exits import Unreachable
from orchestrator.cli.reporters import Reporter
from shared_protocol.films import FilmState, FilmView

#: Least time between two questions, so that a busy job is not one long question.
PAUSE_S = 0.2
#: Back-off after a lost connection, and how long it is borne.
RETRY_FIRST_S, RETRY_MOST_S = 0.5, 5.0
PATIENCE_S = 60.0
_AWAY = frozenset({FilmState.WAITING_FOR_WORKER, FilmState.UNREACHABLE})


class ServerGone(Unreachable):
    """The server stopped answering while the job was under way."""


class WorkerAway(Unreachable):
    """The job waits for a worker for longer than the person would."""


@dataclass(frozen=True)
class Patience:
    """How long to bear an absent server and an absent worker, in seconds."""

    server_s: float = PATIENCE_S
    worker_s: float = 300.0


class Watch:
    """Follows jobs of one server and tells a reporter."""

    def __init__(self, client: Client, reporter: Reporter, patience: Patience) -> None:
        self._client = client
        self._reporter = reporter
        self._patience = patience

    async def follow(self, view: FilmView) -> FilmView:
        """The job once it is terminal or in review; each change is reported.

        Raises ServerGone or WorkerAway when patience runs out.
        """
        absence = _Absence(self._patience.worker_s)
        self._reporter.update(view)
        while not view.terminal and view.state is not FilmState.REVIEW:
            absence.check(view)
            await asyncio.sleep(PAUSE_S)
            news = await self._ask(view, absence.left_s())
            if news is not None and news != view:
                view = news
                self._reporter.update(view)
        return view

    async def _ask(self, view: FilmView, longest_s: float | None) -> FilmView | None:
        """News of the job, if there are any; bears lost connections for a while."""
        lost_at: float | None = None
        delay_s = RETRY_FIRST_S
        while True:
            try:
                async with asyncio.timeout(longest_s):
                    return await self._client.news(view.job_id, view.version)
            except TimeoutError:
                return None
            except Unreachable as error:
                now = time.monotonic()
                if lost_at is None:
                    lost_at = now
                    self._reporter.note("connection to the server lost; trying again")
                if now - lost_at >= self._patience.server_s:
                    raise ServerGone(str(error), hint=error.hint) from error
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, RETRY_MOST_S)


class _Absence:
    """Measures how long a job has been without a worker."""

    def __init__(
        self, patience_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._patience_s = patience_s
        self._clock = clock
        self._since: float | None = None

    def left_s(self) -> float | None:
        """Seconds of patience left; None while a worker is there."""
        if self._since is None:
            return None
        return max(0.05, self._since + self._patience_s - self._clock())

    def check(self, view: FilmView) -> None:
        """WorkerAway once the patience is used up."""
        if view.state not in _AWAY:
            self._since = None
            return
        now = self._clock()
        if self._since is None:
            self._since = now
        if now - self._since >= self._patience_s:
            raise WorkerAway(
                f"no worker took the job: {view.message}",
                hint="The job is kept; the same command goes on with it.",
            )
