"""How close a job comes to its critical path when every unit takes a set time."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Outcome, at_most, median
from benchmarks.films import film_spec
from shared_protocol.clock import unix_seconds
from tests.workers import WorkerProcess

RATIO = at_most(1.10)
SECONDS = {"image": 0.6, "voice": 0.2, "clip": 0.4, "sound": 0.2, "film": 0.3}
CPU_LANES = 2
SCENES, QUICK_SCENES = 12, 3
WARM_RUNS, QUICK_WARM_RUNS = 3, 1


def measure(quick: bool) -> Outcome:
    """One job on a fresh worker (cold), then others on the same one (warm)."""
    scenes = QUICK_SCENES if quick else SCENES
    runs = 1 + (QUICK_WARM_RUNS if quick else WARM_RUNS)
    with (
        tempfile.TemporaryDirectory() as folder,
        WorkerProcess(Path(folder), seconds=SECONDS) as worker,
    ):
        took, views = [], []
        for _ in range(runs):
            seconds, view = _one_job(worker, scenes)
            took.append(seconds)
            views.append(view)
    return _outcome(took, views, scenes)


def critical_path_s(scenes: int, seconds: dict[str, float]) -> float:
    """The least time that ``scenes`` can take: pictures one by one, the rest beside them.

    Either the pictures are the limit, with one clip and the film behind the last, or the
    CPU lanes are, which share all voices and clips, and the sound.
    """
    gpu = scenes * seconds["image"] + seconds["clip"]
    spoken = scenes * (seconds["voice"] + seconds["clip"])
    cpu = (spoken + seconds["sound"]) / CPU_LANES
    return max(gpu, cpu) + seconds["film"]


def _one_job(worker: WorkerProcess, scenes: int) -> tuple[float, dict[str, Any]]:
    begun = time.monotonic()
    job_id = worker.submit(film_spec(scenes))
    version = 0
    while True:
        told = worker.status(job_id, wait=25, since=version)
        if told["terminal"]:
            break
        version = told["version"]
    took = time.monotonic() - begun
    if told["state"] != "complete":
        raise RuntimeError(f"The job ended as {told['state']}: {told['message']}")
    return took, worker.status(job_id)


def _outcome(took: list[float], views: list[dict[str, Any]], scenes: int) -> Outcome:
    outcome = Outcome()
    path = critical_path_s(scenes, SECONDS)
    real = median([critical_path_s(scenes, _means(view)) for view in views[1:]])
    warm = median(took[1:])
    outcome.add("critical_path", path, "s", 1, note="computed from the set times")
    outcome.add("cold", took[0] / path, "x", 1, RATIO, "first job of a fresh worker")
    outcome.add("warm", warm / path, "x", len(took) - 1, RATIO, "engines are loaded")
    outcome.add(
        "warm_scheduling",
        warm / real,
        "x",
        len(took) - 1,
        RATIO,
        "against the path computed from what the engines really took",
    )
    for name, seconds in _losses(views[-1]).items():
        outcome.add(f"lost_{name}", seconds, "s", 1, note="in the last warm job")
    outcome.series["overlap"] = _lanes(views[-1])
    return outcome


def _means(view: dict[str, Any]) -> dict[str, float]:
    """Mean seconds of each kind as the lanes measured them, checks and commit included."""
    by_kind: dict[str, list[float]] = {}
    for unit in view["units"]:
        by_kind.setdefault(unit["kind"], []).append(unit["result"]["seconds"])
    return {kind: sum(values) / len(values) for kind, values in by_kind.items()}


def _losses(view: dict[str, Any]) -> dict[str, float]:
    """Seconds beyond the set times along the chain of pictures, last clip and film."""
    units = {unit["id"]: unit for unit in view["units"]}
    images = [unit for unit in view["units"] if unit["kind"] == "image"]
    images.sort(key=lambda unit: unit["finished_at"])
    clip = units[f"scene-{images[-1]['scene']:03}/clip"]
    created, end = unix_seconds(view["created_at"]), unix_seconds(view["finished_at"])
    pictures = _end(images[-1]) - created - SECONDS["image"] * len(images)
    return {
        "pictures": pictures,
        "last_clip": _end(clip) - _end(images[-1]) - SECONDS["clip"],
        "film": _end(units["film"]) - _end(clip) - SECONDS["film"],
        "completing": end - _end(units["film"]),
    }


def _end(unit: dict[str, Any]) -> float:
    return unix_seconds(unit["finished_at"])


def _lanes(view: dict[str, Any]) -> list[dict[str, Any]]:
    """Each unit as a bar: seconds after the submit, and how long it ran."""
    zero = unix_seconds(view["created_at"])
    return [
        {
            "kind": unit["kind"],
            "scene": unit["scene"],
            "start_s": round(unix_seconds(unit["started_at"]) - zero, 3),
            "took_s": round(_end(unit) - unix_seconds(unit["started_at"]), 3),
        }
        for unit in view["units"]
    ]
