"""Error codes and the one error body, readable by every client of the field.

The body carries the members of RFC 9457 (``type, title, status, detail``), a stable
``code``, and the nested ``error`` object that OpenAI-style clients read.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from shared_protocol.wire import View


class Code(StrEnum):
    """Stable error codes; the HTTP status that goes with each is in ``STATUS``."""

    BAD_REQUEST = "bad_request"
    INVALID_FIELD = "invalid_field"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONFLICT = "conflict"
    NOT_READY = "not_ready"
    TOO_LARGE = "too_large"
    RANGE_NOT_SATISFIABLE = "range_not_satisfiable"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    QUEUE_FULL = "queue_full"
    RATE_LIMITED = "rate_limited"
    INTERNAL = "internal"
    DISK_FULL = "disk_full"
    DIGEST_MISMATCH = "digest_mismatch"
    NEEDS_KEY = "needs_key"
    ENGINE_UNKNOWN = "engine_unknown"
    WORKER_UNREACHABLE = "worker_unreachable"
    WRITER_KEY = "writer_key"
    WRITER_BLOCKED = "writer_blocked"
    WRITER_QUOTA = "writer_quota"
    WRITER_BUSY = "writer_busy"
    WRITER_FAILED = "writer_failed"
    # of units
    ENGINE_EXITED = "engine_exited"
    ENGINE_KILLED = "engine_killed"
    ENGINE_TIMEOUT = "engine_timeout"
    ENGINE_HUNG = "engine_hung"
    ENGINE_WRONG_OUTPUT = "engine_wrong_output"
    ENGINE_FAILED = "engine_failed"
    BAD_INPUT = "bad_input"
    SERVICE_FAILED = "service_failed"
    POISON = "poison"
    CANCELED = "canceled"


STATUS: dict[Code, int] = {
    Code.BAD_REQUEST: 400,
    Code.INVALID_FIELD: 422,
    Code.UNAUTHORIZED: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.CONFLICT: 409,
    Code.NOT_READY: 409,
    Code.TOO_LARGE: 413,
    Code.RANGE_NOT_SATISFIABLE: 416,
    Code.IDEMPOTENCY_MISMATCH: 422,
    Code.QUEUE_FULL: 429,
    Code.RATE_LIMITED: 429,
    Code.INTERNAL: 500,
    Code.DISK_FULL: 507,
    Code.DIGEST_MISMATCH: 422,
    Code.NEEDS_KEY: 422,
    Code.ENGINE_UNKNOWN: 422,
    Code.WORKER_UNREACHABLE: 503,
    Code.WRITER_KEY: 422,
    Code.WRITER_BLOCKED: 422,
    Code.WRITER_QUOTA: 429,
    Code.WRITER_BUSY: 503,
    Code.WRITER_FAILED: 502,
}

#: Errors after which the same request may succeed later.
RETRYABLE = frozenset(
    {Code.QUEUE_FULL, Code.RATE_LIMITED, Code.INTERNAL, Code.DISK_FULL, Code.NOT_READY}
)


class ErrorBody(View):
    """What went wrong, where, and what to do; of a unit, a job or a request."""

    code: str
    #: One sentence: what happened, where, what to do.
    message: str
    #: What to do, when it is worth a line of its own.
    hint: str | None = None
    #: The field of the request, as ``scenes.2.narration``.
    param: str | None = None
    scene: int | None = None
    unit: str | None = None
    retryable: bool = False


def problem(
    body: ErrorBody, status: int, *, extra: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The JSON of an error reply (``application/problem+json``)."""
    title = body.code.replace("_", " ").capitalize()
    members: dict[str, Any] = {
        "type": f"urn:moonreel:error:{body.code}",
        "title": title,
        "status": status,
        "detail": body.message,
        "success": False,
        "code": body.code,
        "message": body.message,
        "retryable": body.retryable,
        "error": {
            "message": body.message,
            "type": title,
            "code": body.code,
            "param": body.param,
        },
    }
    if body.hint:
        members["hint"] = body.hint
    return members | (extra or {})


def describe_validation(errors: list[Any]) -> tuple[str, str]:
    """``(param, sentence)`` from pydantic's ``errors()``: the first fault, by field."""
    first = errors[0]
    param = ".".join(str(part) for part in first["loc"]) or "body"
    reason = str(first["msg"]).removeprefix("Value error, ")
    if isinstance(first.get("input"), str):  # a length counts its characters
        reason = reason.replace("items after validation", "characters")
        reason = reason.replace("item after validation", "character")
    if first["type"] == "extra_forbidden":
        reason = "is not a known field"
    elif first["type"] == "missing":
        reason = "is required"
    others = sum(not _is_within(first["loc"], error["loc"]) for error in errors)
    more = f" ({others} more)" if others else ""
    return param, f"{param}: {reason[:1].lower()}{reason[1:]}{more}"


def _is_within(inner: tuple[Any, ...], outer: tuple[Any, ...]) -> bool:
    """A list that holds a fault is often reported as too short, which says nothing."""
    return inner[: len(outer)] == outer
