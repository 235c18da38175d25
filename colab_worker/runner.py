"""The runner: takes jobs from the queue, runs them, and alone changes their state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import OperationalError

from colab_worker.board import JobStatus
from colab_worker.disk import Disk
from colab_worker.engines.registry import PlanRefused
from colab_worker.job_run import JobRun, RunParts
from colab_worker.planner import plan
from colab_worker.store.rows import JobRow
from shared_protocol.clock import utc_now
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.jobs import FilmSpec, JobState, UnitState

log = logging.getLogger(__name__)

#: Versions kept free for what is still told while the end of a job is being written:
#: the stored one must be the last, or a reader would not hear of it after a restart.
END_ROOM = 10

ACTIVE = (JobState.PREPARING, JobState.RUNNING, JobState.FINALIZING)


class Runner:
    """Runs queued jobs, a few at a time, first come first."""

    def __init__(self, parts: RunParts, disk: Disk) -> None:
        self._parts = parts
        self._disk = disk
        self._runs: dict[str, JobRun] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._news = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Puts the jobs of a dead process back into the queue and starts working."""
        await self._parts.store.recover()
        for row in await self._parts.store.queued():
            units = await self._parts.store.units(row.id)
            self._parts.board.put(row, units)
        self._news.set()
        self._loops = [
            asyncio.create_task(self._admit(), name="admit jobs"),
            asyncio.create_task(self._beat(), name="heartbeat"),
        ]

    async def stop(self) -> None:
        """Stops working; unfinished jobs go on at the next start."""
        tasks = [*self._loops, *self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Tells that a job was queued."""
        self._news.set()

    async def cancel(self, job_id: str) -> bool:
        """Cancels a job that is not finished; False if it was already."""
        store = self._parts.store
        version = self._parts.board.versions.get(job_id, 0) + END_ROOM
        finished = {"finished_at": utc_now(), "version": version}
        if await store.move(job_id, [JobState.QUEUED], JobState.CANCELED, **finished):
            await self._show(job_id, JobState.CANCELED, **finished)
            self._news.set()
            return True
        if not await store.move(job_id, ACTIVE, JobState.CANCELING):
            return False
        await self._show(job_id, JobState.CANCELING)
        if job_id in self._runs:
            self._runs[job_id].cancel()
        return True

    async def _admit(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            queued = await self._parts.store.queued_ids()
            # A job that was just taken is still queued until its task has moved it.
            waiting = [job_id for job_id in queued if job_id not in self._tasks]
            free = max(self._parts.settings.active_jobs - len(self._tasks), 0)
            for job_id in waiting[:free]:
                task = asyncio.create_task(self._run(job_id), name=job_id)
                self._tasks[job_id] = task
            self._parts.board.place_queue(waiting[free:])

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._parts.settings.heartbeat_s)
            if self._tasks:
                versions = self._parts.board.versions
                jobs = [job_id for job_id in self._tasks if job_id in versions]
                await self._parts.store.heartbeat(jobs, versions)
                for job_id in jobs:
                    status = self._parts.board.live(job_id)
                    status.row = replace(status.row, heartbeat_at=utc_now())

    async def _run(self, job_id: str) -> None:
        try:
            await self._run_to_end(job_id)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.exception("job %s broke the runner", job_id)
            await self._fail(job_id, _unexpected(error))
        finally:
            self._runs.pop(job_id, None)
            self._tasks.pop(job_id, None)
            self._news.set()

    async def _run_to_end(self, job_id: str) -> None:
        row = await self._parts.store.job(job_id)
        status = await self._prepare(row) if row is not None else None
        if row is None or status is None:
            return  # canceled or deleted a moment ago
        try:
            planned = plan(FilmSpec.model_validate_json(row.spec), self._parts.registry)
        except PlanRefused as refused:  # a model was removed while the job waited
            await self._fail(row.id, _refusal(refused))
            return
        run = self._runs[row.id] = JobRun(self._parts, status, planned)
        if not await self._move(row.id, [JobState.PREPARING], JobState.RUNNING):
            run.cancel()
        finished = await run.run()
        if not finished:
            await self._finish(row.id, [JobState.CANCELING], JobState.CANCELED)
        elif errors := run.failures():
            await self._fail(row.id, job_error(errors))
        else:
            await self._complete(row.id, status)

    async def _prepare(self, row: JobRow) -> JobStatus | None:
        status = await self._parts.board.find(row.id)
        moved = await self._move(
            row.id,
            [JobState.QUEUED],
            JobState.PREPARING,
            started_at=row.started_at or utc_now(),
        )
        log.info("job %s starts: %s", row.id, row.title, extra={"job_id": row.id})
        return status if moved else None

    async def _complete(self, job_id: str, status: JobStatus) -> None:
        ignored = [
            text
            for unit in status.units.values()
            if unit.result is not None
            for text in unit.result.facts.get("warnings", ())
        ]
        warnings = tuple(dict.fromkeys([*status.row.warnings, *ignored]))
        states = [JobState.RUNNING, JobState.FINALIZING]
        await self._finish(job_id, states, JobState.COMPLETE, warnings=warnings)
        log.info("job %s is complete", job_id, extra={"job_id": job_id})

    async def _fail(self, job_id: str, error: ErrorBody) -> None:
        changes = {"error": error}
        try:
            await self._finish(job_id, ACTIVE, JobState.ERROR, **changes)
        except OperationalError:
            # The disk is full to the last byte: the reserve is for these words.
            self._disk.drop_ballast()
            await self._finish(job_id, ACTIVE, JobState.ERROR, **changes)
        log.error("job %s failed: %s", job_id, error.message, extra={"job_id": job_id})

    async def _finish(
        self, job_id: str, expected: Iterable[JobState], state: JobState, **changes: Any
    ) -> None:
        """Ends a job, unless a cancel came first: then it ends as canceled."""
        version = self._parts.board.versions[job_id] + END_ROOM
        changes |= {"finished_at": utc_now(), "version": version}
        if not await self._move(job_id, expected, state, **changes):
            changes.pop("error", None)
            await self._move(job_id, [JobState.CANCELING], JobState.CANCELED, **changes)

    async def _move(
        self, job_id: str, expected: Iterable[JobState], state: JobState, **changes: Any
    ) -> bool:
        moved = await self._parts.store.move(job_id, expected, state, **changes)
        if moved:
            await self._show(job_id, state, **changes)
        return moved

    async def _show(self, job_id: str, state: JobState, **changes: Any) -> None:
        status = await self._parts.board.find(job_id)
        if status is None:
            return
        status.row = replace(status.row, state=state, **changes)
        if state is JobState.CANCELED:
            for unit in status.units.values():
                if unit.state not in (UnitState.DONE, UnitState.ERROR):
                    unit.state = UnitState.PENDING
        self._parts.board.change(job_id)


def job_error(errors: list[ErrorBody]) -> ErrorBody:
    """The job's error from those of its units: the first, and how many more."""
    first = errors[0]
    if len(errors) == 1:
        return first
    more = f"{first.message} {len(errors) - 1} more failed; retry the job to go on."
    return first.model_copy(update={"message": more})


def _refusal(refused: PlanRefused) -> ErrorBody:
    return ErrorBody(code=refused.code, message=refused.sentence, retryable=True)


def _unexpected(error: Exception) -> ErrorBody:
    if isinstance(error, OperationalError) and "full" in str(error.orig):
        return ErrorBody(
            code=Code.DISK_FULL,
            message="The worker's disk is full; free some space, then retry the job.",
            retryable=True,
        )
    return ErrorBody(
        code=Code.INTERNAL,
        message="Something went wrong in the worker; retry the job, and see its log "
        "for the details.",
        retryable=True,
    )
