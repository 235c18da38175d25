"""How long after its last picture a film is ready: a real worker, whose pictures take long."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.compose.peers.contenders import Case
from benchmarks.compose.peers.material import NARRATIONS
from shared_protocol.clock import unix_seconds
from tests.workers import WorkerProcess

#: Seconds that a picture takes, so that every clip but the last is ready before.
PICTURE_S = 6.0
ENGINES = json.dumps(
    [
        {
            "name": "papercut",
            "kind": "image",
            "factory": "benchmarks.slow_papercut:SlowPapercut",
            "version": "slow",
        }
    ]
)
#: No film may wait longer than this.
WITHIN_S = 600.0


def runs_of(case: Case, repeats: int) -> list[dict[str, float]]:
    """Seconds from the last picture to the film, and those of the last clip in them."""
    slow = {"image": PICTURE_S}
    with (
        tempfile.TemporaryDirectory() as folder,
        WorkerProcess(Path(folder), seconds=slow, engines=ENGINES) as worker,
    ):
        return [_run(worker, _film(case, number)) for number in range(repeats)]


def _run(worker: WorkerProcess, spec: dict[str, Any]) -> dict[str, float]:
    view = worker.finish(worker.submit(spec), WITHIN_S)
    if view["state"] != "complete":
        raise RuntimeError(f"The job ended as {view['state']}: {view['message']}")
    units = {unit["id"]: unit for unit in view["units"]}
    images = [unit for unit in view["units"] if unit["kind"] == "image"]
    last = max(images, key=lambda unit: unix_seconds(unit["finished_at"]))
    clip = units[f"scene-{last['scene']:03}/clip"]
    drawn = unix_seconds(last["finished_at"])
    return {
        "clip_s": _end(clip) - unix_seconds(clip["started_at"]),
        "film_s": _end(units["film"]) - unix_seconds(units["film"]["started_at"]),
        "ready_s": unix_seconds(view["finished_at"]) - drawn,
    }


def _end(unit: dict[str, Any]) -> float:
    return unix_seconds(unit["finished_at"])


def _film(case: Case, number: int) -> dict[str, Any]:
    """Each another one, so that nothing of it is known."""
    scenes = [
        {"narration": text, "image_prompt": f"{text} {number}"} for text in NARRATIONS
    ]
    return {
        "title": f"Film {number}",
        "quality": "standard",
        "aspect": "16:9" if case.width > case.height else "9:16",
        "auto_captions": True,
        "seed": number,
        "scenes": scenes,
    }
