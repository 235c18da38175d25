"""``/api/models/``: the models and LoRAs of the worker that a film would go to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from orchestrator import keys
from orchestrator.covers import bring_thumbnails, cover_of
from orchestrator.errors import Refused, Unreachable
from orchestrator.shelf import NotRemoved, remove_model
from orchestrator.store.films import AT_WORK
from orchestrator.workers import Choice, Slot
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.models import ModelInfo, ModelList, ModelThumbnail, ModelView

_MB = 1_000_000
#: So many films are looked through for pictures.
MAX_FILMS = 200


async def list_models(request: web.Request) -> web.Response:
    """All of them, also those that could be fetched; 503 while no worker answers."""
    choice, found = await _models(request)
    covers = await _covers(request, choice, found)
    models = tuple(_view(m, choice.slot, covers[_id(m)]) for m in found)
    reply = ModelList(models=models, total=len(models))
    return web.json_response(text=reply.model_dump_json())


async def show_model(request: web.Request) -> web.Response:
    """One of them; 404 for an id that the worker does not know."""
    choice, model = await _wanted(request)
    covers = await _covers(request, choice, (model,))
    return web.json_response(
        text=_view(model, choice.slot, covers[_id(model)]).model_dump_json()
    )


async def delete_model(request: web.Request) -> web.Response:
    """Deletes it from this machine: 204, or 404 where it is not.

    409 on another machine, and while the local worker has films that may need it.
    """
    choice, model = await _wanted(request)
    if model.built_in:
        raise ApiError(
            Code.CONFLICT,
            f"{model.name} is a part of Moonreel; there is no file of it.",
        )
    if not model.here:
        raise ApiError(
            Code.NOT_FOUND, f"{model.name} does not stand on the worker's shelf."
        )
    if choice.slot.kind != "local":
        raise ApiError(
            Code.CONFLICT,
            f"{model.name} stands on the connected worker, another machine; remove it "
            f"there with `moonreel models remove {model.name}`.",
        )
    if await request.app[keys.FILMS].placed("local", AT_WORK):
        raise ApiError(
            Code.CONFLICT,
            f"{model.name} may be in use: this machine is making a film; remove it "
            "when that is done.",
        )
    try:
        await remove_model(model)
    except NotRemoved as problem:
        raise ApiError(Code.CONFLICT, f"{problem}.") from problem
    return web.Response(status=204)


async def _wanted(request: web.Request) -> tuple[Choice, ModelInfo]:
    wanted = request.match_info["id"]
    choice, models = await _models(request)
    for model in models:
        if _id(model) == wanted:
            return choice, model
    raise ApiError(
        Code.NOT_FOUND,
        f"The worker has no model {wanted[:100]!r}; /api/models/ lists those there are.",
    )


async def _models(request: web.Request) -> tuple[Choice, tuple[ModelInfo, ...]]:
    try:
        choice = await request.app[keys.WORKERS].choose()
        return choice, (await choice.client.capabilities()).models
    except Unreachable as trouble:
        raise ApiError(Code.WORKER_UNREACHABLE, str(trouble)) from trouble
    except Refused as refusal:
        told = f"The worker does not say what models it has: {refusal}"
        raise ApiError(Code.WORKER_UNREACHABLE, told) from refusal


async def _covers(
    request: web.Request, choice: Choice, models: Sequence[ModelInfo]
) -> dict[str, ModelThumbnail | None]:
    """The picture that stands for each, by id."""
    app = request.app
    films = await app[keys.FILMS].recent(MAX_FILMS)
    works = await asyncio.to_thread(app[keys.PORTFOLIO].read, films)
    library = app[keys.LIBRARY]
    await bring_thumbnails(models, library, choice.client)
    return {_id(model): await cover_of(model, works, library) for model in models}


def _view(model: ModelInfo, slot: Slot, cover: ModelThumbnail | None) -> ModelView:
    about = {"family", "licence", "unavailable", "fits", "page", "built_in"}
    removable = model.here and slot.kind == "local" and not model.built_in
    return ModelView(
        id=_id(model),
        name=model.name,
        version=model.version,
        model_type=model.kind,
        trigger_word=model.trigger,
        file_size_mb=round(model.bytes / _MB, 3),
        model_metadata=model.model_dump(include=about)
        | {
            "on_worker": model.here,
            "removable": removable,
            "thumbnail": cover.model_dump() if cover else None,
        },
        created_at=model.added_at,
        download_url=model.page,
    )


def _id(model: ModelInfo) -> str:
    """Kinds have names of their own; a slash would part an address."""
    return f"{model.kind}-{model.name.replace('/', '--')}"
