"""Keeps the archive level with the store, beside the work and never in its way."""

from __future__ import annotations

import asyncio
import logging

from colab_worker.archive import Archive
from colab_worker.store.jobs import Store
from colab_worker.submissions import Submissions
from shared_protocol.jobs import JobSubmission
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.specs import FilmSpec

log = logging.getLogger(__name__)


class Archivist:
    """Follows the store with the archive; at the start, the archive with the store."""

    def __init__(
        self, archive: Archive, store: Store, submissions: Submissions, pause_s: float
    ) -> None:
        self._archive = archive
        self._store = store
        self._submissions = submissions
        self._pause_s = pause_s
        #: What the archive is known to hold; None: it was not looked at yet.
        self._kept: set[str] | None = None
        #: The memo's keys at the last look: one that is gone was deleted.
        self._seen: set[str] = set()
        #: Jobs that stand in the archive, each with what is known of it there.
        self._jobs: dict[str, str] = {}
        self._away = False

    async def restore(self) -> None:
        """Takes up the jobs that a lost machine has left unfinished."""
        left = await asyncio.to_thread(lambda: list(self._archive.jobs()))
        for job_id, submission in left:
            self._jobs[job_id] = ""
            try:
                _, new = await self._submissions.put(job_id, submission)
            except ApiError as error:
                log.warning(
                    "Job %s of the memo folder is not taken up: %s", job_id, error
                )
                continue
            if new:
                log.info("Job %s of the memo folder goes on here.", job_id)

    async def run(self) -> None:
        """Follows for ever; an archive that cannot be reached is tried again."""
        while True:
            await self.follow()
            await asyncio.sleep(self._pause_s)

    async def follow(self) -> None:
        """One look: what is new goes into the archive, what was deleted goes out.

        A job is noted before any of its units, and forgotten after all of them are kept:
        whenever the machine is lost, what it leaves is taken up.
        """
        try:
            unfinished = await self._note_jobs()
            await self._follow_units()
            await self._drop_jobs(unfinished)
        except OSError as error:
            if not self._away:
                log.warning(
                    "The memo folder cannot be written; work goes on: %s", error
                )
            self._away, self._kept = True, None
            self._jobs = dict.fromkeys(self._jobs, "")
            return
        if self._away:
            log.info("The memo folder can be written again.")
        self._away = False

    async def _note_jobs(self) -> set[str]:
        """Keeps the jobs that have not ended; which they are."""
        rows = {
            row.id: row
            for row in await self._store.job_list()
            if not row.state.terminal
        }
        for job_id, row in rows.items():
            spec = FilmSpec.model_validate_json(row.spec)
            submission = JobSubmission(spec=spec, attempt=row.attempt)
            stamp = f"{row.attempt} {row.spec_sha256}"
            if self._jobs.get(job_id) != stamp:
                await asyncio.to_thread(self._archive.keep_job, job_id, submission)
                self._jobs[job_id] = stamp
        return set(rows)

    async def _follow_units(self) -> None:
        if self._kept is None:
            self._kept = await asyncio.to_thread(self._archive.keys)
        mine = await self._store.memo.keys()
        for key in mine - self._kept:
            entry = await self._store.memo.entry(key)
            if entry is None:
                continue  # deleted in this moment
            if await asyncio.to_thread(self._archive.keep, entry):
                self._kept.add(key)
        for key in self._seen - mine:
            await asyncio.to_thread(self._archive.forget, key)
            self._kept.discard(key)
        self._seen = mine

    async def _drop_jobs(self, unfinished: set[str]) -> None:
        for job_id in self._jobs.keys() - unfinished:
            await asyncio.to_thread(self._archive.drop_job, job_id)
            del self._jobs[job_id]
