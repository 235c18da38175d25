"""What several of the store's transactions ask in the same words."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from colab_worker.store.rows import JobRow, UnitRow, to_job, to_unit
from colab_worker.store.tables import jobs, units
from shared_protocol.jobs import UnitState


def fenced(job_id: str, unit_id: str, attempt: int) -> sa.Update:
    """An update that only the holder of the newest attempt may do."""
    return sa.update(units).where(
        units.c.job_id == job_id,
        units.c.id == unit_id,
        units.c.attempt == attempt,
        units.c.state.in_([UnitState.QUEUED, UnitState.RUNNING]),
    )


async def find_job(
    connection: AsyncConnection, where: sa.ColumnElement[bool]
) -> JobRow | None:
    """The job for which ``where`` holds."""
    row = (await connection.execute(sa.select(jobs).where(where))).one_or_none()
    return to_job(row) if row else None


async def units_of(connection: AsyncConnection, job_id: str) -> list[UnitRow]:
    """The units of a job, in the order of its plan."""
    query = sa.select(units).where(units.c.job_id == job_id).order_by(units.c.position)
    return [to_unit(row) for row in await connection.execute(query)]
