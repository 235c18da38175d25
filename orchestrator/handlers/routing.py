"""Which handler answers which path."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.handlers import (
    capabilities,
    connection,
    downloads,
    films,
    links,
    models,
    pages,
    previews,
    progress,
    scripts,
    uploads,
    words,
    workers,
)
from orchestrator.security import PAGE_FILES
from shared_protocol import routes
from shared_protocol.kit.http_errors import Handler


def add_routes(app: web.Application) -> None:
    """Adds every route of the orchestrator."""
    app.add_routes(
        [
            web.get("/", pages.index),
            web.get(routes.API_PLAY, links.play),
            web.static(PAGE_FILES, pages.PAGE_FOLDER),
            web.get(routes.HEALTH, workers.health),
            web.get(routes.API_MODELS, models.list_models),
            web.get(routes.API_MODEL, models.show_model),
            web.delete(routes.API_MODEL, _whole(models.delete_model)),
            web.get(routes.API_VOICES, workers.voices),
            web.post(routes.API_VOICE_PREVIEW, previews.voice),
            web.get(routes.API_WORKER, workers.show_worker),
            web.delete(routes.API_WORKER, _whole(connection.forget)),
            web.post(routes.API_WORKER_CHECK, capabilities.check),
            web.get(routes.API_CAPABILITIES, capabilities.capabilities),
            web.post(routes.API_SET_WORKER_URL, _whole(connection.set_url)),
            web.post(routes.API_GENERATE_VIDEO, _whole(films.generate)),
            web.post(routes.API_MUSIC, uploads.music),
            web.post(routes.API_REFERENCES, uploads.reference),
            web.get(routes.API_REFERENCE, downloads.reference),
            web.post(routes.API_VOICE_SAMPLES, uploads.voice_sample),
            web.get(routes.API_PROGRESS, progress.progress),
            web.get(routes.API_JOBS, films.list_films),
            web.get(routes.API_JOB, films.show),
            web.delete(routes.API_JOB, _whole(films.delete)),
            web.post(routes.API_JOB_CANCEL, _whole(films.cancel)),
            web.post(routes.API_JOB_ALLOW, _whole(films.allow)),
            web.get(routes.API_JOB_LINK, links.link),
            web.post(routes.API_JOB_RETRY, _whole(films.retry)),
            web.get(routes.API_JOB_PROJECT, films.project),
            web.post(
                routes.API_GENERATE_WITH_TEMPLATE, _whole(films.generate_with_template)
            ),
            web.post(routes.API_ANALYZE_SCRIPT, scripts.analyze),
            web.post(routes.API_WRITER_PREPARE, scripts.prepare),
            web.get(routes.API_STORY_TYPES, words.story_types),
            web.get(routes.API_STYLES, words.styles),
            web.post(routes.API_JOB_REWRITE, scripts.rewrite),
            web.get(routes.API_JOB_SCRIPT, scripts.show),
            web.put(routes.API_JOB_SCRIPT, _whole(scripts.edit)),
            web.post(routes.API_JOB_RENDER, _whole(scripts.render)),
            web.get(routes.API_DOWNLOAD, downloads.download),
            web.get(routes.API_DOWNLOAD_NAMED, downloads.download),
            web.get(routes.API_FILE, downloads.origins),
            web.get(routes.API_VIDEO, downloads.video),
        ]
    )


def _whole(handler: Handler) -> Handler:
    """The handler of an order that is carried out also when its sender leaves.

    Others, such as uploads and questions to a service, end with their request.
    """

    async def carried(request: web.Request) -> web.StreamResponse:
        async def order() -> web.StreamResponse:
            return await handler(request)

        name = f"{request.method} {request.path}"
        return await request.app[keys.UNDER_WAY].carry(order(), name)

    return carried
