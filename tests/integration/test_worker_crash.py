"""``kill -9`` of real processes: jobs finish, and finished work keeps its hashes."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulated import ENGINES
from tests.failures.engines import COUNTER_VARIABLE, ENTRY
from tests.workers import WorkerProcess, film, hashes

SECONDS = {"image": 0.15, "voice": 0.1, "clip": 0.15, "film": 0.15}
PROMPTS = ("a hill", "a lake", "a tower")
#: image, voice and clip of three scenes, and the film.
UNITS = 11


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The hashes of the film when nothing happens to it."""
    with WorkerProcess(tmp_path_factory.mktemp("calm"), seconds=SECONDS) as worker:
        return hashes(worker.finish(worker.submit(film(*PROMPTS))))


@pytest.mark.slow
@pytest.mark.parametrize("done", [0, 1, 4, 7, 9])
def test_kill_at_every_boundary(
    tmp_path: Path, undisturbed: dict[str, str], done: int
) -> None:
    """Killed when ``done`` units are finished: none of them is done again."""
    with WorkerProcess(tmp_path, seconds=SECONDS) as worker:
        job_id = worker.submit(film(*PROMPTS))
        before = _wait_for(worker, job_id, done)
        worker.kill()
        worker.start()
        view = worker.finish(job_id)

    _check(view, before, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_kill_inside_units(
    tmp_path: Path, undisturbed: dict[str, str], seed: int
) -> None:
    """Killed at a random moment, twice: the film comes out the same."""
    rng = random.Random(seed)
    with WorkerProcess(tmp_path, seconds=SECONDS) as worker:
        job_id = worker.submit(film(*PROMPTS))
        for _ in range(2):
            time.sleep(rng.uniform(0, 1.2))
            before = worker.status(job_id)
            worker.kill()
            worker.start()
        view = worker.finish(job_id)

    _check(view, before, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_kill_of_an_engine_child(
    tmp_path: Path, undisturbed: dict[str, str], seed: int
) -> None:
    """A killed child costs its unit one more try; the worker lives on."""
    rng = random.Random(100 + seed)
    with WorkerProcess(tmp_path, seconds=SECONDS) as worker:
        job_id = worker.submit(film(*PROMPTS))
        _wait_for(worker, job_id, 1)
        time.sleep(rng.uniform(0, 0.3))
        before = worker.status(job_id)
        assert worker.process is not None
        pid = worker.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_bytes().split()
        victim = int(rng.choice(children))
        os.kill(victim, signal.SIGKILL)
        view = worker.finish(job_id)

    _check(view, before, undisturbed)
    assert sum(unit["attempt"] for unit in view["units"]) <= UNITS + 1


def test_a_clean_stop_is_no_interruption(tmp_path: Path) -> None:
    """SIGTERM gives running units back; the next start goes on at once."""
    with WorkerProcess(tmp_path, seconds=SECONDS) as worker:
        job_id = worker.submit(film(*PROMPTS))
        before = _wait_for(worker, job_id, 2)
        worker.kill(signal.SIGTERM)
        worker.start()
        view = worker.finish(job_id)

    assert view["state"] == "complete"
    assert _done(before).items() <= _done(view).items()


def test_a_stop_does_not_wait_for_a_patient_engine(tmp_path: Path) -> None:
    """The process ends although a step takes for ever; its unit is given back."""
    patient = ENTRY | {"patience_s": 600}
    engines = json.dumps([*json.loads(ENGINES), patient])
    env = {COUNTER_VARIABLE: str(tmp_path)}
    with WorkerProcess(tmp_path, engines=engines, env=env) as worker:
        job_id = worker.submit(film("!hang"))
        while _unit(worker.status(job_id), "scene-001/image")["state"] != "running":
            time.sleep(0.02)
        worker.kill(signal.SIGTERM)

    with closing(sqlite3.connect(worker.data_dir / "worker.db")) as database:
        states = database.execute("SELECT state FROM units WHERE kind = 'image'")
        assert states.fetchall() == [("pending",)]


def test_versions_never_go_back(tmp_path: Path) -> None:
    """A client that holds the version of before the crash hears what comes after it."""
    with WorkerProcess(tmp_path, seconds=SECONDS) as worker:
        job_id = worker.submit(film(*PROMPTS))
        seen = _wait_for(worker, job_id, 3)["version"]
        worker.kill()
        worker.start()
        view = worker.status(job_id, wait=10, since=seen)

        assert view["version"] > seen
        assert worker.finish(job_id)["state"] == "complete"


def test_a_unit_that_kills_the_worker_is_given_up(tmp_path: Path) -> None:
    """A poison unit is not tried for ever."""
    engines = json.dumps([*json.loads(ENGINES), ENTRY])
    env = {COUNTER_VARIABLE: str(tmp_path)}
    with WorkerProcess(tmp_path, engines=engines, env=env) as worker:
        job_id = worker.submit(film("!hang poison"))
        for _ in range(6):
            while _unit(worker.status(job_id), "scene-001/image")["state"] != "running":
                time.sleep(0.02)
            worker.kill()
            worker.start()
        view = worker.finish(job_id)

    assert view["error"]["code"] == "poison"
    assert "Scene 1" in view["error"]["message"]


def _wait_for(worker: WorkerProcess, job_id: str, done: int) -> dict[str, Any]:
    """The job's view as soon as at least ``done`` units are finished."""
    view = worker.status(job_id)
    while len(_done(view)) < done and not view["terminal"]:
        worker.status(job_id, wait=2, since=view["version"])
        view = worker.status(job_id)
    return view


def _done(view: dict[str, Any]) -> dict[str, Any]:
    """The hashes of the files of each finished unit."""
    return {
        unit["id"]: [file["sha256"] for file in unit["result"]["files"]]
        for unit in view["units"]
        if unit["state"] == "done"
    }


def _unit(view: dict[str, Any], unit_id: str) -> dict[str, Any]:
    found = [unit for unit in view["units"] if unit["id"] == unit_id]
    return found[0] if found else {"state": "pending"}


def _check(
    view: dict[str, Any], before: dict[str, Any], undisturbed: dict[str, str]
) -> None:
    """Complete, byte for byte the film of a calm run, nothing finished done again."""
    assert view["state"] == "complete", view["error"]
    assert hashes(view) == undisturbed
    finished = set(_done(before))
    redone = [
        unit["id"]
        for unit in view["units"]
        if unit["id"] in finished
        and not unit["reused"]
        and before["state"] != "complete"
    ]
    if before["attempt"] and before["worker"]["boot_id"] != view["worker"]["boot_id"]:
        assert redone == []
