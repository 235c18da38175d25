"""The one seam to a worker: its HTTP routes as methods, every reply classified first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import httpx
from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from orchestrator.bundles import NamedFile, unpack
from orchestrator.errors import Refused, Unreachable
from orchestrator.url_intake import WorkerAddress
from orchestrator.worker_answers import Answer, check_speaker, read_answer
from orchestrator.worker_http import MAX_HEALTH_BYTES, WorkerHttp, parse, read_capped
from shared_protocol import routes
from shared_protocol.jobs import (
    JobAccepted,
    JobSubmission,
    JobView,
    WaitReply,
    WaitRequest,
)
from shared_protocol.kit.blobs import BlobStore, BlobWriter
from shared_protocol.speech import SpeakRequest, Spoken
from shared_protocol.transfers import BlobQuery, BlobReply, BundleRequest
from shared_protocol.workers import Capabilities, Health

T = TypeVar("T")

#: A view of 60 scenes with all units is about 300 kB; a wait may return many.
MAX_VIEW_BYTES = 32 << 20
CHUNK_BYTES = 1 << 18
#: Requests that are asked again at once, because the next moment may be better.
_BLIPS = frozenset(
    {"no_connection", "broken_off", "server_down", "held_too_long", "interstitial"}
)
_ATTEMPTS = 3


class WorkerClient:
    """The routes of the worker at one address."""

    def __init__(
        self,
        address: WorkerAddress,
        *,
        connect_timeout_s: float,
        answer_timeout_s: float,
        origins: tuple[str, ...] = (),
        private_hosts: frozenset[str] = frozenset(),
        meter: Callable[[int, int], None] | None = None,
    ) -> None:
        self.address = address
        self._answer_timeout_s = answer_timeout_s
        self._wire = WorkerHttp(
            address,
            connect_timeout_s=connect_timeout_s,
            answer_timeout_s=answer_timeout_s,
            origins=origins,
            private_hosts=private_hosts,
            meter=meter,
        )

    @property
    def boot_id(self) -> str | None:
        """The run of the worker that spoke last."""
        return self._wire.boot_id

    @boot_id.setter
    def boot_id(self, boot_id: str) -> None:
        self._wire.boot_id = boot_id

    async def close(self) -> None:
        """Closes all connections; requests under way end as Unreachable."""
        await self._wire.close()

    def page_token(self) -> str | None:
        """A token for pages: it reads, for some hours, and does nothing else."""
        return self._wire.pairing.page_token()

    def link(self, job_id: str, name: str) -> tuple[str, float] | None:
        """A URL by which anybody can read a file of a job, and when that ends."""
        path = routes.DOWNLOAD_NAMED.format(job_id=job_id, name=quote(name, safe=""))
        signed = self._wire.pairing.link(path)
        return (f"{self.address.url}{signed[0]}", signed[1]) if signed else None

    async def health(self) -> Health:
        """``GET /health``, with everything that only a token's owner is told."""
        answer = await self._ask(
            "GET", routes.HEALTH, limit_bytes=MAX_HEALTH_BYTES, attempts=1
        )
        return parse(answer, Health)

    async def capabilities(self) -> Capabilities:
        """``GET /capabilities``: engines, models, words, limits."""
        return parse(await self._ask("GET", routes.CAPABILITIES), Capabilities)

    async def submit(self, job_id: str, submission: JobSubmission) -> JobAccepted:
        """``PUT /jobs/{job_id}``; the same id and spec again is the same job."""
        path = routes.JOB.format(job_id=job_id)
        answer = await self._ask("PUT", path, json=submission.model_dump_json())
        return parse(answer, JobAccepted)

    async def wait(
        self, known: dict[str, int], hold_s: float, settle_s: float = 0.0
    ) -> WaitReply:
        """``POST /jobs/wait``: returns when one of ``known`` passes its version."""
        asked = WaitRequest(jobs=known, wait_s=hold_s, settle_s=settle_s)
        body = asked.model_dump_json()
        answer = await self._ask(
            "POST", routes.JOBS_WAIT, json=body, hold_s=hold_s, attempts=1
        )
        return parse(answer, WaitReply)

    async def cancel(self, job_id: str) -> JobView | None:
        """``POST /jobs/{job_id}/cancel``; None when the worker does not know the job."""
        try:
            answer = await self._ask(
                "POST", routes.JOB_CANCEL.format(job_id=job_id), json="{}"
            )
        except Refused as refused:
            if refused.status in (404, 410):
                return None
            raise
        return parse(answer, JobView)

    async def delete(self, job_id: str) -> bool:
        """``DELETE /jobs/{job_id}``; False while the worker is not done with the job."""
        try:
            await self._ask("DELETE", routes.JOB.format(job_id=job_id))
        except Refused as refused:
            if refused.status not in (404, 409):
                raise
            return refused.status == 404
        return True

    async def speak(self, asked: SpeakRequest) -> Spoken:
        """``POST /speak``: a sentence in a voice."""
        answer = await self._ask("POST", routes.SPEAK, json=asked.model_dump_json())
        return parse(answer, Spoken)

    async def missing(self, hashes: Iterable[str]) -> tuple[str, ...]:
        """``POST /blobs/missing``: which of these files the worker lacks."""
        body = BlobQuery(sha256=tuple(sorted(hashes))).model_dump_json()
        answer = await self._ask("POST", routes.BLOBS_MISSING, json=body)
        return parse(answer, BlobReply).missing

    async def send_blob(self, sha256: str, path: Path) -> None:
        """``PUT /blobs/sha256/{hex}``: uploads one file."""

        async def attempt() -> Answer:
            size = (await asyncio.to_thread(path.stat)).st_size
            headers = {"Content-Length": str(size)}
            return await self._wire.request(
                "PUT",
                routes.BLOB.format(hex=sha256),
                content=_read_chunks(path),
                headers=headers | {"Content-Type": "application/octet-stream"},
            )

        await _again(attempt, _ATTEMPTS)

    async def fetch_blob(self, sha256: str, size: int, into: BlobStore) -> None:
        """Brings one file here, verified; goes on where a broken transfer stopped.

        Raises DigestMismatch when the bytes are not the ones that were promised.
        """
        writer = await asyncio.to_thread(into.writer)
        try:
            await _again(lambda: self._fetch(sha256, size, writer), _ATTEMPTS)
            await asyncio.to_thread(writer.commit, sha256)
        finally:
            await asyncio.to_thread(writer.__exit__, None, None, None)

    async def fetch_bundle(self, files: Iterable[NamedFile], into: BlobStore) -> None:
        """Brings many files in one request; those that came whole are not asked again.

        Raises as ``fetch_blob`` does.
        """
        left = list(files)
        await _again(lambda: self._fetch_bundle(left, into), _ATTEMPTS)

    async def _fetch_bundle(self, left: list[NamedFile], into: BlobStore) -> None:
        asked = BundleRequest(sha256=tuple(file.sha256 for file in left))
        async with self._wire.stream(
            "POST",
            routes.ARTIFACTS_BUNDLE,
            content=asked.model_dump_json().encode(),
            headers={"Content-Type": "application/json", "Accept-Encoding": "identity"},
        ) as reply:
            await _check_file_reply(reply)
            await unpack(reply.aiter_bytes(CHUNK_BYTES), left, into)
        if left:
            raise Unreachable("Files broke off on their way.", "broken_off")

    async def _fetch(self, sha256: str, size: int, writer: BlobWriter) -> None:
        headers = {"Accept-Encoding": "identity"}
        if writer.bytes:
            headers["Range"] = f"bytes={writer.bytes}-"
            headers["If-Range"] = f'"{sha256}"'
        path = routes.ARTIFACT.format(hex=sha256)
        async with self._wire.stream("GET", path, headers=headers) as reply:
            await _check_file_reply(reply)
            skip = writer.bytes if reply.status_code == 200 else 0
            async for chunk in reply.aiter_bytes(CHUNK_BYTES):
                fresh, skip = chunk[skip:], max(skip - len(chunk), 0)
                if writer.bytes + len(fresh) > size:
                    raise Refused(
                        f"The worker sends more than the {size} bytes that it "
                        f"announced for file {sha256[:12]}.",
                        status=200,
                        code="digest_mismatch",
                    )
                await asyncio.to_thread(writer.write, fresh)
        if writer.bytes < size:
            raise Unreachable("A file broke off on its way.", "broken_off")

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        json: str | None = None,
        hold_s: float = 0.0,
        limit_bytes: int = MAX_VIEW_BYTES,
        attempts: int = _ATTEMPTS,
    ) -> Answer:
        headers = {} if json is None else {"Content-Type": "application/json"}
        return await _again(
            lambda: self._wire.request(
                method,
                path,
                content=None if json is None else json.encode(),
                headers=headers,
                read_timeout_s=self._answer_timeout_s + hold_s,
                limit_bytes=limit_bytes,
            ),
            attempts,
        )


async def _again(action: Callable[[], Awaitable[T]], attempts: int) -> T:
    retrying = AsyncRetrying(
        stop=stop_after_attempt(attempts),
        wait=wait_exponential(multiplier=0.2, max=2.0) + wait_random(0, 0.2),
        retry=retry_if_exception(_is_blip),
        reraise=True,
    )
    async for attempt in retrying:
        with attempt:
            return await action()
    raise AssertionError("tenacity gives at least one attempt")


def _is_blip(error: BaseException) -> bool:
    return isinstance(error, Unreachable) and error.reason in _BLIPS


async def _check_file_reply(reply: httpx.Response) -> None:
    if reply.status_code not in (200, 206):
        body = await read_capped(reply, MAX_HEALTH_BYTES)
        read_answer(reply.status_code, reply.headers, body)
        raise Unreachable(f"HTTP {reply.status_code} for a file.", "not_a_worker")
    check_speaker(reply.status_code, reply.headers, b"file")
    if reply.headers.get("Content-Type", "").startswith("text/html"):
        raise Unreachable("A web page came instead of a file.", "not_a_worker")


async def _read_chunks(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
    finally:
        await asyncio.to_thread(file.close)
