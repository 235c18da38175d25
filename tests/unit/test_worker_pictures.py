"""What is asked of a picture model: sizes, dials by quality, and refusals by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from colab_worker.engines.entry import Drawing
from colab_worker.engines.registry import (
    BUILT_IN,
    EngineEntry,
    PlanRefused,
    Registry,
)
from colab_worker.engines.sizes import native_size
from colab_worker.models.loras import LoraFile
from colab_worker.models.presets import FLUX_SCHNELL, SDXL, SDXL_FAST
from colab_worker.planner import plan
from shared_protocol.errors import Code
from shared_protocol.models import ModelInfo
from shared_protocol.specs import FilmSpec


class Shelf:
    """LoRAs for each family, and no models."""

    def entries(self) -> tuple[EngineEntry, ...]:
        """None."""
        return ()

    def loras(self) -> dict[str, LoraFile]:
        """One with a trigger word, one for another family."""
        return {
            "ink": LoraFile("ink", Path("ink"), "sdxl", "f1", "inkwash style"),
            "ann": LoraFile("ann", Path("ann"), "sdxl", "f2", None),
            "flow": LoraFile("flow", Path("flow"), "flux", "f3", None),
        }

    def inventory(self) -> tuple[ModelInfo, ...]:
        """None."""
        return ()


MODELS = Registry(
    (
        *BUILT_IN,
        EngineEntry(
            "big", "image", "x:y", version="1", drawing=replace(SDXL, family="sdxl")
        ),
        EngineEntry("quick", "image", "x:y", version="1", drawing=SDXL_FAST),
        EngineEntry("away", "image", "x:y", version="1", unavailable="pull it"),
        EngineEntry("flux", "image", "x:y", version="1", drawing=FLUX_SCHNELL),
    ),
    look=Shelf(),
)
SCENE = {"narration": "One.", "image_prompt": "a hill"}


def asked(engine: str, **members: Any) -> dict[str, Any]:
    """The parameters of the first picture of a film."""
    film = {"scenes": [SCENE], "engine": {"image": engine}} | members
    return plan(FilmSpec.model_validate(film), MODELS).units[0].params


@pytest.mark.parametrize(
    ("side", "frame", "size"),
    [
        (1024, (1920, 1080), (1344, 768)),
        (1024, (1080, 1920), (768, 1344)),
        (1024, (480, 480), (1024, 1024)),
        (512, (1920, 1080), (672, 384)),
        (64, (854, 480), (88, 48)),
    ],
)
def test_sizes_are_near_the_native_area(
    side: int, frame: tuple[int, int], size: tuple[int, int]
) -> None:
    """The shape is the film's, never the model's; the film crops the little rest."""
    assert native_size(Drawing(side), *frame) == size


def test_a_model_draws_at_its_own_size_whatever_the_quality() -> None:
    """Quality decides steps; models below their size only draw badly."""
    for quality, steps in SDXL.steps.items():
        params = asked("big", quality=quality)
        assert (params["width"], params["height"]) == (1344, 768)
        assert params["steps"] == steps
    assert asked("papercut", quality="draft")["width"] == 854


def test_what_is_left_out_is_the_models_choice() -> None:
    """And what is asked for replaces it."""
    params = asked("big")
    assert (params["guidance"], params["scheduler"]) == (6.0, "dpmpp_2m_karras")

    image = {"steps": 12, "guidance": 0.0, "scheduler": "euler-a"}
    params = asked("big", image=image)
    assert params["steps"] == 12
    assert (params["guidance"], params["scheduler"]) == (0.0, "euler_a")


def test_the_draft_engine_is_given_no_dials() -> None:
    """Its keys are those of old."""
    assert set(asked("papercut")) == {
        "prompt", "negative_prompt", "style", "seed", "width", "height",
    }  # fmt: skip


def test_the_films_negative_prompt_joins_the_scenes() -> None:
    """The scene's own words first."""
    scenes = [SCENE | {"negative_prompt": "a wolf"}]
    image = {"negative_prompt": "rain"}
    for engine in ("big", "papercut"):
        params = asked(engine, scenes=scenes, image=image)
        assert params["negative_prompt"] == "a wolf, rain"


@pytest.mark.parametrize(
    ("engine", "members", "param", "words"),
    [
        ("papercut", {"image": {"steps": 9}}, "image.steps", "no such dial"),
        ("papercut", {"image": {"guidance": 1}}, "image.guidance", "no such dial"),
        ("papercut", {"image": {"scheduler": "ddim"}}, "image.scheduler", "no such"),
        ("quick", {"image": {"steps": 30}}, "image.steps", "2 to 8 steps, not in 30"),
        ("quick", {"image": {"guidance": 6}}, "image.guidance", "takes 0 to 2, not 6"),
        ("big", {"image": {"guidance": 25}}, "image.guidance", "takes 0 to 20"),
        ("quick", {"image": {"scheduler": "ddim"}}, "image.scheduler", "one of: euler"),
        ("flux", {"image": {"guidance": 3}}, "image.guidance", "no such dial"),
        (
            "flux",
            {"image": {"negative_prompt": "rain"}},
            "image.negative_prompt",
            "only hears wishes",
        ),
        ("papercut", {"image": {"loras": [{"name": "ink"}]}}, "image.loras", "no such"),
        ("big", {"image": {"loras": [{"name": "oil"}]}}, "image.loras", "ink, ann"),
        (
            "big",
            {"image": {"loras": [{"name": "flow"}]}},
            "image.loras",
            "flow is made for flux, not for big",
        ),
        (
            "quick",
            {"image": {"negative_prompt": "rain"}},
            "image.negative_prompt",
            "without guidance",
        ),
        (
            "big",
            {
                "image": {"guidance": 1},
                "scenes": [SCENE, SCENE | {"negative_prompt": "x"}],
            },
            "scenes.1.negative_prompt",
            "without guidance",
        ),
    ],
)
def test_what_would_do_nothing_is_refused_by_name(
    engine: str, members: dict[str, Any], param: str, words: str
) -> None:
    """The field, the reason, and what it may be."""
    with pytest.raises(PlanRefused) as caught:
        asked(engine, **members)
    assert (caught.value.param, caught.value.code) == (param, Code.INVALID_FIELD)
    assert words in caught.value.sentence


def test_loras_carry_the_marks_of_their_files() -> None:
    """And the trigger words that the prompt lacks."""
    loras = [{"name": "ink", "weight": 0.5}, {"name": "ann"}]
    params = asked("big", image={"loras": loras})
    assert params["loras"] == [
        {"name": "ink", "weight": 0.5, "fingerprint": "f1"},
        {"name": "ann", "weight": 1.0, "fingerprint": "f2"},
    ]
    assert params["prompt"] == "a hill, inkwash style"
    scene = SCENE | {"image_prompt": "A hill in Inkwash style."}
    params = asked("big", scenes=[scene], image={"loras": loras})
    assert params["prompt"] == "A hill in Inkwash style."


def test_an_engine_that_cannot_be_used_says_why() -> None:
    """Asked for by name it is refused; ``auto`` passes it by."""
    with pytest.raises(PlanRefused, match="away cannot be used: pull it"):
        asked("away")
    assert MODELS.get("image", "auto").name == "papercut"


def test_auto_takes_the_most_preferred() -> None:
    """Among equals the first."""
    likes = {"a": 0, "b": 2, "c": 2}
    entries = [
        EngineEntry(name, "image", "x:y", version="1", preference=liked)
        for name, liked in likes.items()
    ]
    assert Registry(tuple(entries)).get("image", "auto").name == "b"


def test_dials_are_told_with_the_loras_that_fit() -> None:
    """What a page may offer is what the plan would take; engines without say None."""
    told = {engine.name: engine.dials for engine in MODELS.describe()}
    big, flux = told["big"], told["flux"]

    assert told["papercut"] is None
    assert big is not None
    assert flux is not None
    assert big.loras == ("ink", "ann")
    assert asked("big", image={"steps": big.most_steps})["steps"] == big.most_steps
    assert asked("big")["scheduler"] == big.schedulers[0]
    assert flux.negative is False
