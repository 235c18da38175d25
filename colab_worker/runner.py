"""The runner: takes jobs from the queue, runs them, and alone changes their state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import OperationalError

from colab_worker.disk import Disk
from colab_worker.engines.registry import BUILT_IN, PlanRefused
from colab_worker.job_run import JobRun, RunParts
from colab_worker.planner import Plan, plan
from colab_worker.store.rows import JobRow
from shared_protocol.clock import utc_now
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.jobs import JobState, UnitState
from shared_protocol.kit.tasks import end_tasks, keep_running
from shared_protocol.specs import FilmSpec

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
        #: A job gets another spec, or begins or ends a run of its present one: never
        #: both at once.
        self._door = asyncio.Lock()
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Puts the jobs of a dead process back into the queue and starts working."""
        await self._parts.store.recover()
        for row in await self._parts.store.queued():
            units = await self._parts.store.units(row.id)
            self._parts.board.put(row, units)
        self._loops = [
            keep_running("admission of jobs", self._admit),
            keep_running("heartbeat", self._beat),
        ]

    async def stop(self) -> None:
        """Stops working; unfinished jobs go on at the next start."""
        running = list(self._tasks)
        self._parts.dispatcher.hurry()
        await end_tasks([*self._loops, *self._tasks.values()])
        for job_id in running:  # also of one that was just being canceled
            await self._parts.store.give_back(job_id)

    def wake(self) -> None:
        """Tells that a job was queued."""
        self._news.set()

    async def cancel(self, job_id: str) -> bool:
        """Cancels a job that is not finished; False if it was already."""
        store = self._parts.store
        version = self._parts.board.versions.get(job_id, 0) + END_ROOM
        finished: dict[str, Any] = {"finished_at": utc_now(), "version": version}
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
        # It has just begun, is just ending, or waits for more scenes.
        if job_id in self._tasks:
            await asyncio.wait({self._tasks[job_id]})
        await self._finish(job_id, [JobState.CANCELING], JobState.CANCELED)
        return True

    async def replace(self, row: JobRow) -> bool:
        """Gives a job another spec; finished units that it needs are not done again.

        False when the attempt of ``row`` is not newer, or the job is being canceled.
        """
        async with self._door:
            return await self._replace(row)

    async def _replace(self, row: JobRow) -> bool:
        board, planned = self._parts.board, await self._plan(row)
        version = board.versions.get(row.id, 0) + 1
        idle = row.id not in self._tasks
        replaced = await self._parts.store.replace(row, version, idle=idle)
        if replaced is None:
            return False
        if row.id in self._runs:
            status = board.live(row.id)
            status.row = replace(
                status.row,
                title=replaced.title,
                spec=replaced.spec,
                spec_sha256=replaced.spec_sha256,
                draft=replaced.draft,
                warnings=replaced.warnings,
                attempt=replaced.attempt,
            )
            board.change(row.id)
            self._runs[row.id].replan(planned, replaced.attempt)
        else:
            board.put(replaced, await self._parts.store.units(row.id))
            board.changes.announce(row.id)
            self.wake()
        return True

    async def _admit(self) -> None:
        self._news.set()  # also of what came before a look that failed
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
            told = self._parts.board.versions
            versions = {job: told[job] for job in self._tasks if job in told}
            if versions:
                await self._parts.store.heartbeat(list(versions), versions)
            # Others were deleted meanwhile.
            for job_id in versions.keys() & told.keys():
                status = self._parts.board.live(job_id)
                status.row = replace(status.row, heartbeat_at=utc_now())

    async def _run(self, job_id: str) -> None:
        try:
            await self._run_to_end(job_id)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.exception("job %s broke the runner", job_id)
            self._runs.pop(job_id, None)
            async with self._door:
                await self._fail(job_id, _unexpected(error))
        finally:
            self._runs.pop(job_id, None)
            self._tasks.pop(job_id, None)
            self._news.set()

    async def _run_to_end(self, job_id: str) -> None:
        row = await self._parts.store.job(job_id)
        if row is None or not await self._prepare(row):
            return  # canceled or deleted a moment ago
        while (run := await self._begin(job_id)) is not None:
            finished = await run.run()
            self._runs.pop(job_id, None)
            async with self._door:  # a spec that comes meanwhile would find no run
                if await self._end(job_id, run, finished=finished):
                    return

    async def _begin(self, job_id: str) -> JobRun | None:
        """A run of the job's present spec; None when the job is gone, or cannot run."""
        async with self._door:
            status = await self._parts.board.find(job_id)
            row = await self._parts.store.job(job_id)
            if row is None or status is None:
                return None
            try:
                planned = await self._plan(row)
            except PlanRefused as refused:  # a model was removed while the job waited
                await self._fail(job_id, _refusal(refused))
                return None
            run = JobRun(self._parts, status, planned, row.attempt)
            self._runs[job_id] = run
        if not await self._move(job_id, ACTIVE, JobState.RUNNING):
            run.cancel()
        return run

    async def _end(self, job_id: str, run: JobRun, *, finished: bool) -> bool:
        """Ends the job as the run went; False when it has a newer spec to go on with."""
        if not finished:
            await self._finish(job_id, [JobState.CANCELING], JobState.CANCELED)
        elif errors := run.failures():
            await self._fail(job_id, job_error(errors), of_attempt=run.attempt)
        elif run.open:
            attempt = run.attempt
            if not await self._move(
                job_id, ACTIVE, JobState.PREPARING, of_attempt=attempt
            ):
                await self._finish(job_id, [JobState.CANCELING], JobState.CANCELED)
        else:
            await self._complete(job_id, run)
        row = await self._parts.store.job(job_id)
        return row is None or row.attempt <= run.attempt or row.state not in ACTIVE

    async def _plan(self, row: JobRow) -> Plan:
        parts, spec = self._parts, FilmSpec.model_validate_json(row.spec)
        if parts.registry.get("video", "auto") not in BUILT_IN:
            return plan(spec, parts.registry)
        return plan(spec, parts.registry, await parts.encoders.encoder())

    async def _prepare(self, row: JobRow) -> bool:
        await self._parts.board.find(row.id)
        moved = await self._move(
            row.id,
            [JobState.QUEUED],
            JobState.PREPARING,
            started_at=row.started_at or utc_now(),
        )
        log.info("job %s starts: %s", row.id, row.title, extra={"job_id": row.id})
        return moved

    async def _complete(self, job_id: str, run: JobRun) -> None:
        status = self._parts.board.live(job_id)
        ignored = [
            text
            for unit in status.units.values()
            if unit.result is not None
            for text in unit.result.facts.get("warnings", ())
        ]
        warnings = tuple(dict.fromkeys([*status.row.warnings, *ignored]))
        states = [JobState.RUNNING, JobState.FINALIZING]
        await self._finish(
            job_id,
            states,
            JobState.COMPLETE,
            of_attempt=run.attempt,
            warnings=warnings,
        )
        log.info("job %s is complete", job_id, extra={"job_id": job_id})

    async def _fail(
        self, job_id: str, error: ErrorBody, *, of_attempt: int | None = None
    ) -> None:
        changes = {"error": error, "of_attempt": of_attempt}
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
            changes.pop("of_attempt", None)
            await self._move(job_id, [JobState.CANCELING], JobState.CANCELED, **changes)

    async def _move(
        self, job_id: str, expected: Iterable[JobState], state: JobState, **changes: Any
    ) -> bool:
        moved = await self._parts.store.move(job_id, expected, state, **changes)
        changes.pop("of_attempt", None)
        if moved:
            await self._show(job_id, state, **changes)
        return moved

    async def _show(self, job_id: str, state: JobState, **changes: Any) -> None:
        status = await self._parts.board.find(job_id)
        if status is None:
            return
        status.row = replace(status.row, state=state, **changes)
        over = (UnitState.DONE, UnitState.ERROR)
        units = status.units.values() if state.terminal else ()
        stopped = [unit for unit in units if unit.state not in over]
        for unit in stopped:
            unit.state, unit.glimpse, unit.note = UnitState.PENDING, None, None
        version = self._parts.board.change(job_id)
        for unit in stopped:
            unit.version = version


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
