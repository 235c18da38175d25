"""The shelf of models: presets, other folders, what is missing, and what has changed."""

from __future__ import annotations

import importlib.util
import json
import struct
from pathlib import Path

import pytest

from colab_worker.engines.registry import BUILT_IN, EngineEntry, Registry
from colab_worker.models.folder import NotAModel, read_model
from colab_worker.models.shelf import Shelf, models_folder

INSTALLED = all(importlib.util.find_spec(name) for name in ("torch", "diffusers"))


def put_model(folder: Path, weights: bytes = b"w" * 300_000, suffix: str = "") -> Path:
    """The files of an SDXL model, as far as anybody looks before loading it."""
    files = {
        "model_index.json": {"_class_name": "StableDiffusionXLPipeline"},
        "unet/config.json": {"sample_size": 128},
        "vae/config.json": {"block_out_channels": [128, 256, 512, 512]},
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content), "utf-8")
    name = suffix or "model.safetensors"
    (folder / "unet" / name).write_bytes(weights)
    return folder


def found(folder: Path, *, has_gpu: bool = True) -> dict[str, EngineEntry]:
    """The engines of a shelf by name."""
    return {e.name: e for e in Shelf(folder, has_gpu=has_gpu).entries()}


def test_an_empty_shelf_says_how_to_fill_it(tmp_path: Path) -> None:
    """Every preset is listed with size and licence, though there is no folder."""
    entries = found(tmp_path / "none")
    assert {"sdxl", "sdxl-fast"} <= set(entries)
    told = entries["sdxl"].unavailable or ""
    assert "`moonreel models pull sdxl`" in told
    assert "6.9 GB" in told and "OpenRAIL" in told.replace(" ", "").replace("++", "")


def test_a_preset_and_a_folder_of_ones_own(tmp_path: Path) -> None:
    """A slash in a name is a double dash on the disk."""
    put_model(tmp_path / "sdxl")
    put_model(tmp_path / "ann--dream", weights=b"x" * 300_000)
    entries = found(tmp_path)
    if INSTALLED:
        assert entries["sdxl"].unavailable is None
        assert entries["ann/dream"].unavailable is None
    assert entries["sdxl"].drawing and entries["sdxl"].drawing.side == 1024
    assert entries["sdxl"].version != entries["ann/dream"].version
    assert json.loads(entries["sdxl"].argument)["model"] == str(tmp_path / "sdxl")


def test_a_distillation_needs_its_base_and_its_file(tmp_path: Path) -> None:
    """Only then it is there, as an engine of its own."""
    lora = tmp_path / "sdxl-fast" / "sdxl_lightning_4step_lora.safetensors"
    put_model(tmp_path / "sdxl")
    assert "pull sdxl-fast" in (found(tmp_path)["sdxl-fast"].unavailable or "")
    lora.parent.mkdir()
    lora.write_bytes(b"lora")
    entry = found(tmp_path)["sdxl-fast"]
    assert json.loads(entry.argument)["lora"] == str(lora)
    assert entry.drawing and entry.drawing.most_steps == 8


def test_other_weights_are_another_version(tmp_path: Path) -> None:
    """Wherever the folder lies; a change in the middle of a large file is enough."""
    weights = bytearray(b"w" * 1_000_000)
    one = read_model(put_model(tmp_path / "one", bytes(weights)))
    same = read_model(put_model(tmp_path / "two", bytes(weights)))
    weights[500_001] = 0
    other = read_model(put_model(tmp_path / "three", bytes(weights)))

    assert one.fingerprint == same.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"model_index.json": "{"}, "cannot be read"),
        ({"model_index.json": "[]"}, "not what a model has"),
        ({"model_index.json": '{"_class_name": "AnimateDiff"}'}, "is a AnimateDiff"),
    ],
)
def test_what_is_no_model_is_told(
    tmp_path: Path, spoil: dict[str, str], words: str
) -> None:
    """As an engine that cannot be used, with the reason."""
    put_model(tmp_path / "mine")
    for name, text in spoil.items():
        (tmp_path / "mine" / name).write_text(text, "utf-8")
    assert words in (found(tmp_path)["mine"].unavailable or "")


def test_pickled_weights_are_never_loaded(tmp_path: Path) -> None:
    """A folder with nothing else is no model."""
    put_model(tmp_path / "mine", suffix="diffusion_pytorch_model.bin")
    with pytest.raises(NotAModel, match="pickled weights are never loaded"):
        read_model(tmp_path / "mine")


def test_without_a_gpu_models_draw_only_by_name(tmp_path: Path) -> None:
    """A picture would take many minutes; with one they come first."""
    put_model(tmp_path / "sdxl")
    shelf = Shelf(tmp_path, has_gpu=False)
    registry = Registry(BUILT_IN, look=shelf)
    assert registry.get("image", "auto").name == "papercut"
    if INSTALLED:
        assert registry.get("image", "sdxl").name == "sdxl"
        with_gpu = Registry(BUILT_IN, look=Shelf(tmp_path, has_gpu=True))
        assert with_gpu.get("image", "auto").name == "sdxl"


def test_flux_is_kept_with_fewer_bits_where_it_does_not_fit(tmp_path: Path) -> None:
    """Which is another version, so that its pictures have keys of their own."""
    folder = put_model(tmp_path / "big")
    index = json.loads((folder / "model_index.json").read_text("utf-8"))
    index["_class_name"] = "FluxPipeline"
    (folder / "model_index.json").write_text(json.dumps(index), "utf-8")
    (folder / "unet").rename(folder / "transformer")
    put_weights(folder / "transformer" / "a.safetensors", numbers=11_900_000_000)

    def engine(gib: int | None) -> EngineEntry:
        room = gib << 30 if gib else None
        shelf = Shelf(tmp_path, has_gpu=gib is not None, gpu_bytes=room)
        return next(e for e in shelf.entries() if e.name == "big")

    few = 4 if importlib.util.find_spec("bitsandbytes") else 8
    bits = {gib: json.loads(engine(gib).argument)["bits"] for gib in (None, 80, 16)}
    assert bits == {None: 16, 80: 16, 16: few}
    assert engine(None).version == engine(80).version
    assert engine(16).version == f"{engine(80).version}/{few}bits"


def put_weights(path: Path, numbers: int) -> None:
    """A file of so many numbers that takes no room: there is nothing in it."""
    size = 2 * numbers
    header = {"w": {"dtype": "F16", "shape": [numbers], "data_offsets": [0, size]}}
    told = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(told)) + told)
    with path.open("r+b") as file:
        file.truncate(8 + len(told) + size)


def test_models_come_and_go_while_the_worker_serves(tmp_path: Path) -> None:
    """A refresh is enough."""
    registry = Registry(BUILT_IN, look=Shelf(tmp_path, has_gpu=True))
    assert all(e.name != "mine" for e in registry.of_kind("image"))
    put_model(tmp_path / "mine")
    registry.refresh()
    assert any(e.name == "mine" for e in registry.of_kind("image"))


def test_the_folder_can_be_named() -> None:
    """Else it is in the user's cache."""
    assert models_folder({"MOONREEL_MODELS": "/data/models"}) == Path("/data/models")
    assert models_folder({}).parts[-2:] == ("moonreel", "models")
