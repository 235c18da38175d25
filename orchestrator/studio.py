"""Takes orders for films: make one, cancel it, try it again, delete it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from operator import not_

from tenacity import AsyncRetrying, retry_if_result, wait_fixed

from orchestrator.errors import WorkerError
from orchestrator.library import Library
from orchestrator.orphans import Orphans
from orchestrator.settings import Settings
from orchestrator.store.films import PLACEABLE, Film, FilmStore, KeyTaken
from orchestrator.worker_client import WorkerClient
from orchestrator.workers import Workers
from orchestrator.writer.film_spec import write_film
from orchestrator.writer.services.choice import Services
from shared_protocol.clock import new_id, utc_now
from shared_protocol.errors import Code
from shared_protocol.films import FilmState
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.orders import GenerateRequest
from shared_protocol.references import character_files, given_files
from shared_protocol.wire import canonical_json

log = logging.getLogger(__name__)

#: How long a deletion waits for a worker to hear that the film is not wanted.
CANCEL_S = 5.0
_CANCELABLE = {FilmState.SENDING, FilmState.SENT, FilmState.UNREACHABLE}
_BEFORE = {
    FilmState.GENERATING_SCRIPT,
    FilmState.GENERATING_IMAGE_PROMPTS,
    FilmState.REVIEW,
}
#: Films that go on when they are tried again.
RETRYABLE = {FilmState.ERROR, FilmState.CANCELED, FilmState.UNREACHABLE}


class Studio:
    """The orders that clients may give."""

    def __init__(
        self,
        settings: Settings,
        films: FilmStore,
        library: Library,
        workers: Workers,
        services: Services,
        orphans: Orphans,
    ) -> None:
        self._settings = settings
        self._films = films
        self._library = library
        self._workers = workers
        self._services = services
        self._orphans = orphans

    async def make(
        self, request: GenerateRequest, *, key: str | None, body_sha256: str
    ) -> Film:
        """A new film, or the one made before under the same idempotency key.

        Raises ApiError: 422 for what cannot be told or another body under the key, 429
        when too many films are open, 507 when the disk is nearly full.
        """
        before = await self._films.by_key(key) if key else None
        if before is not None:
            return _same_order(before, body_sha256)
        if _is_unwritten(request):  # somebody must be there who can write it
            self._services.name_for(request.engine.script)
        await self._check_room()
        given = given_files(request.music, request.scenes, request.voice_sample)
        given |= character_files(request.characters)
        await self._library.check_given(given)
        film = await self._ordered(request)
        film = replace(film, idempotency_key=key, body_sha256=body_sha256)
        try:
            await self._library.add(film, given)
        except KeyTaken as taken:
            return _same_order(taken.film, body_sha256)
        log.info("Film %s: %s", film.job_id, film.message)
        return film

    async def _ordered(self, request: GenerateRequest) -> Film:
        """The film as it begins: with its script, or with one to be written."""
        if _is_unwritten(request):
            return _to_be_written(request)
        script, spec = await asyncio.to_thread(write_film, request)
        return Film(
            job_id=new_id(),
            title=spec.title,
            state=FilmState.REVIEW if request.review else FilmState.STARTING,
            version=1,
            progress=0,
            message=ready_message(len(spec.scenes), review=request.review),
            stage="review" if request.review else "script",
            attempt=1,
            created_at=utc_now(),
            request_json=request.model_dump_json(exclude_unset=True),
            script_json=script.model_dump_json(),
            spec_json=spec.model_dump_json(),
            warnings_json=canonical_json(list(script.warnings)),
        )

    async def find(self, job_id: str) -> Film:
        """The film; raises ApiError 404."""
        film = await self._films.get(job_id)
        if film is None:
            raise ApiError(
                Code.NOT_FOUND,
                "There is no film with this id; GET /api/jobs lists those there are.",
            )
        return film

    async def cancel(self, job_id: str) -> Film:
        """Stops a film: at once if no worker has it, else through its worker."""
        before, waiting = await self.find(job_id), {*PLACEABLE, *_BEFORE}
        if before.state in waiting and before.worker_url is not None:
            # Its first scenes may be there; the note counts if it is canceled now.
            await self._orphans.leave(job_id, before.worker_url)
        if not await self._films.change(
            job_id,
            waiting,
            state=FilmState.CANCELED,
            stage="canceled",
            message="Canceled before a worker had it.",
            finished_at=utc_now(),
        ):
            await self._films.change(
                job_id,
                _CANCELABLE,
                state=FilmState.CANCELING,
                message="The film is being canceled.",
            )
        return await self.find(job_id)

    async def retry(self, job_id: str) -> Film:
        """Goes on with a failed, canceled or unreachable film; 409 for any other."""
        film = await self.find(job_id)
        unwritten = not film.script_json
        if await self._films.change(
            job_id,
            RETRYABLE,
            of_attempt=film.attempt,
            attempt=film.attempt + 1,
            state=FilmState.GENERATING_SCRIPT if unwritten else FilmState.REQUEUED,
            stage="script" if unwritten else "waiting",
            message="Tried again; what is finished is kept.",
            progress=0,
            error_json=None,
            finished_at=None,
            worker_kind=None,
        ):
            return await self.find(job_id)
        why = (
            "is complete"
            if film.state is FilmState.COMPLETE
            else f"is still going on ({film.state})"
        )
        raise ApiError(Code.CONFLICT, f"The film {why}, so there is nothing to retry.")

    async def delete(self, job_id: str) -> None:
        """Forgets a film and its files; one that is going on is canceled first."""
        film = await self.find(job_id)
        told = film.state.terminal
        slot = self._workers.slot(film.worker_kind)
        if slot is not None and slot.client is not None:
            with suppress(WorkerError, TimeoutError):
                async with asyncio.timeout(CANCEL_S):
                    await self._delete_there(slot.client, film)
                told = True
        await self._library.forget(job_id)
        if not told and film.worker_url is not None:
            await self._orphans.leave(job_id, film.worker_url)

    async def _delete_there(self, client: WorkerClient, film: Film) -> None:
        """Frees the worker's disk too."""
        if not film.state.terminal:
            await client.cancel(film.job_id)
        stopping = AsyncRetrying(retry=retry_if_result(not_), wait=wait_fixed(0.1))
        await stopping(client.delete, film.job_id)

    async def _check_room(self) -> None:
        if await self._films.count_open() >= self._settings.queue_capacity:
            raise ApiError(
                Code.QUEUE_FULL,
                f"{_films(self._settings.queue_capacity)} already open here, which is "
                "the limit; wait for one to finish, or cancel one.",
                headers={"Retry-After": "30"},
            )
        await self.check_disk()

    async def check_disk(self, coming_bytes: int = 0) -> None:
        """Raises ApiError 507 when so many bytes more would leave too little space."""
        free = await self._library.free_bytes()
        if free < self._settings.disk_floor_bytes + coming_bytes:
            raise ApiError(
                Code.DISK_FULL,
                f"Only {free >> 20} MiB are free on this disk, and "
                f"{self._settings.disk_floor_bytes >> 20} MiB are wanted for a film; "
                "free some space or delete old films.",
            )


def _is_unwritten(request: GenerateRequest) -> bool:
    return request.script is None and not request.scenes


def _to_be_written(request: GenerateRequest) -> Film:
    return Film(
        job_id=new_id(),
        title=(request.title or request.topic or "")[:200],
        state=FilmState.GENERATING_SCRIPT,
        version=1,
        progress=0,
        message="Writing the script.",
        stage="script",
        attempt=1,
        created_at=utc_now(),
        request_json=request.model_dump_json(exclude_unset=True),
        script_json="",
        spec_json="",
        warnings_json="[]",
    )


def _same_order(film: Film, body_sha256: str) -> Film:
    if film.body_sha256 != body_sha256:
        raise ApiError(
            Code.IDEMPOTENCY_MISMATCH,
            "This Idempotency-Key was used for another request; use a new key.",
            param="Idempotency-Key",
        )
    return film


def ready_message(scenes: int, *, review: bool) -> str:
    """What is said of a film whose script has just been written."""
    ready = f"The script is ready: {_scenes(scenes)}"
    return f"{ready} to read; render it when it is right." if review else f"{ready}."


def _scenes(count: int) -> str:
    return f"{count} scene{'' if count == 1 else 's'}"


def _films(count: int) -> str:
    return f"{count} film{' is' if count == 1 else 's are'}"
