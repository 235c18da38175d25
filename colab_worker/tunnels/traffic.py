"""Counts what goes out through each tunnel: their vendors give so much a month."""

from __future__ import annotations

from aiohttp import web

from colab_worker.handlers.access import is_authorized
from colab_worker.keys import TUNNELS
from shared_protocol.kit.http_errors import Handler


@web.middleware
async def traffic_middleware(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """The outermost: refused requests cost as much as others."""
    reply = await handler(request)
    sent = 0 if request.method == "HEAD" else reply.content_length or 0
    request.app[TUNNELS].count(request.host, sent, lambda: is_authorized(request))
    return reply
