"""Brings finished files of a film to this machine, and ends the film when all are here."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

from orchestrator.errors import Refused, Unreachable
from orchestrator.library import Library
from orchestrator.settings import Settings
from orchestrator.store.films import PLACED, Film, FilmStore
from orchestrator.store.mirrored import MirrorStore
from orchestrator.worker_client import WorkerClient
from orchestrator.workers import Slot
from shared_protocol.api import FilmState
from shared_protocol.artifacts import Artifact, MemoEntry
from shared_protocol.clock import utc_now
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.jobs import JobState, JobView, UnitState
from shared_protocol.kit.blobs import DigestMismatch

log = logging.getLogger(__name__)

#: Files under way at once; a tunnel's round trip is longer than most pictures take.
PARALLEL = 4
#: After so many failures in a row a finished job counts as one that cannot be fetched.
PATIENCE = 5


class Pulls:
    """One queue of films whose files are to be brought from one slot's worker."""

    def __init__(
        self,
        slot: Slot,
        settings: Settings,
        films: FilmStore,
        mirrored: MirrorStore,
        library: Library,
    ) -> None:
        self._slot = slot
        self._settings = settings
        self._films = films
        self._mirrored = mirrored
        self._library = library
        self._wanted: dict[str, None] = {}
        self._more = asyncio.Event()
        self._failures: dict[str, int] = {}

    def request(self, job_id: str) -> None:
        """There may be something new to bring for this film."""
        self._wanted[job_id] = None
        self._more.set()

    async def run(self) -> None:
        """Brings files for ever."""
        while True:
            await self._more.wait()
            if not self._wanted:
                self._more.clear()
                continue
            job_id = next(iter(self._wanted))
            del self._wanted[job_id]
            await self._bring_film(job_id)

    async def _bring_film(self, job_id: str) -> None:
        film, client = await self._films.get(job_id), self._slot.client
        if film is None or film.render is None or film.state not in PLACED:
            return
        try:
            if client is None:
                raise Unreachable("No worker is connected.", "none")
            await self._bring_files(film, film.render, client)
        except (Unreachable, Refused, DigestMismatch, OSError) as trouble:
            log.warning("Files of film %s could not be brought: %s", job_id, trouble)
            if film.render.state is JobState.COMPLETE:
                await self._try_again(film, trouble)
            else:  # a film that failed or was canceled ends without its last files
                await self._settle(film, film.render)
        else:
            self._failures.pop(job_id, None)
            await self._settle(film, film.render)

    async def _bring_files(
        self, film: Film, view: JobView, client: WorkerClient
    ) -> None:
        here = {
            (artifact.name, artifact.sha256)
            for artifact in await self._mirrored.artifacts(film.job_id)
        }
        fresh = [a for a in view.artifacts if (a.name, a.sha256) not in here]
        await _at_once(self._bring_artifact(film, a, client) for a in fresh)
        known = {entry.key for entry in await self._mirrored.memo(film.job_id)}
        done = [
            MemoEntry(key=unit.key, kind=unit.kind, result=unit.result)
            for unit in view.units
            if unit.state is UnitState.DONE and unit.result
            if unit.key and unit.key not in known
        ]
        absent = await _absent(done, view, client)
        await _at_once(
            self._bring_unit(film, entry, client)
            for entry in done
            if absent.isdisjoint(file.sha256 for file in entry.result.files)
        )

    async def _bring_artifact(
        self, film: Film, artifact: Artifact, client: WorkerClient
    ) -> None:
        await self._library.bring(film.job_id, artifact, client)
        await self._mirrored.add_artifact(film.job_id, artifact)
        await self._films.change(film.job_id, PLACED)

    async def _bring_unit(
        self, film: Film, entry: MemoEntry, client: WorkerClient
    ) -> None:
        for file in entry.result.files:
            await self._library.bring(film.job_id, file, client)
        await self._mirrored.add_unit(film.job_id, entry)

    async def _settle(self, film: Film, view: JobView) -> None:
        """Ends the film if the worker has ended the job."""
        if is_over(view, film.attempt) or not view.state.terminal:
            return
        values = _ending(view)
        if await self._films.change(
            film.job_id, PLACED, of_attempt=film.attempt, **values
        ):
            log.info("Film %s is now %s.", film.job_id, values["state"])

    async def _try_again(self, film: Film, trouble: Exception) -> None:
        """A finished job's files failed to come: later again, but not for ever."""
        if not isinstance(trouble, Refused | DigestMismatch):
            await self._say(film, _sentence(trouble))
            await asyncio.sleep(self._settings.first_retry_s)
            self.request(film.job_id)
            return
        failures = self._failures.get(film.job_id, 0) + 1
        self._failures[film.job_id] = failures
        if failures < PATIENCE:
            await asyncio.sleep(self._settings.first_retry_s * failures)
            self.request(film.job_id)
            return
        self._failures.pop(film.job_id)
        message = (
            "The worker finished, but its files cannot be fetched whole: "
            f"{trouble} Try the film again; what is here is kept."
        )
        error = ErrorBody(code=Code.DIGEST_MISMATCH, message=message, retryable=True)
        await self._films.change(
            film.job_id,
            PLACED,
            of_attempt=film.attempt,
            state=FilmState.ERROR,
            message=message,
            error_json=error.model_dump_json(),
            finished_at=utc_now(),
        )

    async def _say(self, film: Film, message: str) -> None:
        current = await self._films.get(film.job_id)
        if current is not None and current.message != message:
            await self._films.change(film.job_id, PLACED, message=message)


def is_over(view: JobView, attempt: int) -> bool:
    """Whether ``view`` tells the end of an attempt before ``attempt``.

    A job that is running or complete counts whatever its attempt: its units are pure.
    """
    stopped = view.state in (JobState.ERROR, JobState.CANCELED, JobState.CANCELING)
    return stopped and view.attempt < attempt


def _ending(view: JobView) -> dict[str, Any]:
    """What a film becomes when the worker's job has ended as in ``view``."""
    end = {"finished_at": utc_now(), "message": view.message, "eta_s": None}
    if view.state is JobState.COMPLETE:
        return end | {
            "state": FilmState.COMPLETE,
            "progress": 100,
            "stage": "complete",
            "message": "The film is ready.",
        }
    if view.state is JobState.CANCELED:
        return end | {"state": FilmState.CANCELED, "stage": "canceled"}
    error = view.error or ErrorBody(code=Code.INTERNAL, message=view.message)
    return end | {"state": FilmState.ERROR, "error_json": error.model_dump_json()}


async def _absent(
    entries: Iterable[MemoEntry], view: JobView, client: WorkerClient
) -> set[str]:
    """Files of reused units that the worker only remembers and does not have."""
    reused = {unit.key for unit in view.units if unit.reused}
    hashes = {
        file.sha256
        for entry in entries
        if entry.key in reused
        for file in entry.result.files
    }
    return set(await client.missing(hashes)) if hashes else set()


def _sentence(trouble: Exception) -> str:
    if isinstance(trouble, OSError):
        if trouble.errno == errno.ENOSPC:
            return (
                "The disk of this machine is full, so finished files cannot be "
                "brought here; free some space, then it goes on by itself."
            )
        return f"A finished file cannot be saved here: {trouble.strerror}."
    return str(trouble)


async def _at_once(jobs: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Runs all, a few at a time; raises the first error after the running ones ended."""
    gate = asyncio.Semaphore(PARALLEL)
    failures: list[Exception] = []

    async def one(job: Coroutine[Any, Any, None]) -> None:
        async with gate:
            if failures:
                job.close()
                return
            try:
                await job
            except Exception as error:
                failures.append(error)

    await asyncio.gather(*(one(job) for job in jobs))
    if failures:
        raise failures[0]
