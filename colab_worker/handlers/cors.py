"""Which pages may read replies: this machine's, those set, those of paired orchestrators."""

from __future__ import annotations

import re

from aiohttp import web

from colab_worker.keys import ORIGINS

#: A browser asks before a request with these, once in two hours for each URL.
PREFLIGHT_S = 7200
#: More pages than this never belong to one owner.
MAX_ORIGINS = 32
_ALLOW_HEADERS = (
    "authorization, content-type, idempotency-key, if-none-match, if-range, "
    "ngrok-skip-browser-warning, prefer, range, traceparent"
)
_EXPOSE_HEADERS = (
    "etag, content-range, content-length, repr-digest, retry-after, location, "
    "x-version, x-worker-boot, x-worker-id, x-request-id, x-protocol, ngrok-error-code"
)
_LOOPBACK = re.compile(r"^https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$")


def preflight(request: web.Request) -> web.Response:
    """The reply to OPTIONS, which never carries a token."""
    if not is_allowed(request, request.headers.get("Origin", "")):
        return web.Response(status=403)
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
        "Access-Control-Allow-Headers": _ALLOW_HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_S),
    }
    return web.Response(status=204, headers=headers)


def mark(request: web.Request, reply: web.StreamResponse) -> None:
    """Lets the page that asked read the reply, if it may."""
    origin = request.headers.get("Origin")
    if origin is None:
        return
    reply.headers["Vary"] = "Origin"
    if is_allowed(request, origin):
        reply.headers["Access-Control-Allow-Origin"] = origin
        reply.headers["Access-Control-Expose-Headers"] = _EXPOSE_HEADERS


def is_allowed(request: web.Request, origin: str) -> bool:
    """Whether a page of ``origin`` may read replies."""
    return bool(_LOOPBACK.match(origin)) or origin in request.app[ORIGINS]
