"""``/api/jobs/{job_id}/link/{name}``: a file straight from its worker, signed to end."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.store.films import Film
from orchestrator.views import worker_of
from orchestrator.worker_client import WorkerClient
from shared_protocol import routes
from shared_protocol.api import FileLink
from shared_protocol.clock import rfc3339
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError


async def link(request: web.Request) -> web.Response:
    """A link for media tags, players and other machines; no token is in it."""
    film = await request.app[keys.STUDIO].find(request.match_info["job_id"])
    name = request.match_info["name"]
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
    reply = FileLink(
        url=signed[0],
        name=name,
        bytes=artifact.bytes,
        media_type=artifact.media_type,
        expires_at=rfc3339(signed[1]),
        metered=request.app[keys.LEDGER].pace(client.address.url) is not None,
    )
    return web.json_response(text=reply.model_dump_json())


def _client(request: web.Request, film: Film) -> WorkerClient | None:
    """Of the very worker that has the film, if it answers."""
    slot = worker_of(film, request.app[keys.WORKERS])
    if slot is None or slot.client is None or not slot.reachable:
        return None
    same = slot.client.boot_id == film.worker_boot
    return slot.client if same or slot.url == film.worker_url else None
