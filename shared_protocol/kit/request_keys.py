"""The ``Idempotency-Key`` of a request, read the same way by both services."""

from __future__ import annotations

from aiohttp import web

from shared_protocol import routes
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError

MAX_KEY_CHARS = 255


def idempotency_key(request: web.Request) -> str | None:
    """The key that was sent, if one was; raises ApiError 422."""
    key = request.headers.get(routes.IDEMPOTENCY_KEY)
    if key is not None and not 0 < len(key) <= MAX_KEY_CHARS:
        raise ApiError(
            Code.INVALID_FIELD,
            f"Idempotency-Key: must have 1 to {MAX_KEY_CHARS} characters",
            param=routes.IDEMPOTENCY_KEY,
        )
    return key
