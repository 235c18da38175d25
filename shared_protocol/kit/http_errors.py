"""From exceptions to error replies: one middleware, one body, never a stack trace."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from shared_protocol.errors import (
    RETRYABLE,
    STATUS,
    Code,
    ErrorBody,
    describe_validation,
    problem,
)
from shared_protocol.kit.redaction import redact

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
M = TypeVar("M", bound=BaseModel)

#: For the log alone: the word of nginx for a reader that did not wait.
READER_GONE = 499

_CODES_BY_STATUS = {
    400: Code.BAD_REQUEST,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.TOO_LARGE,
}


class ApiError(Exception):
    """A refusal with its code; the message is one sentence for people."""

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        param: str | None = None,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.param = param
        self.hint = hint
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return STATUS[self.code]

    def body(self) -> ErrorBody:
        """The error as it crosses the wire."""
        return ErrorBody(
            code=self.code,
            message=redact(str(self)),
            hint=self.hint,
            param=self.param,
            retryable=self.code in RETRYABLE,
        )


def error_reply(error: ApiError) -> web.Response:
    """The reply for ``error``."""
    return web.json_response(
        problem(error.body(), error.status, extra=error.extra),
        status=error.status,
        content_type="application/problem+json",
        headers=error.headers,
    )


@web.middleware
async def error_middleware(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Turns every exception of a handler into an error reply."""
    try:
        return await handler(request)
    except ApiError as error:
        return error_reply(error)
    except web.HTTPException as error:
        return _from_aiohttp(request, error)
    except Exception as error:
        if isinstance(error, ConnectionError) and _is_closed(request):
            return web.Response(status=READER_GONE)
        log.exception("%s %s failed", request.method, request.path)
        if request.writer.output_size and request.transport is not None:
            # A reply has begun: another one would be taken for a part of it.
            request.transport.abort()
        message = "Something went wrong in the server; its log has the details."
        return error_reply(ApiError(Code.INTERNAL, message))


async def read_model(request: web.Request, model: type[M], *, limit_bytes: int) -> M:
    """The JSON body as ``model``.

    Raises ApiError: 413 over ``limit_bytes``, 400 for what is no JSON, 422 naming the
    field for everything else.
    """
    return parse_model(await read_body(request, limit_bytes), model)


def parse_model(raw: bytes, model: type[M]) -> M:
    """``raw`` JSON as ``model``; raises ApiError as ``read_model`` does."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        if faults[0]["type"] == "json_invalid":
            raise ApiError(
                Code.BAD_REQUEST,
                f"The body is not JSON in UTF-8 ({faults[0]['msg']}); "
                "send application/json.",
            ) from error
        raise invalid_field(error) from error


def invalid_field(error: ValidationError) -> ApiError:
    """The refusal (422) of what a model does not accept, naming the field."""
    faults = error.errors(include_url=False, include_context=False)
    param, sentence = describe_validation(faults)
    return ApiError(Code.INVALID_FIELD, sentence, param=param)


async def read_body(request: web.Request, limit_bytes: int) -> bytes:
    """The body; ApiError 413 as soon as it is, or says it is, over the limit."""
    too_large = ApiError(
        Code.TOO_LARGE,
        f"The body is larger than the {limit_bytes:,} bytes allowed here; "
        "send less, or upload files under /blobs.",
        headers={"Connection": "close"},
    )
    if (request.content_length or 0) > limit_bytes:
        raise too_large
    chunks: list[bytes] = []
    received = 0
    async for chunk in request.content.iter_any():
        received += len(chunk)
        if received > limit_bytes:
            raise too_large
        chunks.append(chunk)
    return b"".join(chunks)


def _is_closed(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _from_aiohttp(request: web.Request, error: web.HTTPException) -> web.Response:
    code = _CODES_BY_STATUS.get(error.status, Code.BAD_REQUEST)
    messages = {
        404: f"There is nothing at {request.path}.",
        405: f"{request.path} does not take {request.method}.",
    }
    body = ErrorBody(code=code, message=messages.get(error.status, error.reason))
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
    return web.json_response(
        problem(body, error.status),
        status=error.status,
        content_type="application/problem+json",
        headers=headers,
    )
