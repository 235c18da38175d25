"""A job gets another spec: what it has in common with the old one is not done again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared_protocol.clock import new_id
from tests.gated_pictures import GATE_VARIABLE, GATED_ENGINES, Gate
from tests.workers import WorkerProcess, film, hashes


@pytest.fixture(scope="module")
def worker(worker_process: WorkerProcess) -> WorkerProcess:
    """A real one, where other tests of this folder have a fake."""
    return worker_process


def put(
    worker: WorkerProcess, job_id: str, spec: dict[str, Any], attempt: int, code: int
) -> None:
    """Submits a spec under an attempt."""
    body = {"spec": spec, "attempt": attempt}
    reply = worker.client.put(f"/jobs/{job_id}", json=body)
    assert reply.status_code == code, reply.text


def unit(view: dict[str, Any], name: str) -> dict[str, Any]:
    """One unit of a view."""
    return next(item for item in view["units"] if item["id"] == name)


def until(
    worker: WorkerProcess, job_id: str, right: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """The first view for which ``right`` holds."""
    deadline = time.monotonic() + 60
    while not right(view := worker.status(job_id)):
        assert time.monotonic() < deadline, view
        worker.status(job_id, wait=1, since=view["version"])
    return view


def test_an_edited_film_redoes_what_the_edit_touches(worker: WorkerProcess) -> None:
    """Another picture in scene 2: one picture, one clip and the film are made anew."""
    job_id = new_id()
    put(worker, job_id, film("first hill", "first lake"), 1, 202)
    before = worker.finish(job_id)
    put(worker, job_id, film("first hill", "another lake"), 2, 200)
    after = worker.finish(job_id)

    assert (before["state"], after["state"]) == ("complete", "complete")
    fresh = {item["id"] for item in after["units"] if not item["reused"]}
    assert fresh == {"scene-002/image", "scene-002/clip", "film"}
    assert after["attempt"] == 2
    assert after["spec_sha256"] != before["spec_sha256"]


def test_an_edit_needs_a_higher_attempt(worker: WorkerProcess) -> None:
    """An old submit that arrives late never takes the place of a newer one."""
    job_id = new_id()
    put(worker, job_id, film("fence one"), 1, 202)
    put(worker, job_id, film("fence two"), 3, 200)
    put(worker, job_id, film("fence three"), 3, 409)
    put(worker, job_id, film("fence four"), 2, 409)

    assert worker.finish(job_id)["state"] == "complete"
    assert worker.status(job_id)["attempt"] == 3


def test_a_job_that_is_being_canceled_takes_no_edit_yet(slow: WorkerProcess) -> None:
    """The refusal says to come again; then the edit is taken."""
    job_id = new_id()
    put(slow, job_id, film("stopping hill"), 1, 202)
    name = "scene-001/image"
    until(slow, job_id, lambda v: v["units"] and unit(v, name)["state"] == "running")
    slow.client.post(f"/jobs/{job_id}/cancel", json={})
    body = {"spec": film("going hill"), "attempt": 2}
    reply = slow.client.put(f"/jobs/{job_id}", json=body)
    while reply.status_code == 409:
        assert reply.json()["code"] == "not_ready"
        assert reply.headers["Retry-After"] == "1"
        reply = slow.client.put(f"/jobs/{job_id}", json=body)

    assert slow.finish(job_id)["state"] == "complete"


def test_a_scene_that_is_gone_is_gone_from_the_view(worker: WorkerProcess) -> None:
    """A reader of the old version is told everything, so that nothing stale is left."""
    job_id = new_id()
    put(worker, job_id, film("gone hill", "gone lake"), 1, 202)
    before = worker.finish(job_id)
    put(worker, job_id, film("gone hill"), 2, 200)
    worker.finish(job_id)
    news = worker.status(job_id, since=before["version"])

    assert news["since"] is None
    assert len(news["units"]) == 5


def test_an_open_film_draws_and_waits_for_its_other_scenes(
    worker: WorkerProcess,
) -> None:
    """The scenes that came first are done when the last ones come."""
    job_id = new_id()
    put(worker, job_id, film("open hill", open=True), 1, 202)
    waiting = until(
        worker,
        job_id,
        lambda view: view["message"] == "Waiting for more scenes.",
    )
    put(worker, job_id, film("open hill", "open lake", open=True), 2, 200)
    put(worker, job_id, film("open hill", "open lake"), 3, 200)
    view = worker.finish(job_id)

    assert (waiting["state"], waiting["terminal"]) == ("preparing", False)
    assert unit(view, "scene-001/clip")["reused"]
    assert view["state"] == "complete"
    assert unit(view, "film")["state"] == "done"


def test_an_open_film_that_waits_can_be_canceled(worker: WorkerProcess) -> None:
    """Nothing works on it, and yet a cancel ends it at once."""
    job_id = new_id()
    put(worker, job_id, film("unwanted hill", open=True), 1, 202)
    until(worker, job_id, lambda view: view["message"] == "Waiting for more scenes.")
    worker.client.post(f"/jobs/{job_id}/cancel", json={})

    assert worker.finish(job_id)["state"] == "canceled"


def test_an_open_film_survives_the_death_of_its_worker(tmp_path: Path) -> None:
    """After kill -9 it waits again, and what was done is not done twice."""
    job_id = new_id()
    with WorkerProcess(tmp_path) as worker:
        put(worker, job_id, film("lasting hill", open=True), 1, 202)
        until(worker, job_id, lambda view: view["message"].startswith("Waiting for m"))
        worker.kill()
        worker.start()
        until(worker, job_id, lambda view: view["message"].startswith("Waiting for m"))
        put(worker, job_id, film("lasting hill", "lasting lake"), 2, 200)
        view = worker.finish(job_id)

    assert view["state"] == "complete"
    assert unit(view, "scene-001/image")["reused"]
    assert not unit(view, "scene-002/image")["reused"]


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A worker whose pictures take a moment."""
    with WorkerProcess(tmp_path_factory.mktemp("slow"), seconds={"image": 1}) as slow:
        yield slow


def test_what_is_under_way_in_both_goes_on(slow: WorkerProcess) -> None:
    """The picture that is being drawn is not begun again when scenes are added."""
    job_id = new_id()
    put(slow, job_id, film("slow hill", open=True), 1, 202)
    name = "scene-001/image"
    until(slow, job_id, lambda v: v["units"] and unit(v, name)["state"] == "running")
    put(slow, job_id, film("slow hill", "slow lake"), 2, 200)
    view = slow.finish(job_id)

    assert view["state"] == "complete"
    assert (unit(view, name)["attempt"], unit(view, name)["reused"]) == (1, False)


def test_a_scene_that_is_left_out_while_it_is_drawn_is_stopped(tmp_path: Path) -> None:
    """Its picture would never end; the others do, and are those of a film without it."""
    gate = Gate(tmp_path / "gate")
    env = {GATE_VARIABLE: str(gate.path)}
    with WorkerProcess(tmp_path, engines=GATED_ENGINES, env=env) as worker:
        job_id = new_id()
        gate.let(1)
        put(worker, job_id, film("kept hill", "endless lake", "kept moon"), 1, 202)
        done = until(
            worker,
            job_id,
            lambda v: (
                v["units"]
                and unit(v, "scene-001/image")["state"] == "done"
                and unit(v, "scene-002/image")["state"] == "running"
            ),
        )
        without = film("kept hill", "kept moon")
        without["scenes"][1]["narration"] = "Scene number 3."
        put(worker, job_id, without, 2, 200)
        until(worker, job_id, lambda v: len(v["units"]) < len(done["units"]))
        gate.let(1000)
        view = worker.finish(job_id)
        other = worker.finish(worker.submit(without))

    assert view["state"] == "complete"
    assert gate.drawn() == ["kept hill", "kept moon"]
    first = unit(view, "scene-001/image")
    assert first["result"] == unit(done, "scene-001/image")["result"]
    assert first["attempt"] == 1
    assert hashes(view) == hashes(other)


def test_what_is_under_way_for_nothing_is_stopped(slow: WorkerProcess) -> None:
    """A picture whose prompt was edited while it was drawn becomes the new one."""
    job_id = new_id()
    put(slow, job_id, film("old words"), 1, 202)
    name = "scene-001/image"
    until(slow, job_id, lambda v: v["units"] and unit(v, name)["state"] == "running")
    old_key = unit(slow.status(job_id), name)["key"]
    put(slow, job_id, film("new words"), 2, 200)
    view = slow.finish(job_id)
    other = slow.finish(slow.submit(film("new words")))

    assert view["state"] == "complete"
    assert unit(view, name)["key"] != old_key
    assert unit(view, name)["result"]["files"] == unit(other, name)["result"]["files"]
