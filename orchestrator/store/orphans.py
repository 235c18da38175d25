"""Jobs that a worker may have and shall not finish, until it was told."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.store import tables as t
from shared_protocol.kit.database import Database


class OrphanStore:
    """The queries on ``orphans``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def all(self) -> list[tuple[str, str]]:
        """Job and address of each row."""
        async with self._db.read() as connection:
            rows = (await connection.execute(t.orphans.select())).all()
        return [(row.job_id, row.url) for row in rows]

    async def put(self, job_id: str, url: str) -> None:
        """Keeps one; it may be there already."""
        async with self._db.write() as connection:
            await connection.execute(t.orphans.delete().where(_is(job_id, url)))
            await connection.execute(t.orphans.insert().values(job_id=job_id, url=url))

    async def drop(self, job_id: str, url: str) -> None:
        """Forgets one."""
        async with self._db.write() as connection:
            await connection.execute(t.orphans.delete().where(_is(job_id, url)))


def _is(job_id: str, url: str) -> sa.ColumnElement[bool]:
    return (t.orphans.c.job_id == job_id) & (t.orphans.c.url == url)
