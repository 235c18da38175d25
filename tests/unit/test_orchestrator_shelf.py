"""Removing a model from here: what the worker's command says is what people read."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.shelf import NotRemoved, remove_model
from shared_protocol.models import ModelInfo
from tests.unit.test_models_shelf import put_model


async def test_why_it_is_still_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A LoRA that somebody else took away meanwhile; the model of its name stays."""
    monkeypatch.setenv("MOONREEL_MODELS", str(tmp_path))
    put_model(tmp_path / "-ink")
    lora = ModelInfo(name="-ink", kind="lora", bytes=8, here=True)
    with pytest.raises(NotRemoved, match=r"^-ink does not stand here; see"):
        await remove_model(lora)
    assert (tmp_path / "-ink").is_dir()
    await remove_model(lora.model_copy(update={"kind": "image"}))
    assert not (tmp_path / "-ink").exists()
