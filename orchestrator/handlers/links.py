"""Files straight from their worker, by links that end: told, or played in a frame."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from aiohttp import web

from orchestrator import keys
from orchestrator.store.films import Film
from orchestrator.views import worker_of
from orchestrator.worker_client import WorkerClient
from shared_protocol import routes
from shared_protocol.clock import rfc3339
from shared_protocol.errors import Code
from shared_protocol.films import FileLink
from shared_protocol.kit.http_errors import ApiError

FILM = "film.mp4"
_PLAYER = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    '<link rel="stylesheet" href="/static/styles/play.css"></head><body>'
    '<video src="{url}" controls playsinline preload="metadata"></video></body></html>'
)


async def link(request: web.Request) -> web.Response:
    """A link for media tags, players and other machines; no token is in it."""
    film = await request.app[keys.STUDIO].find(request.match_info["job_id"])
    reply = _link(request, film, request.match_info["name"])
    return web.json_response(text=reply.model_dump_json())


async def play(request: web.Request) -> web.Response:
    """A page with nothing but the film, whose policy names the worker that has it.

    The policy of a page that was opened before that worker was connected cannot be
    changed any more; a frame in it has its own. 409 through a tunnel that shows browsers
    a page of its own, and where the worker has an address that no policy can name.
    """
    film = await request.app[keys.STUDIO].find(request.match_info["job_id"])
    found = _link(request, film, FILM)
    parts = urlsplit(found.url)
    if found.metered or "[" in parts.netloc:
        raise ApiError(
            Code.NOT_READY, "This worker's films are played once they are here."
        )
    text = _PLAYER.format(title=escape(film.title), url=escape(found.url))
    policy = (
        f"default-src 'none'; style-src 'self'; media-src 'self' "
        f"{parts.scheme}://{parts.netloc}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    )
    headers = {"Content-Security-Policy": policy}
    return web.Response(text=text, content_type="text/html", headers=headers)


def _link(request: web.Request, film: Film, name: str) -> FileLink:
    announced = film.render.artifacts if film.render else ()
    artifact = next((a for a in announced if a.name == name), None)
    if artifact is None:
        raise ApiError(
            Code.NOT_FOUND,
            f"No worker has a file {name[:100]!r} of this film; its view lists those "
            "there are.",
        )
    client = _client(request, film)
    signed = client.link(film.job_id, name) if client else None
    if client is None or signed is None:
        raise ApiError(
            Code.WORKER_UNREACHABLE,
            "The worker that made the film is not connected any more; what was brought "
            f"here is at {routes.API_DOWNLOAD.format(job_id=film.job_id)}.",
        )
    return FileLink(
        url=signed[0],
        name=name,
        bytes=artifact.bytes,
        media_type=artifact.media_type,
        expires_at=rfc3339(signed[1]),
        metered=request.app[keys.LEDGER].pace(client.address.url) is not None,
    )


def _client(request: web.Request, film: Film) -> WorkerClient | None:
    """Of the very worker that has the film, if it answers."""
    slot = worker_of(film, request.app[keys.WORKERS])
    if slot is None or slot.client is None or not slot.reachable:
        return None
    same = slot.client.boot_id == film.worker_boot
    return slot.client if same or slot.url == film.worker_url else None
