"""``/api/capabilities`` and ``/api/worker/check``: what can be done now, and why not."""

from __future__ import annotations

from aiohttp import web

from orchestrator import keys
from orchestrator.errors import Unreachable
from orchestrator.worker_check import check_worker
from orchestrator.workers import Choice, Workers
from shared_protocol import vocab
from shared_protocol.studio import StudioCapabilities, WorkerCheck


async def capabilities(request: web.Request) -> web.Response:
    """Words, engines and the worker that a film ordered now would go to.

    Starts the local worker if that is the one, so that its engines are known; with
    ``?wait=0`` only the words are told, at once; with ``?now=1`` the worker is asked
    again how it is.
    """
    if request.query.get("wait") == "0":
        return web.json_response(text=_reply().model_dump_json())
    workers = request.app[keys.WORKERS]
    try:
        choice = await workers.choose()
        if request.query.get("now") == "1":
            await choice.slot.probe()
        reply = await _with_worker(choice, workers)
    except Unreachable as trouble:
        reply = _reply(trouble=str(trouble))
    return web.json_response(text=reply.model_dump_json())


async def check(request: web.Request) -> web.Response:
    """Asks the worker now, and says of each thing that a film needs how it is."""
    steps = await check_worker(request.app[keys.WORKERS])
    reply = WorkerCheck(ok=all(step.ok for step in steps), steps=steps)
    return web.json_response(text=reply.model_dump_json())


async def _with_worker(choice: Choice, workers: Workers) -> StudioCapabilities:
    health = choice.slot.health or await choice.slot.probe()
    trouble = workers.remote.trouble if choice.slot is workers.local else None
    return _reply(
        trouble=trouble,
        worker=choice.slot.link(choice.reason),
        health=health,
        engines=health.engines or (),
    )


def _reply(**known: object) -> StudioCapabilities:
    words = {item.name: item.ids for item in vocab.ALL}
    return StudioCapabilities.model_validate({"vocabularies": words, **known})
