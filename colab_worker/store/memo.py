"""The memo's rows: under which key which result is known."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from colab_worker.store.tables import memo
from shared_protocol.artifacts import MemoEntry, UnitResult
from shared_protocol.clock import utc_now
from shared_protocol.kit.database import Database


class MemoRows:
    """What is known under which key; part of the ``Store``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(self, entries: Sequence[MemoEntry]) -> None:
        """Takes over memo entries of another machine; known keys stay as they are."""
        if not entries:
            return
        async with self._database.write() as connection:
            for entry in entries:
                await remember(connection, entry)

    async def keys(self) -> set[str]:
        """All keys under which something is remembered."""
        async with self._database.read() as connection:
            return set((await connection.execute(sa.select(memo.c.key))).scalars())

    async def entry(self, key: str) -> MemoEntry | None:
        """The whole entry under ``key``."""
        query = sa.select(memo.c.kind, memo.c.result).where(memo.c.key == key)
        async with self._database.read() as connection:
            found = (await connection.execute(query)).one_or_none()
        if found is None:
            return None
        result = UnitResult.model_validate(found.result)
        return MemoEntry(key=key, kind=found.kind, result=result)

    async def recall(self, key: str) -> UnitResult | None:
        """What is remembered under ``key``."""
        query = sa.select(memo.c.result).where(memo.c.key == key)
        async with self._database.read() as connection:
            found = (await connection.execute(query)).scalar()
        return UnitResult.model_validate(found) if found else None


async def remember(connection: AsyncConnection, entry: MemoEntry) -> None:
    """Adds an entry within a transaction; a known key stays as it is."""
    known = await connection.execute(
        sa.select(memo.c.key).where(memo.c.key == entry.key)
    )
    values = {
        "key": entry.key,
        "kind": entry.kind,
        "result": entry.result.model_dump(mode="json"),
        "created_at": utc_now(),
    }
    if known.scalar() is None:
        await connection.execute(sa.insert(memo).values(values))
