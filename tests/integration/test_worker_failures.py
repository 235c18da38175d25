"""Engines that die, hang or lie: each becomes a unit error that names scene and cause."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulated import ENGINES
from tests.failures.engines import COUNTER_VARIABLE, ENTRY
from tests.workers import WorkerProcess, film

FAILING = json.dumps([*json.loads(ENGINES), ENTRY])


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """A worker whose pictures fail as their prompts say."""
    folder = tmp_path_factory.mktemp("failing")
    env = {COUNTER_VARIABLE: str(folder)}
    with WorkerProcess(folder, engines=FAILING, env=env) as process:
        yield process


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """The same, and quick to lose patience, though not with a machine that is busy."""
    folder = tmp_path_factory.mktemp("impatient")
    limits = ("--unit-limit-s", "8", "--beat-timeout-s", "5")
    env = {COUNTER_VARIABLE: str(folder)}
    with WorkerProcess(folder, *limits, engines=FAILING, env=env) as process:
        yield process


@pytest.mark.parametrize(
    ("way", "code", "words"),
    [
        ("!exit", "engine_exited", ["exit status 3", "the model file is damaged"]),
        ("!kill", "engine_killed", ["SIGKILL", "memory"]),
        ("!wrong-size !quiet", "engine_wrong_output", ["8x8 pixels instead of"]),
        ("!no-picture !quiet", "engine_failed", ["cannot identify image"]),
        ("!quiet", "engine_failed", ["No such file", "picture.png"]),
        ("!raise", "engine_failed", ["met a NaN", "lower the guidance"]),
        ("!refuse", "bad_input", ["cannot be drawn", "use other words"]),
        ("!nonsense", "engine_wrong_output", ["no event"]),
    ],
)
def test_each_way_to_fail_is_told(
    worker: WorkerProcess, way: str, code: str, words: list[str]
) -> None:
    """The job ends with the scene, the cause and a hint; the other scene is kept."""
    _fails(worker, way, code, words)


@pytest.mark.parametrize(
    ("way", "code", "words"),
    [
        ("!hang", "engine_timeout", ["longer than the 8 s"]),
        ("!freeze", "engine_hung", ["no sign of life for 5 s"]),
    ],
)
def test_what_never_ends_is_stopped_and_told(
    impatient: WorkerProcess, way: str, code: str, words: list[str]
) -> None:
    """In the same way."""
    _fails(impatient, way, code, words)


def _fails(worker: WorkerProcess, way: str, code: str, words: list[str]) -> None:
    job_id = worker.submit(film(f"a hill {way}", f"a lake beside {len(way)}"))
    view = worker.finish(job_id)

    error = view["error"]
    assert (view["state"], error["code"], error["scene"]) == ("error", code, 1)
    assert error["message"].startswith("Scene 1: the picture failed in papercut: ")
    assert all(word in error["message"] for word in words), error["message"]
    tries = 1 if code == "bad_input" else 3
    assert _unit(view, "scene-001/image")["attempt"] == tries
    assert _unit(view, "scene-002/clip")["state"] == "done"


@pytest.mark.parametrize("way", ["!exit", "!kill", "!nonsense", "!raise"])
def test_what_fails_once_is_tried_again(worker: WorkerProcess, way: str) -> None:
    """A failure that passes costs a retry and nothing else."""
    _fails_once(worker, way)


def test_what_freezes_once_is_tried_again(impatient: WorkerProcess) -> None:
    """It costs the wait, a retry and nothing else."""
    _fails_once(impatient, "!freeze")


def _fails_once(worker: WorkerProcess, way: str) -> None:
    view = worker.finish(worker.submit(film(f"{way} !once tree", f"a sea {way[1:]}")))

    assert view["state"] == "complete"
    assert _unit(view, "scene-001/image")["attempt"] == 2
    assert _unit(view, "scene-002/image")["attempt"] == 1


def test_a_failed_job_goes_on_with_a_new_attempt(worker: WorkerProcess) -> None:
    """After ``error`` the same spec with a higher attempt redoes only what is missing."""
    spec = film("!raise !thrice tower", "a dune")
    job_id = worker.submit(spec)
    assert worker.finish(job_id)["state"] == "error"

    again = {"spec": spec, "attempt": 2}
    assert worker.client.put(f"/jobs/{job_id}", json=again).status_code == 200
    view = worker.finish(job_id)

    assert (view["state"], view["attempt"]) == ("complete", 2)
    assert _unit(view, "scene-002/clip")["reused"] is True
    assert view["error"] is None


def test_the_http_side_answers_while_an_engine_is_frozen(worker: WorkerProcess) -> None:
    """A stopped child holds up its own unit and nobody else."""
    job_id = worker.submit(film("!freeze alone"))
    while worker.status(job_id)["state"] != "running":
        time.sleep(0.02)

    assert worker.client.get("/health").json()["ready"] is True
    assert worker.status(job_id)["terminal"] is False
    worker.client.post(f"/jobs/{job_id}/cancel")
    assert worker.finish(job_id)["state"] == "canceled"


def test_three_failed_scenes_end_a_job_of_many(worker: WorkerProcess) -> None:
    """A broken engine is not tried on sixty scenes."""
    spec = film(*(f"!refuse number {n}" for n in range(12)))
    view = worker.finish(worker.submit(spec))

    failed = [unit for unit in view["units"] if unit["state"] == "error"]
    assert view["state"] == "error"
    assert len(failed) < 6
    assert "more failed" in view["error"]["message"]


def test_an_unknown_engine_is_refused_by_name(worker: WorkerProcess) -> None:
    """An engine that is not here: 422 with the names of those that are."""
    spec = film("a hill", engine={"image": "crayon"})
    reply = worker.client.put("/jobs/engine-unknown", json={"spec": spec})

    assert reply.status_code == 422
    assert reply.json()["error"]["param"] == "engine.image"
    assert "papercut" in reply.json()["message"]


def test_no_child_outlives_the_worker(tmp_path: Path) -> None:
    """``kill -9`` of the worker takes the children and what they started along."""
    with WorkerProcess(tmp_path, seconds={"image": 30}) as worker:
        job_id = worker.submit(film("a hill"))
        while not _children(worker):
            time.sleep(0.05)
        assert not worker.status(job_id)["terminal"]
        children = _children(worker)
        worker.kill()
        deadline = time.monotonic() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in children):
            assert time.monotonic() < deadline, children
            time.sleep(0.05)


def _children(worker: WorkerProcess) -> list[int]:
    assert worker.process is not None
    pid = worker.process.pid
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in listing.read_bytes().split()]


def _unit(view: dict[str, Any], unit_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(u for u in view["units"] if u["id"] == unit_id)
    return found
