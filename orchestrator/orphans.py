"""Cancels what a worker still has of a film that went to another one, or was deleted.

Scenes that were sent ahead wait there for the rest, which comes no more. What is owed
is kept, so that a restart does not forget it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from orchestrator.bell import Bell
from orchestrator.errors import Refused, WorkerError
from orchestrator.settings import Settings
from orchestrator.store.films import PLACED, TERMINAL, FilmStore
from orchestrator.store.orphans import OrphanStore
from orchestrator.workers import Workers
from shared_protocol.films import FilmState

log = logging.getLogger(__name__)

#: So often a worker is asked; one that is away for longer is gone with its jobs.
TRIES = 20


@dataclass(eq=False)
class _Note:
    """What is owed to one worker about one job."""

    #: How often it was tried since the start.
    tries: int = 0


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
        #: By job and address.
        self._left: dict[tuple[str, str], _Note] = {}

    async def leave(self, job_id: str, url: str) -> None:
        """Notes that the worker at ``url`` may have a job that it shall not finish."""
        await self._store.put(job_id, url)
        self._left[job_id, url] = _Note()
        self._ear.event.set()

    async def run(self) -> None:
        """Tells for ever."""
        for job_id, url in await self._store.all():
            self._left.setdefault((job_id, url), _Note())
        while True:
            for (job_id, url), note in list(self._left.items()):
                if await self._is_settled(job_id, url, note):
                    await self._forget(job_id, url, note)
            await self._ear.wait(self._settings.longest_retry_s if self._left else None)

    async def _forget(self, job_id: str, url: str, note: _Note) -> None:
        """Unless the same was noted again meanwhile."""
        if self._left[job_id, url] is not note:
            return
        del self._left[job_id, url]
        await self._store.drop(job_id, url)
        if (job_id, url) in self._left:
            await self._store.put(job_id, url)

    async def _is_settled(self, job_id: str, url: str, note: _Note) -> bool:
        film = await self._films.get(job_id)
        if film is not None and film.state not in PLACED | TERMINAL:
            return False  # on its way, nobody knows where to
        unwanted = (FilmState.CANCELED, FilmState.CANCELING)
        wanted = film is not None and film.state not in unwanted
        if film is not None and wanted and film.worker_url == url:
            return True
        note.tries += 1
        try:
            await self._cancel(
                job_id, url, film.worker_boot if film and wanted else None
            )
        except Refused as refused:
            log.info("Film %s is not canceled at %s: %s", job_id, url, refused)
        except WorkerError:
            return note.tries >= TRIES
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
