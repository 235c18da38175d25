"""One call of an engine: from tasks to files in the blob store, or to what went wrong."""

from __future__ import annotations

import asyncio
import base64
import errno
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from colab_worker.disk import Disk
from colab_worker.engine_host import EngineFailure, EngineHost
from colab_worker.engine_wire import Do, Done, Glimpse, Other, Part, Progress
from colab_worker.outputs import WrongOutput, verify
from colab_worker.tasks import (
    Broken,
    Finished,
    Glimpsed,
    Loads,
    OnReport,
    Progressed,
    Started,
    UnitTask,
)
from shared_protocol.artifacts import FileRef, UnitResult
from shared_protocol.errors import Code
from shared_protocol.kit.blobs import BlobStore
from shared_protocol.kit.http_errors import ApiError

#: Called when the engine is done, before its files are checked and stored.
Free = Callable[[], None]


@dataclass(eq=False)
class Entry:
    """A task in a lane, and who hears of it."""

    task: UnitTask
    on_report: OnReport
    #: Whether it was told how it ended.
    over: bool = False

    def report_end(self, outcome: Finished | Broken) -> None:
        """The last that is told of it."""
        self.over = True
        self.on_report(outcome)


class Attempts:
    """Has tasks done by engines, each in a folder of its own."""

    def __init__(
        self, blobs: BlobStore, work: Path, disk: Disk, *, watched: bool
    ) -> None:
        self._blobs = blobs
        self._work = work
        self._disk = disk
        self._watched = watched

    async def do(self, host: EngineHost, entries: Sequence[Entry], free: Free) -> None:
        """One task, or several in one call; those of several that failed stay open."""
        for entry in entries:
            entry.on_report(Started(entry.task))
        folders = [self._folder(entry.task) for entry in entries]
        try:
            if len(entries) == 1:
                await self._alone(host, entries[0], folders[0], free)
            else:
                await self._together(host, entries, folders, free)
        finally:
            await asyncio.to_thread(_remove, folders)

    async def _alone(
        self, host: EngineHost, entry: Entry, folder: Path, free: Free
    ) -> None:
        task, report = entry.task, entry.on_report
        try:
            await asyncio.to_thread(self._prepare, [folder])
            begun = time.monotonic()
            done = await host.call(
                self._command([task], [folder]),
                lambda fraction, note: report(Progressed(task, fraction, note)),
                limit_s=task.limit_s,
                patience_s=task.patience_s,
                on_glimpse=lambda webp: report(Glimpsed(task, webp)),
                on_loading=lambda: report(Loads(task)),
            )
            free()
            result = await self._kept(task, folder, done, time.monotonic() - begun)
            outcome: Finished | Broken = Finished(task, result)
        except (EngineFailure, WrongOutput, OSError, ApiError) as error:
            outcome = broken(task, error)
        await asyncio.to_thread(_remove, [folder])
        entry.report_end(outcome)

    async def _together(
        self,
        host: EngineHost,
        entries: Sequence[Entry],
        folders: Sequence[Path],
        free: Free,
    ) -> None:
        """Each is told as soon as its own files are there, whatever becomes of others."""
        begun = time.monotonic()
        keeping: list[asyncio.Task[None]] = []

        def hear(event: Progress | Glimpse | Part) -> None:
            entry, folder = entries[event.number], folders[event.number]
            if isinstance(event, Progress):
                told = Progressed(entry.task, event.fraction, event.note)
                entry.on_report(told)
            elif isinstance(event, Glimpse):
                webp = base64.b64decode(event.webp)
                entry.on_report(Glimpsed(entry.task, webp))
            else:
                done = Done(files=event.files, facts=event.facts)
                share_s = (time.monotonic() - begun) / len(entries)
                keep = self._keep(entry, folder, done, share_s)
                keeping.append(asyncio.create_task(keep))

        tasks = [entry.task for entry in entries]
        try:
            await asyncio.to_thread(self._prepare, folders)
            await host.call(
                self._command(tasks, folders),
                lambda fraction, note: None,
                limit_s=sum(task.limit_s for task in tasks),
                patience_s=tasks[0].patience_s,
                on_one=hear,
                on_loading=lambda: entries[0].on_report(Loads(tasks[0])),
            )
        finally:
            free()
            await _all_over(keeping)  # of a call that broke too: they are done

    async def _keep(
        self, entry: Entry, folder: Path, done: Done, seconds: float
    ) -> None:
        try:
            result = await self._kept(entry.task, folder, done, seconds)
            outcome: Finished | Broken = Finished(entry.task, result)
        except (WrongOutput, OSError, ApiError) as error:
            outcome = broken(entry.task, error)
        await asyncio.to_thread(_remove, [folder])
        entry.report_end(outcome)

    async def _kept(
        self, task: UnitTask, folder: Path, done: Done, seconds: float
    ) -> UnitResult:
        await asyncio.to_thread(verify, task.kind, dict(task.params), folder, done)
        files = await asyncio.to_thread(self._adopt, folder, done)
        return UnitResult(files=files, facts=done.facts, seconds=round(seconds, 3))

    def _folder(self, task: UnitTask) -> Path:
        return self._work / f"{task.job_id}~{task.unit_id.replace('/', '~')}"

    def _prepare(self, folders: Sequence[Path]) -> None:
        self._disk.require()
        _remove(folders)
        for folder in folders:
            folder.mkdir(parents=True)

    def _command(self, tasks: Sequence[UnitTask], folders: Sequence[Path]) -> Do:
        first, *more = (
            Other(
                params=dict(task.params),
                inputs={n: self._blobs.path(sha) for n, sha in task.inputs.items()},
                out_dir=folder,
            )
            for task, folder in zip(tasks, folders, strict=True)
        )
        return Do(
            kind=tasks[0].kind,
            engine=tasks[0].engine,
            address=tasks[0].address,
            params=first.params,
            inputs=first.inputs,
            out_dir=first.out_dir,
            watched=self._watched,
            others=tuple(more),
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


async def _all_over(keeping: Sequence[asyncio.Task[None]]) -> None:
    """Waits for what must not be left half done; a cancel is heard afterwards."""
    canceled: asyncio.CancelledError | None = None
    while going_on := [keep for keep in keeping if not keep.done()]:
        try:
            await asyncio.wait(going_on)
        except asyncio.CancelledError as error:
            canceled = error
    if canceled is not None:
        raise canceled


def broken(task: UnitTask, error: Exception) -> Broken:
    """What is told of a task that failed."""
    failure = error if isinstance(error, EngineFailure) else _as_failure(error)
    return Broken(
        task, failure.code, str(failure), failure.hint, retryable=failure.retryable
    )


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


def _remove(folders: Sequence[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
