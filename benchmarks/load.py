"""The load: clients with kept-alive connections, each kind in a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from shared_protocol.routes import HOLD_S

START_S = 60.0
#: A poller that is refused waits this long, as any client would.
PAUSE_S = 1.0
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True)
class Source:
    """What a client asks for."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Paced:
    """Replies to requests that were sent on a schedule."""

    latencies_ms: list[float]
    errors: int


@dataclass(frozen=True)
class Flood:
    """Replies to connections that ask again as soon as they are answered."""

    replies: int
    errors: int
    seconds: float

    @property
    def per_s(self) -> float:
        """Replies a second."""
        return self.replies / self.seconds


@dataclass
class Held:
    """What pollers with held requests received."""

    news: int = 0
    unchanged: int = 0
    errors: int = 0


class LoadProcess:
    """One process that makes load on request; a context manager."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=context)

    def __enter__(self) -> LoadProcess:
        self._pool.submit(time.sleep, 0).result(START_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def paced(self, source: Source, *, per_s: float, seconds: float) -> Paced:
        """Sends ``per_s`` requests a second, whether or not replies come in time."""
        asked: Future[Paced] = self._pool.submit(_run_paced, source, per_s, seconds)
        return asked.result(seconds + START_S)

    def flood(self, source: Source, *, connections: int, seconds: float) -> Flood:
        """Lets ``connections`` ask for ``seconds`` without a pause."""
        asked: Future[Flood] = self._pool.submit(
            _run_flood, source, connections, seconds
        )
        return asked.result(seconds + START_S)


@contextmanager
def pollers(sources: Sequence[Source], count: int) -> Iterator[Held]:
    """``count`` clients with held requests in a process of their own.

    Each begins with another source and goes on with the next when its job has ended.
    The counts are filled in when the context ends.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_run_pollers, args=(theirs, list(sources), count), daemon=True
    )
    process.start()
    held = Held()
    try:
        ours.recv()  # all of them have asked once
        yield held
        ours.send("stop")
        vars(held).update(vars(ours.recv()))
    finally:
        process.terminate()
        process.join()


def _run_paced(source: Source, per_s: float, seconds: float) -> Paced:
    return asyncio.run(_paced(source, per_s, seconds))


async def _paced(source: Source, per_s: float, seconds: float) -> Paced:
    async with _session() as session:
        await _get(session, source)
        begun = time.perf_counter()
        due = [begun + number / per_s for number in range(int(per_s * seconds))]
        found = await asyncio.gather(*(_at(session, source, moment) for moment in due))
    latencies = [ms for ms in found if ms is not None]
    return Paced(latencies, len(found) - len(latencies))


async def _at(
    session: aiohttp.ClientSession, source: Source, moment: float
) -> float | None:
    """Milliseconds from the planned moment to the whole reply; None for an error.

    A client that could not even send in time counts that too.
    """
    await asyncio.sleep(moment - time.perf_counter())
    ok = await _get(session, source)
    return (time.perf_counter() - moment) * 1000 if ok else None


def _run_flood(source: Source, connections: int, seconds: float) -> Flood:
    return asyncio.run(_flood(source, connections, seconds))


async def _flood(source: Source, connections: int, seconds: float) -> Flood:
    """With a client as thin as can be, so that the server is what is measured."""
    request = _request_bytes(source)
    url = urlsplit(source.url)
    streams = [
        await asyncio.open_connection(url.hostname, url.port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(_exchange(*stream, request) for stream in streams))
    begun = time.perf_counter()
    counts = await asyncio.gather(
        *(_ask_until(*stream, request, begun + seconds) for stream in streams)
    )
    took = time.perf_counter() - begun
    for _, writer in streams:
        writer.close()
    replies = sum(count for count, _ in counts)
    return Flood(replies, sum(errors for _, errors in counts), took)


def _request_bytes(source: Source) -> bytes:
    url = urlsplit(source.url)
    headers = {"Host": url.netloc, "Accept-Encoding": "gzip", **source.headers}
    lines = [f"GET {url.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


async def _ask_until(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: bytes,
    until: float,
) -> tuple[int, int]:
    replies = errors = 0
    while time.perf_counter() < until:
        if await _exchange(reader, writer, request) == 200:
            replies += 1
        else:
            errors += 1
    return replies, errors


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> int:
    """Sends a request and reads its whole reply, which must tell its length; the status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    found = _LENGTH.search(head)
    if found is None:
        raise RuntimeError(f"A reply without a length: {head[:200]!r}")
    await reader.readexactly(int(found[1]))
    return int(head.split(b" ", 2)[1])


async def _get(session: aiohttp.ClientSession, source: Source) -> bool:
    """One whole reply; False unless it was a 200."""
    try:
        async with session.get(source.url, headers=source.headers) as reply:
            await reply.read()
            return reply.status == 200
    except aiohttp.ClientError:
        return False


def _run_pollers(pipe: Connection, sources: list[Source], count: int) -> None:
    asyncio.run(_poll_all(pipe, sources, count))


async def _poll_all(pipe: Connection, sources: list[Source], count: int) -> None:
    held = Held()
    stop = asyncio.Event()
    async with _session() as session:
        started = [asyncio.Event() for _ in range(count)]
        tasks = [
            asyncio.create_task(_poll(session, sources, number, started[number], held))
            for number in range(count)
        ]
        await asyncio.gather(*(event.wait() for event in started))
        pipe.send("started")
        asyncio.get_running_loop().add_reader(pipe.fileno(), stop.set)
        await stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    pipe.send(held)


async def _poll(
    session: aiohttp.ClientSession,
    sources: list[Source],
    number: int,
    started: asyncio.Event,
    held: Held,
) -> None:
    etag = ""
    while True:
        source = sources[number % len(sources)]
        etag, ended = await _hold(session, source, etag, held)
        started.set()
        if ended:
            number, etag = number + 1, ""


async def _hold(
    session: aiohttp.ClientSession, source: Source, etag: str, held: Held
) -> tuple[str, bool]:
    """One held request; the version now known, and whether the job has ended."""
    headers = dict(source.headers)
    if etag:
        headers |= {"If-None-Match": etag, "Prefer": f"wait={HOLD_S:g}"}
    try:
        async with session.get(source.url, headers=headers) as reply:
            await reply.read()
    except aiohttp.ClientError:
        held.errors += 1
        await asyncio.sleep(PAUSE_S)
        return etag, False
    if reply.status == 304:
        held.unchanged += 1
        return etag, False
    if reply.status != 200:
        held.errors += 1
        await asyncio.sleep(PAUSE_S)
        return etag, False
    held.news += 1
    # Only a job that goes on says when to ask again.
    return reply.headers["ETag"], "Retry-After" not in reply.headers


def _session() -> aiohttp.ClientSession:
    options: dict[str, Any] = {
        "connector": aiohttp.TCPConnector(limit=0),
        "cookie_jar": aiohttp.DummyCookieJar(),
        "timeout": aiohttp.ClientTimeout(total=60),
        "auto_decompress": False,
        "headers": {"Accept-Encoding": "gzip"},
    }
    return aiohttp.ClientSession(**options)
