"""``/api/worker``, ``/api/voices`` and ``/health``: what is known of workers, at once."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.views import worker_of
from orchestrator.workers import Slot
from shared_protocol.routes import PROTOCOL_VERSION
from shared_protocol.studio import OrchestratorHealth, VoicesReply, WorkerAccess
from shared_protocol.vocab import VOICES


async def show_worker(request: web.Request) -> web.Response:
    """Where a page polls, with a token that only reads; ``?job_id=`` for one film."""
    slot = await _slot(request)
    if slot is None or slot.client is None:
        access = WorkerAccess(worker=None)
    else:
        access = WorkerAccess(
            worker=slot.link(),
            read_token=slot.client.page_token(),
            pace=request.app[keys.LEDGER].pace(slot.client.address.url),
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
        script_engine=request.app[keys.SERVICES].present(),
        colab_connected=remote.reachable,
        colab_url=remote.url,
        version=request.app[keys.VERSION],
        protocol=PROTOCOL_VERSION,
        workers=links,
        tunnels=request.app[keys.LEDGER].view(),
    )
    return web.json_response(text=reply.model_dump_json())


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
