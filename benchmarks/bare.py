"""The measure of all ratios: aiohttp with one handler, in a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from aiohttp import web

PATH = "/bare"
_BODY_LIMIT = 4 << 20


@dataclass(frozen=True)
class Bare:
    """A running bare server.

    GET and POST on ``url`` answer with a constant: the last body that a PUT left there,
    under the ``Content-Encoding`` that the PUT named in ``X-Encoding``.
    """

    url: str
    pid: int


@contextmanager
def bare_server() -> Iterator[Bare]:
    """A bare server that ends with the context."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Bare(f"http://127.0.0.1:{ours.recv()}{PATH}", process.pid or 0)
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection) -> None:
    asyncio.run(_listen(pipe))


async def _listen(pipe: Connection) -> None:
    runner = web.AppRunner(_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    pipe.send(runner.addresses[0][1])
    await asyncio.Event().wait()


def _app() -> web.Application:
    body = b"{}"
    headers = {"Content-Type": "application/json"}

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, headers=headers)

    async def keep(request: web.Request) -> web.Response:
        nonlocal body
        body = await request.read()
        headers.pop("Content-Encoding", None)
        if encoding := request.headers.get("X-Encoding"):
            headers["Content-Encoding"] = encoding
        return web.Response(status=204)

    app = web.Application(client_max_size=_BODY_LIMIT)
    app.add_routes([web.get(PATH, answer), web.post(PATH, answer), web.put(PATH, keep)])
    return app
