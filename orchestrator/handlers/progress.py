"""``GET /api/progress``: one film, or the newest, in words that old pages know."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.handlers.holds import held, versioned
from orchestrator.store.films import ANY
from orchestrator.views import idle_view, progress_view
from shared_protocol.kit.hold_requests import hold_of


async def progress(request: web.Request) -> web.Response:
    """The film ``job_id``; without one the newest, and then any change is news."""
    hold, job_id = hold_of(request), request.query.get("job_id")
    films, key = request.app[keys.FILMS], job_id or ANY
    if job_id is not None:
        await request.app[keys.STUDIO].find(job_id)
    await held(films, key, films.versions.get(key, 0), hold)
    version = films.versions.get(key, 0)
    return versioned(await _reply(request, job_id, version), version, hold)


async def _reply(
    request: web.Request, job_id: str | None, version: int
) -> web.Response:
    films, workers = request.app[keys.FILMS], request.app[keys.WORKERS]
    if job_id is not None:
        film = await request.app[keys.STUDIO].find(job_id)
    elif (newest := await films.newest()) is not None:
        film = newest
    else:
        view = idle_view(version, workers)
        return web.json_response(text=view.model_dump_json())
    mirrored = len(await request.app[keys.MIRRORED].artifacts(film.job_id))
    view = progress_view(film, mirrored, version, workers)
    return web.json_response(text=view.model_dump_json())
