"""SDXL through the engine, on a tiny model: bytes, sizes, long prompts, cancel, memory."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from colab_worker.engines.base import BadInput, EngineError, ImageRequest, Stopped
from colab_worker.engines.entry import make_engine
from colab_worker.models.shelf import Shelf

REQUEST = ImageRequest(
    prompt="the cat on a dog",
    negative_prompt="",
    style="cinematic",
    seed=7,
    width=64,
    height=64,
    steps=3,
    guidance=5.0,
    scheduler="dpmpp_2m_karras",
)
LONG = " ".join(["the cat on a dog"] * 20)


def silent(part: float, note: str) -> None:
    """Nobody listens."""


def entry(shelf: Path, name: str = "sdxl") -> Any:
    """The engine as the registry knows it."""
    entries = {e.name: e for e in Shelf(shelf, has_gpu=False).entries()}
    return entries[name]


@pytest.fixture(scope="module")
def engine(shelf: Path) -> Any:
    """The engine, loaded."""
    made = make_engine(entry(shelf).address)
    made.load()
    return made


def drawn(engine: Any, out: Path, **changes: Any) -> bytes:
    """The bytes of a picture."""
    engine.draw(replace(REQUEST, **changes), out / "a.png", silent)
    return (out / "a.png").read_bytes()


def test_the_same_request_gives_the_same_bytes(
    engine: Any, shelf: Path, tmp_path: Path
) -> None:
    """Again in the same engine, and in one that is loaded anew."""
    first = drawn(engine, tmp_path)
    other = make_engine(entry(shelf).address)
    other.load()

    assert drawn(engine, tmp_path) == first
    assert drawn(other, tmp_path) == first


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 8},
        {"prompt": "a dog"},
        {"negative_prompt": "the cat"},
        {"style": "noir"},
        {"steps": 4},
        {"guidance": 8.0},
        {"scheduler": "euler_a"},
        {"scheduler": "euler"},
        {"scheduler": "ddim"},
        {"scheduler": "unipc"},
    ],
    ids=str,
)
def test_every_part_of_the_request_counts(
    engine: Any, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """No dial is ignored, and the next picture is not touched by it."""
    before = drawn(engine, tmp_path)

    assert drawn(engine, tmp_path, **changes) != before
    assert drawn(engine, tmp_path) == before


def test_the_picture_has_the_size_that_was_asked(engine: Any, tmp_path: Path) -> None:
    """Wide as well as square, and RGB."""
    drawn(engine, tmp_path, width=80, height=48)
    with Image.open(tmp_path / "a.png") as picture:
        assert (picture.size, picture.mode) == ((80, 48), "RGB")


def test_a_size_that_no_decoder_makes_is_refused(engine: Any, tmp_path: Path) -> None:
    """The sentence names the side."""
    with pytest.raises(BadInput, match="width 60 is no multiple of 8"):
        drawn(engine, tmp_path, width=60)


def test_words_behind_the_77th_token_count(engine: Any, tmp_path: Path) -> None:
    """Long prompts are carried whole; a stock pipeline would draw the same picture."""
    one = drawn(engine, tmp_path, prompt=f"{LONG} at night")
    other = drawn(engine, tmp_path, prompt=f"{LONG} by day")

    assert one != other


def test_a_short_prompt_is_encoded_as_the_stock_pipeline_does(engine: Any) -> None:
    """Windows change nothing where one is enough; also not for an empty negative."""
    import torch

    from colab_worker.engines.diffusion.prompts import encode

    for negative in ("a dog", ""):
        ours = encode(engine._pipe, "the cat, on a mat!", negative)
        with torch.inference_mode():
            theirs = engine._pipe.encode_prompt(
                "the cat, on a mat!", negative_prompt=negative or None
            )
        for mine, stock in zip(
            (ours.prompt_embeds, ours.negative_prompt_embeds,
             ours.pooled_prompt_embeds, ours.negative_pooled_prompt_embeds),
            theirs, strict=True,
        ):  # fmt: skip
            assert torch.equal(mine, stock)


def test_each_step_is_told_and_a_cancel_stops_at_the_next(
    engine: Any, tmp_path: Path
) -> None:
    """Progress never falls; after a cancel the engine draws as before."""
    told: list[tuple[float, str]] = []
    engine.draw(
        REQUEST, tmp_path / "a.png", lambda part, note: told.append((part, note))
    )
    assert [note for _, note in told if note.startswith("step")] == [
        "step 1 of 3", "step 2 of 3", "step 3 of 3",
    ]  # fmt: skip
    assert [part for part, _ in told] == sorted(part for part, _ in told)
    before = (tmp_path / "a.png").read_bytes()

    heard: list[str] = []

    def stops(part: float, note: str) -> None:
        heard.append(note)
        if note == "step 1 of 3":
            raise Stopped("canceled")

    with pytest.raises(Stopped):
        engine.draw(REQUEST, tmp_path / "b.png", stops)
    assert "step 2 of 3" not in heard
    assert not (tmp_path / "b.png").exists()
    assert drawn(engine, tmp_path) == before


def test_out_of_memory_is_one_step_down_and_the_same_picture_again(
    shelf: Path, tmp_path: Path
) -> None:
    """The allocator's own error while decoding whole; in tiles there is room."""
    import torch

    engine = make_engine(entry(shelf).address)
    engine.load()
    vae = engine._pipe.vae

    def too_big(*_: object) -> None:
        if not vae.use_tiling:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 4 GiB")

    hook = vae.decoder.register_forward_pre_hook(too_big)
    facts = engine.draw(REQUEST, tmp_path / "a.png", silent)
    assert facts["memory"] == "tiled"
    assert facts["warnings"] == [
        "Memory ran out while drawing; drawn again, decoding the picture in tiles."
    ]
    hook.remove()

    def never_fits(*_: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes")

    vae.decoder.register_forward_pre_hook(never_fits)
    with pytest.raises(EngineError, match="not enough memory, even decoding"):
        engine.draw(REQUEST, tmp_path / "b.png", silent)


def test_a_real_lack_of_memory_is_recognized() -> None:
    """What torch's own allocator raises, and nothing else."""
    import torch

    from colab_worker.engines.cuda import is_out_of_memory

    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    with pytest.raises(RuntimeError) as other:
        torch.ones(2) @ torch.ones(3)
    assert not is_out_of_memory(other.value)


def test_a_black_picture_is_an_error(shelf: Path, tmp_path: Path) -> None:
    """Numbers that are none decode to black, and nobody wants that in a film."""
    engine = make_engine(entry(shelf).address)
    engine.load()
    engine._pipe.vae.decoder.conv_out.weight.data.fill_(math.nan)

    with pytest.raises(EngineError, match="came out black"):
        drawn(engine, tmp_path)


def test_a_model_that_vanished_is_told(shelf: Path) -> None:
    """Not with words about a network."""
    about = json.loads(entry(shelf).argument) | {"model": str(shelf / "gone")}
    address = replace(entry(shelf), argument=json.dumps(about)).address

    with pytest.raises(EngineError, match="folder gone is gone"):
        make_engine(address).load()


def test_damaged_weights_are_told(shelf: Path, tmp_path: Path) -> None:
    """One sentence with the model's name, and what to do."""
    import shutil

    broken = shutil.copytree(shelf / "sdxl", tmp_path / "sdxl")
    for file in (broken / "unet").glob("*.safetensors"):
        file.write_bytes(b"not weights")
    about = json.loads(entry(shelf).argument) | {"model": str(broken)}

    with pytest.raises(EngineError, match="the model sdxl cannot be loaded") as caught:
        make_engine(replace(entry(shelf), argument=json.dumps(about)).address).load()
    assert "models remove sdxl" in str(caught.value.hint)
