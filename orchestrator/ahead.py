"""Scenes that are drawn while the script is still being written.

A worker gets the film as an ``open`` spec that grows under higher attempts. It is only a
head start: the whole film follows under its own attempt and finds by content key what is
done, so whatever goes wrong here costs nothing.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from orchestrator.errors import WorkerError
from orchestrator.library import Library
from orchestrator.store.films import Film, FilmStore
from orchestrator.worker_client import WorkerClient
from orchestrator.workers import Choice, Workers
from orchestrator.writer.film_spec import film_spec
from shared_protocol.films import FilmState
from shared_protocol.jobs import JobSubmission
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.kit.tasks import end_tasks
from shared_protocol.references import character_files, given_files
from shared_protocol.scripts import Script, ScriptScene
from shared_protocol.specs import FilmSpec

log = logging.getLogger(__name__)

#: How long a worker is given to hear that the scenes are not wanted.
WITHDRAW_S = 5.0


class Ahead:
    """The head start of one film."""

    def __init__(
        self, films: FilmStore, library: Library, workers: Workers, film: Film
    ) -> None:
        self._films = films
        self._library = library
        self._workers = workers
        self._film = film
        self._scenes: tuple[ScriptScene, ...] = ()
        self._language = "en"
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._waking: asyncio.Task[None] | None = None
        self._client: WorkerClient | None = None

    @property
    def seen(self) -> int:
        """How many scenes have come."""
        return len(self._scenes)

    def begin(self) -> None:
        """Wakes a worker that may get the film, while the service is still thinking."""
        if not self._film.request.review:
            self._waking = asyncio.create_task(self._wake(), name="waking a worker")

    async def _wake(self) -> None:
        try:
            await self._workers.choose(self._film.request.engine.image)
        except WorkerError as error:  # whoever needs it says so
            log.debug("No worker yet for film %s: %s", self._film.job_id, error)
        except Exception:  # a head start is never worth a script
            log.exception("Film %s: no worker can be woken.", self._film.job_id)

    def offer(self, scenes: tuple[ScriptScene, ...], language: str) -> None:
        """Takes the scenes that are whole so far; returns at once."""
        if len(scenes) <= len(self._scenes):
            return
        self._scenes, self._language = scenes, language
        if self._film.request.review or self._engine_is_open():
            return  # nobody has said yet that they shall be drawn, or with what
        self._news.set()
        if self._task is None:
            self._task = asyncio.create_task(self._send(), name="scenes ahead")

    def _engine_is_open(self) -> bool:
        """Pictures may yet be drawn otherwise: by the engine that keeps the looks of
        characters, or compiled, if there are scenes enough.
        """
        request = self._film.request
        if request.image.compile:
            return True
        if request.engine.image != "auto" or not character_files(request.characters):
            return False
        return not any(scene.references for scene in self._scenes)

    async def stop(self) -> None:
        """Sends no more; what the worker has, it keeps."""
        tasks = (self._waking, self._task)
        await end_tasks(task for task in tasks if task is not None)

    async def withdraw(self) -> None:
        """Sends no more, and tells the worker that nothing is wanted."""
        await self.stop()
        if self._client is not None:
            with suppress(WorkerError, TimeoutError):
                async with asyncio.timeout(WITHDRAW_S):
                    await self._client.cancel(self._film.job_id)

    async def _send(self) -> None:
        try:
            choice = await self._workers.choose(self._film.request.engine.image)
            while True:
                await self._news.wait()
                self._news.clear()
                await self._submit(choice)
        except (WorkerError, ApiError) as error:
            log.info("No scenes ahead for film %s: %s", self._film.job_id, error)
        except Exception:  # a head start is never worth a script
            log.exception("Film %s: its scenes cannot go ahead.", self._film.job_id)

    async def _submit(self, choice: Choice) -> None:
        now = await self._films.get(self._film.job_id)
        if now is None:
            return
        # Noted before it is used: after a crash the next attempt is higher, and it is
        # known who has the scenes.
        if await self._films.change(
            now.job_id,
            {FilmState.GENERATING_SCRIPT, FilmState.GENERATING_IMAGE_PROMPTS},
            attempt=now.attempt + 1,
            worker_kind=choice.slot.kind,
            worker_url=choice.client.address.url,
            worker_reason=choice.reason,
        ):
            self._client, spec = choice.client, self._spec()
            given = given_files(spec.music, spec.scenes, spec.voice_sample)
            await self._library.send(given.values(), choice.client)
            submission = JobSubmission(spec=spec, attempt=now.attempt + 1)
            await choice.client.submit(now.job_id, submission)
            choice.slot.heard()

    def _spec(self) -> FilmSpec:
        request = self._film.request
        script = Script(
            title=self._film.title, language=self._language, scenes=self._scenes
        )
        return film_spec(request, script).model_copy(
            update={"open": True, "music": None}  # only the whole film has music
        )
