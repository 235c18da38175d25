"""A film from words to download, with a worker that speaks the real wire."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from aiohttp import web

from shared_protocol import routes
from shared_protocol.errors import Code, ErrorBody
from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator

#: Files that are made here when a job has ended.
BESIDE = ("gantt.svg", "project.zip", "narration.txt")


async def test_a_film_is_made_mirrored_and_downloaded(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Every file that the worker made can be fetched here, byte for byte."""
    job_id = await studio.submitted()
    await worker.work(job_id)
    view = await studio.until(job_id, "complete", progress=100)

    film = await studio.api.get(f"/api/download/{job_id}")
    assert film.content == worker.jobs[job_id].units["film"].data
    assert film.headers["content-type"] == "video/mp4"
    assert 'filename="the-crow-was-thirsty' in film.headers["content-disposition"]
    assert len(view["artifacts"]) == view["mirrored"] == 10 + len(BESIDE)
    picture = await studio.api.get(f"/api/download/{job_id}/scene-002-picture.png")
    assert picture.content == worker.jobs[job_id].units["image-002"].data
    again = await studio.api.get(f"/api/video/{job_id}.mp4")
    assert again.content == film.content
    assert sorted(worker.made) == sorted(worker.jobs[job_id].units)


async def test_the_files_that_are_made_here(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The picture of the job and the project are downloads like all others."""
    job_id = await studio.submitted()
    await worker.work(job_id)
    view = await studio.until(job_id, "complete")
    listed = {item["name"]: item for item in view["artifacts"]}
    for name in BESIDE:
        reply = await studio.api.get(f"/api/download/{job_id}/{name}")
        assert reply.headers["content-type"] == listed[name]["media_type"]
        assert hashlib.sha256(reply.content).hexdigest() == listed[name]["sha256"]


async def test_a_file_is_known_by_its_bytes(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Whoever has a film or a picture of it finds the film; strangers' files have none."""
    job_id = await studio.submitted()
    await worker.work(job_id)
    view = await studio.until(job_id, "complete")
    file = next(a for a in view["artifacts"] if a["name"] == "film.mp4")
    found = await studio.api.get(f"/api/files/{file['sha256']}")
    other = await studio.api.get(f"/api/files/{'0' * 64}")

    film = {"job_id": job_id, "title": view["title"], "name": "film.mp4"}
    assert found.json() == {"films": [film | {"scene": None}]}
    assert other.json() == {"films": []}


async def test_a_project_is_ordered_as_it_is(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """What the route tells can be posted: another job, nothing drawn again."""
    job_id = await studio.submitted(auto_captions=True)
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    project = (await studio.api.get(f"/api/jobs/{job_id}/project")).json()
    again = await studio.api.post("/api/generate-video", json=project["request"])
    twin = again.json()["job_id"]
    await studio.until(twin, "sent_to_colab")

    assert twin != job_id
    assert project["asked"]["num_scenes"] == 3
    first, second = worker.jobs[job_id].units, worker.jobs[twin].units
    assert {unit.key for unit in first.values()} == {
        unit.key for unit in second.values()
    }


async def test_pictures_can_be_seen_before_the_film_is_done(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Files appear one by one; the film itself answers 409 with a sentence until then."""
    job_id = await studio.submitted()
    await worker.work(job_id, units=1)
    view = await studio.until(job_id, mirrored=1)

    assert view["artifacts"][0]["name"] == "scene-001-picture.png"
    picture = await studio.api.get(f"/api/download/{job_id}/scene-001-picture.png")
    assert picture.status_code == 200
    early = await studio.api.get(f"/api/download/{job_id}")
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    unknown = await studio.api.get(f"/api/download/{job_id}/nonsense.txt")
    assert unknown.status_code == 404


async def test_downloads_have_ranges_and_conditions(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Ranges, HEAD, 304 and 416 are right, so that players can seek and resume."""
    job_id = await studio.submitted()
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    path, data = f"/api/download/{job_id}", worker.jobs[job_id].units["film"].data

    part = await studio.api.get(path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, data[100:200])
    head = await studio.api.head(path)
    assert int(head.headers["content-length"]) == len(data)
    assert head.content == b""
    same = await studio.api.get(path, headers={"If-None-Match": head.headers["etag"]})
    assert same.status_code == 304
    stale = await studio.api.get(
        path, headers={"Range": "bytes=100-", "If-Range": '"other"'}
    )
    assert (stale.status_code, stale.content) == (200, data)
    beyond = await studio.api.get(path, headers={"Range": f"bytes={len(data)}-"})
    assert beyond.status_code == 416


async def test_few_requests_are_made(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """One held request for each change, not one for each second."""
    first, second = await studio.submitted(), await studio.submitted(seed=5)
    await studio.until(first, message="0 units.")
    worker.asked.clear()
    await worker.work(first, units=1)
    await studio.until(first, mirrored=1)
    await worker.work(second, units=1)
    await studio.until(second, mirrored=1)

    waits = [line for line in worker.asked if line == "POST /jobs/wait"]
    assert len(waits) <= 4, worker.asked


async def test_an_error_of_the_worker_is_told_and_retried(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The worker's own sentence reaches the user; retry goes on from what is done."""
    job_id = await studio.submitted()
    await worker.work(job_id, units=4)
    await worker.fail(job_id, "Scene 2: the picture failed.")
    view = await studio.until(job_id, "error")
    assert view["error"]["message"] == "Scene 2: the picture failed."
    assert view["mirrored"] == 4 + 1  # what was finished, and the picture of the job

    retried = await studio.api.post(f"/api/jobs/{job_id}/retry", json={})
    assert (retried.status_code, retried.json()["attempt"]) == (202, 2)
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id)
    done = await studio.until(job_id, "complete")

    assert (done["error"], done["attempt"]) == (None, 2)
    assert len(worker.made) == len(set(worker.made)) == 10


async def test_cancel_reaches_the_worker(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """A running film is canceled on its worker, and can be tried again."""
    job_id = await studio.submitted()
    reply = await studio.api.post(f"/api/jobs/{job_id}/cancel", json={})
    assert reply.status_code == 202
    await studio.until(job_id, "canceled")
    assert worker.jobs[job_id].state == "canceled"

    again = await studio.api.post(f"/api/jobs/{job_id}/cancel", json={})
    assert (again.status_code, again.json()["state"]) == (200, "canceled")
    await studio.api.post(f"/api/jobs/{job_id}/retry", json={})
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id)
    await studio.until(job_id, "complete")


async def test_a_complete_film_cannot_be_retried(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Retrying what is complete is refused with 409."""
    job_id = await studio.submitted()
    await worker.work(job_id)
    await studio.until(job_id, "complete")

    reply = await studio.api.post(f"/api/jobs/{job_id}/retry", json={})

    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")


async def test_a_refusal_ends_the_film_with_the_workers_sentence(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """An engine that the worker does not have fails the film; it never degrades."""
    worker.refusal = 422, ErrorBody(code=Code.ENGINE_UNKNOWN, message="No such engine.")
    job_id = await studio.order(engine={"image": "sdxl"})
    view = await studio.until(job_id, "error")

    assert view["error"]["code"] == "engine_unknown"
    assert "No such engine." in view["message"]


async def test_a_full_worker_makes_the_film_wait(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """429 and 507 of the worker park the film, and it goes on by itself."""
    worker.refusal = 507, ErrorBody(code=Code.DISK_FULL, message="The disk is full.")
    job_id = await studio.order()
    view = await studio.until(job_id, "waiting_for_worker")
    assert "The disk is full." in view["message"]

    worker.refusal = None
    await studio.until(job_id, "sent_to_colab")


async def test_broken_transfers_resume_and_are_verified(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """A cut file goes on by range; wrong bytes are fetched again, never kept."""
    worker.cut_after, worker.cuts, worker.corrupt = 1000, 3, 0
    job_id = await studio.submitted()
    await worker.work(job_id, units=1)
    await studio.until(job_id, mirrored=1)
    assert worker.cuts < 3

    worker.corrupt = 2
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    film = await studio.api.get(f"/api/download/{job_id}")
    assert film.content == worker.jobs[job_id].units["film"].data


async def test_files_that_never_come_whole_end_in_an_error(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """A finished job whose bytes are always wrong fails with the reason."""
    worker.corrupt = 10**6
    job_id = await studio.submitted()
    await worker.work(job_id)
    view = await studio.until(job_id, "error")

    assert view["error"]["code"] == "digest_mismatch"
    assert view["mirrored"] == 0


async def test_scenes_with_equal_files_are_all_brought(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Voices of the same bytes in every scene, told at once: the film still ends."""
    job_id = await studio.submitted()
    for unit in worker.jobs[job_id].units.values():
        if unit.kind in ("voice", "image"):
            unit.data = b"the same " + unit.kind.encode()
            unit.done = True
            worker.blobs[unit.sha256] = unit.data
    await worker.work(job_id)
    view = await studio.until(job_id, "complete")

    voices = [a["sha256"] for a in view["artifacts"] if a["role"] == "voice"]
    assert len(voices) == 3
    assert len(set(voices)) == 1


async def test_deleting_keeps_files_that_another_film_needs(
    studio: LiveOrchestrator, worker: FakeWorker, tmp_path: Path
) -> None:
    """Two films share their pictures; deleting one removes only what is its own."""
    first = await studio.submitted()
    second = await studio.submitted(voice_id="guy")
    for job_id in (first, second):
        await worker.work(job_id)
        await studio.until(job_id, "complete")

    def files() -> int:
        library = tmp_path / "home" / "library"
        return sum(path.is_file() for path in library.rglob("*"))

    # Two projects; a picture of two jobs in which nothing took time is one file, and
    # so are the same words.
    assert await asyncio.to_thread(files) == 17 + 4
    reply = await studio.api.delete(f"/api/jobs/{first}")
    assert reply.status_code == 204
    assert await asyncio.to_thread(files) == 10 + len(BESIDE)
    assert (await studio.api.get(f"/api/jobs/{first}")).status_code == 404
    film = await studio.api.get(f"/api/download/{second}")
    assert film.content == worker.jobs[second].units["film"].data
    await studio.api.delete(f"/api/jobs/{second}")
    assert await asyncio.to_thread(files) == 0


async def test_a_film_that_is_deleted_while_its_worker_is_away_is_not_made(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The worker hears of it once it answers again."""
    job_id = await studio.submitted()
    told = asyncio.Event()

    def back(request: web.Request) -> None:
        if request.path == routes.JOB_CANCEL.format(job_id=job_id):
            told.set()

    worker.gateway = lambda _request: web.Response(status=502)
    await studio.until(job_id, "unreachable")
    reply = await studio.api.delete(f"/api/jobs/{job_id}")
    assert reply.status_code == 204
    worker.gateway = back
    await asyncio.wait_for(told.wait(), 60)


async def test_deleting_a_running_film_cancels_it(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """A film that is going on is stopped on its worker before it is forgotten."""
    job_id = await studio.submitted()
    reply = await studio.api.delete(f"/api/jobs/{job_id}")

    assert reply.status_code == 204
    assert worker.jobs[job_id].state == "canceled"
    assert worker.deleted == [job_id]
    listed = await studio.api.get("/api/jobs")
    assert listed.json() == {"jobs": []}
