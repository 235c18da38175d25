"""Clients that leave in the middle: what they ordered is done whole, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import STORY, LiveOrchestrator
from tests.writing import eventually


async def test_an_order_is_begun_though_its_client_has_left(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The connection breaks while the order waits to be saved."""
    with _locked(studio.settings.home / "orchestrator.db"):
        await _post_and_leave(studio, "/api/generate-video")

    await eventually(lambda: len(worker.jobs) == 1)
    (job_id,) = worker.jobs
    await worker.work(job_id)
    await studio.until(job_id, "complete")


async def test_a_cancel_is_heard_though_its_client_has_left(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The worker is told."""
    job_id = await studio.submitted()
    with _locked(studio.settings.home / "orchestrator.db"):
        await _post_and_leave(studio, f"/api/jobs/{job_id}/cancel")

    await studio.until(job_id, "canceled")
    assert worker.jobs[job_id].state == "canceled"


async def test_a_film_canceled_on_its_way_is_canceled_where_it_comes(
    tmp_path: Path,
) -> None:
    """Also when the worker cannot be told at that moment."""
    async with _Slow() as worker, LiveOrchestrator(tmp_path / "home") as studio:
        await studio.connect(worker.url, worker.token)
        job_id = await studio.order()
        await worker.came.wait()
        await studio.api.post(f"/api/jobs/{job_id}/cancel", json={})
        await studio.until(job_id, "canceled")
        told = len(_cancels(worker))
        worker.gateway = _no_cancel
        worker.may_answer.set()
        await eventually(lambda: len(_cancels(worker)) > told + TRIES)
        assert worker.jobs[job_id].state == "running"
        worker.gateway = None
        await eventually(lambda: worker.jobs[job_id].state == "canceled")


#: So often a request is sent before the worker counts as away.
TRIES = 3


class _Slow(FakeWorker):
    """Takes a job only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.came, self.may_answer = asyncio.Event(), asyncio.Event()

    async def _put(self, request: web.Request) -> web.Response:
        self.came.set()
        await self.may_answer.wait()
        return await super()._put(request)


def _cancels(worker: FakeWorker) -> list[str]:
    return [asked for asked in worker.asked if asked.endswith("/cancel")]


def _no_cancel(request: web.Request) -> web.Response | None:
    return web.Response(status=502) if request.path.endswith("/cancel") else None


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Nobody else can write to the database meanwhile."""
    with contextlib.closing(
        sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def _post_and_leave(studio: LiveOrchestrator, path: str) -> None:
    """Sends an order, waits until it is being carried out, and breaks the connection."""
    place = urlsplit(studio.url)
    body = json.dumps({"script": STORY, "num_scenes": 3} if "generate" in path else {})
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        f"{body}".encode()
    )
    await writer.drain()
    tasks = asyncio.all_tasks
    await eventually(lambda: any(t.get_name() == f"POST {path}" for t in tasks()))
    writer.transport.abort()
    assert await reader.read() == b""
    await asyncio.sleep(0.1)
