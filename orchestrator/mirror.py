"""Watches all films of one worker with one held request, and keeps what it tells.

A worker that does not answer makes its films ``unreachable``, never failed. One that
answers but does not know a film (a new machine, an emptied disk) makes it ``requeued``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from orchestrator.bell import Bell
from orchestrator.deltas import merged
from orchestrator.endings import is_over
from orchestrator.errors import Refused, Unreachable, WorkerError
from orchestrator.pulls import Pulls
from orchestrator.quota import Ledger
from orchestrator.settings import Settings
from orchestrator.store.films import PLACED, FilmStore
from orchestrator.worker_client import WorkerClient
from orchestrator.workers import Slot, Workers
from shared_protocol.clock import utc_now
from shared_protocol.films import FilmState
from shared_protocol.jobs import JobState, JobView, WaitReply
from shared_protocol.kit.tasks import end_tasks

log = logging.getLogger(__name__)

#: A version before every version: the first answer tells everything.
_NOTHING = -1
#: A tunnel that cuts held answers gets shorter ones, but not shorter than this.
SHORTEST_HOLD_S = 5.0


class Mirror:
    """The loop that watches one slot."""

    def __init__(
        self,
        slot: Slot,
        settings: Settings,
        films: FilmStore,
        workers: Workers,
        pulls: Pulls,
        bell: Bell,
        ledger: Ledger,
    ) -> None:
        self._ledger = ledger
        self._slot = slot
        self._settings = settings
        self._films = films
        self._workers = workers
        self._pulls = pulls
        self._ear = bell.listen(PLACED)
        #: Versions heard from the run of the worker in ``_speaker``.
        self._known: dict[str, int] = {}
        self._speaker: tuple[WorkerClient | None, str | None] = (None, None)
        self._cancel_told: set[str] = set()
        #: Since when each film has been watched.
        self._since: dict[str, float] = {}
        self._failures = 0
        self._hold_s = settings.hold_s

    async def run(self) -> None:
        """Watches for ever."""
        while True:
            placed = await self._films.placed(self._slot.kind)
            if not placed:
                await self._ear.wait()
                continue
            try:
                await self._watch_once(placed)
                self._failures = 0
            except WorkerError as trouble:
                if self._slot.client is self._speaker[0]:
                    await self._lost_contact(placed, trouble)

    async def _watch_once(self, placed: dict[str, FilmState]) -> None:
        """One held request; raises WorkerError when our worker did not answer it."""
        client = await self._client()
        self._forget_if_new(client)
        await self._tell_cancels(client, placed)
        known = {job_id: self._known.get(job_id, _NOTHING) for job_id in placed}
        reply = await self._hold(client, known, placed)
        if reply is None:
            return  # other films, or another worker, are to be watched now
        self._slot.heard()
        self._forget_if_new(client)
        for job_id, view in reply.jobs.items():
            self._known[job_id] = view.version
            try:
                await self._hear(client, view)
            except BaseException:
                self._known.pop(job_id, None)  # not kept, so it is asked for again
                raise
        for job_id in reply.unknown:
            await self._unknown(job_id)
        await self._back_in_touch(placed)

    async def _client(self) -> WorkerClient:
        if self._slot.client is None and self._slot.kind == "local":
            await self._workers.wake_local()
        if self._slot.client is None:
            self._speaker = (None, None)
            raise Unreachable(
                "The film's worker is not connected any more; start the notebook and "
                "paste its address, or try the film again to use another worker.",
                "none",
            )
        return self._slot.client

    def _forget_if_new(self, client: WorkerClient) -> None:
        """Another run of a worker counts versions anew: ask it for everything."""
        speaker = (client, client.boot_id)
        if speaker != self._speaker:
            self._speaker = speaker
            self._known.clear()
            self._cancel_told.clear()

    async def _tell_cancels(
        self, client: WorkerClient, placed: dict[str, FilmState]
    ) -> None:
        for job_id, state in placed.items():
            if state is not FilmState.CANCELING or job_id in self._cancel_told:
                continue
            with suppress(Refused):  # already ended: the next view tells how
                await client.cancel(job_id)
            self._cancel_told.add(job_id)

    async def _hold(
        self, client: WorkerClient, known: dict[str, int], placed: dict[str, FilmState]
    ) -> WaitReply | None:
        """The held reply, or None once something else is to be watched."""
        hold_s, settle_s = self._times(client, known)
        asking = asyncio.create_task(
            client.wait(known, hold_s, settle_s), name="held request"
        )
        woken = asyncio.create_task(self._ear.wait())
        try:
            while True:
                await asyncio.wait({asking, woken}, return_when=asyncio.FIRST_COMPLETED)
                if asking.done():
                    return asking.result()
                woken = asyncio.create_task(self._ear.wait())
                if await self._is_other(client, placed):
                    return None
        finally:
            await end_tasks([asking, woken])

    def _times(
        self, client: WorkerClient, known: dict[str, int]
    ) -> tuple[float, float]:
        """How long the reply may be held, and how long news may gather before it."""
        now = asyncio.get_running_loop().time()
        self._since = {job_id: self._since.get(job_id, now) for job_id in known}
        pace = self._ledger.pace(client.address.url)
        if pace is None or _NOTHING in known.values():
            return self._hold_s, 0.0
        hold_s = self._hold_s
        if hold_s == self._settings.hold_s:  # else the tunnel bears no longer one
            hold_s = pace.hold_s
        watched_s = now - max(self._since.values())
        return hold_s, min(hold_s, pace.settle_s(watched_s))

    async def _is_other(
        self, client: WorkerClient, placed: dict[str, FilmState]
    ) -> bool:
        now = await self._films.placed(self._slot.kind)
        return (
            self._slot.client is not client
            or now.keys() != placed.keys()
            or _canceling(now) != _canceling(placed)
        )

    async def _hear(self, client: WorkerClient, view: JobView) -> None:
        film = await self._films.get(view.job_id)
        if film is None or is_over(view, film.attempt, lambda: film.spec_sha256):
            return
        whole = merged(film.render, view)
        if whole is None:
            self._known.pop(view.job_id, None)  # a piece is missing: ask for all
            return
        values: dict[str, Any] = {
            "render_json": whole.model_dump_json(),
            "progress": max(film.progress, min(view.progress, 99)),
            "message": view.message,
            "stage": view.stage,
            "eta_s": view.eta_s,
            "worker_url": client.address.url,
            "worker_boot": client.boot_id,
        }
        if view.state is JobState.COMPLETE:
            values["message"] = "Bringing the finished film to this machine."
        if film.state is FilmState.CANCELING:
            values["message"] = "The film is being canceled."
        else:
            values["state"] = FilmState.SENT
        if await self._films.change(
            view.job_id, {film.state} & PLACED, of_attempt=film.attempt, **values
        ):
            self._pulls.request(view.job_id)
        else:
            self._known.pop(view.job_id, None)  # it changed meanwhile: hear it again

    async def _unknown(self, job_id: str) -> None:
        """The worker never heard of the film: it is sent again with what is here."""
        if await self._films.change(
            job_id,
            {FilmState.SENT, FilmState.UNREACHABLE},
            state=FilmState.REQUEUED,
            stage="waiting",
            message="The worker was restarted without the film; it is sent again.",
            worker_kind=None,
        ):
            log.warning("Film %s is unknown to its worker; sending it again.", job_id)
            return
        await self._films.change(
            job_id,
            {FilmState.CANCELING},
            state=FilmState.CANCELED,
            message="Canceled.",
            finished_at=utc_now(),
        )

    async def _back_in_touch(self, placed: Iterable[str]) -> None:
        for job_id in placed:
            await self._films.change(
                job_id,
                {FilmState.UNREACHABLE},
                state=FilmState.SENT,
                message="The worker answers again.",
            )

    async def _lost_contact(
        self, placed: dict[str, FilmState], trouble: WorkerError
    ) -> None:
        """Says so in every film, then waits a while or until the workers change."""
        backoff_s = self._settings.first_retry_s * 2 ** min(self._failures, 12)
        pause_s = min(backoff_s, self._settings.longest_retry_s)
        self._failures += 1
        self._known.clear()
        self._slot.lost(trouble)
        pause_s = max(pause_s, trouble.retry_after_s or 0.0)
        self._slot.tries_again(pause_s)
        if isinstance(trouble, Unreachable) and trouble.reason == "held_too_long":
            self._hold_s = max(self._hold_s / 2, SHORTEST_HOLD_S)
        for job_id in placed:
            await self._say_unreachable(job_id, trouble)
        client = self._slot.client
        remote = client if self._slot.kind == "remote" else None
        if remote is not None and await self._workers.go_another_way(remote):
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + pause_s
        while loop.time() < until:
            await self._ear.wait(until - loop.time())
            if self._slot.client is not client or self._slot.reachable:
                return

    async def _say_unreachable(self, job_id: str, trouble: WorkerError) -> None:
        film = await self._films.get(job_id)
        if film is None or film.message != str(trouble):  # the cause may change
            await self._films.change(
                job_id,
                {FilmState.SENT, FilmState.UNREACHABLE},
                state=FilmState.UNREACHABLE,
                message=str(trouble),
            )
        if self._failures == 1:
            await self._films.change(
                job_id,
                {FilmState.CANCELING},
                message=f"Canceled as soon as the worker answers. {trouble}",
            )


def _canceling(placed: dict[str, FilmState]) -> set[str]:
    return {id_ for id_, state in placed.items() if state is FilmState.CANCELING}
