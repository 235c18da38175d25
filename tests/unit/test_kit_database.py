"""The database: nothing lost between processes, nothing half-done, readers never wait."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared_protocol.kit.database import READERS, Database

PROCESSES, ROUNDS = 3, 10
#: A name that no URL could carry.
PLACE = "a?b#c %41/test.db"
COUNT = sa.text("SELECT number FROM counter")

_COUNTING = """
import asyncio, sys
from pathlib import Path
import sqlalchemy as sa
from shared_protocol.kit.database import Database

async def count():
    database = Database.in_file(Path(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        async with database.write() as connection:
            number = (await connection.execute(sa.text("SELECT number FROM counter"))).scalar()
            await asyncio.sleep(0.001)  # what others would need to slip in between
            await connection.execute(sa.text(f"UPDATE counter SET number = {number + 1}"))
    await database.close()

asyncio.run(count())
"""


#: Another process in the midst of its first write, until it reads a line.
_WRITING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("CREATE TABLE first (number INTEGER)")
print("writing", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database with a counter at 0."""
    path = tmp_path / PLACE
    path.parent.mkdir()
    opened = Database.in_file(path)
    async with opened.write() as connection:
        await connection.execute(sa.text("CREATE TABLE counter (number INTEGER)"))
        await connection.execute(sa.text("INSERT INTO counter VALUES (0)"))
    yield opened
    await opened.close()
    assert sorted(f.name for f in path.parent.iterdir()) == ["test.db"]


async def counted(database: Database) -> int:
    """What the counter says."""
    async with database.read() as connection:
        return int((await connection.execute(COUNT)).scalar_one())


async def test_processes_that_read_then_write_lose_nothing(
    database: Database, tmp_path: Path
) -> None:
    """What a transaction has read is still true when it writes."""
    path = tmp_path / PLACE
    arguments = [sys.executable, "-c", _COUNTING, str(path), str(ROUNDS)]

    def count_together() -> list[int]:
        running = [subprocess.Popen(arguments) for _ in range(PROCESSES)]
        return [process.wait() for process in running]

    assert await asyncio.to_thread(count_together) == [0] * PROCESSES
    assert await counted(database) == PROCESSES * ROUNDS


async def test_a_fresh_file_that_another_process_writes_is_waited_for(
    tmp_path: Path,
) -> None:
    """The switch to a write-ahead log is no reason to find the database locked."""
    path = tmp_path / "fresh.db"
    opened = Database.in_file(path)
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITING, str(path),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert other.stdin is not None and other.stdout is not None
    assert await other.stdout.readline() == b"writing\n"

    async def write() -> None:
        async with opened.write() as connection:
            await connection.execute(sa.text("CREATE TABLE counter (number INTEGER)"))
            await connection.execute(sa.text("INSERT INTO counter VALUES (7)"))

    writing = asyncio.create_task(write())
    assert await asyncio.wait({writing}, timeout=0.5) == (set(), {writing})
    other.stdin.write(b"enough\n")
    await writing

    assert await other.wait() == 0
    assert await counted(opened) == 7
    await opened.close()


async def test_tasks_of_one_process_take_turns(database: Database) -> None:
    """One writing connection: a hundred tasks count to a hundred."""

    async def count() -> None:
        async with database.write() as connection:
            number = (await connection.execute(COUNT)).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(sa.text(f"UPDATE counter SET number={number + 1}"))

    await asyncio.gather(*(count() for _ in range(100)))

    assert await counted(database) == 100


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    """Tables too: nothing of a failed transaction is seen."""
    with pytest.raises(KeyError):
        async with database.write() as connection:
            await connection.execute(sa.text("UPDATE counter SET number = 5"))
            await connection.execute(sa.text("CREATE TABLE half (number INTEGER)"))
            raise KeyError

    assert await counted(database) == 0
    async with database.read() as connection:
        tables = await connection.run_sync(
            lambda sync: sa.inspect(sync).get_table_names()
        )
    assert tables == ["counter"]


async def test_a_write_canceled_amid_a_statement_lets_go_of_the_lock(
    database: Database, tmp_path: Path
) -> None:
    """Others write at once; what was not committed is gone."""
    started, goes_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def stay() -> int:
        loop.call_soon_threadsafe(started.set)
        goes_on.wait()
        return 1

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(sa.text("UPDATE counter SET number = 5"))
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.create_function("stay", 0, stay)
            await connection.execute(sa.text("SELECT stay()"))

    writing = asyncio.create_task(write())
    await started.wait()
    writing.cancel()
    goes_on.set()
    with pytest.raises(asyncio.CancelledError) as canceled:
        await writing
    assert canceled.tb is not None  # it still holds what the statement was
    with contextlib.closing(
        sqlite3.connect(tmp_path / PLACE, timeout=0, isolation_level=None)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        assert other.execute(str(COUNT)).fetchall() == [(0,)]


async def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    """During a write, readers see what was before it."""
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE counter SET number = 5"))
        assert await counted(database) == 0

    assert await counted(database) == 5


async def test_sqlite_is_set_up_to_survive_a_loss_of_power(database: Database) -> None:
    """The settings behind the promise are really on, for writer and readers."""
    for transaction in (database.write, database.read):
        async with transaction() as connection:
            found = {
                name: (await connection.execute(sa.text(f"PRAGMA {name}"))).scalar()
                for name in (
                    "journal_mode",
                    "synchronous",
                    "foreign_keys",
                    "busy_timeout",
                )
            }
        assert found == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 30_000,
        }


async def test_readers_can_be_opened_before_they_are_needed(database: Database) -> None:
    """As many as may read at once: those find a connection, each with its thread."""
    await database.open()
    before = set(threading.enumerate())
    together = asyncio.Barrier(READERS)

    async def read() -> None:
        async with database.read() as connection:
            await connection.execute(COUNT)
            await together.wait()

    await asyncio.gather(*(read() for _ in range(READERS)))
    assert set(threading.enumerate()) == before
