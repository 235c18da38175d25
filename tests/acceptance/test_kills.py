"""Kill any process at any moment: the film is finished, and nothing is done twice."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulated import ENGINES, SECONDS_VARIABLE
from tests.servers.served import Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

STORY = "The moon rose. A crow woke up. The lake was still."
ORDER = {"script": STORY, "num_scenes": 3, "quality": "draft", "seed": 7}
ENV = {
    "MOONREEL_ENGINES": ENGINES,
    SECONDS_VARIABLE: json.dumps(
        {"image": 0.15, "voice": 0.1, "clip": 0.15, "film": 0.2}
    ),
}
#: Picture, voice and clip of three scenes, the sound and the film.
UNITS = 11


def _orchestrator(served: Served) -> None:
    served.kill()


def _worker(served: Served) -> None:
    worker = served.worker()
    if worker is not None:
        worker.kill()


def _engine(served: Served) -> None:
    engines = served.engines()
    if engines:
        random.choice(engines).kill()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of the film when nothing happens to it."""
    home = tmp_path_factory.mktemp("calm") / "home"
    with Served(home, ENV) as served:
        return _files(served.finish(served.order(ORDER)))


#: Each process in turn; the worker's own tests kill worker and engines more often.
VICTIMS = (_orchestrator, _worker, _engine)


@pytest.mark.parametrize(
    ("done", "kill"), [(done, VICTIMS[done % 3]) for done in range(UNITS)]
)
def test_killed_at_every_boundary(
    tmp_path: Path,
    undisturbed: dict[str, str],
    done: int,
    kill: Callable[[Served], None],
) -> None:
    """As soon as ``done`` units are finished: the same film, no unit finished twice."""
    with Served(tmp_path / "home", ENV) as served:
        job_id = served.order(ORDER)
        _wait_for(served, job_id, done)
        kill(served)
        view = served.finish(job_id)

    _check(view, undisturbed, tmp_path / "home")


@pytest.mark.parametrize("seed", range(4))
def test_killed_inside_units(
    tmp_path: Path, undisturbed: dict[str, str], seed: int
) -> None:
    """Three kills of anything at random moments: the same film."""
    rng = random.Random(seed)
    with Served(tmp_path / "home", ENV) as served:
        job_id = served.order(ORDER)
        for _ in range(3):
            time.sleep(rng.uniform(0.1, 1.5))
            rng.choice([_orchestrator, _worker, _engine])(served)
        view = served.finish(job_id)

    _check(view, undisturbed, tmp_path / "home")


def _wait_for(served: Served, job_id: str, done: int) -> None:
    view = served.film(job_id)
    while not view["terminal"] and _finished(view) < done:
        view = served.film(job_id, wait=2, since=view["version"])


def _finished(view: dict[str, Any]) -> int:
    units = (view["render"] or {}).get("units", ())
    return sum(unit["state"] == "done" for unit in units)


def _files(view: dict[str, Any]) -> dict[str, str]:
    """All files by hash but the picture of what ran when, which tells of the kill."""
    files = {item["name"]: item["sha256"] for item in view["artifacts"]}
    files.pop("gantt.svg")
    return files


def _check(view: dict[str, Any], undisturbed: dict[str, str], home: Path) -> None:
    assert view["state"] == "complete", view["message"]
    assert _files(view) == undisturbed
    log = (home / "worker.log").read_text(encoding="utf-8")
    finished = Counter(re.findall(r"(\S+) done in [\d.]+ s", log))
    assert set(finished.values()) <= {1}, finished
