"""``/api/models/``: the models and LoRAs of the worker that a film would go to."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.errors import Refused, Unreachable
from orchestrator.shelf import NotRemoved, remove_model
from orchestrator.store.films import AT_WORK
from orchestrator.workers import Slot
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.models import ModelInfo, ModelList, ModelView

_MB = 1_000_000


async def list_models(request: web.Request) -> web.Response:
    """All of them, also those that could be fetched; 503 while no worker answers."""
    slot, found = await _models(request)
    models = tuple(_view(model, slot) for model in found)
    reply = ModelList(models=models, total=len(models))
    return web.json_response(text=reply.model_dump_json())


async def show_model(request: web.Request) -> web.Response:
    """One of them; 404 for an id that the worker does not know."""
    slot, model = await _wanted(request)
    return web.json_response(text=_view(model, slot).model_dump_json())


async def delete_model(request: web.Request) -> web.Response:
    """Deletes it from this machine: 204, or 404 where it is not.

    409 on another machine, and while the local worker has films that may need it.
    """
    slot, model = await _wanted(request)
    if not model.here:
        raise ApiError(
            Code.NOT_FOUND, f"{model.name} does not stand on the worker's shelf."
        )
    if slot.kind != "local":
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


async def _wanted(request: web.Request) -> tuple[Slot, ModelInfo]:
    wanted = request.match_info["id"]
    slot, models = await _models(request)
    for model in models:
        if _id(model) == wanted:
            return slot, model
    raise ApiError(
        Code.NOT_FOUND,
        f"The worker has no model {wanted[:100]!r}; /api/models/ lists those there are.",
    )


async def _models(request: web.Request) -> tuple[Slot, tuple[ModelInfo, ...]]:
    try:
        choice = await request.app[keys.WORKERS].choose()
        return choice.slot, (await choice.client.capabilities()).models
    except Unreachable as trouble:
        raise ApiError(Code.WORKER_UNREACHABLE, str(trouble)) from trouble
    except Refused as refusal:
        told = f"The worker does not say what models it has: {refusal}"
        raise ApiError(Code.WORKER_UNREACHABLE, told) from refusal


def _view(model: ModelInfo, slot: Slot) -> ModelView:
    about = {"family", "licence", "unavailable", "fits", "page"}
    return ModelView(
        id=_id(model),
        name=model.name,
        version=model.version,
        model_type=model.kind,
        trigger_word=model.trigger,
        file_size_mb=round(model.bytes / _MB, 3),
        model_metadata=model.model_dump(include=about)
        | {"on_worker": model.here, "removable": model.here and slot.kind == "local"},
        created_at=model.added_at,
        download_url=model.page,
    )


def _id(model: ModelInfo) -> str:
    """Kinds have names of their own; a slash would part an address."""
    return f"{model.kind}-{model.name.replace('/', '--')}"
