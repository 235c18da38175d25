"""Where a unit runs: the ``Dispatcher`` port, and its local form with lanes of children.

A dispatcher takes tasks and reports on them; it knows nothing of jobs, keys or the memo.
"""

from __future__ import annotations

import asyncio
import errno
import functools
import heapq
import itertools
import logging
import shutil
import time
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from colab_worker.disk import Disk
from colab_worker.engine_host import EngineFailure, EngineHost
from colab_worker.engine_wire import Do, Done, Load
from colab_worker.outputs import WrongOutput, verify
from shared_protocol.artifacts import FileRef, UnitResult
from shared_protocol.errors import Code
from shared_protocol.kit.blobs import BlobStore
from shared_protocol.kit.http_errors import ApiError

log = logging.getLogger(__name__)

#: Half a large model may have to come from a slow disk.
PRELOAD_S = 1200.0


@dataclass(frozen=True)
class UnitTask:
    """One attempt at one unit: everything that a machine needs to do it."""

    job_id: str
    unit_id: str
    attempt: int
    lane: str
    #: Lower comes first within a lane.
    rank: tuple[int, ...]
    kind: str
    engine: str
    #: Where the engine comes from, and which model it is to load.
    address: str
    params: dict[str, object]
    #: SHA-256 of each input by its name.
    inputs: Mapping[str, str]
    limit_s: float
    #: How long a cancel waits for the running step; None: as long as usual.
    patience_s: float | None = None


@dataclass(frozen=True)
class Started:
    """A lane has taken the task."""

    task: UnitTask


@dataclass(frozen=True)
class Progressed:
    """The task got further."""

    task: UnitTask
    fraction: float
    note: str


@dataclass(frozen=True)
class Glimpsed:
    """The task showed what it is drawing, as WebP."""

    task: UnitTask
    webp: bytes


@dataclass(frozen=True)
class Finished:
    """The task's files are in the blob store."""

    task: UnitTask
    result: UnitResult


@dataclass(frozen=True)
class Broken:
    """The task failed; nothing of it was kept."""

    task: UnitTask
    code: Code
    message: str
    hint: str | None
    retryable: bool


Report = Started | Progressed | Glimpsed | Finished | Broken
OnReport = Callable[[Report], None]
#: Called when the engine is done, before its files are checked and stored.
Free = Callable[[], None]


class Dispatcher(Protocol):
    """Decides where units run."""

    def submit(self, task: UnitTask, on_report: OnReport) -> None:
        """Takes a task; ``on_report`` hears Started, Progressed*, Finished or Broken."""

    async def cancel(self, job_id: str, units: Collection[str] | None = None) -> None:
        """Stops the tasks of a job, or of some of its units.

        Returns when none runs; they report no more.
        """

    async def close(self) -> None:
        """Stops everything."""


class LocalDispatcher:
    """Lanes of child processes on this machine."""

    def __init__(
        self,
        lanes: Mapping[str, int],
        *,
        blobs: BlobStore,
        work: Path,
        disk: Disk,
        make_host: Callable[[str], EngineHost],
        warm: Collection[str] = (),
        preload: Mapping[str, Sequence[Load]] | None = None,
        watched: bool = False,
    ) -> None:
        self._watched = watched
        early = preload or {}
        self._lanes = {
            name: _Lane(
                slots,
                self._do,
                functools.partial(make_host, name),
                warm=name in warm,
                preload=early.get(name, ()),
            )
            for name, slots in lanes.items()
        }
        self._blobs = blobs
        self._work = work
        self._disk = disk

    def start(self) -> None:
        """Opens the lanes; needs a running loop.

        The children of warm lanes start now, others with their first unit.
        """
        for lane in self._lanes.values():
            lane.start()

    def submit(self, task: UnitTask, on_report: OnReport) -> None:
        """See ``Dispatcher``."""
        self._lanes[task.lane].put(task, on_report)

    async def cancel(self, job_id: str, units: Collection[str] | None = None) -> None:
        """See ``Dispatcher``."""

        def meant(task: UnitTask) -> bool:
            return task.job_id == job_id and (units is None or task.unit_id in units)

        await asyncio.gather(*(lane.cancel(meant) for lane in self._lanes.values()))

    async def close(self) -> None:
        """See ``Dispatcher``."""
        await asyncio.gather(*(lane.close() for lane in self._lanes.values()))

    def loaded(self) -> set[str]:
        """The names of the engines that the children keep in memory."""
        return {name for lane in self._lanes.values() for name in lane.loaded()}

    def child_pids(self) -> list[int]:
        """The process ids of the children that run now."""
        return [pid for lane in self._lanes.values() for pid in lane.child_pids()]

    async def _do(
        self, host: EngineHost, task: UnitTask, report: OnReport, free: Free
    ) -> None:
        report(Started(task))
        folder = self._work / f"{task.job_id}~{task.unit_id.replace('/', '~')}"
        try:
            outcome = await self._outcome(host, task, folder, report, free)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        report(outcome)

    async def _outcome(
        self,
        host: EngineHost,
        task: UnitTask,
        folder: Path,
        report: OnReport,
        free: Free,
    ) -> Finished | Broken:
        try:
            result = await self._attempt(host, task, folder, report, free)
        except EngineFailure as failure:
            return _broken(task, failure)
        except (WrongOutput, OSError, ApiError) as error:
            return _broken(task, _as_failure(error))
        return Finished(task, result)

    async def _attempt(
        self,
        host: EngineHost,
        task: UnitTask,
        folder: Path,
        report: OnReport,
        free: Free,
    ) -> UnitResult:
        await asyncio.to_thread(self._prepare, folder)
        begun = time.monotonic()
        done = await host.call(
            self._command(task, folder),
            lambda fraction, note: report(Progressed(task, fraction, note)),
            limit_s=task.limit_s,
            patience_s=task.patience_s,
            on_glimpse=lambda webp: report(Glimpsed(task, webp)),
        )
        free()
        await asyncio.to_thread(verify, task.kind, dict(task.params), folder, done)
        files = await asyncio.to_thread(self._adopt, folder, done)
        seconds = round(time.monotonic() - begun, 3)
        return UnitResult(files=files, facts=done.facts, seconds=seconds)

    def _prepare(self, folder: Path) -> None:
        self._disk.require()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def _command(self, task: UnitTask, folder: Path) -> Do:
        return Do(
            kind=task.kind,
            engine=task.engine,
            address=task.address,
            params=dict(task.params),
            inputs={name: self._blobs.path(sha) for name, sha in task.inputs.items()},
            out_dir=folder,
            watched=self._watched,
        )

    def _adopt(self, folder: Path, done: Done) -> tuple[FileRef, ...]:
        files = []
        for made in done.files:
            sha256, size = self._blobs.adopt(folder / made.name)
            files.append(
                FileRef(
                    name=made.name,
                    sha256=sha256,
                    bytes=size,
                    media_type=made.media_type,
                )
            )
        return tuple(files)


def _as_failure(error: Exception) -> EngineFailure:
    if isinstance(error, WrongOutput):
        return EngineFailure(
            Code.ENGINE_WRONG_OUTPUT, str(error), "try again, or choose another engine"
        )
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or isinstance(error, ApiError):
        return EngineFailure(
            Code.DISK_FULL,
            "the worker's disk is full",
            "delete finished jobs or free some space, then retry the job",
        )
    return EngineFailure(Code.INTERNAL, str(error))


def _broken(task: UnitTask, failure: EngineFailure) -> Broken:
    return Broken(
        task, failure.code, str(failure), failure.hint, retryable=failure.retryable
    )


class _Lane:
    """Some slots with a child each, and one queue in the order of ranks."""

    def __init__(
        self,
        slots: int,
        do: Callable[[EngineHost, UnitTask, OnReport, Free], Coroutine[Any, Any, None]],
        make_host: Callable[[], EngineHost],
        *,
        warm: bool,
        preload: Sequence[Load] = (),
    ) -> None:
        self._do = do
        self._warm = warm
        self._preload = preload
        self._queue: list[tuple[tuple[int, ...], int, UnitTask, OnReport]] = []
        self._numbers = itertools.count()
        self._news = asyncio.Event()
        self._hosts = [make_host() for _ in range(slots)]
        self._running: dict[asyncio.Task[None], UnitTask] = {}
        self._slots: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._slots = [
            asyncio.create_task(self._serve(host), name="lane slot")
            for host in self._hosts
        ]

    def put(self, task: UnitTask, on_report: OnReport) -> None:
        entry = (task.rank, next(self._numbers), task, on_report)
        heapq.heappush(self._queue, entry)
        self._news.set()

    async def cancel(self, meant: Callable[[UnitTask], bool]) -> None:
        self._queue = [entry for entry in self._queue if not meant(entry[2])]
        heapq.heapify(self._queue)
        await _stop([work for work, task in self._running.items() if meant(task)])

    async def close(self) -> None:
        self._queue.clear()
        await _stop(self._slots)
        await _stop(list(self._running))
        await asyncio.gather(*(host.close() for host in self._hosts))

    def loaded(self) -> set[str]:
        return {name for host in self._hosts for name in host.loaded.values()}

    def child_pids(self) -> list[int]:
        return [host.pid for host in self._hosts if host.pid is not None]

    async def _serve(self, host: EngineHost) -> None:
        if self._warm:
            await _warm_up(host)
        for load in self._preload:
            await _load_early(host, load)
        while True:
            while not self._queue:
                self._news.clear()
                await self._news.wait()
            _, _, task, on_report = heapq.heappop(self._queue)
            free = asyncio.Event()
            work = asyncio.create_task(self._do(host, task, on_report, free.set))
            self._running[work] = task
            work.add_done_callback(functools.partial(self._ended, task, on_report))
            work.add_done_callback(functools.partial(_free, free))
            await free.wait()

    def _ended(
        self, task: UnitTask, on_report: OnReport, work: asyncio.Task[None]
    ) -> None:
        del self._running[work]
        if not work.cancelled() and (error := work.exception()):
            log.error("unit %s broke the lane", task.unit_id, exc_info=error)
            on_report(_broken(task, EngineFailure(Code.INTERNAL, str(error))))


def _free(free: asyncio.Event, _work: asyncio.Task[None]) -> None:
    free.set()


async def _warm_up(host: EngineHost) -> None:
    try:
        await host.warm()
    except EngineFailure as failure:
        log.warning("an engine process did not start: %s", failure)


async def _load_early(host: EngineHost, load: Load) -> None:
    try:
        await host.call(load, lambda part, note: None, limit_s=PRELOAD_S)
        log.info("%s is loaded", load.engine, extra={"action": "preloaded"})
    except EngineFailure as failure:
        # Units try again, and tell whoever asked for them.
        log.warning("%s could not be loaded: %s", load.engine, failure)


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
