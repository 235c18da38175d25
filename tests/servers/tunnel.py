"""A tunnel for tests: a reverse proxy that behaves, and misbehaves, as ngrok and Cloudflare.

It stands in front of a worker at ``target``. What is wrong is a ``Trouble``, set and taken
away by a test at any time; what has passed is counted as a vendor counts it. Replies of
the vendors are those of their error pages (ngrok's error reference, Cloudflare's 5xx).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from shared_protocol.routes import NGROK_ERROR, NGROK_SKIP

Forward = Callable[[], Awaitable[web.StreamResponse]]
#: Answers in place of the worker, or lets the request through by ``await forward()``.
Trouble = Callable[[web.Request, Forward], Awaitable[web.StreamResponse]]

PAGE = "<!doctype html><html><body>You are about to visit…</body></html>"
CHUNK_BYTES = 1 << 14
#: Headers that belong to one connection, not to the message.
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "host"})


@dataclass
class Counts:
    """What a vendor counts in a month; ``asked`` has method and path of each request."""

    asked: list[str] = field(default_factory=list)
    bytes_out: int = 0

    @property
    def requests(self) -> int:
        """Requests, preflights too."""
        return len(self.asked)


class Tunnel:
    """The proxy; ``url`` is its public address, once started."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.url = ""
        self.trouble: Trouble | None = None
        self.counts = Counts()
        #: Bytes after which the body of a reply is cut, once for each entry.
        self.cuts: list[int] = []
        #: Methods of requests that reach the worker and whose reply is lost, once each.
        self.lost: list[str] = []
        #: A quick tunnel keeps the reply to a GET back until it is whole.
        self.buffers_gets = False
        #: Pause after each chunk of a body.
        self.pause_s = 0.0
        self._runners: list[web.AppRunner] = []
        self._offline: set[str] = set()

    async def __aenter__(self) -> Tunnel:
        self._http = aiohttp.ClientSession(auto_decompress=False)
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        for runner in self._runners:
            await runner.cleanup()
        await self._http.close()

    async def move(self) -> str:
        """Takes another address; the old one says that nobody is there. The new URL."""
        self._offline.add(self.url)
        await self._listen()
        return self.url

    async def _listen(self) -> None:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{path:.*}", self._serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.counts.asked.append(f"{request.method} {request.path}")
        if f"http://{request.host}" in self._offline:
            return page(404, "ERR_NGROK_3200")

        async def forward() -> web.StreamResponse:
            return await self._forward(request)

        if self.trouble is not None:
            return await self.trouble(request, forward)
        return await forward()

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        headers = _passed(request.headers)
        headers["X-Forwarded-For"] = request.remote or ""
        headers["X-Forwarded-Proto"] = "https"
        try:
            async with self._http.request(
                request.method,
                self.target + request.path_qs,
                headers={**headers, "Host": request.host},
                data=await request.read(),
                allow_redirects=False,
            ) as answer:
                return await self._hand_on(request, answer)
        except aiohttp.ClientError:
            return page(502, "ERR_NGROK_8012")

    async def _hand_on(
        self, request: web.Request, answer: aiohttp.ClientResponse
    ) -> web.StreamResponse:
        if request.method in self.lost:
            self.lost.remove(request.method)
            await answer.read()
            _break_off(request)
            return web.Response()
        if self.buffers_gets and request.method == "GET":
            await answer.read()
        reply = web.StreamResponse(
            status=answer.status, headers=_passed(answer.headers)
        )
        has_body = request.method != "HEAD" and answer.status not in (204, 304)
        cut = self.cuts.pop(0) if has_body and self.cuts else None
        await reply.prepare(request)
        sent = 0
        async for chunk in _chunks(answer):
            if cut is not None and sent + len(chunk) > cut:
                await reply.write(chunk[: cut - sent])
                _break_off(request)
                return reply
            await reply.write(chunk)
            sent += len(chunk)
            self.counts.bytes_out += len(chunk)
            if self.pause_s:
                await asyncio.sleep(self.pause_s)
        await reply.write_eof()
        return reply


def page(status: int, code: str | None = None, text: str = PAGE) -> web.Response:
    """A page of the tunnel itself."""
    headers = {NGROK_ERROR: code} if code else {}
    kind = "text/html" if text.startswith("<") else "text/plain"
    return web.Response(status=status, text=text, content_type=kind, headers=headers)


def says(status: int, code: str | None = None, text: str = PAGE) -> Trouble:
    """The tunnel answers everything itself."""

    async def trouble(request: web.Request, forward: Forward) -> web.StreamResponse:
        return page(status, code, text)

    return trouble


def redirects(to: str) -> Trouble:
    """A login page or captive portal sends everybody away."""

    async def trouble(request: web.Request, forward: Forward) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": to})

    return trouble


async def interstitial(request: web.Request, forward: Forward) -> web.StreamResponse:
    """ngrok's warning page, for browsers that do not send the header against it."""
    browser = request.headers.get("User-Agent", "").startswith("Mozilla/")
    if browser and request.method != "OPTIONS" and NGROK_SKIP not in request.headers:
        return page(200, "ERR_NGROK_6024")
    return await forward()


def gives_up_after(seconds: float, *, says_200: bool = False) -> Trouble:
    """Cloudflare's limit on silence: 524, or an empty 200 when a byte had been sent."""

    async def trouble(request: web.Request, forward: Forward) -> web.StreamResponse:
        try:
            async with asyncio.timeout(seconds):
                return await forward()
        except TimeoutError:
            return web.Response() if says_200 else page(524)

    return trouble


def in_flight_cap(most: int) -> Trouble:
    """A quick tunnel takes so many requests at once; the next is 429."""
    running = [0]

    async def trouble(request: web.Request, forward: Forward) -> web.StreamResponse:
        if running[0] >= most:
            return page(429, text="too many")
        running[0] += 1
        try:
            return await forward()
        finally:
            running[0] -= 1

    return trouble


def month(
    tunnel: Tunnel, *, requests: int | None = None, bytes_out: int | None = None
) -> Trouble:
    """ngrok's monthly counters: 727 after so many requests, 4027 after so many bytes."""

    async def trouble(request: web.Request, forward: Forward) -> web.StreamResponse:
        if requests is not None and tunnel.counts.requests > requests:
            return page(403, "ERR_NGROK_727")
        if bytes_out is not None and tunnel.counts.bytes_out > bytes_out:
            return page(403, "ERR_NGROK_4027")
        return await forward()

    return trouble


async def _chunks(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    if not answer.content.at_eof():
        async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
            yield chunk
        return
    body = await answer.read()
    for start in range(0, len(body), CHUNK_BYTES):
        yield body[start : start + CHUNK_BYTES]


def _break_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _passed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in headers.items() if name.lower() not in _HOP}
