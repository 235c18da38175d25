"""What is owed to workers: told once, and once more when it is noted again meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from orchestrator.bell import Bell
from orchestrator.orphans import Orphans
from orchestrator.settings import Settings
from orchestrator.store.films import FilmStore
from orchestrator.store.orphans import OrphanStore
from orchestrator.store.schema import prepare_schema
from orchestrator.workers import Workers
from shared_protocol.kit.changes import Changes
from shared_protocol.kit.database import Database
from shared_protocol.kit.tasks import end_tasks
from shared_protocol.workers import Health

NOTE = ("job-12345", "https://worker.example")


class SlowWorker:
    """Takes a cancel, and answers when it is let."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[str] = asyncio.Queue()
        self.may_answer = asyncio.Semaphore(0)

    @asynccontextmanager
    async def visit(self, _url: str) -> AsyncIterator[SlowWorker]:
        """Itself, at any address."""
        yield self

    async def health(self) -> Health:
        """Of a run that nobody expects."""
        return Health(protocol=1, tts="", boot_id="boot")

    async def cancel(self, job_id: str) -> None:
        """Notes it, and waits."""
        self.asked.put_nowait(job_id)
        await self.may_answer.acquire()


async def test_what_is_noted_while_the_worker_is_told_is_told_again(
    tmp_path: Path,
) -> None:
    """The job may have come to the worker anew after the first cancel reached it."""
    database = await asyncio.to_thread(Database.in_file, tmp_path / "o.db")
    await prepare_schema(database)
    bell, worker, store = Bell(), SlowWorker(), OrphanStore(database)
    films = FilmStore(database, Changes(), bell)
    settings = Settings(home=tmp_path, url_file=tmp_path / "URL.txt")
    orphans = Orphans(settings, store, films, cast(Workers, worker), bell)
    telling = asyncio.create_task(orphans.run())
    try:
        await orphans.leave(*NOTE)
        assert await worker.asked.get() == NOTE[0]
        await orphans.leave(*NOTE)
        worker.may_answer.release()
        assert await asyncio.wait_for(worker.asked.get(), 60) == NOTE[0]
        assert await store.all() == [NOTE]
    finally:
        await end_tasks([telling])
        await database.close()
