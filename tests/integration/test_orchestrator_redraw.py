"""A scene's picture drawn again: what is asked, what the worker gets, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.servers.tunnel import Tunnel


async def made(studio: LiveOrchestrator, worker: FakeWorker) -> str:
    """A complete film of three scenes."""
    job_id = await studio.order()
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    return job_id


async def retry(studio: LiveOrchestrator, job_id: str, **body: Any) -> Any:
    """The reply to an order to try again."""
    return await studio.api.post(f"/api/jobs/{job_id}/retry", json=body)


def picture(view: dict[str, Any], scene: int) -> str:
    """The hash of a scene's picture."""
    (sha256,) = [
        a["sha256"]
        for a in view["artifacts"]
        if a["name"] == f"scene-{scene:03}-picture.png"
    ]
    return str(sha256)


async def test_a_picture_is_drawn_from_itself(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The worker gets the picture, how much of it stays, and another seed; no more is made."""
    job_id = await made(studio, worker)
    before = worker.jobs[job_id].spec
    sha256 = picture(await studio.film(job_id), 3)
    reply = await retry(studio, job_id, scene=3, keep=0.6)
    assert reply.status_code == 202
    assert reply.json()["state"] not in ("complete", "error")
    await studio.until(job_id, "sent_to_colab")
    after = worker.jobs[job_id].spec

    assert after.scenes[:2] == before.scenes[:2]
    redraw = after.scenes[2].redraw
    assert redraw is not None
    assert (redraw.sha256, redraw.strength) == (sha256, 0.4)
    assert after.scenes[2].seed != before.scenes[2].seed
    worker.made.clear()
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    kinds = sorted(unit.rpartition("/")[2] for unit in map(str, worker.made))
    assert len(kinds) <= 4, worker.made  # picture, clip, sound and film


async def test_without_keep_it_is_another_picture(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """From noise alone, with a seed that may be named; also after one that was kept."""
    job_id = await made(studio, worker)
    await retry(studio, job_id, scene=1, keep=0.5)
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    assert (await retry(studio, job_id, scene=1, seed=77)).status_code == 202
    await studio.until(job_id, "sent_to_colab")
    scene = worker.jobs[job_id].spec.scenes[0]
    assert (scene.seed, scene.redraw) == (77, None)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"scene": 4}, 422, "scene: there is no scene 4; the film has 3."),
        ({"keep": 0.5}, 422, "keep is about a scene's picture; name the scene"),
        ({"scene": 1, "keep": 1.0}, 422, "keep"),
        ({"scene": 1, "strength": 0.3}, 422, "strength"),
    ],
)
async def test_what_cannot_be_is_told(
    studio: LiveOrchestrator,
    worker: FakeWorker,
    body: dict[str, Any],
    status: int,
    words: str,
) -> None:
    """With its field, and the film stays as it is."""
    job_id = await made(studio, worker)
    reply = await retry(studio, job_id, **body)
    assert reply.status_code == status
    assert words in reply.json()["message"]
    assert (await studio.film(job_id))["state"] == "complete"


async def test_changes_that_nobody_rendered_are_not_rendered_along(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Scenes may have moved, and their pictures with them."""
    job_id = await made(studio, worker)
    path = f"/api/jobs/{job_id}/script"
    script = (await studio.api.get(path)).json()
    body = {"version": 1, "scenes": script["script"]["scenes"][1:]}
    assert (await studio.api.put(path, json=body)).status_code == 200
    reply = await retry(studio, job_id, scene=1, keep=0.5)
    assert reply.status_code == 409
    assert "changes that are not rendered" in reply.json()["message"]


async def test_a_locked_scene_stays(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Its picture is a part of what is locked."""
    job_id = await made(studio, worker)
    path = f"/api/jobs/{job_id}/script"
    scenes = (await studio.api.get(path)).json()["script"]["scenes"]
    scenes[0]["locked"] = True
    reply = await studio.api.put(path, json={"version": 1, "scenes": scenes})
    assert reply.status_code == 200
    told = await retry(studio, job_id, scene=1, keep=0.5)
    assert told.status_code == 422
    assert "scene 1 is locked" in told.json()["message"]


@pytest.mark.slow
@pytest.mark.timeout(300)  # real engines make a real film, twice
async def test_an_engine_that_cannot_says_so_before_anything_changes(
    tmp_path: Path,
) -> None:
    """The draft engine draws no picture from another; a seed it takes."""
    async with LiveOrchestrator(tmp_path / "home", worker="local") as live:
        small = {"quality": "draft", "resolution": "480p", "num_scenes": 1}
        job_id = await live.order(script="A crow.", **small)
        await live.until(job_id, "complete")
        reply = await retry(live, job_id, scene=1, keep=0.5)
        assert reply.status_code == 422
        assert "keep: papercut cannot draw a picture again" in reply.json()["message"]
        before = await live.film(job_id)
        assert before["state"] == "complete"
        assert (await retry(live, job_id, scene=1)).status_code == 202
        await live.until(job_id, "complete")
        assert picture(await live.film(job_id), 1) != picture(before, 1)
    async with LiveOrchestrator(tmp_path / "home", worker="local") as live:
        reply = await retry(live, job_id, scene=1, keep=0.5)
        assert reply.status_code == 422, "also when its worker is not running any more"
        assert (await live.film(job_id))["state"] == "complete"


async def test_a_film_on_its_way_keeps_its_script(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Refused before anything is saved, so that it can be asked again in a moment."""
    job_id = await studio.order()
    await studio.until(job_id, "sent_to_colab")
    await worker.stop()
    await studio.api.post(f"/api/jobs/{job_id}/cancel", json={})
    await studio.until(job_id, "canceling")
    reply = await retry(studio, job_id, scene=2)
    script = (await studio.api.get(f"/api/jobs/{job_id}/script")).json()
    assert reply.status_code == 409
    assert "in the middle of something (canceling)" in reply.json()["message"]
    assert script["version"] == 1


async def test_a_picture_left_behind_a_metered_tunnel_is_fetched(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """Only it, and only when something of it shall stay."""
    async with Tunnel(worker.url) as tunnel:
        host = tunnel.url.removeprefix("http://")
        async with LiveOrchestrator(tmp_path / "home", metered_hosts=(host,)) as live:
            await live.connect(tunnel.url, worker.token)
            job_id = await made(live, worker)
            names = [file["name"] for file in (await live.film(job_id))["artifacts"]]
            reply = await retry(live, job_id, scene=2, keep=0.5)
            assert reply.status_code == 202, reply.text
            await live.until(job_id, "sent_to_colab")
            sent = worker.jobs[job_id].spec.scenes[1].redraw

    assert "scene-002-picture.png" not in names
    assert sent is not None
    assert sent.sha256 in worker.blobs
