"""One way to a database: SQLAlchemy Core, async, on SQLite or PostgreSQL by its URL.

SQLite runs in WAL with ``synchronous=FULL``: an acknowledged commit survives the loss of
power. There is one writing connection, whose transactions begin IMMEDIATE, so that what a
transaction read is still true when it writes; readers have a small pool of their own, and
no transactions.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
import weakref
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

READERS = 4
#: How long a connection waits for the lock of another process: on a busy machine with
#: a slow disk, the last commit of a worker that ends takes seconds.
BUSY_TIMEOUT_MS = 30_000
#: How often a file is asked whether it can be switched to WAL now.
_SWITCH_POLL_S = 0.02


class _Connection(sqlite3.Connection):
    """A connection that is really closed by its ``close``, with its transaction.

    Python's own leaves SQLite's open while a statement is not read to its end: so a write
    that is canceled in the middle would keep the lock until its traceback is collected.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._cursors = weakref.WeakSet[sqlite3.Cursor]()

    def cursor(self, *args: Any, **options: Any) -> Any:
        """A cursor, which ``close`` closes."""
        cursor = super().cursor(*args, **options)
        self._cursors.add(cursor)
        return cursor

    def close(self) -> None:
        """Ends all statements, rolls back what is not committed, and closes."""
        for cursor in tuple(self._cursors):
            cursor.close()
        super().close()


class Database:
    """A writer and a few readers over one database."""

    def __init__(self, url: str | sa.URL) -> None:
        self._url = sa.make_url(url)
        sqlite = self._url.get_backend_name() == "sqlite"
        options = {"factory": _Connection} if sqlite else {}
        self._writer = create_async_engine(
            self._url, pool_size=1, max_overflow=0, connect_args=options
        )
        _prepare(self._writer.sync_engine)
        _begin_immediate(self._writer.sync_engine)
        # A reader asks one thing: a transaction around it would take twice the time.
        self._readers = create_async_engine(
            self._url,
            pool_size=READERS,
            max_overflow=0,
            connect_args=options,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
        )
        _prepare(self._readers.sync_engine)
        self._switching = asyncio.Lock()
        self._switched = not sqlite

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
        await self._switch()
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with; each statement sees what was committed before it."""
        await self._switch()
        async with self._readers.connect() as connection:
            yield connection

    async def open(self) -> None:
        """Opens all connections for reading, so that no reader has to wait for one."""
        async with AsyncExitStack() as stack:
            for _ in range(READERS):
                _ = await stack.enter_async_context(self.read())

    async def close(self) -> None:
        """Closes all connections."""
        await self._readers.dispose()
        await self._writer.dispose()

    async def _switch(self) -> None:
        """Switches the file to WAL, once."""
        async with self._switching:
            if not self._switched:
                await asyncio.to_thread(_switch_to_wal, self._url.database or "")
                self._switched = True

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


def _prepare(engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)


def _begin_immediate(engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "begin", _begin)


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: it would begin them at the first
    # write, after the read that the write depends on.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _switch_to_wal(path: str) -> None:
    """Makes the file one with a write-ahead log, which it then stays. Blocks.

    SQLite reads the header first and then asks for the lock to write it. That it does
    not wait for, whatever ``busy_timeout`` says: two that do so would wait for each
    other. So while another process writes, a fresh file is "locked" at once.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    timeout_s = BUSY_TIMEOUT_MS / 1000
    with contextlib.closing(sqlite3.connect(path, timeout=timeout_s)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                locked = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
                if not locked or time.monotonic() > deadline:
                    raise
            time.sleep(_SWITCH_POLL_S)


def _upgrade(url: sa.URL, migrations: Path) -> None:
    from alembic import command
    from alembic.config import Config

    drivers = {"sqlite+aiosqlite": "sqlite"}
    engine = sa.create_engine(
        url.set(drivername=drivers.get(url.drivername, url.drivername))
    )
    _prepare(engine)
    _begin_immediate(engine)
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
