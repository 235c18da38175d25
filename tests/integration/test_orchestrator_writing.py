"""Scripts that nobody wants any more: their scenes are taken back in peace."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

from orchestrator.ahead import Ahead
from orchestrator.bell import Bell
from orchestrator.library import Library
from orchestrator.settings import Settings
from orchestrator.store.answers import AnswerStore
from orchestrator.store.films import Film, FilmStore
from orchestrator.store.mirrored import MirrorStore
from orchestrator.store.schema import prepare_schema
from orchestrator.workers import Workers
from orchestrator.writer.services.choice import Services
from orchestrator.writing import Writing
from shared_protocol.films import FilmState
from shared_protocol.kit.changes import Changes
from shared_protocol.kit.database import Database
from shared_protocol.kit.tasks import end_tasks
from shared_protocol.scripts import Script
from tests.film_rows import film


class _Slow(Writing):
    """Never ends a script, and tells workers only when it is allowed to."""

    begun: asyncio.Event
    giving_up: asyncio.Event
    may_tell: asyncio.Event
    told: asyncio.Event

    async def _script(self, film: Film, ahead: Ahead) -> Script:
        self.begun.set()
        await asyncio.Event().wait()
        raise AssertionError("it is only ever canceled")

    async def _give_up_ahead(self, film: Film, ahead: Ahead) -> None:
        self.giving_up.set()
        await self.may_tell.wait()
        self.told.set()


async def test_news_of_others_do_not_cut_off_who_tells_the_worker(
    tmp_path: Path,
) -> None:
    """A film is canceled; while its worker is told, the loop is woken again."""
    database = await asyncio.to_thread(Database.in_file, tmp_path / "o.db")
    await prepare_schema(database)
    bell = Bell()
    films = FilmStore(database, Changes(), bell)
    settings = Settings(home=tmp_path, url_file=tmp_path / "URL.txt")
    library = Library(tmp_path / "library", films, MirrorStore(database))
    nobody = cast(Workers, None)  # a film to be reviewed wakes no worker
    services, answers = Services(settings), AnswerStore(database)
    writing = _Slow(settings, films, answers, library, nobody, services, bell)
    writing.begun, writing.giving_up = asyncio.Event(), asyncio.Event()
    writing.may_tell, writing.told = asyncio.Event(), asyncio.Event()
    ordered = '{"topic": "a hill", "review": true}'
    topic = film(state=FilmState.GENERATING_SCRIPT, request_json=ordered)
    await films.add(topic)
    running = asyncio.create_task(writing.run())
    try:
        await writing.begun.wait()
        canceled = {FilmState.GENERATING_SCRIPT}
        await films.change(topic.job_id, canceled, state=FilmState.CANCELED)
        await writing.giving_up.wait()
        await writing._look()
        writing.may_tell.set()
        async with asyncio.timeout(60):
            await writing.told.wait()
    finally:
        await end_tasks([running])
        await services.close()
        await database.close()
