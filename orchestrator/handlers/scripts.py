"""``/api/jobs/{id}/script`` and ``/render``: what is told, edited and made again."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.store.films import Film
from shared_protocol import routes
from shared_protocol.kit.http_errors import read_model
from shared_protocol.scripts import (
    AnalyzeRequest,
    PrepareOrder,
    RenderOrder,
    RenderReply,
    RewriteOrder,
    ScriptEdit,
)


async def show(request: web.Request) -> web.Response:
    """The newest version, its history, and what rendering it would make."""
    return await _shown(request)


async def edit(request: web.Request) -> web.Response:
    """Saves a new version; nothing is rendered."""
    limit = request.app[keys.SETTINGS].max_body_bytes
    body = await read_model(request, ScriptEdit, limit_bytes=limit)
    await request.app[keys.DESK].edit(await _film(request), body)
    return await _shown(request)


async def rewrite(request: web.Request) -> web.Response:
    """Other ways to tell one scene, to choose from."""
    limit = request.app[keys.SETTINGS].max_body_bytes
    order = await read_model(request, RewriteOrder, limit_bytes=limit)
    reply = await request.app[keys.PEN].rewrite(await _film(request), order)
    return web.json_response(text=reply.model_dump_json())


async def analyze(request: web.Request) -> web.Response:
    """How a given script is made; the reply is a template for others."""
    limit = request.app[keys.SETTINGS].max_body_bytes
    body = await read_model(request, AnalyzeRequest, limit_bytes=limit)
    template = await request.app[keys.PEN].analyze(body)
    return web.json_response(text=template.model_dump_json())


async def prepare(request: web.Request) -> web.Response:
    """Has the writer ready, as a topic is about to be ordered; 204 once it is."""
    limit = request.app[keys.SETTINGS].max_body_bytes
    order = await read_model(request, PrepareOrder, limit_bytes=limit)
    await request.app[keys.SERVICES].ready(order.script)
    return web.Response(status=204)


async def render(request: web.Request) -> web.Response:
    """Makes the film of the script; with ``preview`` only tells what that makes."""
    limit = request.app[keys.SETTINGS].max_body_bytes
    order = await read_model(request, RenderOrder, limit_bytes=limit)
    film, desk = await _film(request), request.app[keys.DESK]
    plan = await (desk.plan if order.preview else desk.render)(film, order)
    self_link = routes.API_JOB.format(job_id=film.job_id)
    reply = RenderReply(
        message=plan.message, job_id=film.job_id, plan=plan, links={"self": self_link}
    )
    return web.Response(
        text=reply.model_dump_json(),
        content_type="application/json",
        status=200 if order.preview else 202,
    )


async def _shown(request: web.Request) -> web.Response:
    view = await request.app[keys.DESK].show(await _film(request))
    return web.Response(text=view.model_dump_json(), content_type="application/json")


async def _film(request: web.Request) -> Film:
    return await request.app[keys.STUDIO].find(request.match_info["job_id"])
