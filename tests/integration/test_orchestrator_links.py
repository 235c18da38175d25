"""Links to files straight from their worker: signed for one file, for a while, in no other way."""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from orchestrator.pairing import Pairing
from shared_protocol.tokens import LINK_S, is_signed, sign_link
from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.workers import TOKEN, WorkerProcess


@pytest.fixture(scope="module")
def worker(worker_process: WorkerProcess) -> WorkerProcess:
    """A real one, where other tests of this folder have a fake."""
    return worker_process


@dataclass
class Made:
    """A finished film and the link to it."""

    live: LiveOrchestrator
    job_id: str
    view: dict[str, Any]
    link: dict[str, Any]

    @property
    def path(self) -> str:
        """Where the link leads, without its signature."""
        return urlsplit(self.link["url"]).path


@asynccontextmanager
async def made(
    home: Path, worker: WorkerProcess, **settings: Any
) -> AsyncIterator[Made]:
    """An orchestrator whose film has been made by the worker."""
    async with LiveOrchestrator(home, **settings) as live:
        await live.connect(str(worker.client.base_url).rstrip("/"), TOKEN)
        job_id = await live.order(quality="draft")
        view = await live.until(job_id, "complete")
        reply = await live.api.get(f"/api/jobs/{job_id}/link/film.mp4")
        assert reply.status_code == 200, reply.text
        yield Made(live, job_id, view, reply.json())


async def test_anybody_can_read_the_film_by_its_link(
    worker: WorkerProcess, tmp_path: Path
) -> None:
    """Whole or in parts, without any header; the token is not in it."""
    async with made(tmp_path / "home", worker) as film, httpx.AsyncClient() as anybody:
        whole = await anybody.get(film.link["url"])
        part = await anybody.get(film.link["url"], headers={"Range": "bytes=4-7"})
        head = await anybody.head(film.link["url"])

    artifact = next(a for a in film.view["artifacts"] if a["name"] == "film.mp4")
    assert hashlib.sha256(whole.content).hexdigest() == artifact["sha256"]
    assert whole.headers["content-type"] == film.link["media_type"] == "video/mp4"
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert int(head.headers["content-length"]) == film.link["bytes"]
    assert TOKEN not in film.link["url"]
    ends = datetime.fromisoformat(film.link["expires_at"])
    assert abs(ends.timestamp() - time.time() - LINK_S) < 300
    assert not film.link["metered"]


async def test_it_opens_nothing_else(worker: WorkerProcess, tmp_path: Path) -> None:
    """Another file, a later end, another signature, another method: 401."""
    async with made(tmp_path / "home", worker) as film, httpx.AsyncClient() as anybody:
        url, path = film.link["url"], film.path
        base = url.removesuffix(urlsplit(url).query).removesuffix(f"{path}?")
        expires = urlsplit(url).query.split("&")[0].removeprefix("expires=")
        over = sign_link(TOKEN, path, int(time.time()) - 1)
        refused = {
            "another file": url.replace("film.mp4", "poster.jpg"),
            "without a name": url.replace("/film.mp4", ""),
            "a later end": url.replace(expires, str(int(expires) + 1)),
            "another signature": f"{url[:-2]}{'AA' if url[-2:] != 'AA' else 'BB'}",
            "no signature": f"{base}{path}",
            "over": f"{base}{over}",
        }
        found = {what: await anybody.get(where) for what, where in refused.items()}
        for method in ("POST", "PUT", "DELETE"):
            found[method] = await anybody.request(method, url)

    assert {what: reply.status_code for what, reply in found.items()} == dict.fromkeys(
        found, 401
    )


async def test_pages_may_play_from_the_workers_of_this_moment_only(
    worker: WorkerProcess, tmp_path: Path
) -> None:
    """Their exact origins, in the policy and where the page reads them; none at first."""
    url = str(worker.client.base_url).rstrip("/")
    async with LiveOrchestrator(tmp_path / "home") as live:
        before = await live.api.get("/")
        known = {"If-None-Match": before.headers["etag"]}
        again = await live.api.get("/", headers=known)
        await live.connect(url, TOKEN)
        after = await live.api.get("/", headers=known)

    assert "media-src 'self' blob:;" in before.headers["content-security-policy"]
    assert '<meta name="media-origins" content="">' in before.text
    assert (again.status_code, after.status_code) == (304, 200)
    policy = after.headers["content-security-policy"]
    assert f"media-src 'self' blob: {url};" in policy
    assert f'<meta name="media-origins" content="{url}">' in after.text


async def test_a_frame_plays_from_its_own_worker_and_no_other(
    worker: WorkerProcess, tmp_path: Path
) -> None:
    """It runs nothing, can be framed by our page alone, and names that one origin."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(str(worker.client.base_url)))
    async with made(tmp_path / "home", worker) as film:
        reply = await film.live.api.get(f"/play/{film.job_id}")
        gone = await film.live.api.get("/play/no-such-film")
    policy = reply.headers["content-security-policy"].split("; ")

    assert reply.headers["content-type"].startswith("text/html")
    assert f"media-src 'self' {origin}" in policy
    assert {"default-src 'none'", "frame-ancestors 'self'"} <= set(policy)
    assert not any(rule.startswith(("script-src", "connect-src")) for rule in policy)
    assert f'src="{origin}/download/{film.job_id}/film.mp4?expires=' in reply.text
    assert TOKEN not in reply.text
    assert gone.status_code == 404


async def test_a_tunnel_that_counts_is_no_place_for_media_tags(
    worker: WorkerProcess, tmp_path: Path
) -> None:
    """The link says so, and the page's policy leaves it out."""
    host = urlsplit(str(worker.client.base_url)).netloc
    async with made(tmp_path / "home", worker, metered_hosts=(host,)) as film:
        page = await film.live.api.get("/")
        player = await film.live.api.get(f"/play/{film.job_id}")

    assert film.link["metered"]
    assert player.status_code == 409
    assert host not in page.headers["content-security-policy"]
    assert '<meta name="media-origins" content="">' in page.text


async def test_what_no_worker_has_has_no_link(
    worker: WorkerProcess, tmp_path: Path
) -> None:
    """404 for a file that there is not; 503 once another worker is connected."""
    async with made(tmp_path / "home", worker) as film, FakeWorker() as other:
        path = f"/api/jobs/{film.job_id}/link"
        absent = await film.live.api.get(f"{path}/trailer.mp4")
        nobody = await film.live.api.get("/api/jobs/0123456789/link/film.mp4")
        other.boots = 7
        await film.live.connect(other.url, other.token)
        away = await film.live.api.get(f"{path}/film.mp4")

    assert (absent.status_code, nobody.status_code) == (404, 404)
    assert away.status_code == 503
    assert away.json()["code"] == "worker_unreachable"
    assert f"/api/download/{film.job_id}" in away.json()["message"]


def test_a_link_is_good_for_half_a_day() -> None:
    """By the worker's clock; without a token there is none."""
    now = 1_800_000_000.0
    signed = Pairing(TOKEN, (), clock=lambda: now).link("/download/a/film.mp4")
    assert signed is not None
    url, ends_at = signed
    path, _, query = url.partition("?")
    values = dict(pair.split("=") for pair in query.split("&"))

    assert ends_at == now + LINK_S
    assert is_signed(TOKEN, path, values, now + LINK_S - 1)
    assert not is_signed(TOKEN, path, values, now + LINK_S)
    assert Pairing(None, ()).link(path) is None


async def test_the_command_prints_it(
    worker: WorkerProcess, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """By itself, so that a player can be given it; what it is stands beside it."""
    async with made(tmp_path / "home", worker) as film:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "orchestrator",
            "link",
            film.job_id,
            "--server",
            film.live.url,
        )
        assert await process.wait() == 0
        printed = capfd.readouterr()
        async with httpx.AsyncClient() as anybody:
            reply = await anybody.head(printed.out.strip())

    assert reply.status_code == 200
    assert "film.mp4, " in printed.err
    assert "other devices cannot open it" in printed.err
