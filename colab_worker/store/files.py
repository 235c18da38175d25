"""Which files jobs, units and the memo refer to; the others may go."""

from __future__ import annotations

import json

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from colab_worker.store.tables import jobs, memo, units
from shared_protocol.artifacts import UnitResult


async def referenced(connection: AsyncConnection) -> set[str]:
    """The hashes of all files that a job, a unit or the memo refers to."""
    found = await given_files(connection, sa.true())
    for column in (units.c.result, memo.c.result):
        query = sa.select(column).where(column.is_not(None))
        for result in (await connection.execute(query)).scalars():
            if result is not None:
                found.update(hashes(UnitResult.model_validate(result)))
    return found


async def given_files(
    connection: AsyncConnection, which: sa.ColumnElement[bool]
) -> set[str]:
    """The hashes of files that came with jobs."""
    marks = ('"music":{', '"references":[{', '"redraw":{', '"voice_sample":"')
    with_files = sa.or_(*(jobs.c.spec.contains(m, autoescape=True) for m in marks))
    query = sa.select(jobs.c.spec).where(which, with_files)
    found: set[str] = set()
    for spec in map(json.loads, (await connection.execute(query)).scalars()):
        if music := spec.get("music"):
            found.add(music["sha256"])
        if sample := spec.get("voice_sample"):
            found.add(sample)
        for scene in spec["scenes"]:
            found |= {given["sha256"] for given in scene.get("references", ())}
            if redraw := scene.get("redraw"):
                found.add(redraw["sha256"])
    return found


def hashes(result: UnitResult) -> list[str]:
    """The hashes of the files of a result."""
    return [file.sha256 for file in result.files]
