"""Held replies: nothing new yet, so the reply waits; cheaper than asking every second."""

from __future__ import annotations

from aiohttp import web

from orchestrator.store.films import FilmStore
from shared_protocol.errors import Code
from shared_protocol.holds import Hold, etag_of_version, read_hold
from shared_protocol.kit.http_errors import ApiError


def hold_of(request: web.Request) -> Hold:
    """What the request asks for; raises ApiError 400."""
    try:
        return read_hold(request.headers, request.query)
    except ValueError as error:
        raise ApiError(Code.BAD_REQUEST, f"{error}.") from error


async def held(films: FilmStore, key: str, version: int, hold: Hold) -> bool:
    """Waits if the client already has ``version``; whether it waited at all."""
    if hold.wait_s <= 0 or hold.since is None or version > hold.since:
        return False
    await films.wait(key, hold.since, hold.wait_s)
    return True


def not_modified(hold: Hold, version: int) -> bool:
    """Whether the reply is 304: the client has this version and said so in a header."""
    return hold.conditional and hold.since is not None and version <= hold.since


def with_version(reply: web.Response, version: int) -> web.Response:
    """The reply with its version, and what was done about ``Prefer: wait``."""
    reply.headers["ETag"] = etag_of_version(version)
    reply.headers["X-Version"] = str(version)
    reply.headers["Cache-Control"] = "no-cache"
    return reply
