"""Films to submit, none of which shares a unit with another, and waiting for them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from tests.workers import WorkerProcess

_numbers = itertools.count(1)
_SCENE_WORDS = (
    "The keeper climbed the stair of the old tower and counted every step aloud",
    "A crow watched the well from the broken wall and waited for the rain to come",
    "Far below the cliff the boats came home one by one with lanterns at the bow",
    "The wind went round the house twice and then it lay down among the barley",
)


def film_spec(scenes: int, quality: str = "draft") -> dict[str, Any]:
    """A film of ``scenes`` scenes, each of about 15 words, different at each call."""
    number = next(_numbers)
    return {
        "title": f"Film {number}",
        "quality": quality,
        "scenes": [
            {
                "narration": _narration(number, scene),
                "image_prompt": f"{_SCENE_WORDS[scene % 4].lower()}, {number}, {scene}",
            }
            for scene in range(scenes)
        ],
    }


def legacy_form(scenes: int) -> dict[str, Any]:
    """The same kind of film as the body of ``/generate_complete_video``."""
    spec = film_spec(scenes)
    return {
        "topic": spec["title"],
        "quality": "draft",
        "script": "\n\n".join(scene["narration"] for scene in spec["scenes"]),
        "image_prompts": [scene["image_prompt"] for scene in spec["scenes"]],
    }


def view_once(
    worker: WorkerProcess, job_id: str, ready: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """The first view of a job for which ``ready``; RuntimeError when it ends before."""
    view = worker.status(job_id)
    while not ready(view):
        if view["terminal"]:
            raise RuntimeError(f"The job ended as {view['state']}: {view['message']}")
        worker.status(job_id, wait=5, since=view["version"])
        view = worker.status(job_id)
    return view


def has_only_pictures_left(view: dict[str, Any]) -> bool:
    """Whether the engines have started, and all that can go on is drawing."""
    sounds = [u["state"] for u in view["units"] if u["kind"] in ("voice", "sound")]
    return bool(sounds) and set(sounds) == {"done"}


def is_drawing(view: dict[str, Any]) -> bool:
    """Whether a picture is being drawn now."""
    return any(u["kind"] == "image" and u["state"] == "running" for u in view["units"])


def _narration(number: int, scene: int) -> str:
    return f"{_SCENE_WORDS[scene % 4]}, on night {number} of year {scene + 1}."
