"""Requests to the worker at one address: who answers must have proven itself first."""

from __future__ import annotations

import asyncio
import ssl
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from orchestrator.destinations import CheckedTransport, InsideAddress
from orchestrator.errors import Unreachable
from orchestrator.pairing import Pairing
from orchestrator.url_intake import WorkerAddress
from orchestrator.worker_answers import (
    OTHER_VERSION,
    Answer,
    check_speaker,
    no_answer,
    read_answer,
    read_pairing,
)
from shared_protocol import routes
from shared_protocol.wire import View
from shared_protocol.workers import PairReply

V = TypeVar("V", bound=View)

MAX_HEALTH_BYTES = 256 << 10


class WorkerHttp:
    """One connection pool; ``boot_id`` is the run of the worker that spoke last."""

    def __init__(
        self,
        address: WorkerAddress,
        *,
        connect_timeout_s: float,
        answer_timeout_s: float,
        origins: tuple[str, ...],
        private_hosts: frozenset[str],
        meter: Callable[[int, int], None] | None,
    ) -> None:
        self.address = address
        self.boot_id: str | None = None
        self._private_hosts = private_hosts
        self._meter = meter
        self.pairing = Pairing(address.token, origins)
        self._http: httpx.AsyncClient | None = None
        self._closed = False
        self._starting = asyncio.Lock()
        self._proving = asyncio.Lock()
        self._timeout = httpx.Timeout(answer_timeout_s, connect=connect_timeout_s)

    async def close(self) -> None:
        """Closes all connections; requests under way end as Unreachable."""
        self._closed = True
        if self._http is not None:
            await self._http.aclose()

    async def request(
        self, method: str, path: str, *, limit_bytes: int = 1 << 20, **options: Any
    ) -> Answer:
        """The worker's answer; raises as ``read_answer`` does."""
        try:
            async with self.stream(method, path, **options) as reply:
                body = await read_capped(reply, limit_bytes)
            heard = (reply.status_code, reply.headers, body)
            check_speaker(*heard)
            await self._prove(reply.headers[routes.X_WORKER_BOOT])
        except Unreachable as trouble:
            self.pairing.doubt(trouble)
            raise
        answer = read_answer(*heard)
        self.boot_id = answer.boot_id
        return answer

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, **options: Any
    ) -> AsyncIterator[httpx.Response]:
        """A reply whose body is still to come; nobody has looked at it yet."""
        token = await self._token()
        async with self._send(method, path, token=token, **options) as reply:
            yield reply

    async def _prove(self, boot_id: str) -> None:
        """Another run, or machine, has to prove itself before it is believed."""
        async with self._proving:
            if self.pairing.is_wanted(boot_id):
                await self._pair()
        self.pairing.check(boot_id)

    async def _token(self) -> str | None:
        """What is shown to a worker that has proven itself; None without a token."""
        async with self._proving:
            if self.pairing.is_wanted():
                await self._pair()
        return self.pairing.token()

    async def _pair(self) -> None:
        """Raises Unreachable unless whoever answers there knows the token."""
        asked = self.pairing.begin()
        async with self._send(
            "POST",
            routes.PAIR,
            token=None,
            content=asked.model_dump_json().encode(),
            headers={"Content-Type": "application/json"},
        ) as reply:
            body = await read_capped(reply, MAX_HEALTH_BYTES)
        answer = read_pairing(reply.status_code, reply.headers, body)
        self.pairing.end(asked, parse(answer, PairReply), answer.boot_id)

    @asynccontextmanager
    async def _send(
        self,
        method: str,
        path: str,
        *,
        token: str | None,
        read_timeout_s: float | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> AsyncIterator[httpx.Response]:
        http = await self._client()
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        timeout = httpx.Timeout(
            connect=self._timeout.connect,
            read=read_timeout_s or self._timeout.read,
            write=self._timeout.write,
            pool=None,
        )
        self._count(1, 0)  # also if nobody waits for its reply
        try:
            async with http.stream(
                method, path, timeout=timeout, headers=sent, **options
            ) as reply:
                try:
                    yield reply
                finally:
                    self._count(0, reply.num_bytes_downloaded)
        except InsideAddress as error:
            raise Unreachable(str(error), "inside_address") from error
        except (httpx.TransportError, httpx.InvalidURL, ssl.SSLError) as error:
            raise no_answer(self.address.url, error) from error
        except RuntimeError as error:  # httpx says so when its client is closed
            if not self._closed:
                raise
            raise _replaced() from error

    def _count(self, requests: int, size: int) -> None:
        if self._meter is not None:
            self._meter(requests, size)

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
        # A proxy setting is never meant for this machine; where there is one for
        # others, it resolves their names and connects, and we cannot judge where to.
        proxied = not near and bool(urllib.request.getproxies())
        pool = httpx.AsyncHTTPTransport(
            verify=parts.scheme == "https",
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
        )
        return httpx.AsyncClient(
            base_url=self.address.url,
            headers={routes.NGROK_SKIP: "1", "Accept-Encoding": "gzip"},
            timeout=self._timeout,
            follow_redirects=False,
            transport=None if proxied else CheckedTransport(pool, self._private_hosts),
        )


async def read_capped(reply: httpx.Response, limit_bytes: int) -> bytes:
    """The body; Unreachable when it is larger than any worker's."""
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


def parse(answer: Answer, model: type[V]) -> V:
    """The answer as what was asked for; Unreachable when it is something else."""
    try:
        return model.model_validate(answer.body)
    except ValidationError as error:
        raise Unreachable(OTHER_VERSION, "protocol") from error


def _replaced() -> Unreachable:
    return Unreachable("Another worker has taken this one's place.", "closed")
