"""One way to a database: SQLAlchemy Core, async, on SQLite or PostgreSQL by its URL.

SQLite runs in WAL with ``synchronous=FULL``: an acknowledged commit survives the loss of
power. There is one writing connection, whose transactions begin IMMEDIATE, so that what a
transaction read is still true when it writes; readers have a small pool of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

READERS = 4
BUSY_TIMEOUT_MS = 5_000


class Database:
    """A writer and a few readers over one database."""

    def __init__(self, url: str | sa.URL) -> None:
        self._url = sa.make_url(url)
        self._writer = _engine(self._url, pool_size=1, begin="BEGIN IMMEDIATE")
        self._readers = _engine(self._url, pool_size=READERS, begin="BEGIN")

    @classmethod
    def in_file(cls, path: Path) -> Database:
        """A SQLite database in ``path``; the folder must exist."""
        return cls(sa.URL.create("sqlite+aiosqlite", database=str(path)))

    async def migrate(self, migrations: Path, head: str) -> None:
        """Brings the schema to ``head``; alembic is only imported when it is behind."""
        if await self._revision() != head:
            await asyncio.to_thread(_upgrade, self._url, migrations)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; commits at the end, rolls back on an error."""
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads."""
        async with self._readers.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Closes all connections."""
        await self._readers.dispose()
        await self._writer.dispose()

    async def _revision(self) -> str | None:
        async with self.read() as connection:
            found = await connection.run_sync(
                lambda sync: sa.inspect(sync).has_table("alembic_version")
            )
            if not found:
                return None
            rows = await connection.execute(
                sa.text("SELECT version_num FROM alembic_version")
            )
            return rows.scalar()


def _engine(url: sa.URL, *, pool_size: int, begin: str) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0)
    _prepare(engine.sync_engine, begin)
    return engine


def _prepare(engine: sa.Engine, begin: str) -> None:
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(
            engine, "begin", lambda connection: connection.exec_driver_sql(begin)
        )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: it would begin them at the first
    # write, after the read that the write depends on.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _upgrade(url: sa.URL, migrations: Path) -> None:
    from alembic import command
    from alembic.config import Config

    drivers = {"sqlite+aiosqlite": "sqlite"}
    engine = sa.create_engine(
        url.set(drivername=drivers.get(url.drivername, url.drivername))
    )
    _prepare(engine, "BEGIN IMMEDIATE")
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
