"""What the worker is and can do."""

from __future__ import annotations

import asyncio

from aiohttp import web

from colab_worker.device import gpu_memory, versions
from colab_worker.engines.registry import Registry
from colab_worker.handlers.access import is_authorized
from colab_worker.keys import (
    BOARD,
    DISK,
    DISPATCHER,
    IDENTITY,
    REGISTRY,
    SETTINGS,
    THUMBNAILS,
    TUNNELS,
)
from shared_protocol import routes, vocab
from shared_protocol.models import ModelInfo
from shared_protocol.specs import FilmSpec
from shared_protocol.workers import Capabilities, Health

VOCABULARIES = (
    vocab.IMAGE_STYLES,
    vocab.COLOR_FILTERS,
    vocab.CAPTION_STYLES,
    vocab.CAPTION_POSITIONS,
    vocab.CAPTION_ANIMATIONS,
    vocab.PACINGS,
    vocab.ASPECTS,
    vocab.QUALITIES,
    vocab.RESOLUTIONS,
    vocab.MOTIONS,
    vocab.TRANSITIONS,
    vocab.SCHEDULERS,
    vocab.VOICE_IDS,
)


async def get_health(request: web.Request) -> web.Response:
    """``GET /health``: always 200; strangers get the public fields only."""
    app = request.app
    gpu = app[IDENTITY].gpu
    public = Health(
        device="cuda" if gpu else "cpu",
        gpu=gpu or False,
        protocol=routes.PROTOCOL_VERSION,
    )
    if not is_authorized(request):
        return web.json_response(text=public.model_dump_json(exclude_none=True))
    found = await asyncio.to_thread(versions)
    free = await asyncio.to_thread(app[DISK].free_bytes)
    memory = await asyncio.to_thread(gpu_memory) if gpu else None
    full = public.model_copy(
        update={
            "model": app[REGISTRY].get("image", "auto").name,
            "tts": app[REGISTRY].get("voice", "auto").name,
            "worker_id": app[IDENTITY].worker_id,
            "boot_id": app[IDENTITY].boot_id,
            "version": found["moonreel"],
            "uptime_s": app[IDENTITY].uptime_s,
            "ready": True,
            "accepting": free > 0,
            "queue": app[BOARD].counts() | {"capacity": app[SETTINGS].queue_capacity},
            "disk": {"free_bytes": free},
            "engines": app[REGISTRY].describe(),
            "versions": found,
            "tunnels": app[TUNNELS].views,
            "gpu_memory": memory,
            "live_previews": app[SETTINGS].live_previews,
            "batch": {
                "asked": app[SETTINGS].batch,
                "now": app[DISPATCHER].together(),
            },
            "loaded": _models(app[REGISTRY], app[DISPATCHER].loaded()),
        }
    )
    return web.json_response(text=full.model_dump_json(exclude_none=True))


def _models(registry: Registry, loaded: set[str]) -> tuple[str, ...]:
    """The models among the engines in memory; what draws drafts is none."""
    entries = (*registry.of_kind("image"), *registry.of_kind("voice"))
    models = (e for e in entries if e.argument and e.service is None)
    return tuple(e.name for e in models if e.name in loaded)


async def get_capabilities(request: web.Request) -> web.Response:
    """``GET /capabilities``: job kinds, engines, models, words, limits."""
    settings = request.app[SETTINGS]
    reply = Capabilities(
        protocol=routes.PROTOCOL_VERSION,
        job_kinds={"film": FilmSpec.model_json_schema()},
        engines=request.app[REGISTRY].describe(),
        vocabularies={words.name: words.ids for words in VOCABULARIES},
        limits={
            "body_bytes": settings.body_limit_bytes,
            "blob_bytes": settings.blob_limit_bytes,
            "queue": settings.queue_capacity,
            "hold_s": int(routes.MAX_HOLD_S),
        },
        models=await asyncio.to_thread(_shelf, request.app),
    )
    return web.json_response(text=reply.model_dump_json())


def _shelf(app: web.Application) -> tuple[ModelInfo, ...]:
    registry = app[REGISTRY]
    return app[THUMBNAILS].add_to(registry.models(), registry.home_of)


async def get_root(request: web.Request) -> web.Response:
    """``GET /``: a map of the routes."""
    paths = sorted({resource.canonical for resource in request.app.router.resources()})
    return web.json_response(
        {
            "name": "moonreel worker",
            "protocol": routes.PROTOCOL_VERSION,
            "boot_id": request.app[IDENTITY].boot_id,
            "routes": paths,
        }
    )
