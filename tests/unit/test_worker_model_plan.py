"""Redrawing and compiling in the plan: part of the key, refused by name, or warned of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from colab_worker.engines.registry import BUILT_IN, EngineEntry, PlanRefused, Registry
from colab_worker.model_plan import COMPILED_FROM_STEPS
from colab_worker.models.presets import SDXL, SDXL_FAST
from colab_worker.planner import Plan, Unit, plan
from orchestrator.redo import plan_redo
from shared_protocol.references import given_files
from shared_protocol.scripts import Script
from shared_protocol.specs import FilmSpec
from tests.unit.test_orchestrator_redo import finished

SHA = "a" * 64
HERE = {"redraws": True, "compiles": True}
REGISTRY = Registry(
    (
        *BUILT_IN,
        EngineEntry("slow", "image", "x:y", "1", drawing=replace(SDXL, **HERE)),
        EngineEntry("quick", "image", "x:y", "1", drawing=replace(SDXL_FAST, **HERE)),
        EngineEntry("far", "image", "x:y", "1", drawing=SDXL),
    )
)


def spec(
    strength: float | None = None, *, engine: str = "slow", scenes: int = 2, **more: Any
) -> FilmSpec:
    """Scenes of which the second is drawn from a picture."""
    scene = {"narration": "One.", "image_prompt": "a hill"}
    again = {"redraw": {"sha256": SHA, "strength": strength}} if strength else {}
    told = {
        "scenes": [scene, scene | again, *[scene] * (scenes - 2)],
        "engine": {"image": engine},
    }
    return FilmSpec.model_validate(told | more)


def picture(made: Plan, number: int = 2) -> Unit:
    """A scene's picture."""
    return next(u for u in made.units if u.id == f"scene-{number:03}/image")


def key(made: Plan, number: int = 2) -> str:
    """Its key."""
    unit = picture(made, number)
    return unit.key(unit.files)


def test_the_picture_and_the_strength_are_parts_of_the_key() -> None:
    """Of that scene alone; and the file comes with the job."""
    plain, half, most = (plan(spec(s), REGISTRY) for s in (None, 0.5, 0.9))
    assert len({key(made) for made in (plain, half, most)}) == 3
    assert len({key(made, 1) for made in (plain, half, most)}) == 1
    assert picture(half).files == {"redraw": SHA}
    assert picture(half).params["strength"] == 0.5
    other = picture(half).key({"redraw": "b" * 64})
    assert other != key(half)
    assert given_files(None, spec(0.5).scenes) == {"scenes.1.redraw": SHA}


@pytest.mark.parametrize("engine", ["papercut", "far"])
def test_who_cannot_redraw_says_so(engine: str) -> None:
    """By the scene's field."""
    with pytest.raises(PlanRefused, match=f"scenes.1.redraw: {engine} cannot") as told:
        plan(spec(0.5, engine=engine), REGISTRY)
    assert told.value.param == "scenes.1.redraw"


def test_a_strength_of_less_than_a_step_is_refused() -> None:
    """Few-step models take no small strengths; the least is told."""
    words = "quick draws in 4 steps, and 0.2 of them is none; take at least 0.25"
    with pytest.raises(PlanRefused, match=words):
        plan(spec(0.2, engine="quick"), REGISTRY)
    assert (
        picture(plan(spec(0.25, engine="quick"), REGISTRY)).params["strength"] == 0.25
    )
    with pytest.raises(PlanRefused, match=r"take at least 0\.04"):
        plan(spec(0.03, image={"steps": 30}), REGISTRY)
    assert plan(spec(0.04, image={"steps": 30}), REGISTRY).units


def test_a_redrawing_is_announced_as_one_picture() -> None:
    """With its clip and the film; the voice stays."""
    script = Script(
        title="T", language="en",
        scenes=[s.model_dump(include={"narration", "image_prompt"})
                for s in spec().scenes],
    )  # fmt: skip
    before, after = (spec(s, engine="papercut") for s in (None, 0.5))
    made = plan_redo(2, script, after, before, finished(before))
    assert (made.pictures, made.voices, made.clips) == (1, 0, 1)


def test_compiling_pays_off_or_stays_off() -> None:
    """By the steps of the film; it is a part of the key, and its absence is told."""
    on = {"image": {"compile": True}}
    few, many = plan(spec(**on), REGISTRY), plan(spec(scenes=10, **on), REGISTRY)
    assert SDXL.steps["standard"] * 10 >= COMPILED_FROM_STEPS
    assert "compiled" not in picture(few).params
    assert key(few) == key(plan(spec(), REGISTRY))
    assert few.warnings == (
        "The model is not compiled: it is for films of 300 steps and more, and this one "
        "takes 60.",
    )
    assert picture(many).params["compiled"] is True
    assert many.warnings == ()
    assert key(many) != key(plan(spec(scenes=10), REGISTRY))


@pytest.mark.parametrize("engine", ["papercut", "far"])
def test_who_cannot_be_compiled_says_so(engine: str) -> None:
    """By the option's name."""
    with pytest.raises(PlanRefused, match=r"image.compile: .* cannot be compiled"):
        plan(spec(engine=engine, image={"compile": True}), REGISTRY)
