"""Models of the hub that nobody knows by name come onto the shelf, if they can draw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from colab_worker.engines.entry import make_engine
from tests.models.pulls import one_sentence, pulled
from tests.models.test_sdxl import drawn, entry
from tests.servers.model_sources import COMMIT, FILES, STRANGER, Hub


def test_any_model_of_the_hub_is_fetched_at_the_commit_of_now(
    hub: str, tmp_path: Path
) -> None:
    """Of its networks the weights of 16 bits; no pickles, no file for other programs."""
    index = {"_class_name": "StableDiffusionXLPipeline", "unet": ["diffusers", "U"]}
    Hub.files = FILES | {
        "model_index.json": json.dumps(index).encode(),
        "unet/model.safetensors": b"of 32 bits",
        "whole.safetensors": b"for other programs",
        "onnx/model.safetensors": b"for other programs",
    }
    done = pulled(hub, tmp_path, STRANGER)
    assert done.returncode == 0, done.stderr
    assert f"{STRANGER}: 0.0 GB, licence mit" in done.stdout
    assert f"revision {COMMIT}" in done.stdout
    home = tmp_path / STRANGER.replace("/", "--")
    assert {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()} == {
        "model_index.json",
        "unet/config.json",
        "unet/model.fp16.safetensors",
        "vae/config.json",
    }
    assert all(f"/{STRANGER}/resolve/{COMMIT}/" in path for path in Hub.paths)
    assert "is here already" in pulled(hub, tmp_path, f"{STRANGER}@main").stdout


def test_networks_are_all_of_the_kind_of_the_one_that_denoises(
    hub: str, tmp_path: Path
) -> None:
    """As the model is loaded."""
    index = {"_class_name": "StableDiffusionXLPipeline", "unet": 0, "vae": 0}
    Hub.files = {
        "model_index.json": json.dumps(index).encode(),
        "unet/config.json": b"{}",
        "unet/model.safetensors": b"of 32 bits",
        "vae/config.json": b"{}",
        "vae/model.safetensors": b"of 32 bits",
        "vae/model.fp16.safetensors": b"of 16 bits",
    }
    assert pulled(hub, tmp_path, STRANGER).returncode == 0
    weights = {p.name for p in tmp_path.rglob("*.safetensors")}
    assert weights == {"model.safetensors"}
    assert len(list(tmp_path.rglob("*.safetensors"))) == 2


@pytest.mark.parametrize(
    ("index", "sentence"),
    [
        ({"_class_name": "StableDiffusionPipeline"}, "is a StableDiffusionPipeline"),
        ({"_class_name": "FluxPipeline"}, "transformer holds no safetensors file"),
        ({}, "has no model_index.json"),
    ],
)
def test_a_model_that_cannot_draw_is_refused_before_it_is_fetched(
    hub: str, tmp_path: Path, index: dict[str, str], sentence: str
) -> None:
    """By its pipeline, as a folder on the shelf would be."""
    Hub.files = FILES | {"model_index.json": json.dumps(index).encode()}
    assert sentence in one_sentence(pulled(hub, tmp_path, STRANGER))
    assert set(Hub.asked) <= {"GET model_index.json"}
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["nonesuch", "../sdxl", "a/b/c", "o'hara/x", "a/.."])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    """With those that there are; nobody is asked."""
    done = pulled("http://127.0.0.1:9", tmp_path, name)
    assert done.returncode == 2
    assert "is none of sdxl, sdxl-fast" in done.stderr


def test_a_model_of_the_hub_draws(hub: str, shelf: Path, tmp_path: Path) -> None:
    """What came is enough, and draws the same picture as where it came from."""
    own = [path for path in (shelf / "sdxl").rglob("*") if path.is_file()]
    Hub.files = {p.relative_to(shelf / "sdxl").as_posix(): p.read_bytes() for p in own}
    done = pulled(hub, tmp_path / "models", STRANGER)
    assert done.returncode == 0, done.stderr

    pictures = []
    for folder, name in ((shelf, "sdxl"), (tmp_path / "models", STRANGER)):
        engine = make_engine(entry(folder, name).address)
        engine.load()
        pictures.append(drawn(engine, tmp_path))
        engine.unload()
    assert pictures[0] == pictures[1]
