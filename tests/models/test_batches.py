"""Several pictures in one call, on tiny models: nearly those drawn alone, each its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from colab_worker.engines.base import (
    DrawsTogether,
    EngineError,
    ImageRequest,
    Piece,
    Stopped,
)
from tests.models.test_film import largest_child
from tests.models.test_loras import use
from tests.models.test_memory_limit import ROOT, STEADY
from tests.models.test_redraw import FLUX
from tests.models.test_sdxl import LONG, REQUEST, drawn
from tests.models.test_speed import far, loaded
from tests.workers import WorkerProcess, film

TWO = (REQUEST, replace(REQUEST, prompt="the dog", negative_prompt="a cat", seed=8))


@pytest.fixture(scope="module")
def engine(shelf: Path) -> Any:
    """SDXL, loaded."""
    return loaded(shelf)


def batch(
    engine: Any,
    folder: Path,
    requests: tuple[ImageRequest, ...],
    tick: Callable[[int, float, str], None] = lambda number, part, note: None,
    show: Any = None,
) -> tuple[list[bytes], list[dict[str, Any]]]:
    """The bytes and the facts of each."""
    facts: list[dict[str, Any]] = [{} for _ in requests]

    def piece(number: int, request: ImageRequest) -> Piece:
        return Piece(
            request,
            folder / f"{number}.png",
            lambda part, note: tick(number, part, note),
            lambda told: facts[number].update(told),
            (lambda webp: show(number, webp)) if show else None,
        )

    engine.draw_together([piece(n, request) for n, request in enumerate(requests)])
    files = [(folder / f"{n}.png").read_bytes() for n in range(len(requests))]
    return files, facts


@pytest.mark.parametrize(("name", "dials"), [("sdxl", {}), ("flux-schnell", FLUX)])
def test_two_in_a_call_are_nearly_those_drawn_alone(
    shelf: Path, tmp_path: Path, name: str, dials: dict[str, Any]
) -> None:
    """Each by its own words and seed; the same call again gives the same bytes."""
    engine = loaded(shelf, name)
    assert isinstance(engine, DrawsTogether)
    requests = tuple(replace(request, **dials) for request in TWO)
    alone = [drawn(engine, tmp_path, **vars(request)) for request in requests]
    files, facts = batch(engine, tmp_path, requests)

    for one, other in zip(files, alone, strict=True):
        assert far(one, other) < 1
    assert far(files[0], files[1]) > 3
    assert [told["batch"] for told in facts] == [2, 2]
    assert batch(engine, tmp_path, requests)[0] == files
    assert [drawn(engine, tmp_path, **vars(r)) for r in requests] == alone
    assert engine.room() == (1, None)  # on a CPU


def test_noise_between_steps_is_each_ones_own(engine: Any, tmp_path: Path) -> None:
    """A scheduler that adds some draws it from the picture's own seed."""
    requests = tuple(replace(request, scheduler="euler_a") for request in TWO)
    alone = [drawn(engine, tmp_path, **vars(request)) for request in requests]
    files, _ = batch(engine, tmp_path, requests)
    assert all(far(a, b) < 1 for a, b in zip(files, alone, strict=True))


def test_loras_are_worn_by_all_and_by_none_afterwards(
    shelf: Path, tmp_path: Path
) -> None:
    """As in pictures that are drawn alone."""
    engine = loaded(shelf)
    base = drawn(engine, tmp_path)
    worn = tuple(replace(request, loras=(use(shelf, "ink"),)) for request in TWO)
    alone = [drawn(engine, tmp_path, **vars(request)) for request in worn]
    files, _ = batch(engine, tmp_path, worn)
    assert all(far(a, b) < 1 for a, b in zip(files, alone, strict=True))
    assert drawn(engine, tmp_path) == base


def test_words_of_other_length_are_drawn_apart(engine: Any, tmp_path: Path) -> None:
    """Windows without words would change a picture; it is the one drawn alone."""
    long = replace(REQUEST, prompt=LONG)
    files, facts = batch(engine, tmp_path, (REQUEST, long, TWO[1]))
    assert [told.get("batch") for told in facts] == [2, None, 2]
    assert files[1] == drawn(engine, tmp_path, prompt=LONG)


def test_each_step_is_told_of_each_and_shown(engine: Any, tmp_path: Path) -> None:
    """Small pictures of what is drawn come from each one's own latents."""
    told: list[tuple[int, str]] = []
    shown: dict[int, bytes] = {}
    requests = tuple(replace(request, steps=5) for request in TWO)
    batch(
        engine, tmp_path, requests,
        lambda number, part, note: told.append((number, note)),
        lambda number, webp: shown.update({number: webp}),
    )  # fmt: skip
    for step in range(1, 6):
        assert [(n, w) for n, w in told if w == f"step {step} of 5"] == [
            (0, f"step {step} of 5"),
            (1, f"step {step} of 5"),
        ]
    assert len(set(shown.values())) == 2


def test_a_cancel_comes_within_one_step(engine: Any, tmp_path: Path) -> None:
    """Of all that are drawn together; the engine goes on with others."""
    heard: list[str] = []

    def tick(number: int, part: float, note: str) -> None:
        heard.append(note)
        if note == "step 2 of 3":
            raise Stopped("canceled")

    with pytest.raises(Stopped):
        batch(engine, tmp_path, TWO, tick)
    assert "step 3 of 3" not in heard
    assert not list(tmp_path.glob("*.png"))
    assert len(batch(engine, tmp_path, TWO)[0]) == 2


def test_a_black_one_spoils_no_other(shelf: Path, tmp_path: Path) -> None:
    """The others are handed out; it is tried alone, and then fails by itself."""
    engine = loaded(shelf)
    decode = engine._pipe.image_processor.postprocess

    def blackened(*told: Any, **more: Any) -> Any:
        pictures = decode(*told, **more)
        if more["output_type"] == "pil":
            pictures[-1] = Image.new("RGB", pictures[-1].size)
        return pictures

    engine._pipe.image_processor.postprocess = blackened
    with pytest.raises(EngineError, match="came out black"):
        batch(engine, tmp_path, TWO)
    assert (tmp_path / "0.png").is_file()
    assert not (tmp_path / "1.png").exists()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_too_many_under_a_real_limit_are_drawn_in_halves(shelf: Path) -> None:
    """The allocator's own error halves the call; the job is told, and it is remembered."""
    told = [sys.executable, "-m", "tests.models.short_of_memory", str(shelf), "4"]
    done = subprocess.run(
        told, cwd=ROOT, env=os.environ | STEADY, capture_output=True, text=True,
        timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    facts, most = json.loads(done.stdout.splitlines()[-1])
    assert most in (1, 2)
    assert all(one.get("batch", 1) <= most for one in facts)
    words = "Memory ran out while drawing 4 pictures together; drawn 2 at a time."
    assert all(words in one["warnings"] for one in facts)


def spec(count: int, **image: Any) -> dict[str, Any]:
    """A film with so many scenes."""
    prompts = [f"the cat number {n}" for n in range(count)]
    return film(*prompts, engine={"image": "sdxl"}, image={"steps": 2} | image)


def pictures(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The units that draw."""
    return [unit for unit in view["units"] if unit["kind"] == "image"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_worker_draws_several_scenes_in_a_call(shelf: Path, tmp_path: Path) -> None:
    """The first alone; how many were drawn together is in the facts and in the file."""
    env = {"MOONREEL_MODELS": str(shelf), "MOONREEL_BATCH": "2"}
    with WorkerProcess(tmp_path, engines="[]", env=env) as worker:
        view = worker.finish(worker.submit(spec(4, steps=30)), within_s=240)
        health = worker.client.get("/health").json()
        made = pictures(view)
        sha256 = made[1]["result"]["files"][0]["sha256"]
        data = worker.client.get(f"/blobs/sha256/{sha256}").content

    assert view["state"] == "complete", view["error"]
    together = [unit["result"]["facts"].get("batch") for unit in made]
    assert together == [None, 2, 2, None]
    assert health["batch"] == {"asked": 2, "now": 2}
    file = tmp_path / "a.png"
    file.write_bytes(data)
    with Image.open(file) as picture:
        assert "batch: 2" in picture.info["Comment"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_call_that_is_killed_or_canceled(shelf: Path, tmp_path: Path) -> None:
    """Killed, each of its scenes is drawn alone, without a try lost; canceled, it stops."""
    env = {"MOONREEL_MODELS": str(shelf), "MOONREEL_BATCH": "3"}
    with WorkerProcess(tmp_path, engines="[]", env=env) as worker:

        def drawing_together(job_id: str) -> None:
            while True:
                units = pictures(worker.status(job_id))
                at_work = [u for u in units if u["state"] == "running"]
                if len(at_work) >= 2 and all(u["progress"] > 0.05 for u in at_work):
                    return
                assert not all(u["state"] == "done" for u in units) or not units
                time.sleep(0.02)

        job_id = worker.submit(spec(4, steps=60))
        drawing_together(job_id)
        os.kill(largest_child(worker), signal.SIGKILL)
        view = worker.finish(job_id, within_s=240)
        assert view["state"] == "complete", view["error"]
        made = pictures(view)
        assert [unit["attempt"] for unit in made] == [1] * 4
        assert [unit["result"]["facts"].get("batch") for unit in made] == [None] * 4

        job_id = worker.submit(spec(4, steps=61))
        drawing_together(job_id)
        worker.client.post(f"/jobs/{job_id}/cancel")
        view = worker.finish(job_id, within_s=20)
        assert view["state"] == "canceled"
        assert [u["state"] for u in pictures(view)][1:] == ["pending"] * 3
