"""A lane: some slots with a child each, and one queue in the order of ranks."""

from __future__ import annotations

import asyncio
import functools
import heapq
import itertools
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Literal

from colab_worker.attempts import Entry, Free, broken
from colab_worker.engine_host import EngineFailure, EngineHost
from colab_worker.engine_wire import Load
from colab_worker.tasks import Loads, OnReport, Progressed, UnitTask
from shared_protocol.kit.tasks import end_tasks

log = logging.getLogger(__name__)

#: Half a large model may have to come from a slow disk.
PRELOAD_S = 1200.0
#: How many tasks are done in one call: a number, or as the engine has room for.
Batch = Literal["auto"] | int
#: Of ``auto``: beyond it little is gained, and the first picture of a call comes late.
MOST_TOGETHER = 4

Do = Callable[[EngineHost, Sequence[Entry], Free], Coroutine[Any, Any, None]]


class Lane:
    """Does what is put into it, the lowest rank first."""

    def __init__(
        self,
        slots: int,
        do: Do,
        make_host: Callable[[], EngineHost],
        *,
        warm: bool,
        preload: Sequence[Load] = (),
        batch: Batch = "auto",
    ) -> None:
        self._do = do
        self._warm = warm
        self._preload = preload
        self._batch = batch
        self._queue: list[tuple[tuple[int, ...], int, Entry]] = []
        self._numbers = itertools.count()
        self._news = asyncio.Event()
        self._hosts = [make_host() for _ in range(slots)]
        self._running: dict[asyncio.Task[None], list[Entry]] = {}
        self._slots: list[asyncio.Task[None]] = []
        #: By slot, the job that its last task was of.
        self._jobs: dict[EngineHost, str] = {}
        #: Engines that are being loaded before any task.
        self._early: set[str] = set()

    def start(self) -> None:
        """Opens the slots; needs a running loop."""
        self._slots = [
            asyncio.create_task(self._serve(host), name="lane slot")
            for host in self._hosts
        ]

    def put(self, task: UnitTask, on_report: OnReport) -> None:
        """Takes a task."""
        entry = Entry(task, on_report)
        heapq.heappush(self._queue, (task.rank, next(self._numbers), entry))
        self._news.set()
        self._tell_what_loads([entry])

    async def cancel(self, meant: Callable[[UnitTask], bool]) -> None:
        """Stops those that are meant; others of the same call are done again later."""
        self._queue = [item for item in self._queue if not meant(item[2].task)]
        heapq.heapify(self._queue)
        hit = {
            work: entries
            for work, entries in self._running.items()
            if any(meant(entry.task) for entry in entries)
        }
        await end_tasks(hit)
        for entry in itertools.chain(*hit.values()):
            if not entry.over and not meant(entry.task):
                self.put(entry.task, entry.on_report)

    def hurry(self) -> None:
        """Whatever is canceled from now on, or already, is over within a second."""
        for host in self._hosts:
            host.hurry()

    async def close(self) -> None:
        """Stops everything."""
        self.hurry()
        self._queue.clear()
        await end_tasks(self._slots)
        await end_tasks(self._running)
        await asyncio.gather(*(host.close() for host in self._hosts))

    def loaded(self) -> set[str]:
        """The names of the engines that the children keep in memory."""
        return {name for host in self._hosts for name in host.loaded.values()}

    def together(self) -> int:
        """How many tasks a call would hold now."""
        return max(self._most(host) for host in self._hosts)

    def child_pids(self) -> list[int]:
        """The process ids of the children that run now."""
        return [host.pid for host in self._hosts if host.pid is not None]

    async def _serve(self, host: EngineHost) -> None:
        if self._warm:
            await _warm_up(host)
        for load in self._preload:
            await self._load_early(host, load)
        while True:
            while not self._queue:
                self._news.clear()
                await self._news.wait()
            entries = self._next(host)
            free = asyncio.Event()
            work = asyncio.create_task(self._do(host, entries, free.set))
            self._running[work] = entries
            work.add_done_callback(self._ended)
            work.add_done_callback(functools.partial(_free, free))
            await free.wait()

    async def _load_early(self, host: EngineHost, load: Load) -> None:
        def lasts() -> None:
            self._early.add(load.engine)
            self._tell_what_loads([entry for *_, entry in self._queue])

        try:
            await host.call(load, _unheard, limit_s=PRELOAD_S, on_loading=lasts)
            log.info("%s is loaded", load.engine, extra={"action": "preloaded"})
        except EngineFailure as failure:
            # Units try again, and tell whoever asked for them.
            log.warning("%s could not be loaded: %s", load.engine, failure)
        finally:
            self._early.discard(load.engine)
            for *_, entry in self._queue:
                if entry.task.engine == load.engine:
                    entry.on_report(Progressed(entry.task, 0.0, "waiting"))

    def _tell_what_loads(self, waiting: Sequence[Entry]) -> None:
        """Those that wait for an engine which is just being loaded hear of it."""
        for entry in waiting:
            if entry.task.engine in self._early:
                entry.on_report(Loads(entry.task))

    def _next(self, host: EngineHost) -> list[Entry]:
        """The first that waits, and what may be done in the same call.

        The first of a job is done alone: its picture is seen the sooner, its clip can
        begin, and the engine learns how much room such a picture takes.
        """
        _, _, first = heapq.heappop(self._queue)
        task, entries = first.task, [first]
        goes_on = self._jobs.get(host) == task.job_id
        self._jobs[host] = task.job_id
        if task.together is None or not goes_on:
            return entries
        alike = [
            item
            for item in sorted(self._queue, key=lambda item: item[:2])
            if item[2].task.job_id == task.job_id
            and item[2].task.together == task.together
        ]
        for item in alike[: self._most(host) - 1]:
            self._queue.remove(item)
            entries.append(item[2])
        heapq.heapify(self._queue)
        return entries

    def _most(self, host: EngineHost) -> int:
        if host.room is None:
            return 1
        most = host.room.most
        if self._batch != "auto":
            return min(self._batch, most or self._batch)
        return max(1, min(MOST_TOGETHER, host.room.fits, most or MOST_TOGETHER))

    def _ended(self, work: asyncio.Task[None]) -> None:
        entries = self._running.pop(work)
        if work.cancelled():
            return
        error = work.exception()
        for entry in entries:
            if entry.over:
                continue
            if len(entries) > 1:  # the call was our choice: each gets one of its own
                task = replace(entry.task, together=None)
                self.put(task, entry.on_report)
                continue
            log.error("unit %s broke the lane", entry.task.unit_id, exc_info=error)
            internal = error or RuntimeError("it was neither finished nor broken")
            entry.report_end(broken(entry.task, Exception(str(internal))))
        if len(entries) > 1 and error is not None:
            log.warning("a call for %d units failed: %s", len(entries), error)


def _free(free: asyncio.Event, _work: asyncio.Task[None]) -> None:
    free.set()


async def _warm_up(host: EngineHost) -> None:
    try:
        await host.warm()
    except EngineFailure as failure:
        log.warning("an engine process did not start: %s", failure)


def _unheard(part: float, note: str) -> None:
    """Loading has no steps."""
