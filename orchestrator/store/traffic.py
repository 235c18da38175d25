"""What went through tunnels, by host and month; and which films may cost more."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.store import tables as t
from shared_protocol.kit.database import Database


class TrafficStore:
    """The queries on ``traffic`` and ``allowed``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def all(self) -> list[tuple[str, str, int, int]]:
        """Host, month (``2026-11``), requests and bytes of each row."""
        columns = (t.traffic.c.host, t.traffic.c.month)
        counts = (t.traffic.c.requests, t.traffic.c.bytes)
        async with self._db.read() as connection:
            rows = (await connection.execute(sa.select(*columns, *counts))).all()
        return [(row.host, row.month, row.requests, row.bytes) for row in rows]

    async def put(self, host: str, month: str, requests: int, size: int) -> None:
        """Replaces the row of that host and month."""
        mine = (t.traffic.c.host == host) & (t.traffic.c.month == month)
        async with self._db.write() as connection:
            await connection.execute(t.traffic.delete().where(mine))
            await connection.execute(
                t.traffic.insert().values(
                    host=host, month=month, requests=requests, bytes=size
                )
            )

    async def allowed(self) -> set[str]:
        """Films that may cost more than their tunnel has left."""
        async with self._db.read() as connection:
            return set(await connection.scalars(sa.select(t.allowed.c.job_id)))

    async def allow(self, job_id: str) -> None:
        """Notes that somebody said yes."""
        mine = t.allowed.c.job_id == job_id
        async with self._db.write() as connection:
            await connection.execute(t.allowed.delete().where(mine))
            await connection.execute(t.allowed.insert().values(job_id=job_id))
