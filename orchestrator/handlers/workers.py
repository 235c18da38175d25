"""``/api/set-colab-url``, ``/api/worker``, ``/api/voices`` and ``/health``."""

from __future__ import annotations

import re

from aiohttp import web

from orchestrator import keys
from orchestrator.errors import NotAnAddress, Unreachable
from orchestrator.url_intake import WorkerAddress, dig_address
from orchestrator.views import worker_of
from orchestrator.workers import Slot
from shared_protocol.api import (
    OrchestratorHealth,
    SetWorkerUrl,
    VoicesReply,
    WorkerAccess,
    WorkerConnection,
)
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError, read_model
from shared_protocol.routes import PROTOCOL_VERSION
from shared_protocol.tokens import read_token
from shared_protocol.vocab import VOICES

_TOKEN_IN_TEXT = re.compile(r"(?i)(token=)[^\s&\"'*]+")


async def set_url(request: web.Request) -> web.Response:
    """Connects a remote worker; saved even when nobody answers there yet."""
    limit = request.app[keys.SETTINGS].max_body_bytes
    body = await read_model(request, SetWorkerUrl, limit_bytes=limit)
    shown = _TOKEN_IN_TEXT.sub(r"\1***", body.url)
    try:
        dug = dig_address(body.url)
    except NotAnAddress as refusal:
        raise ApiError(
            Code.BAD_REQUEST,
            f"{refusal} {refusal.tip}",
            param="url",
            extra={"received": shown[:200], "tip": refusal.tip},
        ) from refusal
    address = WorkerAddress(dug.url, body.token or dug.token)
    reply = await _connect(request, address, None if shown == dug.url else shown[:200])
    return web.json_response(text=reply.model_dump_json())


async def show_worker(request: web.Request) -> web.Response:
    """Where a page polls, with a token that only reads; ``?job_id=`` for one film."""
    slot = await _slot(request)
    if slot is None or slot.client is None:
        access = WorkerAccess(worker=None)
    else:
        token = slot.client.address.token
        access = WorkerAccess(
            worker=slot.link(), read_token=read_token(token) if token else None
        )
    return web.json_response(text=access.model_dump_json())


async def voices(request: web.Request) -> web.Response:
    """The voices, and the engine that speaks them on the present worker."""
    slot = _present(request)
    health = slot.health if slot else None
    engine = (health.tts if health else None) or "auto"
    reply = VoicesReply(
        voices={
            voice_id: {
                "engine": engine,
                "name": voice.name,
                "gender": voice.gender,
                "style": voice.style,
            }
            for voice_id, voice in VOICES.items()
        },
        engine=engine,
        total=len(VOICES),
        location=slot.kind if slot else "local",
    )
    return web.json_response(text=reply.model_dump_json())


async def health(request: web.Request) -> web.Response:
    """How the orchestrator is; asks nobody, so it always answers at once."""
    workers = request.app[keys.WORKERS]
    remote = workers.remote
    links = tuple(link for slot in workers.slots if (link := slot.link()) is not None)
    reply = OrchestratorHealth(
        message=_summary(remote),
        script_engine="text",
        colab_connected=remote.reachable,
        colab_url=remote.url,
        version=request.app[keys.VERSION],
        protocol=PROTOCOL_VERSION,
        workers=links,
    )
    return web.json_response(text=reply.model_dump_json())


async def _connect(
    request: web.Request, address: WorkerAddress, raw: str | None
) -> WorkerConnection:
    workers, warnings, found = request.app[keys.WORKERS], [], None
    await workers.connect(address)
    try:
        await request.app[keys.URL_WATCH].save(address)
    except OSError as error:
        warnings.append(
            f"{request.app[keys.SETTINGS].url_file.name} could not be written "
            f"({error.strerror}); the address is kept in Moonreel's own data."
        )
    try:
        found = await workers.remote.probe()
        message = "The worker is connected."
    except Unreachable as trouble:
        message = f"Saved, but not connected: {trouble}"
    if request.app[keys.SETTINGS].worker == "local":
        warnings.append("Moonreel was started with worker=local, so it is not used.")
    return WorkerConnection(
        success=True,
        raw_input=raw,
        clean_url=address.url,
        connected=found is not None,
        message=message,
        health=found,
        warnings=tuple(warnings),
    )


async def _slot(request: web.Request) -> Slot | None:
    job_id = request.query.get("job_id")
    if job_id is None:
        return _present(request)
    film = await request.app[keys.STUDIO].find(job_id)
    return worker_of(film, request.app[keys.WORKERS])


def _present(request: web.Request) -> Slot | None:
    """The reachable worker that a new film would go to, as far as is known."""
    mode = request.app[keys.SETTINGS].worker
    slots = request.app[keys.WORKERS].slots
    allowed = [slot for slot in slots if mode in ("auto", slot.kind)]
    return next((slot for slot in allowed if slot.reachable), None)


def _summary(remote: Slot) -> str:
    if remote.url is None:
        return "Ready; no remote worker is connected."
    if remote.reachable:
        return "Ready; a remote worker is connected."
    return f"Ready; the remote worker is away. {remote.trouble or ''}".strip()
