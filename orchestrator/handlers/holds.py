"""Held replies: nothing new yet, so the reply waits; cheaper than asking every second."""

from __future__ import annotations

from aiohttp import web

from orchestrator.store.films import FilmStore
from shared_protocol.films import FilmState
from shared_protocol.holds import Hold, etag_of_version

#: States on the way to a worker that usually end at once.
PASSING = frozenset({FilmState.STARTING, FilmState.REQUEUED, FilmState.SENDING})


async def held(films: FilmStore, key: str, version: int, hold: Hold) -> bool:
    """Waits for news if the client asks for it and already has ``version``.

    Returns whether it waited: then there may be a newer version.
    """
    if hold.wait_s <= 0 or hold.since != version:
        return False
    await films.wait(key, version, hold.wait_s)
    return True


def versioned(reply: web.Response, version: int, hold: Hold) -> web.Response:
    """The reply with its version; 304 if the client said that it has this one."""
    if hold.conditional and hold.since == version:
        reply = web.Response(status=304)
    reply.headers["ETag"] = etag_of_version(version)
    reply.headers["X-Version"] = str(version)
    reply.headers["Cache-Control"] = "no-cache"
    if hold.wait_s:
        reply.headers["Preference-Applied"] = f"wait={hold.wait_s:g}"
    return reply
