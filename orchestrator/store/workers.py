"""Addresses and tokens of remote workers; the only place where a token is kept."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.store import tables as t
from orchestrator.url_intake import WorkerAddress
from shared_protocol.kit.database import Database


class WorkerStore:
    """Remote workers by address."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def current(self) -> WorkerAddress | None:
        """The remote worker in use, or None."""
        return await self._find(t.workers.c.current)

    async def token_of(self, url: str) -> str | None:
        """The token that last came with ``url``."""
        found = await self._find(t.workers.c.url == url)
        return found.token if found else None

    async def use(self, address: WorkerAddress | None) -> None:
        """Makes ``address`` the current one, keeping a token known for it."""
        async with self._db.write() as connection:
            await connection.execute(t.workers.update().values(current=False))
            if address is None:
                return
            mine = t.workers.c.url == address.url
            await connection.execute(t.workers.delete().where(mine))
            await connection.execute(
                t.workers.insert().values(
                    url=address.url, token=address.token, current=True
                )
            )

    async def _find(self, condition: sa.ColumnElement[bool]) -> WorkerAddress | None:
        query = sa.select(t.workers.c.url, t.workers.c.token).where(condition)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return WorkerAddress(row.url, row.token) if row else None
