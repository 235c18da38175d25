"""Accepting jobs: one job from one request, however often and in whatever form it comes."""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass

from colab_worker.board import Board, JobStatus
from colab_worker.disk import Disk
from colab_worker.engines.registry import PlanRefused, Registry
from colab_worker.planner import plan
from colab_worker.runner import Runner
from colab_worker.settings import Settings
from colab_worker.store.jobs import Store
from colab_worker.store.rows import JobRow
from colab_worker.voice_sample import BadSample, check_sample
from shared_protocol.clock import new_id, unix_seconds
from shared_protocol.errors import Code
from shared_protocol.jobs import JobState, JobSubmission
from shared_protocol.kit.blobs import BlobStore
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.references import given_files
from shared_protocol.specs import FilmSpec
from shared_protocol.wire import content_key

RETRY_AFTER_S = 30


@dataclass(frozen=True)
class Posted:
    """A job that came by POST, where the worker gives the id."""

    spec: FilmSpec
    body: bytes
    idempotency_key: str | None
    #: The client says that it repeats itself after a lost reply.
    is_retry: bool
    warnings: tuple[str, ...] = ()


class Submissions:
    """Takes jobs in, one at a time, so that parallel copies meet each other."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        board: Board,
        registry: Registry,
        runner: Runner,
        disk: Disk,
        blobs: BlobStore,
    ) -> None:
        self._settings = settings
        self._store = store
        self._board = board
        self._registry = registry
        self._runner = runner
        self._disk = disk
        self._blobs = blobs
        self._door = asyncio.Lock()

    async def put(
        self, job_id: str, submission: JobSubmission
    ) -> tuple[JobStatus, bool]:
        """Creates the job ``job_id`` or finds it; True when it is new.

        Another spec under a higher attempt takes the place of the one before. Raises
        ApiError: 409 when its attempt is not higher, 422, 429, 507.
        """
        row = self._row(job_id, submission.spec)
        row = JobRow(**(vars(row) | {"attempt": submission.attempt}))
        await asyncio.to_thread(self._check_given, submission.spec)
        async with self._door:
            await self._store.memo.remember(submission.memo)
            known = await self._store.job(job_id)
            if known is None:
                return await self._add(row), True
            if known.spec_sha256 != row.spec_sha256:
                if await self._runner.replace(row):
                    return await self._found(job_id), False
                if known.state is JobState.CANCELING:
                    raise ApiError(
                        Code.NOT_READY,
                        f"Job {job_id} is being canceled; submit it again in a moment.",
                        headers={"Retry-After": "1"},
                    )
                raise ApiError(
                    Code.CONFLICT,
                    f"Job {job_id} exists with another spec; submit it under a higher "
                    "attempt, or under a new id.",
                    param="attempt",
                    headers={"X-Should-Retry": "false"},
                )
            await self._again(known, submission.attempt)
        return await self._found(job_id), False

    async def post(self, posted: Posted) -> tuple[JobStatus, bool]:
        """Creates a job under a new id, or finds the one that this request made before.

        Raises ApiError: 422 when the idempotency key came with another body, 429, 507.
        """
        row = self._row(new_id(), posted.spec)
        changes = {
            "body_sha256": hashlib.sha256(posted.body).hexdigest(),
            "idempotency_key": posted.idempotency_key,
            "warnings": posted.warnings,
        }
        row = JobRow(**(vars(row) | changes))
        async with self._door:
            known = await self._same_request(row, posted)
            if known is not None:
                return await self._found(known.id), False
            return await self._add(row), True

    async def delete(self, job_id: str) -> None:
        """Forgets a finished job and the files that no other job needs.

        Raises ApiError: 404 when there is none, 409 while it is not finished.
        """
        async with self._door:
            status = await self._found(job_id)
            spare = await self._store.delete_job(job_id)
            if spare is None:
                raise ApiError(
                    Code.CONFLICT,
                    f"Job {job_id} is {status.row.state}; cancel it before deleting it.",
                )
            self._board.remove(job_id)
            await asyncio.to_thread(self._remove_files, spare)

    def _remove_files(self, hashes: set[str]) -> None:
        for sha256 in hashes:
            self._blobs.remove(sha256)

    def _row(self, job_id: str, spec: FilmSpec) -> JobRow:
        try:
            planned = plan(spec, self._registry)
        except PlanRefused as refused:
            raise ApiError(
                refused.code, refused.sentence, param=refused.param
            ) from refused
        digest = content_key(spec.model_dump(mode="json"))
        return JobRow(
            id=job_id,
            kind=spec.kind,
            title=spec.title,
            spec=spec.model_dump_json(),
            spec_sha256=digest,
            body_sha256=digest,
            draft=planned.draft,
            warnings=planned.warnings,
        )

    def _check_given(self, spec: FilmSpec) -> None:
        given = given_files(spec.music, spec.scenes, spec.voice_sample)
        for field, sha256 in given.items():
            if not self._blobs.has(sha256):
                raise ApiError(
                    Code.INVALID_FIELD,
                    f"{field}: the file is not on this worker; send it to /blobs first.",
                    param=f"{field}.sha256",
                )
        if spec.voice_sample is not None:
            try:
                check_sample(self._blobs.path(spec.voice_sample))
            except BadSample as bad:
                raise ApiError(
                    Code.INVALID_FIELD, f"voice_sample: {bad}.", param="voice_sample"
                ) from bad

    async def _same_request(self, row: JobRow, posted: Posted) -> JobRow | None:
        if posted.idempotency_key is None:
            return await self._lost_reply(row.body_sha256, posted.is_retry)
        known = await self._store.job_of_key(posted.idempotency_key)
        if known is not None and known.body_sha256 != row.body_sha256:
            raise ApiError(
                Code.IDEMPOTENCY_MISMATCH,
                "Idempotency-Key was used before with another body; use a new key for "
                "a new request.",
                param="Idempotency-Key",
                headers={"X-Should-Retry": "false"},
            )
        return known

    async def _lost_reply(self, body_sha256: str, is_retry: bool) -> JobRow | None:
        """The job of an identical request whose reply evidently never arrived."""
        known = await self._store.newest_of_body(body_sha256)
        if known is None:
            return None
        age_s = time.time() - unix_seconds(known.created_at)
        if age_s > self._settings.duplicate_window_s:
            return None
        status = await self._found(known.id)
        return known if is_retry or not status.polled else None

    async def _add(self, row: JobRow) -> JobStatus:
        waiting = await self._store.count_queued()
        if waiting >= self._settings.queue_capacity:
            raise ApiError(
                Code.QUEUE_FULL,
                f"{waiting} jobs are waiting, which is all that this worker takes; "
                "try again when some are done.",
                headers={"Retry-After": str(RETRY_AFTER_S)},
            )
        await asyncio.to_thread(self._disk.require)
        added = await self._store.add_job(row)
        if added is None:
            raise ApiError(Code.CONFLICT, f"Job {row.id} is being created elsewhere.")
        status = self._board.put(added)
        status.queue_position = waiting + 1
        self._runner.wake()
        return status

    async def _again(self, known: JobRow, attempt: int) -> None:
        """Queues a failed or canceled job again when the attempt is a new one."""
        if known.state not in (JobState.ERROR, JobState.CANCELED):
            return
        version = self._board.versions.get(known.id, known.version) + 1
        if await self._store.requeue(known.id, attempt, version):
            row = await self._store.job(known.id)
            units = await self._store.units(known.id)
            if row is not None:
                self._board.put(row, units)
                self._board.changes.announce(known.id)
                self._runner.wake()

    async def _found(self, job_id: str) -> JobStatus:
        status = await self._board.find(job_id)
        if status is None:
            raise ApiError(Code.NOT_FOUND, f"There is no job {job_id}.")
        return status
