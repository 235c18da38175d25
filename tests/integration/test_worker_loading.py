"""A model that takes its time to load: people are told, until it is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.slow_loading import LOADED_VARIABLE, SLOW_ENGINES
from tests.workers import WorkerProcess, film


def loading_worker(folder: Path, *options: str) -> WorkerProcess:
    """A worker whose picture engine is loaded once the file ``loaded`` is there."""
    env = {LOADED_VARIABLE: str(folder / "loaded")}
    return WorkerProcess(folder, *options, engines=SLOW_ENGINES, env=env)


def notes(view: dict[str, Any]) -> dict[str, str]:
    """By unit, what it waits for."""
    return {u["id"]: u["note"] for u in view["units"] if u["note"] is not None}


def until_it_loads(worker: WorkerProcess, job_id: str) -> dict[str, Any]:
    """The first view that tells of it, heard by held requests for what is new."""
    view = worker.status(job_id)
    while not notes(view):
        assert not view["terminal"], worker.log()
        view = worker.status(job_id, wait=5, since=view["version"])
    return view


def test_a_model_that_loads_is_named_until_it_is_there(tmp_path: Path) -> None:
    """In the message and in the unit, also for those who hear only what is new."""
    with loading_worker(tmp_path) as worker:
        job_id = worker.submit(film("one", "two"))
        view = until_it_loads(worker, job_id)
        name = next(u["engine"] for u in view["units"] if u["id"] == "scene-001/image")
        assert notes(view) == {"scene-001/image": f"loading {name}"}
        assert view["message"] == f"Loading {name} …"
        assert view["stage"] == "image"

        (tmp_path / "loaded").touch()
        while notes(view := worker.status(job_id)):
            worker.status(job_id, wait=5, since=view["version"])
        assert not view["message"].startswith("Loading")
        done = worker.finish(job_id)

    assert done["state"] == "complete", done["error"]
    assert notes(done) == {}
    assert all(unit["attempt"] == 1 for unit in done["units"])


def test_a_film_is_canceled_while_its_model_loads(tmp_path: Path) -> None:
    """Nothing is said to be loading afterwards."""
    with loading_worker(tmp_path) as worker:
        job_id = worker.submit(film("one"))
        until_it_loads(worker, job_id)
        worker.client.post(f"/jobs/{job_id}/cancel")
        view = worker.finish(job_id)

    assert view["state"] == "canceled"
    assert notes(view) == {}


def test_pictures_that_wait_for_an_early_load_say_so(tmp_path: Path) -> None:
    """Nothing is being drawn yet; once the model is there, no scene says it loads."""
    name = next(e["name"] for e in json.loads(SLOW_ENGINES) if e["kind"] == "image")
    with loading_worker(tmp_path, "--preload", name) as worker:
        job_id = worker.submit(film("one", "two"))
        view = until_it_loads(worker, job_id)
        assert view["message"] == f"Loading {name} …"
        (tmp_path / "loaded").touch()
        while view["units"][0]["state"] != "done" and not view["terminal"]:
            view = worker.status(job_id, wait=5, since=view["version"])
        assert notes(view) == {}
        done = worker.finish(job_id)

    assert done["state"] == "complete", done["error"]
