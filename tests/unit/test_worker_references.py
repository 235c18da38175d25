"""Reference pictures in the plan: part of the key, or refused by name, or warned of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from colab_worker.engines.registry import (
    BUILT_IN,
    EngineEntry,
    PlanRefused,
    Registry,
)
from colab_worker.models.presets import FLUX_SCHNELL, SDXL
from colab_worker.planner import Plan, plan
from orchestrator.redo import plan_redo
from shared_protocol.errors import Code
from shared_protocol.scripts import Script
from shared_protocol.specs import FilmSpec
from tests.unit.test_orchestrator_redo import finished

ANN = {"sha256": "a" * 64, "name": "Ann"}
BOB = {"sha256": "b" * 64, "name": "Bob", "weight": 0.5}
KEEPS = replace(SDXL, likenesses={"plus": "m1", "face": "m2"})


def registry(*, preference: int = -1, drawing: Any = KEEPS) -> Registry:
    """The draft engine, FLUX, and one that keeps likenesses."""
    return Registry(
        (
            *BUILT_IN,
            EngineEntry("flux", "image", "x:y", version="1", drawing=FLUX_SCHNELL),
            EngineEntry(
                "twin", "image", "x:y", version="1", drawing=drawing,
                preference=preference,
            ),
        )
    )  # fmt: skip


def spec(*references: dict[str, Any], engine: str = "twin", **image: Any) -> FilmSpec:
    """Two scenes, the second with references."""
    scene = {"narration": "One.", "image_prompt": "a hill"}
    return FilmSpec.model_validate(
        {
            "scenes": [scene, scene | {"references": references}],
            "engine": {"image": engine},
            "image": image,
        }
    )


def planned(*references: dict[str, Any], **told: Any) -> Plan:
    """Its plan where one engine keeps likenesses, by name only."""
    return plan(spec(*references, **told), registry())


def key(made: Plan, unit: str = "scene-002/image") -> str:
    """The key of a picture."""
    (found,) = (u for u in made.units if u.id == unit)
    return found.key(found.files)


def test_references_are_in_the_key_of_their_picture_alone() -> None:
    """Another file, order, name, weight, scale or kind draws anew; other scenes stay."""
    ways = [
        planned(),
        planned(ANN),
        planned(ANN | {"sha256": "c" * 64}),
        planned(ANN | {"weight": 0.9}),
        planned(ANN | {"name": None}),
        planned(ANN, BOB),
        planned(BOB, ANN),
        planned(ANN, ip_adapter_scale=0.0),
        planned(ANN, ip_adapter_scale=1.0),
        planned(ANN, likeness="face"),
        plan(spec(ANN), registry(drawing=replace(KEEPS, likenesses={"plus": "m9"}))),
    ]
    assert len({key(way) for way in ways}) == len(ways)
    assert len({key(way, "scene-001/image") for way in ways}) == 1
    assert key(planned(ANN, ip_adapter_scale=0.6)) == key(planned(ANN))
    assert key(planned(ANN, likeness="plus")) == key(planned(ANN))


def test_the_unit_reads_the_files_and_is_told_of_each() -> None:
    """In the order of the scene."""
    (unit,) = (u for u in planned(ANN, BOB).units if u.id == "scene-002/image")
    assert unit.files == {"references/001": "a" * 64, "references/002": "b" * 64}
    assert unit.params["references"] == [
        {"name": "Ann", "weight": 1.0},
        {"name": "Bob", "weight": 0.5},
    ]
    assert (unit.params["likeness"], unit.params["ip_adapter_scale"]) == ("plus", 0.6)


@pytest.mark.parametrize(
    ("engine", "image", "param", "words"),
    [
        (
            "papercut",
            {},
            "scenes.1.references",
            "papercut cannot keep the likeness of Ann;",
        ),
        ("flux", {}, "scenes.1.references", "choose one that can: twin"),
    ],
)
def test_an_engine_that_cannot_refuses_by_name(
    engine: str, image: dict[str, Any], param: str, words: str
) -> None:
    """With the field, and who can."""
    with pytest.raises(PlanRefused, match=words) as caught:
        planned(ANN, engine=engine, **image)
    assert (caught.value.param, caught.value.code) == (param, Code.INVALID_FIELD)


def test_an_adapter_that_is_not_here_is_refused() -> None:
    """By the kind of likeness."""
    here = registry(drawing=replace(KEEPS, likenesses={"plus": "m1"}))
    with pytest.raises(PlanRefused, match="twin keeps plus here, not face") as caught:
        plan(spec(ANN, likeness="face"), here)
    assert caught.value.param == "image.likeness"


@pytest.mark.parametrize("dial", [{"ip_adapter_scale": 0.5}, {"likeness": "face"}])
def test_dials_without_references_would_do_nothing(dial: dict[str, Any]) -> None:
    """Refused; while more scenes may come they stand."""
    with pytest.raises(PlanRefused, match="no scene has references") as caught:
        planned(**dial)
    assert caught.value.param == f"image.{next(iter(dial))}"
    opened = spec(**dial).model_copy(update={"open": True})
    assert plan(opened, registry()).units


def test_auto_takes_one_that_can_or_says_that_none_does() -> None:
    """A draft goes on without them, with a warning in the job."""
    able = plan(spec(ANN, engine="auto"), registry(preference=1))
    assert {u.engine.name for u in able.units if u.kind == "image"} == {"twin"}
    assert able.warnings == ()

    draft = plan(spec(ANN, engine="auto"), registry())
    assert {u.engine.name for u in draft.units if u.kind == "image"} == {"papercut"}
    (warning,) = draft.warnings
    assert "reference pictures are not used: papercut cannot" in warning
    assert key(draft) == key(plan(spec(engine="auto"), registry()))


def test_what_a_changed_reference_redoes_is_told() -> None:
    """One picture and its clip; under ``auto`` the first one may change the engine."""
    scene = {"narration": "One.", "image_prompt": "a hill"}
    script = Script.model_validate(
        {"title": "T", "language": "en", "scenes": [scene, scene]}
    )

    def told(before: FilmSpec, after: FilmSpec) -> tuple[int, int]:
        here = plan_redo(2, script, after, before, finished(spec(engine="auto")))
        return here.pictures, here.clips

    assert told(spec(ANN), spec(BOB)) == (1, 1)
    assert told(spec(engine="auto"), spec(BOB, engine="auto")) == (2, 2)
    assert told(spec(ANN), spec(ANN, ip_adapter_scale=0.1)) == (2, 2)


def test_the_registry_says_who_can() -> None:
    """As pages see it."""
    found = {info.name: info.likenesses for info in registry().describe()}
    assert found["twin"] == ("plus", "face")
    assert found["papercut"] == found["espeak"] == ()
