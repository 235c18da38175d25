"""``/api/models/``: the models and LoRAs of the worker that a film would go to."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.errors import Refused, Unreachable
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.models import ModelInfo, ModelList, ModelView

_MB = 1_000_000


async def list_models(request: web.Request) -> web.Response:
    """All of them, also those that could be fetched; 503 while no worker answers."""
    models = tuple(_view(model) for model in await _models(request))
    reply = ModelList(models=models, total=len(models))
    return web.json_response(text=reply.model_dump_json())


async def show_model(request: web.Request) -> web.Response:
    """One of them; 404 for an id that the worker does not know."""
    wanted = request.match_info["id"]
    for model in await _models(request):
        if _id(model) == wanted:
            return web.json_response(text=_view(model).model_dump_json())
    raise ApiError(
        Code.NOT_FOUND,
        f"The worker has no model {wanted[:100]!r}; /api/models/ lists those there are.",
    )


async def _models(request: web.Request) -> tuple[ModelInfo, ...]:
    try:
        choice = await request.app[keys.WORKERS].choose()
        return (await choice.client.capabilities()).models
    except Unreachable as trouble:
        raise ApiError(Code.WORKER_UNREACHABLE, str(trouble)) from trouble
    except Refused as refusal:
        raise ApiError(Code.INTERNAL, str(refusal)) from refusal


def _view(model: ModelInfo) -> ModelView:
    about = {"family", "licence", "unavailable", "fits", "page"}
    return ModelView(
        id=_id(model),
        name=model.name,
        version=model.version,
        model_type=model.kind,
        trigger_word=model.trigger,
        file_size_mb=round(model.bytes / _MB, 3),
        model_metadata=model.model_dump(include=about) | {"on_worker": model.here},
        created_at=model.added_at,
        download_url=model.page,
    )


def _id(model: ModelInfo) -> str:
    """Kinds have names of their own; a slash would part an address."""
    return f"{model.kind}-{model.name.replace('/', '--')}"
