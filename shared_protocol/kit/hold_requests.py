"""What a request says about holding its reply, refused by name when it is no number."""

from __future__ import annotations

from aiohttp import web

from shared_protocol.errors import Code
from shared_protocol.holds import Hold, read_hold
from shared_protocol.kit.http_errors import ApiError


def hold_of(request: web.Request) -> Hold:
    """How long the reply may wait, and what the client has; raises ApiError 422."""
    try:
        return read_hold(request.headers, request.query)
    except ValueError as error:
        param = str(error).split(":", 1)[0]
        raise ApiError(Code.INVALID_FIELD, f"{error}.", param=param) from error
