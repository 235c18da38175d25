"""LoRAs through the engine: layouts, weights, several at once, and nothing left behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from colab_worker.engines.base import BadInput, EngineError, LoraUse
from colab_worker.engines.entry import make_engine
from colab_worker.models.shelf import Shelf
from tests.models.test_sdxl import REQUEST, drawn, entry


@pytest.fixture(scope="module")
def engine(shelf: Path) -> Any:
    """SDXL, loaded."""
    made = make_engine(entry(shelf).address)
    made.load()
    return made


def use(shelf: Path, name: str, weight: float = 0.8) -> LoraUse:
    """A LoRA of the shelf as a unit asks for it."""
    file = Shelf(shelf, has_gpu=False).loras()[name]
    return LoraUse(name, weight, file.fingerprint)


def test_the_shelf_knows_its_loras(shelf: Path) -> None:
    """Family and trigger word, from the header alone."""
    found = Shelf(shelf, has_gpu=False).loras()
    assert {name: file.family for name, file in found.items()} == {
        "ann": "sdxl", "flow": "flux", "ink": "sdxl", "ink-kohya": "sdxl",
        "ink-legacy": "sdxl",
    }  # fmt: skip
    assert found["ink-kohya"].trigger == "inkwash"
    assert found["ink"].trigger is None
    assert len({file.fingerprint for file in found.values()}) == 5


def test_a_lora_draws_otherwise_and_leaves_nothing(
    engine: Any, shelf: Path, tmp_path: Path
) -> None:
    """The weight matters, 0 is the base, and the next picture is the base again."""
    base = drawn(engine, tmp_path)
    half = drawn(engine, tmp_path, loras=(use(shelf, "ink", 0.5),))
    whole = drawn(engine, tmp_path, loras=(use(shelf, "ink", 1.0),))
    none = drawn(engine, tmp_path, loras=(use(shelf, "ink", 0.0),))

    assert len({base, half, whole}) == 3
    assert none == base
    assert drawn(engine, tmp_path) == base
    assert engine._pipe.get_list_adapters() == {}


def test_each_layout_is_the_same_lora(engine: Any, shelf: Path, tmp_path: Path) -> None:
    """The library's own, the old one, and kohya's; text encoders included."""
    pictures = {
        drawn(engine, tmp_path, loras=(use(shelf, name),))
        for name in ("ink", "ink-legacy", "ink-kohya")
    }
    assert len(pictures) == 1


def test_several_at_once(engine: Any, shelf: Path, tmp_path: Path) -> None:
    """Both count, each with its weight, in whatever order the pictures come."""
    both = (use(shelf, "ink", 0.8), use(shelf, "ann", 0.3))
    first = drawn(engine, tmp_path, loras=both)
    one = drawn(engine, tmp_path, loras=both[:1])
    other = drawn(engine, tmp_path, loras=both[1:])

    assert len({first, one, other}) == 3
    assert drawn(engine, tmp_path, loras=both) == first


def test_one_of_another_family_is_refused_and_forgotten(
    engine: Any, shelf: Path, tmp_path: Path
) -> None:
    """The library would only warn; the engine says so, and draws on as before."""
    base = drawn(engine, tmp_path)
    with pytest.raises(BadInput, match="the LoRA flow does not fit this model"):
        drawn(engine, tmp_path, loras=(use(shelf, "flow"),))
    assert drawn(engine, tmp_path) == base


def test_one_that_vanished_is_told(engine: Any, shelf: Path, tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(EngineError, match="the LoRA gone is gone"):
        drawn(engine, tmp_path, loras=(LoraUse("gone", 1.0, "x"),))


def test_a_distillation_becomes_part_of_the_model(shelf: Path, tmp_path: Path) -> None:
    """It draws in its few steps, also under a LoRA that is put on and taken off."""
    import shutil

    other = tmp_path / "models"
    (other / "sdxl-fast").mkdir(parents=True)
    (other / "sdxl").symlink_to(shelf / "sdxl")
    (other / "loras").symlink_to(shelf / "loras")
    shutil.copy(
        shelf / "loras" / "ann.safetensors",
        other / "sdxl-fast" / "sdxl_lightning_4step_lora.safetensors",
    )
    fast = make_engine(entry(other, "sdxl-fast").address)
    fast.load()
    plain = make_engine(entry(other, "sdxl").address)
    plain.load()
    dials = {"steps": 4, "guidance": 0.0, "scheduler": "euler_trailing"}
    base = drawn(fast, tmp_path, **dials)

    assert base != drawn(plain, tmp_path, **dials)
    assert drawn(fast, tmp_path, loras=(use(shelf, "ink"),), **dials) != base
    assert drawn(fast, tmp_path, **dials) == base


def test_flux_draws_and_wears_loras(shelf: Path, tmp_path: Path) -> None:
    """The same bytes for the same request; long prompts are told when they are cut."""
    flux = make_engine(entry(shelf, "flux-schnell").address)
    flux.load()
    dials = {"steps": 2, "guidance": None, "scheduler": "flow_euler"}
    base = drawn(flux, tmp_path, **dials)
    assert drawn(flux, tmp_path, **dials) == base
    assert drawn(flux, tmp_path, **dials, seed=8) != base
    assert drawn(flux, tmp_path, **dials, prompt="a dog") != base

    worn = drawn(flux, tmp_path, **dials, loras=(use(shelf, "flow"),))
    assert worn != base
    assert drawn(flux, tmp_path, **dials, loras=(use(shelf, "flow", 0.0),)) == base
    assert drawn(flux, tmp_path, **dials) == base

    with pytest.raises(BadInput, match="does not fit"):
        drawn(flux, tmp_path, **dials, loras=(use(shelf, "ink"),))
    request = replace(REQUEST, **dials, prompt="a cat " * 90)
    facts = flux.draw(request, tmp_path / "b.png", lambda part, note: None)
    assert facts["warnings"] == [
        "The picture's words are 615 tokens; this model reads 256."
    ]


def test_flux_stands_on_the_shelf_with_its_own_dials(shelf: Path) -> None:
    """Without guidance where it has none, at its own size."""
    drawing = entry(shelf, "flux-schnell").drawing
    assert (drawing.guidance, drawing.family, drawing.side) == (None, "flux", 256)
