"""Who may ask: tokens on every route, CORS for the user's own pages, stamped replies."""

from __future__ import annotations

import functools
import re
import uuid

from aiohttp import web

from colab_worker.keys import IDENTITY, SETTINGS
from shared_protocol import routes
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError, Handler, error_reply
from shared_protocol.tokens import read_token, same

#: A browser asks before a request with these, once in two hours for each URL.
PREFLIGHT_S = 7200
_ALLOW_HEADERS = (
    "authorization, content-type, idempotency-key, if-none-match, if-range, "
    "ngrok-skip-browser-warning, prefer, range, traceparent"
)
_EXPOSE_HEADERS = (
    "etag, content-range, content-length, repr-digest, retry-after, location, "
    "x-version, x-worker-boot, x-worker-id, x-request-id, x-protocol, ngrok-error-code"
)
_LOOPBACK = re.compile(r"^https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$")
_READING = {"GET", "HEAD"}
_READING_POSTS = {routes.JOBS_WAIT}


@web.middleware
async def access_middleware(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Answers preflights; lets others pass with a token that reaches far enough."""
    if request.method == "OPTIONS":
        return _preflight(request)
    if request.path != routes.HEALTH:
        refusal = _refusal(request)
        if refusal is not None:
            return error_reply(refusal)
    return await handler(request)


async def stamp_reply(request: web.Request, reply: web.StreamResponse) -> None:
    """Says on every reply, errors too, who answered; and lets allowed pages read it."""
    identity = request.app[IDENTITY]
    reply.headers[routes.X_WORKER_ID] = identity.worker_id
    reply.headers[routes.X_WORKER_BOOT] = identity.boot_id
    reply.headers[routes.X_PROTOCOL] = str(routes.PROTOCOL_VERSION)
    reply.headers[routes.X_REQUEST_ID] = uuid.uuid4().hex
    origin = request.headers.get("Origin")
    if origin is not None:
        reply.headers["Vary"] = "Origin"
        if origin_allowed(request, origin):
            reply.headers["Access-Control-Allow-Origin"] = origin
            reply.headers["Access-Control-Expose-Headers"] = _EXPOSE_HEADERS


def origin_allowed(request: web.Request, origin: str) -> bool:
    """Whether a page of ``origin`` may read replies."""
    settings = request.app[SETTINGS]
    return bool(_LOOPBACK.match(origin)) or origin in settings.allowed_origins


def is_authorized(request: web.Request) -> bool:
    """Whether the request carries the full token or the one for reading."""
    return _scope(request) is not None


def _refusal(request: web.Request) -> ApiError | None:
    scope = _scope(request)
    if scope is None:
        return ApiError(
            Code.UNAUTHORIZED,
            "The worker's token is missing or wrong; send Authorization: Bearer with "
            "the token that the worker printed.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    reading = request.method in _READING or request.path in _READING_POSTS
    if scope == "read" and not reading:
        return ApiError(
            Code.FORBIDDEN, "This token can only read; use the worker's full token."
        )
    return None


def _scope(request: web.Request) -> str | None:
    header = request.headers.get("Authorization", "")
    kind, _, given = header.partition(" ")
    if kind.lower() != "bearer":
        return None
    expected = request.app[SETTINGS].token
    # Both comparisons are always made, so that time tells nothing.
    full, reading = same(given, expected), same(given, _read_token(expected))
    return "full" if full else "read" if reading else None


_read_token = functools.lru_cache(maxsize=4)(read_token)


def _preflight(request: web.Request) -> web.Response:
    origin = request.headers.get("Origin", "")
    if not origin_allowed(request, origin):
        return web.Response(status=403)
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
        "Access-Control-Allow-Headers": _ALLOW_HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_S),
    }
    return web.Response(status=204, headers=headers)
