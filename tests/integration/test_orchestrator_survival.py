"""A film survives everything around it: tunnels, machines, addresses, restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import ANY

from aiohttp import web

from shared_protocol.routes import NGROK_ERROR
from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator


def offline(request: web.Request) -> web.Response:
    """ngrok's answer when nobody is at the other end."""
    return web.Response(status=404, headers={NGROK_ERROR: "ERR_NGROK_3200"})


async def test_a_lost_machine_costs_only_what_was_not_brought_here(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """A new machine at the old address gets the memo and only the files it needs."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(worker.url, worker.token)
        job_id = await live.order()
        await live.until(job_id, "sent_to_colab")
        await worker.work(job_id, units=8)  # scenes 1 and 2 whole, parts of scene 3
        await live.until(job_id, mirrored=8)
        before = worker.jobs[job_id].units

        await worker.lose_machine()
        await live.until(job_id, "sent_to_colab", boot="boot-2")
        assert sorted(worker.uploaded) == sorted(
            before[name].sha256
            for name in ("clip-001", "clip-002", "image-003", "voice-003")
        )
        await worker.work(job_id)
        await live.until(job_id, "complete")

        assert worker.made == ["clip-003", "film"]
        film = await live.api.get(f"/api/download/{job_id}")
        assert film.content == before["film"].data


async def test_a_file_that_somebody_deleted_here_is_made_again(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """The film goes on; a new machine does that unit anew."""
    home = tmp_path / "home"
    async with LiveOrchestrator(home) as live:
        await live.connect(worker.url, worker.token)
        job_id = await live.submitted()
        await worker.work(job_id, units=8)
        await live.until(job_id, mirrored=8)
        lost = worker.jobs[job_id].units["clip-001"].sha256
        (file,) = home.rglob(f"{lost[:2]}/{lost[2:]}")
        file.unlink()

        await worker.lose_machine()
        await live.until(job_id, "sent_to_colab", boot="boot-2")
        assert lost not in worker.uploaded
        await worker.work(job_id)
        await live.until(job_id, "complete")

        assert worker.made == ["clip-001", "clip-003", "film"]


async def test_another_worker_at_another_address_takes_over(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """When the user pastes a new address, films go on there with what is finished."""
    async with (
        LiveOrchestrator(tmp_path / "home") as live,
        FakeWorker("other-token-1") as other,
    ):
        await live.connect(worker.url, worker.token)
        job_id = await live.order()
        await live.until(job_id, "sent_to_colab")
        await worker.work(job_id, units=4)
        await live.until(job_id, mirrored=4)
        await worker.stop()
        await live.until(job_id, "unreachable")

        await live.connect(other.url, other.token)
        view = await live.until(job_id, "sent_to_colab", message="4 units.")
        assert view["worker"]["url"] == other.url
        await other.work(job_id)
        await live.until(job_id, "complete")

    assert len(other.made) == 6


async def test_a_file_beside_the_film_that_stays_away_does_not_hold_it_up(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """The worker has lost a scene's picture: the film ends, and a warning names it."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        job_id = await live.order()
        await live.connect(worker.url, worker.token)
        await live.until(job_id, "sent_to_colab")
        lost = worker.jobs[job_id].units["image-002"]
        worker.never.add(lost.sha256)
        await worker.work(job_id)
        view = await live.until(job_id, "complete")
        film = await live.api.get(f"/api/download/{job_id}")

    assert film.content == worker.jobs[job_id].units["film"].data
    assert view["progress"] == 100
    (warning,) = view["warnings"]
    assert "scene-002-picture.png could not be kept beside it" in warning
    assert "Try the film again" in warning


async def test_a_film_that_stays_away_is_an_error(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """What people came for is missing: nothing is called ready."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        job_id = await live.order()
        await live.connect(worker.url, worker.token)
        await live.until(job_id, "sent_to_colab")
        worker.never.add(worker.jobs[job_id].units["film"].sha256)
        await worker.work(job_id)
        view = await live.until(job_id, "error")

    assert "its files cannot be fetched whole" in view["message"]


async def test_a_worker_that_restarts_with_its_disk_just_goes_on(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """A new run that knows the job is watched from its beginning, not sent again."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(worker.url, worker.token)
        job_id = await live.order()
        await live.until(job_id, "sent_to_colab")
        await worker.work(job_id, units=4)
        await live.until(job_id, mirrored=4)

        await worker.stop()
        await live.until(job_id, "unreachable")
        worker.boots += 1
        worker.jobs[job_id].version = 1  # counts anew
        await worker.start()
        await live.until(job_id, "sent_to_colab", boot="boot-2")
        await worker.work(job_id)
        await live.until(job_id, "complete")

    assert worker.asked.count(f"PUT /jobs/{job_id}") == 1


async def test_when_the_worker_was_away_is_kept(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """From the first silence to the next answer, each time; restarts forget nothing."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(worker.url, worker.token)
        job_id = await live.order()
        view = await live.until(job_id, "sent_to_colab")
        assert view["outages"] == []
        await worker.stop()
        await live.until(job_id, "unreachable")
        await worker.start()
        (first,) = (await live.until(job_id, "sent_to_colab"))["outages"]
        worker.gateway = offline
        await worker.work(job_id, units=1)  # ends the held request
        view = await live.until(job_id, "unreachable")
        assert view["outages"] == [first, {"since": ANY, "until": None}]
    async with LiveOrchestrator(tmp_path / "home") as live:
        worker.gateway = None
        await live.until(job_id, "sent_to_colab")
        await worker.work(job_id)
        kept = (await live.until(job_id, "complete"))["outages"]

    assert kept[0] == first
    assert [o["since"] <= o["until"] for o in kept] == [True, True]


async def test_a_film_survives_a_restart_of_the_orchestrator(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """The next orchestrator finds worker, token and film in its home, and goes on."""
    async with LiveOrchestrator(tmp_path / "home") as first:
        await first.connect(worker.url, worker.token)
        job_id = await first.order()
        await first.until(job_id, "sent_to_colab")
        await worker.work(job_id, units=4)
        seen = await first.until(job_id, mirrored=4)

    await worker.work(job_id)  # while nobody watches
    async with LiveOrchestrator(tmp_path / "home") as second:
        view = await second.until(job_id, "complete")
        assert view["version"] > seen["version"]
        film = await second.api.get(f"/api/download/{job_id}")

    assert film.content == worker.jobs[job_id].units["film"].data
    assert worker.asked.count(f"PUT /jobs/{job_id}") == 1


async def test_without_a_worker_a_film_waits_and_goes_on_by_itself(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """A parked film says why it waits, and starts when the address is pasted."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        job_id = await live.order()
        view = await live.until(job_id, "waiting_for_worker")
        assert "paste its address" in view["message"]

        await live.connect(worker.url, worker.token)
        await live.until(job_id, "sent_to_colab")


async def test_a_parked_film_is_canceled_at_once(tmp_path: Path) -> None:
    """Nobody has it, so nobody needs to be told."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        job_id = await live.order()
        await live.until(job_id, "waiting_for_worker")
        reply = await live.api.post(f"/api/jobs/{job_id}/cancel", json={})

    assert (reply.status_code, reply.json()["state"]) == (200, "canceled")


async def test_a_cancel_waits_for_an_unreachable_worker(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """The film says that it waits, and the worker hears of it when it is back."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(worker.url, worker.token)
        job_id = await live.order()
        await live.until(job_id, "sent_to_colab", message="0 units.")
        worker.gateway = offline
        await worker.work(job_id, units=1)
        await live.until(job_id, "unreachable")
        reply = await live.api.post(f"/api/jobs/{job_id}/cancel", json={})
        assert reply.json()["state"] == "canceling"

        worker.gateway = None
        await live.until(job_id, "canceled")

    assert worker.jobs[job_id].state == "canceled"


async def test_an_unreachable_film_can_be_tried_elsewhere(
    tmp_path: Path, worker: FakeWorker
) -> None:
    """Retry takes the film from a worker that is gone; it waits for another."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(worker.url, worker.token)
        job_id = await live.order()
        await live.until(job_id, "sent_to_colab", message="0 units.")
        worker.gateway = offline
        await worker.work(job_id, units=1)
        await live.until(job_id, "unreachable")
        await live.api.post(f"/api/jobs/{job_id}/retry", json={})
        view = await live.until(job_id, "waiting_for_worker")
        assert "tunnel is offline" in view["message"]

        worker.gateway = None  # the old worker still has attempt 1, running
        await live.until(job_id, "sent_to_colab", attempt=2)
        await worker.work(job_id)
        await live.until(job_id, "complete")

    assert len(worker.made) == len(set(worker.made)) == 10


async def test_a_stop_is_heard_while_a_held_request_is_let_go(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The one that watches ends, also in the moment after a film is complete."""
    job_id = await studio.submitted()
    watching = _task(lambda task: task.get_name() == "mirror-remote")
    assert watching is not None
    await studio.until(job_id, message="0 units.")
    await worker.work(job_id)
    async with asyncio.timeout(60):
        while _task(_is_being_let_go) is None:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0)

    watching.cancel()
    ended, _ = await asyncio.wait([watching], timeout=60)

    assert ended == {watching}


def _task(wanted: Callable[[asyncio.Task[Any]], bool]) -> asyncio.Task[Any] | None:
    return next((task for task in asyncio.all_tasks() if wanted(task)), None)


def _is_being_let_go(task: asyncio.Task[Any]) -> bool:
    return task.get_name() == "held request" and task.cancelling() > 0
