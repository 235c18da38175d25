"""The one seam to a worker: its HTTP routes as methods, every reply classified first."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError
from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from orchestrator.errors import Refused, Unreachable
from orchestrator.url_intake import WorkerAddress
from orchestrator.worker_answers import Answer, check_speaker, read_answer
from shared_protocol import routes
from shared_protocol.jobs import (
    BlobQuery,
    BlobReply,
    Health,
    JobAccepted,
    JobSubmission,
    JobView,
    WaitReply,
    WaitRequest,
)
from shared_protocol.kit.blobs import BlobStore, BlobWriter
from shared_protocol.wire import View

T = TypeVar("T")
V = TypeVar("V", bound=View)

MAX_HEALTH_BYTES = 256 << 10
#: A view of 60 scenes with all units is about 300 kB; a wait may return many.
MAX_VIEW_BYTES = 32 << 20
CHUNK_BYTES = 1 << 18
#: Requests that are asked again at once, because the next moment may be better.
_BLIPS = frozenset(
    {"no_connection", "broken_off", "server_down", "held_too_long", "interstitial"}
)
_ATTEMPTS = 3


class WorkerClient:
    """Speaks to the worker at one address; ``boot_id`` is the run that spoke last."""

    def __init__(
        self,
        address: WorkerAddress,
        *,
        connect_timeout_s: float,
        answer_timeout_s: float,
    ) -> None:
        self.address = address
        self.boot_id: str | None = None
        self._http: httpx.AsyncClient | None = None
        self._closed = False
        self._starting = asyncio.Lock()
        self._answer_timeout_s = answer_timeout_s
        self._timeout = httpx.Timeout(answer_timeout_s, connect=connect_timeout_s)

    async def close(self) -> None:
        """Closes all connections; requests under way end as Unreachable."""
        self._closed = True
        if self._http is not None:
            await self._http.aclose()

    async def health(self) -> Health:
        """``GET /health``, with everything that only a token's owner is told."""
        answer = await self._ask(
            "GET", routes.HEALTH, limit_bytes=MAX_HEALTH_BYTES, attempts=1
        )
        return _parse(answer, Health)

    async def submit(self, job_id: str, submission: JobSubmission) -> JobAccepted:
        """``PUT /jobs/{job_id}``; the same id and spec again is the same job."""
        path = routes.JOB.format(job_id=job_id)
        answer = await self._ask("PUT", path, json=submission.model_dump_json())
        return _parse(answer, JobAccepted)

    async def wait(self, known: dict[str, int], hold_s: float) -> WaitReply:
        """``POST /jobs/wait``: returns when one of ``known`` passes its version."""
        body = WaitRequest(jobs=known, wait_s=hold_s).model_dump_json()
        answer = await self._ask(
            "POST", routes.JOBS_WAIT, json=body, hold_s=hold_s, attempts=1
        )
        return _parse(answer, WaitReply)

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
        return _parse(answer, JobView)

    async def delete(self, job_id: str) -> bool:
        """``DELETE /jobs/{job_id}``; False while the worker is not done with the job."""
        try:
            await self._ask("DELETE", routes.JOB.format(job_id=job_id))
        except Refused as refused:
            if refused.status not in (404, 409):
                raise
            return refused.status == 404
        return True

    async def missing(self, hashes: Iterable[str]) -> tuple[str, ...]:
        """``POST /blobs/missing``: which of these files the worker lacks."""
        body = BlobQuery(sha256=tuple(sorted(hashes))).model_dump_json()
        answer = await self._ask("POST", routes.BLOBS_MISSING, json=body)
        return _parse(answer, BlobReply).missing

    async def send_blob(self, sha256: str, path: Path) -> None:
        """``PUT /blobs/sha256/{hex}``: uploads one file."""

        async def attempt() -> Answer:
            size = (await asyncio.to_thread(path.stat)).st_size
            headers = {"Content-Length": str(size)}
            return await self._request(
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

    async def _fetch(self, sha256: str, size: int, writer: BlobWriter) -> None:
        headers = {"Accept-Encoding": "identity"}
        if writer.bytes:
            headers["Range"] = f"bytes={writer.bytes}-"
            headers["If-Range"] = f'"{sha256}"'
        async with self._stream(
            "GET", routes.ARTIFACT.format(hex=sha256), headers=headers
        ) as reply:
            await _check_file_reply(reply)
            if reply.headers.get("Content-Type", "").startswith("text/html"):
                raise Unreachable("A web page came instead of a file.", "not_a_worker")
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
            lambda: self._request(
                method,
                path,
                content=None if json is None else json.encode(),
                headers=headers,
                read_timeout_s=self._answer_timeout_s + hold_s,
                limit_bytes=limit_bytes,
            ),
            attempts,
        )

    async def _request(
        self, method: str, path: str, *, limit_bytes: int = 1 << 20, **options: Any
    ) -> Answer:
        async with self._stream(method, path, **options) as reply:
            body = await _read_capped(reply, limit_bytes)
        answer = read_answer(reply.status_code, reply.headers, body)
        self.boot_id = answer.boot_id
        return answer

    @asynccontextmanager
    async def _stream(
        self,
        method: str,
        path: str,
        *,
        read_timeout_s: float | None = None,
        **options: Any,
    ) -> AsyncIterator[httpx.Response]:
        http = await self._client()
        timeout = httpx.Timeout(
            connect=self._timeout.connect,
            read=read_timeout_s or self._timeout.read,
            write=self._timeout.write,
            pool=None,
        )
        try:
            async with http.stream(method, path, timeout=timeout, **options) as reply:
                yield reply
        except (httpx.TransportError, httpx.InvalidURL, ssl.SSLError) as error:
            raise _no_answer(self.address.url, error) from error
        except RuntimeError as error:  # httpx says so when its client is closed
            if not self._closed:
                raise
            raise _replaced() from error

    async def _client(self) -> httpx.AsyncClient:
        async with self._starting:
            if self._closed:
                raise _replaced()
            if self._http is None:
                self._http = await asyncio.to_thread(self._connect)
        return self._http

    def _connect(self) -> httpx.AsyncClient:
        """Blocks: reading the certificates takes tens of milliseconds."""
        parts = urlsplit(self.address.url)
        near = parts.hostname in ("127.0.0.1", "localhost", "::1")
        headers = {routes.NGROK_SKIP: "1", "Accept-Encoding": "gzip"}
        if self.address.token:
            headers["Authorization"] = f"Bearer {self.address.token}"
        return httpx.AsyncClient(
            base_url=self.address.url,
            headers=headers,
            timeout=self._timeout,
            follow_redirects=False,
            trust_env=not near,  # a proxy setting is never meant for this machine
            verify=parts.scheme == "https",
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
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


async def _read_capped(reply: httpx.Response, limit_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in reply.aiter_bytes():
        body += chunk
        if len(body) > limit_bytes:
            raise Unreachable(
                f"The answer is larger than {limit_bytes:,} bytes, so it is not "
                "a worker's.",
                "too_large",
            )
    return bytes(body)


async def _check_file_reply(reply: httpx.Response) -> None:
    if reply.status_code not in (200, 206):
        body = await _read_capped(reply, MAX_HEALTH_BYTES)
        read_answer(reply.status_code, reply.headers, body)
        raise Unreachable(f"HTTP {reply.status_code} for a file.", "not_a_worker")
    check_speaker(reply.status_code, reply.headers, b"file")


async def _read_chunks(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
    finally:
        await asyncio.to_thread(file.close)


def _parse(answer: Answer, model: type[V]) -> V:
    try:
        return model.model_validate(answer.body)
    except ValidationError as error:
        raise Unreachable(
            "The worker speaks another version of the protocol; update the notebook "
            "or Moonreel, so that both have the same.",
            "protocol",
        ) from error


def _replaced() -> Unreachable:
    return Unreachable("Another worker has taken this one's place.", "closed")


def _no_answer(url: str, error: Exception) -> Unreachable:
    host = urlsplit(url).hostname or url
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        text = str(error).lower()
        if "name" in text or "resolve" in text or "nodename" in text:
            return Unreachable(
                f"The name {host} does not exist (any more); the notebook may have "
                "a new address.",
                "no_such_name",
            )
        return Unreachable(
            f"Nothing answers at {host}; the worker may have stopped.", "no_connection"
        )
    return Unreachable(f"The connection to {host} broke off.", "broken_off")
