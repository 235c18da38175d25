"""The inventory of a shelf: what people read before they choose a model or a LoRA."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_worker.models.shelf import Shelf
from shared_protocol.models import ModelInfo
from tests.unit.test_models_loras import TENSOR, safetensors
from tests.unit.test_models_shelf import put_model

FLOW = {"transformer.single_blocks.0": TENSOR}
INK = {"__metadata__": {"ss_trigger_word": "inkish"}, "lora_unet_down": TENSOR}


@pytest.fixture
def told(tmp_path: Path) -> dict[str, ModelInfo]:
    """A shelf with SDXL, a LoRA for it, and one for FLUX."""
    put_model(tmp_path / "sdxl")
    (tmp_path / "loras").mkdir()
    for name, header in (("ink", INK), ("flow", FLOW)):
        content = safetensors(header, b"w" * 8)
        (tmp_path / "loras" / f"{name}.safetensors").write_bytes(content)
    return {m.name: m for m in Shelf(tmp_path, has_gpu=False).inventory()}


def test_a_model_that_is_here(told: dict[str, ModelInfo]) -> None:
    """Its family, its licence, its size on the disk, since when."""
    sdxl = told["sdxl"]

    assert (sdxl.kind, sdxl.family, sdxl.here) == ("image", "sdxl", True)
    assert "RAIL" in (sdxl.licence or "")
    assert 300_000 < sdxl.bytes < 400_000
    assert sdxl.version and sdxl.added_at


@pytest.mark.parametrize(
    ("name", "kind", "family"),
    [
        ("sdxl-fast", "image", "sdxl"),
        ("flux-dev", "image", "flux"),
        ("vits", "voice", None),
        ("ip-adapter", "likeness", "sdxl"),
    ],
)
def test_one_that_is_not_says_how_to_get_it(
    told: dict[str, ModelInfo], name: str, kind: str, family: str | None
) -> None:
    """With the size of what would be fetched, and no version."""
    model = told[name]

    assert (model.kind, model.family, model.here) == (kind, family, False)
    assert f"moonreel models pull {name}" in (model.unavailable or "")
    assert model.bytes > 10_000_000
    assert model.version is None and model.added_at is None


def test_a_lora_fits_its_own_family_alone(told: dict[str, ModelInfo]) -> None:
    """One that no model here can wear says why."""
    assert told["ink"].fits == ("sdxl",)
    assert (told["ink"].trigger, told["ink"].unavailable) == ("inkish", None)
    assert told["flow"].fits == ()
    assert told["flow"].unavailable == (
        "it is made for flux, and no such model is here: sdxl is sdxl"
    )
