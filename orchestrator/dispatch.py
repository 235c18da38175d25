"""Gives films to workers: picks one, sends what it lacks, and submits; or lets them wait.

Handing over is idempotent (the job id is ours, the spec is fixed), so it may be broken
off anywhere and done again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from orchestrator.bell import Bell
from orchestrator.errors import Refused, Unreachable, WorkerError
from orchestrator.frontier import needed_blobs
from orchestrator.library import Library
from orchestrator.orphans import Orphans
from orchestrator.settings import Settings
from orchestrator.store.films import PLACEABLE, Film, FilmStore
from orchestrator.store.mirrored import MirrorStore
from orchestrator.workers import Choice, Workers
from shared_protocol.artifacts import MemoEntry
from shared_protocol.clock import utc_now
from shared_protocol.errors import Code, ErrorBody
from shared_protocol.films import FilmState
from shared_protocol.jobs import JobSubmission
from shared_protocol.references import given_files

log = logging.getLogger(__name__)


class Dispatcher:
    """The loop that places films."""

    def __init__(
        self,
        settings: Settings,
        films: FilmStore,
        mirrored: MirrorStore,
        library: Library,
        workers: Workers,
        orphans: Orphans,
        bell: Bell,
    ) -> None:
        self._settings = settings
        self._films = films
        self._mirrored = mirrored
        self._library = library
        self._workers = workers
        self._orphans = orphans
        self._ear = bell.listen(PLACEABLE, leaving=False)
        #: By film: how often in a row it could not be placed, and when to try again.
        self._failures: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._scene: tuple[object, ...] = ()

    async def run(self) -> None:
        """Places films for ever."""
        while True:
            await self._place_all()
            await self._ear.wait(self._pause_s())

    async def _place_all(self) -> None:
        waiting = await self._films.to_place()
        ids = {film.job_id for film in waiting}
        self._due = {id_: at for id_, at in self._due.items() if id_ in ids}
        self._forget_pauses_if_workers_changed()
        now = asyncio.get_running_loop().time()
        for film in waiting:
            if self._due.get(film.job_id, 0.0) <= now:
                await self._place(film)

    def _forget_pauses_if_workers_changed(self) -> None:
        scene = tuple((slot.client, slot.reachable) for slot in self._workers.slots)
        if scene != self._scene:
            self._scene = scene
            self._due.clear()

    def _pause_s(self) -> float | None:
        if not self._due:
            return None
        now = asyncio.get_running_loop().time()
        return max(0.0, min(self._due.values()) - now)

    async def _place(self, film: Film) -> None:
        try:
            choice = await self._workers.choose(film.spec.engine.image)
        except WorkerError as trouble:
            await self._park(film, str(trouble), trouble.retry_after_s)
            return
        if not await self._claim(film, choice):
            return  # canceled or deleted in the meantime
        try:
            await self._hand_over(film, choice)
        except Unreachable as trouble:
            if choice.slot.client is choice.client:
                choice.slot.lost(trouble)
            if not await self._park(film, str(trouble), trouble.retry_after_s):
                # Canceled or deleted, and the worker may have it all the same.
                await self._orphans.leave(film.job_id, choice.client.address.url)
        except Refused as refused:
            await self._refused(film, refused)
        except Exception as error:  # no film may stay on its way for ever
            log.exception("Film %s could not be sent.", film.job_id)
            name = type(error).__name__
            why = f"The film could not be sent ({name}); the log has the details."
            await self._park(film, why, None)
        else:
            await self._sent(film, choice)

    async def _claim(self, film: Film, choice: Choice) -> bool:
        where = "the remote worker" if choice.slot.kind == "remote" else "this machine"
        return await self._films.change(
            film.job_id,
            PLACEABLE,
            of_attempt=film.attempt,
            state=FilmState.SENDING,
            stage="sending",
            message=f"Sending the film to {where}.",
            worker_kind=choice.slot.kind,
            worker_url=choice.client.address.url,
            worker_reason=choice.reason,
        )

    async def _hand_over(self, film: Film, choice: Choice) -> None:
        client = choice.client
        wanted = await self._given(film)
        memo = []
        if film.worker_boot is not None:  # else no worker has had the film yet
            memo = await self._whole(await self._mirrored.memo(film.job_id))
        if memo and film.render is not None:
            wanted |= needed_blobs(film.render.units, memo)
        await self._library.send(wanted, client)
        submission = JobSubmission(
            spec=film.spec, attempt=film.attempt, memo=tuple(memo)
        )
        await client.submit(film.job_id, submission)

    async def _whole(self, memo: Iterable[MemoEntry]) -> list[MemoEntry]:
        """Those whose files are here; what somebody deleted is made again."""

        def is_here(entry: MemoEntry) -> bool:
            return all(self._library.blobs.has(f.sha256) for f in entry.result.files)

        return await asyncio.to_thread(lambda: list(filter(is_here, memo)))

    async def _given(self, film: Film) -> set[str]:
        """The files that the film comes with; Refused when one is gone."""
        given = given_files(film.spec.music, film.spec.scenes, film.spec.voice_sample)
        for field, sha256 in given.items():
            if not await self._library.has(sha256):
                raise Refused(
                    f"{field}: the file is not on this machine any more; order the "
                    "film anew.",
                    status=422,
                    code=Code.INVALID_FIELD,
                    param=field,
                )
        return set(given.values())

    async def _sent(self, film: Film, choice: Choice) -> None:
        self._failures.pop(film.job_id, None)
        self._due.pop(film.job_id, None)
        choice.slot.heard()
        log.info("Film %s is on the %s worker.", film.job_id, choice.slot.kind)
        began_at = film.worker_url if film.render_json is None else None
        if began_at not in (None, choice.client.address.url):
            await self._orphans.leave(film.job_id, began_at)
        if await self._films.change(
            film.job_id,
            {FilmState.SENDING},
            of_attempt=film.attempt,
            state=FilmState.SENT,
            stage="rendering",
            message="The worker has the film.",
            worker_boot=choice.client.boot_id,
        ):
            return
        # canceled or deleted while it was on its way
        try:
            await choice.client.cancel(film.job_id)
        except WorkerError:
            await self._orphans.leave(film.job_id, choice.client.address.url)

    async def _refused(self, film: Film, refused: Refused) -> None:
        soon = refused.status in (429, 507) or refused.code == Code.NOT_READY
        if soon or refused.status >= 500:
            await self._park(film, f"The worker says: {refused}", refused.retry_after_s)
            return
        error = ErrorBody(
            code=refused.code,
            message=str(refused),
            hint=refused.hint or _advice(refused),
            param=refused.param,
        )
        await self._films.change(
            film.job_id,
            {FilmState.SENDING},
            of_attempt=film.attempt,
            state=FilmState.ERROR,
            message=f"The film was refused: {refused}",
            error_json=error.model_dump_json(),
            finished_at=utc_now(),
        )

    async def _park(self, film: Film, why: str, pause_s: float | None) -> bool:
        """Lets the film wait; it is tried again later, or when the workers change.

        False when it is not to be placed any more.
        """
        failures = self._failures.get(film.job_id, 0)
        self._failures[film.job_id] = failures + 1
        backoff_s = self._settings.first_retry_s * 2 ** min(failures, 12)
        pause_s = pause_s or min(backoff_s, self._settings.longest_retry_s)
        loop = asyncio.get_running_loop()
        self._due[film.job_id] = loop.time() + pause_s
        if self._settings.worker != "local" and not self._workers.remote.reachable:
            self._workers.remote.tries_again(pause_s)
        if film.state is FilmState.WAITING_FOR_WORKER and film.message == why:
            expect = {FilmState.SENDING}  # nothing to tell unless it was claimed
        else:
            expect = {*PLACEABLE, FilmState.SENDING}
        return await self._films.change(
            film.job_id,
            expect,
            of_attempt=film.attempt,
            state=FilmState.WAITING_FOR_WORKER,
            stage="waiting",
            message=why,
            worker_kind=None,
        )


def _advice(refused: Refused) -> str | None:
    """What to do where the worker does not know a field that this side sends."""
    if "is not a known field" not in str(refused):
        return None
    return (
        "The worker is of an earlier version than this machine: update it, or take "
        "back what it does not know."
    )
