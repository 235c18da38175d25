"""The ``Store``: jobs and units, with the memo beside them in one database.

Each change of state is one guarded update that names the state or attempt it expects;
whoever comes with another one is told False and must drop what it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from colab_worker.store.files import given_files, hashes, referenced
from colab_worker.store.memo import MemoRows, remember
from colab_worker.store.queries import fenced, find_job, units_of
from colab_worker.store.rows import (
    JobRow,
    UnitRow,
    job_values,
    plain,
    to_job,
    unit_values,
    with_counters,
)
from colab_worker.store.tables import HEAD, jobs, memo, units
from shared_protocol.artifacts import MemoEntry
from shared_protocol.clock import utc_now
from shared_protocol.errors import ErrorBody
from shared_protocol.jobs import JobState, UnitState
from shared_protocol.kit.database import Database

MIGRATIONS = Path(__file__).with_name("migrations")

#: After a restart versions go on above any that was told before the crash.
VERSION_LEAP = 1_000


class Store:
    """All that a worker remembers, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.memo = MemoRows(database)

    async def open(self) -> None:
        """Brings the schema up to date."""
        await self._database.migrate(MIGRATIONS, HEAD)

    async def close(self) -> None:
        """Closes the database."""
        await self._database.close()

    async def add_job(self, job: JobRow) -> JobRow | None:
        """Stores a new job; None when its id or idempotency key is taken."""
        last = sa.select(sa.func.coalesce(sa.func.max(jobs.c.position), 0) + 1)
        values = job_values(job) | {"position": last.scalar_subquery()}
        try:
            async with self._database.write() as connection:
                await connection.execute(sa.insert(jobs).values(values))
                return await find_job(connection, jobs.c.id == job.id)
        except IntegrityError:
            return None

    async def job(self, job_id: str) -> JobRow | None:
        """The job of that id."""
        async with self._database.read() as connection:
            return await find_job(connection, jobs.c.id == job_id)

    async def job_of_key(self, idempotency_key: str) -> JobRow | None:
        """The job that was submitted with that idempotency key."""
        async with self._database.read() as connection:
            return await find_job(connection, jobs.c.idempotency_key == idempotency_key)

    async def newest_of_body(self, body_sha256: str) -> JobRow | None:
        """The last job that was made by a request with that body."""
        query = (
            sa.select(jobs)
            .where(jobs.c.body_sha256 == body_sha256)
            .order_by(jobs.c.position.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return to_job(row) if row else None

    async def job_list(self, limit: int = 1000) -> list[JobRow]:
        """All jobs, newest first."""
        query = sa.select(jobs).order_by(jobs.c.position.desc()).limit(limit)
        async with self._database.read() as connection:
            return [to_job(row) for row in await connection.execute(query)]

    async def queued(self) -> list[JobRow]:
        """Jobs that wait, first come first."""
        query = (
            sa.select(jobs)
            .where(jobs.c.state == JobState.QUEUED)
            .order_by(jobs.c.position)
        )
        async with self._database.read() as connection:
            return [to_job(row) for row in await connection.execute(query)]

    async def queued_ids(self) -> list[str]:
        """The ids of jobs that wait, first come first."""
        query = (
            sa.select(jobs.c.id)
            .where(jobs.c.state == JobState.QUEUED)
            .order_by(jobs.c.position)
        )
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def count_queued(self) -> int:
        """How many jobs wait."""
        query = sa.select(sa.func.count()).where(jobs.c.state == JobState.QUEUED)
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def move(
        self,
        job_id: str,
        expected: Iterable[JobState],
        state: JobState,
        *,
        of_attempt: int | None = None,
        **changes: Any,
    ) -> bool:
        """Changes a job's state if it is one of ``expected`` (and of that attempt)."""
        update = (
            sa.update(jobs)
            .where(jobs.c.id == job_id, jobs.c.state.in_(list(expected)))
            .values(state=state, **plain(changes))
        )
        if of_attempt is not None:
            update = update.where(jobs.c.attempt == of_attempt)
        async with self._database.write() as connection:
            return (await connection.execute(update)).rowcount == 1

    async def requeue(self, job_id: str, attempt: int, version: int) -> bool:
        """Queues a failed or canceled job again, at the end, if ``attempt`` is new."""
        last = sa.select(sa.func.max(jobs.c.position) + 1).scalar_subquery()
        update = (
            sa.update(jobs)
            .where(
                jobs.c.id == job_id,
                jobs.c.attempt < attempt,
                jobs.c.state.in_([JobState.ERROR, JobState.CANCELED]),
            )
            .values(
                state=JobState.QUEUED,
                attempt=attempt,
                version=version,
                position=last,
                error=None,
                finished_at=None,
            )
        )
        async with self._database.write() as connection:
            return (await connection.execute(update)).rowcount == 1

    async def replace(self, job: JobRow, version: int, *, idle: bool) -> JobRow | None:
        """Gives a job another spec under its newer attempt; the job as it then is.

        One that has ended, or that is ``idle``, is queued. None when the attempt is not
        newer, or the job is being canceled.
        """
        last = sa.select(sa.func.max(jobs.c.position) + 1).scalar_subquery()
        ended = jobs.c.state.in_([state for state in JobState if state.terminal])
        queued = sa.true() if idle else ended
        update = (
            sa.update(jobs)
            .where(
                jobs.c.id == job.id,
                jobs.c.attempt < job.attempt,
                jobs.c.state != JobState.CANCELING,
            )
            .values(
                title=job.title,
                spec=job.spec,
                spec_sha256=job.spec_sha256,
                draft=job.draft,
                warnings=list(job.warnings),
                attempt=job.attempt,
                version=version,
                error=None,
                finished_at=None,
                state=sa.case((queued, JobState.QUEUED), else_=jobs.c.state),
                position=sa.case((ended, last), else_=jobs.c.position),
            )
        )
        async with self._database.write() as connection:
            if (await connection.execute(update)).rowcount != 1:
                return None
            return await find_job(connection, jobs.c.id == job.id)

    async def recover(self) -> None:
        """Puts what a dead process was doing back into the queue."""
        running = [s for s in JobState if not s.terminal and s != JobState.CANCELING]
        async with self._database.write() as connection:
            await connection.execute(
                sa.update(jobs)
                .where(jobs.c.state.in_(running))
                .values(state=JobState.QUEUED)
            )
            await connection.execute(
                sa.update(jobs)
                .where(jobs.c.state == JobState.CANCELING)
                .values(
                    state=JobState.CANCELED,
                    finished_at=utc_now(),
                    version=jobs.c.version + VERSION_LEAP,
                )
            )
            await connection.execute(
                sa.update(jobs)
                .where(jobs.c.state == JobState.QUEUED)
                .values(version=jobs.c.version + VERSION_LEAP)
            )
            await connection.execute(
                sa.update(units)
                .where(units.c.state == UnitState.RUNNING)
                .values(interruptions=units.c.interruptions + 1)
            )
            await connection.execute(
                sa.update(units)
                .where(units.c.state.not_in([UnitState.DONE, UnitState.ERROR]))
                .values(state=UnitState.PENDING)
            )

    async def heartbeat(self, job_ids: Sequence[str], version: dict[str, int]) -> None:
        """Records that these jobs are alive, and how far their versions are."""
        now = utc_now()
        async with self._database.write() as connection:
            for job_id in job_ids:
                await connection.execute(
                    sa.update(jobs)
                    .where(jobs.c.id == job_id, jobs.c.version <= version[job_id])
                    .values(heartbeat_at=now, version=version[job_id])
                )

    async def plan_units(
        self,
        job_id: str,
        planned: Sequence[UnitRow],
        *,
        kept: Collection[str] | None = None,
    ) -> list[UnitRow]:
        """Stores a job's units; counters of an earlier attempt are kept.

        When a running job gets another plan, those of ``kept`` stay as they are, and
        all others are fenced off.
        """
        async with self._database.write() as connection:
            old = {row.id: row for row in await units_of(connection, job_id)}
            await connection.execute(sa.delete(units).where(units.c.job_id == job_id))
            rows = [
                replace(old[unit.id], position=unit.position)
                if kept is not None and unit.id in kept
                else with_counters(unit, old.get(unit.id), fenced=kept is not None)
                for unit in planned
            ]
            if rows:
                await connection.execute(
                    sa.insert(units), [unit_values(row) for row in rows]
                )
        return rows

    async def units(self, job_id: str) -> list[UnitRow]:
        """A job's units in the order of its plan."""
        async with self._database.read() as connection:
            return await units_of(connection, job_id)

    async def begin_unit(self, job_id: str, unit_id: str, key: str) -> int:
        """Hands a unit out under a new attempt, which it returns: the fence."""
        update = (
            sa.update(units)
            .where(units.c.job_id == job_id, units.c.id == unit_id)
            .values(
                state=UnitState.QUEUED,
                attempt=units.c.attempt + 1,
                key=key,
                error=None,
                started_at=None,
                finished_at=None,
            )
            .returning(units.c.attempt)
        )
        async with self._database.write() as connection:
            return int((await connection.execute(update)).scalar_one())

    async def start_unit(self, job_id: str, unit_id: str, attempt: int) -> str | None:
        """Marks a unit as running and returns since when; None when fenced off."""
        now = utc_now()
        update = fenced(job_id, unit_id, attempt).values(
            state=UnitState.RUNNING, started_at=now
        )
        async with self._database.write() as connection:
            started = (await connection.execute(update)).rowcount == 1
        return now if started else None

    async def finish_unit(
        self, job_id: str, unit_id: str, attempt: int, entry: MemoEntry
    ) -> bool:
        """Commits a result with its memo; False when ``attempt`` was fenced off."""
        update = fenced(job_id, unit_id, attempt).values(
            state=UnitState.DONE,
            result=entry.result.model_dump(mode="json"),
            reused=False,
            finished_at=utc_now(),
        )
        async with self._database.write() as connection:
            if (await connection.execute(update)).rowcount != 1:
                return False
            await remember(connection, entry)
        return True

    async def reuse_unit(self, job_id: str, unit_id: str, entry: MemoEntry) -> None:
        """Marks a unit as done with a result that was known before."""
        update = (
            sa.update(units)
            .where(units.c.job_id == job_id, units.c.id == unit_id)
            .values(
                state=UnitState.DONE,
                key=entry.key,
                result=entry.result.model_dump(mode="json"),
                reused=True,
                error=None,
                finished_at=utc_now(),
            )
        )
        async with self._database.write() as connection:
            await connection.execute(update)

    async def fail_unit(
        self,
        job_id: str,
        unit_id: str,
        attempt: int,
        error: ErrorBody,
        state: UnitState,
    ) -> bool:
        """Records a failure and counts the try; False when fenced off."""
        update = fenced(job_id, unit_id, attempt).values(
            state=state,
            error=error.model_dump(mode="json"),
            tries=units.c.tries + 1,
            finished_at=utc_now(),
        )
        async with self._database.write() as connection:
            return (await connection.execute(update)).rowcount == 1

    async def give_back(self, job_id: str) -> None:
        """Puts all unfinished units of a stopped job back to pending."""
        update = (
            sa.update(units)
            .where(units.c.job_id == job_id, units.c.state != UnitState.DONE)
            .where(units.c.state != UnitState.ERROR)
            .values(state=UnitState.PENDING)
        )
        async with self._database.write() as connection:
            await connection.execute(update)

    async def delete_job(self, job_id: str) -> set[str] | None:
        """Forgets a finished job and the memo of its units.

        Returns the hashes of files that nothing else refers to; None while the job runs.
        """
        over = [state for state in JobState if state.terminal]
        gone = sa.delete(jobs).where(jobs.c.id == job_id, jobs.c.state.in_(over))
        async with self._database.write() as connection:
            mine = await units_of(connection, job_id)
            given = await given_files(connection, jobs.c.id == job_id)
            if (await connection.execute(gone)).rowcount != 1:
                return None
            shared = sa.select(units.c.key).where(units.c.key.is_not(None))
            keys = [unit.key for unit in mine if unit.key is not None]
            await connection.execute(
                sa.delete(memo).where(memo.c.key.in_(keys), memo.c.key.not_in(shared))
            )
            made = {f for unit in mine if unit.result for f in hashes(unit.result)}
            return (given | made) - await referenced(connection)
