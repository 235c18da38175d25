"""``/api/generate-video`` and ``/api/jobs``: orders, and how films stand."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from functools import partial

from aiohttp import web

from orchestrator import keys
from orchestrator.asked_files import bring_asked
from orchestrator.errors import Unreachable
from orchestrator.handlers.holds import PASSING, held, versioned
from orchestrator.project import project_of
from orchestrator.store.films import Film
from orchestrator.studio import RETRYABLE
from orchestrator.views import accepted, film_summary, film_view, worker_of
from orchestrator.workers import Workers
from shared_protocol.artifacts import Artifact
from shared_protocol.errors import Code
from shared_protocol.films import FilmList, FilmView
from shared_protocol.kit.hold_requests import hold_of
from shared_protocol.kit.http_errors import (
    ApiError,
    parse_model,
    read_body,
    read_model,
)
from shared_protocol.kit.request_keys import idempotency_key
from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import RenderOrder, RetryOrder
from shared_protocol.wire import View, content_key
from shared_protocol.workers import EngineInfo

MAX_LISTED = 200


async def generate(request: web.Request) -> web.Response:
    """Makes a film of the words in the body; 202 as soon as its script is saved."""
    raw = await read_body(request, request.app[keys.SETTINGS].max_body_bytes)
    return await _generate(request, raw, parse_model(raw, GenerateRequest))


async def generate_with_template(request: web.Request) -> web.Response:
    """The same in the manner of a script that was analysed: ``template`` is required."""
    raw = await read_body(request, request.app[keys.SETTINGS].max_body_bytes)
    order = parse_model(raw, GenerateRequest)
    if order.template is None:
        raise ApiError(
            Code.INVALID_FIELD,
            "template: is required; POST /api/analyze-script makes one of a script.",
            param="template",
        )
    return await _generate(request, raw, order)


async def _generate(
    request: web.Request, raw: bytes, order: GenerateRequest
) -> web.Response:
    key = idempotency_key(request)
    body_sha256 = await asyncio.to_thread(lambda: content_key(json.loads(raw)))
    film = await request.app[keys.STUDIO].make(order, key=key, body_sha256=body_sha256)
    reply = accepted(film)
    return _json(reply, status=202, headers={"Location": reply.links["self"]})


async def list_films(request: web.Request) -> web.Response:
    """The newest films first."""
    films = await request.app[keys.FILMS].recent(MAX_LISTED)
    posters = await request.app[keys.MIRRORED].posters([film.job_id for film in films])
    settings = await asyncio.to_thread(request.app[keys.FILM_SETTINGS].read, films)
    jobs = tuple(
        film_summary(film, settings[film.job_id], posters.get(film.job_id))
        for film in films
    )
    return _json(FilmList(jobs=jobs))


async def show(request: web.Request) -> web.Response:
    """One film; held until there is news if the client asks for it."""
    hold, job_id = hold_of(request), request.match_info["job_id"]
    film = await request.app[keys.STUDIO].find(job_id)
    if not film.state.terminal and await held(
        request.app[keys.FILMS], job_id, film.version, hold
    ):
        film = await _settled(request, job_id)
    view = await _view(request, film)
    return versioned(_json(view), view.version, hold)


async def cancel(request: web.Request) -> web.Response:
    """Stops a film; 202 while its worker has yet to confirm, 200 once it is over."""
    film = await request.app[keys.STUDIO].cancel(request.match_info["job_id"])
    view = await _view_now(request, film.job_id)
    return _json(view, status=200 if view.terminal else 202)


async def allow(request: web.Request) -> web.Response:
    """Brings the files of a film although its tunnel has too little left."""
    film = await request.app[keys.STUDIO].find(request.match_info["job_id"])
    await request.app[keys.LEDGER].allow(film.job_id)
    return _json(await _view_now(request, film.job_id), status=202)


async def retry(request: web.Request) -> web.Response:
    """Goes on with a film that failed, was canceled, or lost its worker.

    With a scene in the body, draws that scene's picture again.
    """
    limit = request.app[keys.SETTINGS].max_body_bytes
    order = RetryOrder()
    if request.can_read_body:
        order = await read_model(request, RetryOrder, limit_bytes=limit)
    job_id = request.match_info["job_id"]
    film = await request.app[keys.STUDIO].find(job_id)
    if order.scene is None:
        await _go_on(request, film)
    else:
        engines = await _engines(film, request.app[keys.WORKERS])
        bring = partial(bring_asked, request.app)
        await request.app[keys.REDRAWING].redraw(film, order, engines, bring)
    return _json(await _view_now(request, job_id), status=202)


async def _go_on(request: web.Request, film: Film) -> None:
    """With the script as people see it: edits since the film was sent count."""
    desk, written = request.app[keys.DESK], bool(film.spec_json)
    if film.state in RETRYABLE and written and not await desk.is_rendered(film):
        await desk.render(film, RenderOrder())
    else:
        await request.app[keys.STUDIO].retry(film.job_id)


async def project(request: web.Request) -> web.Response:
    """The order that makes the film again, as ``project.zip`` holds it."""
    film = await request.app[keys.STUDIO].find(request.match_info["job_id"])
    if not film.spec_json:
        raise ApiError(Code.NOT_READY, f"There is no script yet. {film.message}")
    told = project_of(film).model_dump_json(exclude_unset=True)
    return web.Response(text=told, content_type="application/json")


async def delete(request: web.Request) -> web.Response:
    """Deletes a film with all files that no other film needs."""
    await request.app[keys.STUDIO].delete(request.match_info["job_id"])
    return web.Response(status=204)


async def _engines(film: Film, workers: Workers) -> Sequence[EngineInfo]:
    """What its worker offers; nothing of one that does not answer."""
    slot = worker_of(film, workers)
    if slot is None:
        return ()
    try:
        if slot is workers.local:
            await workers.wake_local()
        health = slot.health or await slot.probe()
    except Unreachable:
        return ()  # the worker that takes the film will say what it cannot
    return health.engines or ()


async def _settled(request: web.Request, job_id: str) -> Film:
    """The film once it has more than passing news, or after a moment."""
    films = request.app[keys.FILMS]
    until = time.monotonic() + request.app[keys.SETTINGS].passing_s
    while films.states.get(job_id) in PASSING:
        left_s = until - time.monotonic()
        if left_s <= 0:
            break
        await films.wait(job_id, films.versions[job_id], left_s)
    return await request.app[keys.STUDIO].find(job_id)


async def _view_now(request: web.Request, job_id: str) -> FilmView:
    return await _view(request, await request.app[keys.STUDIO].find(job_id))


async def _view(request: web.Request, film: Film) -> FilmView:
    artifacts: list[Artifact] = []
    if film.worker_boot is not None:  # else no worker has had the film yet
        artifacts = await request.app[keys.MIRRORED].artifacts(film.job_id)
    over = request.app[keys.LEDGER].waits(film.job_id)
    workers = request.app[keys.WORKERS]
    return film_view(film, artifacts, workers, over_quota=over)


def _json(
    view: View, *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    return web.Response(
        text=view.model_dump_json(),
        content_type="application/json",
        status=status,
        headers=headers,
    )
