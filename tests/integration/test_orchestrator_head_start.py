"""Scenes that are written go ahead to the worker, while later ones are being written."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from tests.servers.fake_worker import FakeWorker
from tests.servers.gemini import FakeGemini
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.writing import TOPIC, eventually, reviewed, studio_of


@asynccontextmanager
async def head_start(
    home: Path, gemini: FakeGemini
) -> AsyncIterator[tuple[FakeWorker, LiveOrchestrator, str, asyncio.Event]]:
    """A worker that has the first scenes of a film, whose writer goes on at the event."""
    gemini.hold = rest = asyncio.Event()
    async with FakeWorker() as worker, studio_of(home, gemini) as studio:
        await studio.connect(worker.url, worker.token)
        job_id = await studio.order(**TOPIC)
        await eventually(lambda: job_id in worker.jobs)
        yield worker, studio, job_id, rest


async def test_the_first_scene_is_drawn_while_the_last_is_written(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """The worker draws it; when the whole film comes, it is there."""
    async with head_start(tmp_path / "home", gemini) as (worker, studio, job_id, rest):
        assert (await studio.film(job_id))["state"] == "generating_script"
        early = worker.jobs[job_id].spec
        assert early.open
        await worker.work(job_id, units=1)
        assert worker.made == ["image-001"]

        rest.set()
        await studio.until(job_id, "sent_to_colab")
        job = worker.jobs[job_id]
        assert not job.spec.open
        assert len(job.spec.scenes) == 4
        count = len(early.scenes)
        assert 0 < count < 4
        same = early.model_copy(update={"open": False, "title": job.spec.title})
        assert same == job.spec.model_copy(update={"scenes": job.spec.scenes[:count]})
        await worker.work(job_id)
        await studio.until(job_id, "complete")


async def test_pictures_of_characters_go_ahead_with_their_scenes(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """Nothing is drawn before it is known whether a likeness is to be kept."""
    gemini.hold = asyncio.Event()
    gemini.piece_s = 0.02
    png = b"\x89PNG\r\n\x1a\n and a dog"
    sha256 = hashlib.sha256(png).hexdigest()
    otto = {"name": "Otto", "description": "a grey dog", "reference": sha256}
    async with FakeWorker() as worker, studio_of(tmp_path / "home", gemini) as studio:
        headers = {"Content-Type": "image/png"}
        await studio.api.post("/api/references", content=png, headers=headers)
        await studio.connect(worker.url, worker.token)
        job_id = await studio.order(**TOPIC, characters=[otto])
        await eventually(lambda: job_id in worker.jobs)
        early = worker.jobs[job_id].spec
        uploaded = list(worker.uploaded)
        gemini.hold.set()
        await studio.until(job_id, "sent_to_colab")
        spec = worker.jobs[job_id].spec

    assert early.open
    assert uploaded == [sha256]
    assert [r.sha256 for r in early.scenes[1].references] == [sha256]
    names = [[r.name for r in scene.references] for scene in spec.scenes]
    assert names == [[], ["Otto"], [], ["Otto"]]
    assert "Otto: a grey dog" in spec.scenes[1].image_prompt


async def test_a_review_sends_nothing_ahead(tmp_path: Path, gemini: FakeGemini) -> None:
    """Nobody has said yet that it shall be drawn."""
    gemini.piece_s = 0.01
    async with FakeWorker() as worker, studio_of(tmp_path / "home", gemini) as studio:
        await studio.connect(worker.url, worker.token)
        await reviewed(studio)

    assert worker.jobs == {}


async def test_a_cancel_stops_the_writing_and_the_drawing(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """The worker is told, and no script comes later."""
    async with head_start(tmp_path / "home", gemini) as (worker, studio, job_id, rest):
        reply = await studio.api.post(f"/api/jobs/{job_id}/cancel", json={})
        assert reply.json()["state"] == "canceled"
        await eventually(lambda: worker.jobs[job_id].state == "canceled")
        rest.set()
        assert (await studio.film(job_id))["state"] == "canceled"


async def test_scenes_that_went_ahead_are_canceled_where_nobody_waits_for_them(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """The whole film goes to the worker that was connected meanwhile."""
    gemini.hold = asyncio.Event()
    async with (
        FakeWorker() as first,
        FakeWorker("another-token-0123456789") as second,
        studio_of(tmp_path / "home", gemini) as studio,
    ):
        second.boots = 7
        await studio.connect(first.url, first.token)
        job_id = await studio.order(**TOPIC)
        await eventually(lambda: job_id in first.jobs)
        await studio.connect(second.url, second.token)
        gemini.hold.set()
        await studio.until(job_id, "sent_to_colab")
        await eventually(lambda: first.jobs[job_id].state == "canceled")
        await second.work(job_id)
        await studio.until(job_id, "complete")

    assert second.jobs[job_id].state == "complete"


async def test_another_address_of_the_same_worker_keeps_its_job(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """The head start is not canceled under the film that goes on from it."""
    async with head_start(tmp_path / "home", gemini) as (worker, studio, job_id, rest):
        other = worker.url.replace("127.0.0.1", "localhost")
        await studio.connect(other, worker.token)
        checks = worker.asked.count("GET /health")
        rest.set()
        await studio.until(job_id, "sent_to_colab")
        await eventually(lambda: worker.asked.count("GET /health") > checks)
        await worker.work(job_id)
        await studio.until(job_id, "complete")

    assert not any(asked.endswith("/cancel") for asked in worker.asked)


async def test_a_film_canceled_before_it_is_whole_leaves_no_scenes_behind(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """Even when its worker is away at that moment."""
    async with head_start(tmp_path / "home", gemini) as (worker, studio, job_id, rest):
        worker.gateway = lambda _request: web.Response(status=502)
        rest.set()
        await studio.until(job_id, "waiting_for_worker")
        await studio.api.post(f"/api/jobs/{job_id}/cancel", json={})
        await asyncio.sleep(0.3)
        assert worker.jobs[job_id].state == "running"
        worker.gateway = None
        await eventually(lambda: worker.jobs[job_id].state == "canceled")


async def test_a_restart_does_not_forget_whom_to_tell(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """A film canceled while its worker was away is canceled there by the next start."""
    home = tmp_path / "home"
    async with head_start(home, gemini) as (worker, studio, job_id, rest):
        worker.gateway = lambda _request: web.Response(status=502)
        rest.set()
        await studio.until(job_id, "waiting_for_worker")
        await studio.api.post(f"/api/jobs/{job_id}/cancel", json={})
        await studio.__aexit__()
        assert worker.jobs[job_id].state == "running"
        worker.gateway = None
        async with studio_of(home, gemini) as again:
            await eventually(lambda: worker.jobs[job_id].state == "canceled")
            assert (await again.film(job_id))["state"] == "canceled"
