"""Refusals as replies: one body for all, within limits, never a stack trace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError, error_middleware, read_model
from shared_protocol.transfers import BlobQuery

LIMIT = 1000
Client = TestClient[web.Request, web.Application]


async def _read(request: web.Request) -> web.Response:
    query = await read_model(request, BlobQuery, limit_bytes=LIMIT)
    return web.json_response({"asked": len(query.sha256)})


async def _fail(request: web.Request) -> web.Response:
    raise RuntimeError("the password is swordfish")


async def _refuse(request: web.Request) -> web.Response:
    raise ApiError(
        Code.QUEUE_FULL,
        "Full.",
        param="x",
        headers={"Retry-After": "30"},
        extra={"a": 1},
    )


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A server that reads, refuses and fails."""
    app = web.Application(middlewares=[error_middleware])
    app.add_routes(
        [web.post("/read", _read), web.get("/fail", _fail), web.get("/refuse", _refuse)]
    )
    async with TestClient(TestServer(app)) as started:
        yield started


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        (b"", 400, "bad_request", None),
        (b"{", 400, "bad_request", None),
        (b"<html>", 400, "bad_request", None),
        (b"\xff\xfe", 400, "bad_request", None),
        (b'{"sha256": ["\\ud800"]}', 400, "bad_request", None),
        (b"[]", 422, "invalid_field", "body"),
        (b"{}", 422, "invalid_field", "sha256"),
        (b'{"sha256": [], "md5": 1}', 422, "invalid_field", "md5"),
        (b'{"sha256": ["xyz"]}', 422, "invalid_field", "sha256.0"),
        (b'{"sha256": []}' + b" " * LIMIT, 413, "too_large", None),
    ],
)
async def test_bodies_are_refused_by_their_fault(
    client: Client, body: bytes, status: int, code: str, param: str | None
) -> None:
    """400 for what is no JSON, 413 over the limit, 422 naming the field."""
    reply = await client.post("/read", data=body)
    told = await reply.json()

    assert (reply.status, told["status"], told["code"]) == (status, status, code)
    assert told["error"]["param"] == param
    assert reply.content_type == "application/problem+json"


async def test_a_body_at_the_limit_is_read(client: Client) -> None:
    """The limit itself is allowed."""
    body = b'{"sha256": []}'.ljust(LIMIT)
    reply = await client.post("/read", data=body)

    assert (reply.status, await reply.json()) == (200, {"asked": 0})


async def test_a_body_without_a_length_is_stopped_on_the_way(client: Client) -> None:
    """A chunked body is refused as soon as it is over the limit, not when it ends."""
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * LIMIT
        yield b"x"
        await ended.wait()

    reply = await client.post("/read", data=endless())

    assert reply.status == 413
    assert reply.headers["Connection"] == "close"
    assert "1,000 bytes" in (await reply.json())["message"]
    ended.set()


async def test_surprises_tell_nothing(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader gets a sentence and the log the traceback."""
    reply = await client.get("/fail")

    assert (reply.status, (await reply.json())["retryable"]) == (500, True)
    assert "swordfish" not in await reply.text()
    assert "swordfish" in caplog.text


async def test_refusals_carry_headers_and_more_members(client: Client) -> None:
    """What a handler adds arrives."""
    reply = await client.get("/refuse")
    told = await reply.json()

    assert (reply.status, reply.headers["Retry-After"]) == (429, "30")
    assert (told["a"], told["error"]["param"], told["retryable"]) == (1, "x", True)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("PUT", "/read", 405, "method_not_allowed"),
    ],
)
async def test_the_framework_s_own_refusals_look_the_same(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    """404 and 405 have the same body, and 405 says what is allowed."""
    reply = await client.request(method, path)
    told = await reply.json()

    assert (reply.status, told["code"]) == (status, code)
    assert path in told["message"]
    assert ("Allow" in reply.headers) == (status == 405)
