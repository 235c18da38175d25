"""What an edit is said to make anew, against what the worker's planner really does."""

from __future__ import annotations

from typing import Any

import pytest

from colab_worker.planner import plan
from orchestrator.redo import carried, plan_redo
from shared_protocol.jobs import JobState, JobView, UnitState, UnitView, WorkerStamp
from shared_protocol.scripts import RenderPlan, Script
from shared_protocol.specs import FilmSpec
from tests.unit.test_worker_planner import EDITS, FILM, OTHERS, film_keys

WORDS = {"picture": "image", "voice": "voice", "clip": "clip"}


def finished(spec: FilmSpec) -> JobView:
    """The view of a complete film."""
    units = tuple(
        UnitView(
            id=unit.id, kind=unit.kind, scene=unit.scene, needs=unit.needs,
            state=UnitState.DONE,
        )
        for unit in plan(spec, OTHERS).units
    )  # fmt: skip
    return JobView(
        job_id="01900000-0000", kind="film", title="T", status="complete",
        state=JobState.COMPLETE, terminal=True, version=9, progress=100, message="",
        stage="done", stage_index=4, stage_total=4, attempt=1, created_at="",
        worker=WorkerStamp(id="w", boot_id="b"), units=units, spec_sha256="0" * 64,
    )  # fmt: skip


def told(before: FilmSpec, after: FilmSpec) -> RenderPlan:
    """What is said of the change."""
    scenes = [scene.model_dump(exclude={"seed"}) for scene in after.scenes]
    script = Script.model_validate({"title": "T", "language": "en", "scenes": scenes})
    return plan_redo(2, script, after, before, finished(before))


@pytest.mark.parametrize(
    ("changes", "redone"), EDITS, ids=[str(changes)[:60] for changes, _ in EDITS]
)
def test_no_less_is_said_than_is_done(
    changes: dict[str, Any], redone: set[str]
) -> None:
    """Every picture, voice and clip with another key is announced."""
    before = FilmSpec.model_validate(FILM)
    plan_said = told(before, FilmSpec.model_validate(FILM | changes))
    said = {
        f"scene-{scene.scene:03}/{WORDS[word]}"
        for scene in plan_said.scenes
        for word in scene.redo
    }

    assert said >= {name for name in redone if name.startswith("scene-")}
    assert plan_said.film or not redone


@pytest.mark.parametrize(
    "changes",
    [changes for changes, _ in EDITS if "scenes" in changes],
    ids=lambda v: str(v)[:60],
)
def test_a_small_edit_is_said_exactly(changes: dict[str, Any]) -> None:
    """No picture is announced for a change of words, and the other way round."""
    before, after = film_keys(), film_keys(**changes)
    redone = {name for name in before if before[name] != after[name]}
    spec = FilmSpec.model_validate(FILM)
    plan_said = told(spec, FilmSpec.model_validate(FILM | changes))

    count = sum(name.startswith("scene-") for name in redone)
    assert plan_said.pictures + plan_said.voices + plan_said.clips == count


def test_what_is_kept_stays_done_where_it_moves_to() -> None:
    """The view that a changed film begins with: moved pictures are there at once."""
    before = FilmSpec.model_validate(FILM)
    first, second, third = before.scenes
    moved = tuple(
        scene.model_copy(update={"seed": seed})
        for scene, seed in ((second, 22), (first, 11), (third, 33))
    )
    start = before.model_copy(
        update={"scenes": tuple(
            scene.model_copy(update={"seed": seed})
            for scene, seed in ((first, 11), (second, 22), (third, 33))
        )}
    )  # fmt: skip
    after = start.model_copy(update={"scenes": moved})
    view = carried(finished(start), after, start, 2)

    assert view is not None
    done = {unit.id for unit in view.units if unit.state is UnitState.DONE}
    assert done == {
        *(f"scene-{n:03}/{kind}" for n in (1, 2, 3) for kind in ("image", "voice")),
        "scene-003/clip",
    }
    assert (view.state, view.attempt, view.progress) == (JobState.QUEUED, 2, 0)
