"""Whose picture stands for which model."""

from __future__ import annotations

import json
from typing import Any

from orchestrator.portfolio import ANY_LIKENESS, Portfolio
from orchestrator.store.films import Film
from shared_protocol.films import FilmState


def unit(kind: str, scene: int, engine: str, state: str = "done") -> dict[str, Any]:
    """A unit as the worker tells it; pictures have a preview."""
    files = [{"name": "preview.webp", "sha256": f"{scene}" * 64}]
    result = {"files": files if kind == "image" else []} if state == "done" else None
    return {
        "kind": kind,
        "scene": scene,
        "engine": engine,
        "state": state,
        "result": result,
    }


def film(job_id: str, *units: dict[str, Any], version: int = 1, **spec: Any) -> Film:
    """A film as the database has it."""
    return Film(
        job_id=job_id,
        title=job_id.upper(),
        state=FilmState.COMPLETE,
        version=version,
        progress=100,
        message="",
        stage="done",
        eta_s=None,
        attempt=1,
        created_at="",
        request_json="{}",
        script_json="",
        spec_json=json.dumps(spec),
        warnings_json="[]",
        render_json=json.dumps({"units": units}),
    )


def test_each_that_had_a_part_in_it() -> None:
    """Who drew, what was worn with a weight, who spoke, and who keeps likenesses."""
    made = film(
        "one",
        unit("image", 1, "sdxl"),
        unit("image", 2, "sdxl"),
        unit("voice", 2, "vits"),
        unit("clip", 1, "ffmpeg"),
        image={"loras": [{"name": "ink", "weight": 0.5}, {"name": "off", "weight": 0}]},
        scenes=[{}, {"references": [{"sha256": "a"}]}],
    )
    works = Portfolio().read([made])
    scenes = {model: [work.scene for work in found] for model, found in works.items()}

    assert scenes == {
        ("image", "sdxl"): [1],
        ("lora", "ink"): [1],
        ("voice", "vits"): [2],
        ("likeness", ANY_LIKENESS): [2],
    }
    assert works["lora", "ink"][0].title == "ONE"


def test_the_order_of_films_and_their_news() -> None:
    """A film of another version is read again; one that draws has no picture yet."""
    reader = Portfolio()
    old = film("old", unit("image", 1, "sdxl"))
    before = reader.read([film("new", unit("image", 1, "sdxl", "running")), old])
    done = film("new", unit("image", 1, "sdxl"), version=2)
    after = reader.read([done, old])

    assert [work.job_id for work in before["image", "sdxl"]] == ["old"]
    assert [work.job_id for work in after["image", "sdxl"]] == ["new", "old"]
