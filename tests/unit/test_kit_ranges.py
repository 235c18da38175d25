"""Files over HTTP: whole, in pieces, not again, and never two films joined."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import random
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from aiohttp import ClientPayloadError, ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from shared_protocol.kit.http_errors import Handler, error_middleware
from shared_protocol.kit.ranges import ServedFile, serve_file

FILM = random.Random(1).randbytes(600_000)
SHA = hashlib.sha256(FILM).hexdigest()
ETAG = f'"{SHA}"'
SIZE = len(FILM)
DATE = "Wed, 21 Oct 2026 07:28:00 GMT"

Client = TestClient[web.Request, web.Application]

#: The status of each reply once it has been sent or given up.
REPLIES = web.AppKey("replies", asyncio.Queue[int])


@web.middleware
async def _noting(request: web.Request, handler: Handler) -> web.StreamResponse:
    reply = await handler(request)
    request.app[REPLIES].put_nowait(reply.status)
    return reply


@pytest.fixture
def app(tmp_path: Path) -> web.Application:
    """A server with a film, an empty file, a page, and a file that is shorter than said."""
    (tmp_path / "film").write_bytes(FILM)
    (tmp_path / "empty").touch()
    with (tmp_path / "long").open("wb") as file:
        file.truncate(100 * SIZE)
    served = {
        "film": ServedFile(tmp_path / "film", SHA, SIZE, "video/mp4", "film.mp4"),
        "empty": ServedFile(tmp_path / "empty", SHA, 0, "text/plain", "empty.txt"),
        "page": ServedFile(
            tmp_path / "film", SHA, SIZE, "text/html", "x.html", immutable=True
        ),
        "crow": ServedFile(tmp_path / "film", SHA, SIZE, "video/mp4", "krähe-夜.mp4"),
        "cut": ServedFile(tmp_path / "film", SHA, SIZE * 2, "video/mp4", "film.mp4"),
        "long": ServedFile(tmp_path / "long", SHA, 100 * SIZE, "video/mp4", "film.mp4"),
        "gone": ServedFile(tmp_path / "gone", SHA, SIZE, "video/mp4", "film.mp4"),
    }

    async def download(request: web.Request) -> web.StreamResponse:
        return await serve_file(request, served[request.match_info["name"]])

    app = web.Application(middlewares=[_noting, error_middleware])
    app[REPLIES] = asyncio.Queue()
    app.router.add_get("/{name}", download)
    return app


@pytest.fixture
async def client(app: web.Application) -> AsyncIterator[Client]:
    """A reader of that server."""
    async with TestClient(TestServer(app), auto_decompress=False) as started:
        yield started


def check_headers(headers: Mapping[str, str]) -> None:
    """The digest is that of the whole file, whatever part was sent."""
    digest = base64.b64encode(hashlib.sha256(FILM).digest()).decode()
    assert headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert (headers["ETag"], headers["Accept-Ranges"]) == (ETAG, "bytes")


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, SIZE),
        ("bytes=599999-", SIZE - 1, SIZE),
        ("bytes=100-199", 100, 200),
        ("bytes=100-9999999999", 100, SIZE),
        ("bytes=-1", SIZE - 1, SIZE),
        ("bytes=-9999999", 0, SIZE),
        (" BYTES=5-9 ", 5, 10),
    ],
)
async def test_a_range_is_sent_alone(
    client: Client, asked: str, start: int, stop: int
) -> None:
    """206 with exactly the asked bytes, and where they lie."""
    reply = await client.get("/film", headers={"Range": asked})

    assert reply.status == 206
    assert reply.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert await reply.read() == FILM[start:stop]
    check_headers(reply.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=0-1,5-6"},  # several: all of it is a right answer
        {"Range": "bytes=5-1"},
        {"Range": "bytes=-"},
        {"Range": "bytes=a-b"},
        {"Range": "lines=0-1"},
        {"Range": "bytes=0-" + "9" * 5000},
        {"Range": "bytes=0-9", "If-Range": '"another film"'},
        {"Range": "bytes=0-9", "If-Range": f"W/{ETAG}"},
        {"Range": "bytes=0-9", "If-Range": DATE},
        {"If-None-Match": '"another film"'},
    ],
    ids=str,
)
async def test_everything_else_is_the_whole_film(
    client: Client, headers: dict[str, str]
) -> None:
    """200 with all bytes when the range is none, or is of another film."""
    reply = await client.get("/film", headers=headers)

    assert reply.status == 200
    assert hashlib.sha256(await reply.read()).hexdigest() == SHA
    assert "Content-Range" not in reply.headers
    check_headers(reply.headers)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("film", "bytes=600000-"),
        ("film", "bytes=-0"),
        ("empty", "bytes=0-"),
        ("empty", "bytes=-5"),
    ],
)
async def test_a_range_behind_the_end_is_416(
    client: Client, name: str, asked: str
) -> None:
    """The refusal says how long the file is."""
    reply = await client.get(f"/{name}", headers={"Range": asked})

    assert reply.status == 416
    size = SIZE if name == "film" else 0
    assert reply.headers["Content-Range"] == f"bytes */{size}"
    assert (await reply.json())["code"] == "range_not_satisfiable"


@pytest.mark.parametrize("tag", [ETAG, f"W/{ETAG}", f'"x", {ETAG}', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_the_reader_has_is_not_sent_again(
    client: Client, method: str, tag: str
) -> None:
    """304 without a body, even when a range was asked for."""
    headers = {"If-None-Match": tag, "Range": "bytes=0-9"}
    reply = await client.request(method, "/film", headers=headers)

    assert (reply.status, await reply.read()) == (304, b"")
    check_headers(reply.headers)


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-9"}])
async def test_head_tells_what_get_would_send(
    client: Client, headers: dict[str, str]
) -> None:
    """200 with the length; a range of a HEAD is ignored (RFC 9110 §14.2)."""
    reply = await client.head("/film", headers=headers)

    assert (reply.status, await reply.read()) == (200, b"")
    assert reply.headers["Content-Length"] == str(SIZE)
    check_headers(reply.headers)


async def test_a_download_that_broke_off_goes_on(client: Client) -> None:
    """Three pieces joined by If-Range are the film, byte for byte."""
    got = b""
    for stop in (1000, 300_000, SIZE):
        headers = {"Range": f"bytes={len(got)}-{stop - 1}", "If-Range": ETAG}
        reply = await client.get("/film", headers=headers)
        assert reply.status == 206
        got += await reply.read()

    assert got == FILM


async def test_a_name_in_any_script_is_kept(client: Client) -> None:
    """RFC 6266: clients that read ``filename*`` take it, others get a plain one."""
    reply = await client.get("/crow")

    assert reply.content_disposition is not None
    assert reply.content_disposition.filename == "krähe-夜.mp4"
    assert 'filename="kr_he-_.mp4"' in reply.headers["Content-Disposition"]


async def test_only_media_opens_in_a_browser(client: Client) -> None:
    """A page of somebody else's making is saved, never shown, and runs nothing."""
    film, page = await client.get("/film"), await client.get("/page")

    assert film.headers["Content-Disposition"] == 'inline; filename="film.mp4"'
    assert page.headers["Content-Disposition"] == 'attachment; filename="x.html"'
    assert "immutable" in page.headers["Cache-Control"]
    assert film.headers["Cache-Control"] == "private, no-store"
    for reply in (film, page):
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        policy = reply.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox")
        assert "default-src 'none'" in policy
        assert "allow-scripts" not in policy


async def test_a_file_that_is_gone_is_404(client: Client) -> None:
    """The sentence names the file."""
    reply = await client.get("/gone")

    assert reply.status == 404
    assert "film.mp4" in (await reply.json())["message"]


async def test_a_reply_that_has_begun_is_cut_off_not_continued(client: Client) -> None:
    """Words of an error never stand inside a film: the connection breaks instead."""
    reply = await client.get("/cut")
    assert reply.status == 200

    with pytest.raises(ClientPayloadError):
        await reply.read()


async def test_a_reader_that_goes_away_is_no_error(
    app: web.Application, caplog: pytest.LogCaptureFixture
) -> None:
    """A closed tab ends the reply and leaves no traceback in the log."""
    runner = web.AppRunner(app)  # as in production: TestServer cancels handlers
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _, port = runner.addresses[0]
    async with ClientSession() as session:
        reply = await session.get(f"http://127.0.0.1:{port}/long")
        await reply.content.read(10)
        reply.close()

    assert await app[REPLIES].get() == 499
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []
    await runner.cleanup()
