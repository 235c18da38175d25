"""Watching a film: old words, held replies, progress that never falls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator


async def test_progress_speaks_the_old_words(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Old pages see ready, sent_to_colab and a path; the newest film is the default."""
    ready = (await studio.api.get("/api/progress")).json()
    assert (ready["status"], ready["progress"], ready["job_id"]) == ("ready", 0, None)

    job_id = await studio.submitted()
    sent = (await studio.api.get("/api/progress")).json()
    assert (sent["status"], sent["progress"]) == ("sent_to_colab", 100)
    assert (sent["job_id"], sent["colab_url"]) == (job_id, worker.url)
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    done = (await studio.api.get(f"/api/progress?job_id={job_id}")).json()
    assert done["video_path"] == f"/api/video/{job_id}.mp4"
    assert (done["state"], done["terminal"]) == ("complete", True)


async def test_replies_are_held_until_there_is_news(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """304 for what is known, and a held request returns with the next change."""
    job_id = await studio.submitted()
    await studio.until(job_id, message="0 units.")
    for path in (
        f"/api/jobs/{job_id}",
        f"/api/progress?job_id={job_id}",
        "/api/progress",
    ):
        now = await studio.api.get(path)
        known = {"If-None-Match": now.headers["etag"]}
        assert now.headers["etag"] == f'W/"{now.json()["version"]}"'
        same = await studio.api.get(path, headers=known)
        assert (same.status_code, same.content) == (304, b"")
        held = asyncio.create_task(
            studio.api.get(path, headers=known | {"Prefer": "wait=15"})
        )
        await asyncio.sleep(0.05)
        assert not held.done()
        await worker.work(job_id, units=1)
        news = await held
        assert news.status_code == 200
        assert news.headers["preference-applied"] == "wait=15"
        assert int(news.headers["x-version"]) > int(now.headers["x-version"])
        await studio.until(job_id, mirrored=len(worker.made))


async def test_progress_never_falls_and_versions_only_rise(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Within an attempt no reader ever sees progress or version go back."""
    job_id = await studio.submitted()
    seen: list[tuple[int, int]] = []

    async def watch() -> None:
        version = 0
        while True:
            reply = await studio.api.get(
                f"/api/jobs/{job_id}", params={"wait": 5, "since": version}
            )
            view = reply.json()
            version = view["version"]
            seen.append((version, view["progress"]))
            if view["terminal"]:
                return

    watching = asyncio.create_task(watch())
    for _ in range(10):
        await worker.work(job_id, units=1)
    await worker.work(job_id)
    await asyncio.wait_for(watching, 100)

    assert seen == sorted(seen)
    assert [progress for _, progress in seen] == sorted(p for _, p in seen)
    assert seen[-1][1] == 100
    assert all(progress < 100 for _, progress in seen[:-1])


async def test_states_that_pass_at_once_are_not_told(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """The held reply comes with what follows on them: the worker has the film."""
    async with LiveOrchestrator(tmp_path / "home", passing_s=30.0) as studio:
        await studio.connect(worker.url, worker.token)
        news = await _news_of_rendering(studio)

    assert news["state"] == "sent_to_colab"


async def test_a_state_that_should_pass_and_lasts_is_told(tmp_path: Path) -> None:
    """A worker that takes the connection and says nothing keeps the film waiting."""
    ended = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        await ended.wait()
        to.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    line = f"http://127.0.0.1:{port}/#token=a-token-0123456789"
    home = tmp_path / "home"
    async with server, LiveOrchestrator(home, worker_address=line) as studio:
        news = await _news_of_rendering(studio)
        ended.set()

    assert news["state"] == "requeued"


async def _news_of_rendering(studio: LiveOrchestrator) -> dict[str, Any]:
    """What a held reply tells of a film that is rendered while it is held."""
    job_id = await studio.order(review=True)
    known = (await studio.film(job_id))["version"]
    params = {"wait": 15, "since": known}
    held = asyncio.create_task(studio.api.get(f"/api/jobs/{job_id}", params=params))
    await asyncio.sleep(0.05)
    assert not held.done()
    reply = await studio.api.post(f"/api/jobs/{job_id}/render", json={})
    assert reply.status_code == 202, reply.text
    return dict((await held).json())
