"""Cancels what a worker still has of a film that went to another one.

Scenes that were sent ahead wait there for the rest, which comes no more. What is owed
is kept, so that a restart does not forget it.
"""

from __future__ import annotations

import logging

from orchestrator.bell import Bell
from orchestrator.errors import Refused, WorkerError
from orchestrator.settings import Settings
from orchestrator.store.films import PLACED, TERMINAL, FilmStore
from orchestrator.store.orphans import OrphanStore
from orchestrator.workers import Workers
from shared_protocol.api import FilmState

log = logging.getLogger(__name__)

#: So often a worker is asked; one that is away for longer is gone with its jobs.
TRIES = 20


class Orphans:
    """The loop that tells workers what is not wanted from them any more."""

    def __init__(
        self,
        settings: Settings,
        store: OrphanStore,
        films: FilmStore,
        workers: Workers,
        bell: Bell,
    ) -> None:
        self._settings = settings
        self._store = store
        self._films = films
        self._workers = workers
        self._ear = bell.listen()
        #: By job and address: how often it was tried since the start.
        self._left: dict[tuple[str, str], int] = {}

    async def leave(self, job_id: str, url: str) -> None:
        """Notes that the worker at ``url`` may have a job that it shall not finish."""
        await self._store.put(job_id, url)
        self._left[job_id, url] = 0
        self._ear.event.set()

    async def run(self) -> None:
        """Tells for ever."""
        for job_id, url in await self._store.all():
            self._left.setdefault((job_id, url), 0)
        while True:
            for job_id, url in list(self._left):
                if await self._is_settled(job_id, url):
                    await self._store.drop(job_id, url)
                    self._left.pop((job_id, url))
            await self._ear.wait(self._settings.longest_retry_s if self._left else None)

    async def _is_settled(self, job_id: str, url: str) -> bool:
        film = await self._films.get(job_id)
        if film is not None and film.state not in PLACED | TERMINAL:
            return False  # on its way, nobody knows where to
        wanted = film is not None and film.state is not FilmState.CANCELED
        if film is not None and wanted and film.worker_url == url:
            return True
        self._left[job_id, url] += 1
        try:
            await self._cancel(job_id, url, film.worker_boot if film else None)
        except Refused as refused:
            log.info("Film %s is not canceled at %s: %s", job_id, url, refused)
        except WorkerError:
            return self._left[job_id, url] >= TRIES
        return True

    async def _cancel(self, job_id: str, url: str, wanted_at: str | None) -> None:
        """Unless another address of the same worker was meant."""
        async with self._workers.visit(url) as client:
            health = await client.health()
            if health.boot_id is not None and health.boot_id != wanted_at:
                await client.cancel(job_id)
                log.info(
                    "Film %s is canceled at %s, where nobody waits for it.", job_id, url
                )
