"""Who may ask: tokens and scopes on every route, signed links, limits, stamped replies."""

from __future__ import annotations

import random
import time

from aiohttp import web

from colab_worker.handlers import cors
from colab_worker.keys import IDENTITY, LIMITS, SETTINGS
from colab_worker.limits import Caller, caller_of
from colab_worker.scopes import scope_of
from shared_protocol import routes
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError, Handler, error_reply
from shared_protocol.tokens import NOTHING, Scope, is_signed, scopes_of

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


@web.middleware
async def access_middleware(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Answers preflights; lets others pass with a token that reaches far enough."""
    if request.method == "OPTIONS":
        return cors.preflight(request)
    try:
        await _admit(request)
    except ApiError as refusal:
        return error_reply(refusal)  # the body is not even read
    return await handler(request)


async def stamp_reply(request: web.Request, reply: web.StreamResponse) -> None:
    """Says on every reply, errors too, who answered; and lets allowed pages read it."""
    identity = request.app[IDENTITY]
    headers = reply.headers
    headers[routes.X_WORKER_ID] = identity.worker_id
    headers[routes.X_WORKER_BOOT] = identity.boot_id
    headers[routes.X_PROTOCOL] = str(routes.PROTOCOL_VERSION)
    headers[routes.X_REQUEST_ID] = f"{random.getrandbits(128):032x}"
    for name, value in _SAFE.items():
        headers.setdefault(name, value)
    cors.mark(request, reply)


def is_authorized(request: web.Request) -> bool:
    """Whether the request carries a token of any scope."""
    return _scopes(request) != NOTHING


def caller(request: web.Request) -> Caller:
    """Who asks, for the limits."""
    return caller_of(request, _bearer(request))


async def refuse(request: web.Request) -> ApiError:
    """The refusal of whoever knows no token: 401, and 429 when that happens often."""
    await request.app[LIMITS].failed(caller_of(request, ""))
    return ApiError(
        Code.UNAUTHORIZED,
        "The worker's token is missing, wrong or over; send Authorization: Bearer with "
        "the token that the worker printed.",
        headers={"WWW-Authenticate": "Bearer"},
    )


async def _admit(request: web.Request) -> None:
    """Raises ApiError 401, 403 or 429."""
    resource = request.match_info.route.resource
    needed = scope_of(request.method, resource.canonical if resource else "")
    if needed is None:
        await request.app[LIMITS].asked(caller(request))
        return
    held = _scopes(request)
    if not held:
        raise await refuse(request)
    if resource is not None and needed not in held:
        raise ApiError(
            Code.FORBIDDEN,
            f"This token is not for {needed.value} requests; use the worker's full "
            "token.",
        )
    await request.app[LIMITS].asked(caller(request), submits=needed is Scope.SUBMIT)


def _scopes(request: web.Request) -> frozenset[Scope]:
    token, now = request.app[SETTINGS].token, time.time()
    held = scopes_of(_bearer(request), token, now)
    if held or request.method not in ("GET", "HEAD"):
        return held
    signed = is_signed(token, request.rel_url.raw_path, request.query, now)
    return frozenset({Scope.DOWNLOAD}) if signed else NOTHING


def _bearer(request: web.Request) -> str:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    return given if kind.lower() == "bearer" else ""
