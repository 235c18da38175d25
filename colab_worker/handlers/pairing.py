"""``POST /pair``: worker and orchestrator prove to each other that they know the token."""

from __future__ import annotations

import time

from aiohttp import web

from colab_worker.handlers.access import refuse
from colab_worker.handlers.cors import MAX_ORIGINS
from colab_worker.keys import IDENTITY, ORIGINS, SETTINGS
from shared_protocol.kit.http_errors import read_model
from shared_protocol.routes import PROTOCOL_VERSION
from shared_protocol.tokens import client_proof, same, worker_proof
from shared_protocol.workers import PairReply, PairRequest

MAX_BODY_BYTES = 16 << 10


async def pair(request: web.Request) -> web.Response:
    """Answers a right proof with one over the same nonce; the token is never sent."""
    asked = await read_model(request, PairRequest, limit_bytes=MAX_BODY_BYTES)
    token = request.app[SETTINGS].token
    if not same(asked.proof, client_proof(token, asked.nonce, asked.origins)):
        raise await refuse(request)
    _let_read(request.app, asked.origins)
    identity, now = request.app[IDENTITY], int(time.time())
    reply = PairReply(
        protocol=PROTOCOL_VERSION,
        worker_id=identity.worker_id,
        boot_id=identity.boot_id,
        now=now,
        proof=worker_proof(
            token, asked.nonce, identity.worker_id, identity.boot_id, now
        ),
    )
    return web.json_response(text=reply.model_dump_json())


def _let_read(app: web.Application, origins: tuple[str, ...]) -> None:
    """Pages of a proven orchestrator may read replies for as long as this run lasts."""
    known = app[ORIGINS]
    known.update(origins[: max(0, MAX_ORIGINS - len(known))])
