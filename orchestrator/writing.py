"""Writes the scripts of films that begin with a topic; the first scenes go ahead.

A film waits in ``generating_script`` until its script is saved. A restart begins again
there; answers that had come are remembered, so nothing is asked or paid for twice.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from orchestrator.ahead import Ahead
from orchestrator.bell import Bell
from orchestrator.library import Library
from orchestrator.settings import Settings
from orchestrator.store.answers import AnswerStore
from orchestrator.store.films import Film, FilmStore
from orchestrator.studio import ready_message
from orchestrator.telling import Telling
from orchestrator.workers import Workers
from orchestrator.writer.asking import Asker
from orchestrator.writer.film_spec import film_spec
from orchestrator.writer.prices import tokens_and_price
from orchestrator.writer.services.base import WritingError
from orchestrator.writer.services.choice import Services
from orchestrator.writer.story import StoryWriter
from shared_protocol.clock import utc_now
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.films import FilmState
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.kit.tasks import end_tasks
from shared_protocol.scripts import Script, ScriptScene
from shared_protocol.wire import canonical_json

log = logging.getLogger(__name__)

WRITING = frozenset({FilmState.GENERATING_SCRIPT, FilmState.GENERATING_IMAGE_PROMPTS})
#: After the end of a script, until it is asked whether there is another to be written.
_LOOK_AGAIN_S = 0.05


class Writing:
    """The loop that has a task for each script that is being written."""

    def __init__(
        self,
        settings: Settings,
        films: FilmStore,
        answers: AnswerStore,
        library: Library,
        workers: Workers,
        services: Services,
        bell: Bell,
    ) -> None:
        self._settings = settings
        self._films = films
        self._answers = answers
        self._library = library
        self._workers = workers
        self._services = services
        self._ear = bell.listen(WRITING)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Writes for ever."""
        self._services.stand_by()
        try:
            while True:
                await self._look()
                await self._ear.wait()
        finally:
            await end_tasks(self._tasks.values())

    async def _look(self) -> None:
        """Begins what is to be written, and stops what is not wanted any more."""
        films = {film.job_id: film for film in await self._films.in_states(WRITING)}
        for job_id, task in self._tasks.items():
            if job_id not in films and not task.cancelling():
                task.cancel()  # once: then it takes its scenes back from their worker
        for job_id, film in films.items():
            if job_id not in self._tasks:
                task = asyncio.create_task(self._write(film), name=f"write {job_id}")
                self._tasks[job_id] = task
                task.add_done_callback(partial(self._ended, job_id))

    def _ended(self, job_id: str, _task: asyncio.Task[None]) -> None:
        """The same film may be wanted again already; what was written is placed first."""
        self._tasks.pop(job_id, None)
        loop = asyncio.get_running_loop()
        loop.call_later(_LOOK_AGAIN_S, self._ear.event.set)

    async def _write(self, film: Film) -> None:
        ahead = Ahead(self._films, self._library, self._workers, film)
        ahead.begin()
        try:
            script = await self._script(film, ahead)
            await ahead.stop()
            await self._save(film, script)
        except asyncio.CancelledError:
            await self._give_up_ahead(film, ahead)
            raise
        except (WritingError, ApiError) as error:
            await ahead.withdraw()
            await self._failed(film, error)
        except Exception as error:
            log.exception("Film %s: the writer broke.", film.job_id)
            await ahead.withdraw()
            await self._failed(film, error)

    async def _give_up_ahead(self, film: Film, ahead: Ahead) -> None:
        """A film that is not wanted is taken from its worker; a restart goes on with it."""
        now = await self._films.get(film.job_id)
        if now is None or now.state not in WRITING:
            await ahead.withdraw()
        else:
            await ahead.stop()

    async def _script(self, film: Film, ahead: Ahead) -> Script:
        request = film.request
        service = self._services.get(self._services.name_for(request.engine.script))

        async def on_note(sentence: str) -> None:
            await self._say(film, sentence)

        async def say_progress(sentence: str, progress: int) -> None:
            await self._say(film, sentence, progress=progress)

        async def on_scenes(scenes: tuple[ScriptScene, ...], language: str) -> None:
            if len(scenes) > ahead.seen:
                telling.tell(
                    f"Writing the script: {len(scenes)} of {request.num_scenes} scenes.",
                    min(9 * len(scenes) // request.num_scenes, 9),
                )
            ahead.offer(scenes, language)

        telling = Telling(say_progress)
        asker = Asker(
            service,
            self._answers,
            nonce=film.job_id if request.new_script else None,
            on_note=on_note,
            first_wait_s=self._settings.writer_first_wait_s,
        )
        try:
            return await StoryWriter(asker, request, on_scenes).write()
        finally:
            await telling.stop()

    async def _save(self, film: Film, script: Script) -> None:
        request = film.request
        spec = film_spec(request, script)
        message = ready_message(len(script.scenes), review=request.review)
        usage = script.usage
        if usage is not None:
            message = f"{message.removesuffix('.')} ({tokens_and_price(usage)})."
        if await self._films.script_is_written(
            film.job_id,
            WRITING,
            script,
            title=script.title[:200],
            spec_json=spec.model_dump_json(),
            state=FilmState.REVIEW if request.review else FilmState.STARTING,
            stage="review" if request.review else "script",
            message=message,
            usage_json=usage.model_dump_json() if usage else None,
            warnings_json=canonical_json(list(script.warnings)),
        ):
            log.info("Film %s: %s", film.job_id, message)

    async def _failed(self, film: Film, error: Exception) -> None:
        code = getattr(error, "code", Code.INTERNAL)
        told = isinstance(error, WritingError | ApiError)
        message = str(error) if told else "The writer broke; the log has the details."
        body = ErrorBody(code=code, message=message, retryable=_is_retryable(code))
        await self._films.change(
            film.job_id,
            WRITING,
            state=FilmState.ERROR,
            stage="script",
            message=message,
            error_json=body.model_dump_json(),
            finished_at=utc_now(),
        )

    async def _say(self, film: Film, message: str, **values: Any) -> None:
        await self._films.change(film.job_id, WRITING, message=message, **values)


def _is_retryable(code: str) -> bool:
    return code in (Code.WRITER_BUSY, Code.WRITER_QUOTA, Code.WRITER_FAILED)
