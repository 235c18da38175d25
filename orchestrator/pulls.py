"""Brings finished files of a film to this machine, and ends the film when all are here."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from orchestrator.beside import GANTT, NARRATION, PROJECT, Beside
from orchestrator.bundles import NamedFile
from orchestrator.endings import ending, is_over
from orchestrator.errors import Refused, Unreachable
from orchestrator.library import Library
from orchestrator.quota import Ledger
from orchestrator.settings import Settings
from orchestrator.sparing import SMALL_BYTES, Sparing
from orchestrator.store.films import PLACED, Film, FilmStore
from orchestrator.store.mirrored import MirrorStore
from orchestrator.worker_client import WorkerClient
from orchestrator.workers import Slot
from shared_protocol.artifacts import Artifact, MemoEntry
from shared_protocol.clock import utc_now
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.films import FilmState
from shared_protocol.jobs import JobState, JobView, UnitState
from shared_protocol.kit.blobs import DigestMismatch

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Files under way at once; a tunnel's round trip is longer than most pictures take.
PARALLEL = 4
#: After so many failures in a row a finished job counts as one that cannot be fetched.
PATIENCE = 5
#: The role of the film among its files.
FILM = "film"


class NotMade(Exception):
    """A file that this machine adds to a film could not be made."""


class OverAllowance(Exception):
    """More is to be brought than this month's allowance of the tunnel has left."""

    def __init__(self, due: int, left: int) -> None:
        super().__init__(
            f"Files of {due / 1e6:.1f} MB are ready, but the tunnel has only "
            f"{left / 1e6:.1f} MB left this month. They are fetched all the same after "
            "`moonreel allow`; or connect the worker through another tunnel."
        )


class Pulls:
    """One queue of films whose files are to be brought from one slot's worker."""

    def __init__(
        self,
        slot: Slot,
        settings: Settings,
        films: FilmStore,
        mirrored: MirrorStore,
        library: Library,
        ledger: Ledger,
    ) -> None:
        self._slot = slot
        self._ledger = ledger
        self._sparing = Sparing(settings, ledger)
        self._settings = settings
        self._films = films
        self._mirrored = mirrored
        self._library = library
        self._beside = Beside(library, mirrored)
        self._wanted: dict[str, None] = {}
        self._more = asyncio.Event()
        self._failures: dict[str, int] = {}
        self._parallel = PARALLEL

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
            try:
                await self._bring_film(job_id)
            except BaseException:
                self._wanted[job_id] = None  # whatever this was, the files are wanted
                raise

    async def _bring_film(self, job_id: str) -> None:
        film, client = await self._films.get(job_id), self._slot.client
        if film is None or film.render is None or film.state not in PLACED:
            return
        try:
            if client is None:
                raise Unreachable("No worker is connected.", "none")
            await self._bring_files(film, film.render, client)
            await self._make_beside(film, film.render)
        except OverAllowance as trouble:
            self._ledger.wait(job_id, waits=True)
            await self._say(film, str(trouble))
        except (Unreachable, Refused, DigestMismatch, NotMade, OSError) as trouble:
            log.warning("Files of film %s could not be brought: %s", job_id, trouble)
            await self._failed(film, film.render, trouble)
        else:
            self._failures.pop(job_id, None)
            self._ledger.wait(job_id, waits=False)
            await self._settle(film, film.render)

    async def _bring_files(
        self, film: Film, view: JobView, client: WorkerClient
    ) -> None:
        """Units with their files first: they are what another worker can go on from."""
        known = {entry.key for entry in await self._mirrored.memo(film.job_id)}
        done = [
            MemoEntry(key=unit.key, kind=unit.kind, result=unit.result)
            for unit in view.units
            if unit.state is UnitState.DONE and unit.result
            if unit.key and unit.key not in known
        ]
        here = {
            (artifact.name, artifact.sha256)
            for artifact in await self._mirrored.artifacts(film.job_id)
        }
        fresh = [a for a in view.artifacts if (a.name, a.sha256) not in here]
        url = client.address.url
        chosen, others = self._sparing.choose(url, view, done, fresh)
        absent = await _absent(chosen, view, client)
        there = [
            entry
            for entry in chosen
            if absent.isdisjoint(file.sha256 for file in entry.result.files)
        ]
        files: list[NamedFile] = [f for entry in there for f in entry.result.files]
        await self._require_allowance(film, [*files, *others], client)
        if self._sparing.is_on(url):
            small = [f for f in [*files, *others] if f.bytes <= SMALL_BYTES]
            with suppress(Refused, DigestMismatch):  # then one by one: which is it?
                await self._library.bring_together(film.job_id, small, client)
        wrong = await _at_once(
            self._parallel, partial(self._bring_unit, film, client, fresh), there
        )
        left = [artifact for artifact in others if artifact in fresh]
        wrong += await _at_once(
            self._parallel, partial(self._bring_artifact, film, client), left
        )
        if wrong:
            raise wrong[0]
        self._sparing.brought(view, there, others)

    async def _make_beside(self, film: Film, view: JobView) -> None:
        """The project and the job's picture; only an OSError may pass by itself."""
        if not _has_ended(view, film):
            return
        try:
            await self._beside.make(film, view)
        except OSError:
            raise
        except Exception as error:
            log.exception("Files beside film %s could not be made.", film.job_id)
            raise NotMade(f"{type(error).__name__}: {error}") from error

    async def _require_allowance(
        self, film: Film, files: Sequence[NamedFile], client: WorkerClient
    ) -> None:
        """Raises OverAllowance when more is due than the tunnel has left."""
        left = self._ledger.left_bytes(client.address.url)
        if left is None or self._ledger.may_exceed(film.job_id):
            return
        sizes = {file.sha256: file.bytes for file in files}
        due = 0
        for sha256, size in sizes.items():
            if not await asyncio.to_thread(self._library.blobs.has, sha256):
                due += size
        if due > left:
            raise OverAllowance(due, left)

    async def _bring_unit(
        self,
        film: Film,
        client: WorkerClient,
        artifacts: list[Artifact],
        entry: MemoEntry,
    ) -> None:
        for file in entry.result.files:
            await self._library.bring(film.job_id, file, client)
        await self._mirrored.add_unit(film.job_id, entry)
        hashes = {file.sha256 for file in entry.result.files}
        mine = [artifact for artifact in artifacts if artifact.sha256 in hashes]
        # Two units may have equal files, and be brought at once: take before waiting.
        artifacts[:] = [artifact for artifact in artifacts if artifact not in mine]
        for artifact in mine:
            await self._bring_artifact(film, client, artifact)

    async def _bring_artifact(
        self, film: Film, client: WorkerClient, artifact: Artifact
    ) -> None:
        await self._library.bring(film.job_id, artifact, client)
        await self._mirrored.add_artifact(film.job_id, artifact)
        await self._films.change(film.job_id, PLACED)

    async def _settle(self, film: Film, view: JobView) -> None:
        """Ends the film if the worker has ended the job."""
        if not _has_ended(view, film):
            return
        values = ending(view)
        if await self._films.change(
            film.job_id, PLACED, of_attempt=film.attempt, **values
        ):
            log.info("Film %s is now %s.", film.job_id, values["state"])

    async def _failed(self, film: Film, view: JobView, trouble: Exception) -> None:
        """Later again; but a finished job whose files stay wrong has failed."""
        if view.state.terminal and view.state is not JobState.COMPLETE:
            await self._settle(film, view)  # it ends without its last files
            return
        failures = self._failures.get(film.job_id, 0) + 1
        self._failures[film.job_id] = failures
        if isinstance(trouble, Unreachable) and trouble.reason == "rate_limit":
            self._parallel = max(1, self._parallel // 2)
        wrong = isinstance(trouble, Refused | DigestMismatch)
        if view.state is JobState.COMPLETE and failures >= PATIENCE:
            if not isinstance(trouble, Unreachable) and await self._has_film(film):
                await self._do_without(film, view, trouble)
                return
            if wrong:
                await self._give_up(film, trouble)
                return
        if isinstance(trouble, OSError):
            await self._say(film, _sentence(trouble))
        pause_s = self._settings.first_retry_s * 2 ** min(failures - 1, 12)
        asyncio.get_running_loop().call_later(
            min(pause_s, self._settings.longest_retry_s), self.request, film.job_id
        )

    async def _has_film(self, film: Film) -> bool:
        artifacts = await self._mirrored.artifacts(film.job_id)
        return any(artifact.role == FILM for artifact in artifacts)

    async def _do_without(self, film: Film, view: JobView, trouble: Exception) -> None:
        """The film is here: it ends, and a warning names what is not beside it."""
        try:
            await self._make_beside(film, view)
        except (NotMade, OSError) as error:
            log.warning("Nor could files of film %s be made: %s", film.job_id, error)
        here = {a.name for a in await self._mirrored.artifacts(film.job_id)}
        wanted = [*(a.name for a in view.artifacts), GANTT, PROJECT, NARRATION]
        away = [name for name in wanted if name not in here] or ["parts of scenes"]
        warning = (
            f"The film is whole, but {', '.join(away)} could not be kept beside it: "
            f"{_reason(trouble)} Try the film again to get them."
        )
        self._failures.pop(film.job_id)
        warnings = json.dumps([*json.loads(film.warnings_json), warning])
        await self._films.change(
            film.job_id, PLACED, of_attempt=film.attempt, warnings_json=warnings
        )
        await self._settle(film, view)

    async def _give_up(self, film: Film, trouble: Exception) -> None:
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


def _has_ended(view: JobView, film: Film) -> bool:
    over = is_over(view, film.attempt, lambda: film.spec_sha256)
    return view.state.terminal and not over


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


def _reason(trouble: Exception) -> str:
    if isinstance(trouble, OSError):
        return _sentence(trouble)
    return str(trouble).rstrip(".") + "."


def _sentence(trouble: OSError) -> str:
    if trouble.errno == errno.ENOSPC:
        return (
            "The disk of this machine is full, so finished files cannot be brought "
            "here; free some space, then it goes on by itself."
        )
    return f"A finished file cannot be saved here: {trouble.strerror}."


async def _at_once(
    most: int, action: Callable[[T], Awaitable[None]], items: Iterable[T]
) -> list[Exception]:
    """Does all, a few at a time; gives the errors that concern one file only.

    Raises the first of any others, after the running ones ended.
    """
    gate = asyncio.Semaphore(most)
    wrong: list[Exception] = []
    failures: list[Exception] = []

    async def one(item: T) -> None:
        async with gate:
            if failures:
                return
            try:
                await action(item)
            except (Refused, DigestMismatch) as error:
                wrong.append(error)
            except Exception as error:
                failures.append(error)

    await asyncio.gather(*(one(item) for item in items))
    if failures:
        raise failures[0]
    return wrong
