"""What makes drawing fast or small leaves the picture as it is, or nearly."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colab_worker.engines.base import EngineError, ShowsItsWork
from colab_worker.engines.entry import make_engine
from tests.models.test_identity import locked
from tests.models.test_loras import use
from tests.models.test_redraw import FLUX
from tests.models.test_sdxl import REQUEST, drawn, entry, silent


def loaded(shelf: Path, name: str = "sdxl", **about: Any) -> Any:
    """An engine of its own, told more than the shelf would."""
    found = entry(shelf, name)
    told = json.dumps(json.loads(found.argument) | about)
    engine = make_engine(replace(found, argument=told).address)
    engine.load()
    return engine


def far(one: bytes, other: bytes) -> float:
    """The mean difference of two pictures, of 255."""
    first, second = (
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.int16)
        for data in (one, other)
    )
    return float(np.abs(first - second).mean())


def test_encoders_rest_while_it_is_drawn(shelf: Path, tmp_path: Path) -> None:
    """On the rung for it they are not in the pipeline at work; the picture is the same."""
    engine = loaded(shelf)
    base = drawn(engine, tmp_path)
    worn = drawn(engine, tmp_path, prompt="a dog", loras=(use(shelf, "ink"),))
    engine._settle("lean")
    pipe, seen = engine._pipe, []

    def looks(*_: object) -> None:
        seen.append((pipe.text_encoder, pipe.text_encoder_2))

    hook = pipe.unet.register_forward_pre_hook(looks)
    assert drawn(engine, tmp_path) == base
    assert set(seen) == {(None, None)}
    hook.remove()
    engine._pencil._reading._kept.clear()
    assert drawn(engine, tmp_path) == base
    assert drawn(engine, tmp_path, prompt="a dog", loras=(use(shelf, "ink"),)) == worn
    face = tmp_path / "face"
    Image.new("RGB", (48, 48), "red").save(face, "PNG")
    assert drawn(engine, tmp_path, **locked((face, "Ann"), scale=0.0)) == base
    assert engine.draw(REQUEST, tmp_path / "a.png", silent)["memory"] == "lean"
    engine._settle("resident")
    assert pipe.text_encoder is not None
    assert drawn(engine, tmp_path) == base


def test_words_are_read_once(shelf: Path, tmp_path: Path) -> None:
    """Not for another seed; but for other words, and with what a LoRA makes of them."""
    engine = loaded(shelf)
    counted: list[int] = []
    engine._pipe.text_encoder.register_forward_pre_hook(lambda *_: counted.append(1))

    def reads(**changes: Any) -> int:
        counted.clear()
        drawn(engine, tmp_path, **changes)
        return len(counted)

    assert reads() > 0
    assert reads(seed=9) == reads(steps=2) == 0
    assert reads(prompt="a dog") > 0
    assert reads(loras=(use(shelf, "ink"),)) > 0
    assert reads(loras=(use(shelf, "ink", weight=0.5),)) > 0
    assert reads() == 0


def test_a_decoder_in_bf16_draws_nearly_the_same(shelf: Path, tmp_path: Path) -> None:
    """For a decoder that overflows in 16 bits otherwise; also after a redrawing."""
    import torch

    from colab_worker.engines.diffusion.loading import decode_in_bf16

    engine = loaded(shelf)
    base = drawn(engine, tmp_path)
    vae = engine._pipe.vae
    vae.register_to_config(force_upcast=True)
    decode_in_bf16(vae)
    engine._pencil._bf16 = True
    assert vae.dtype == torch.bfloat16
    quick = drawn(engine, tmp_path)
    assert 0 < far(base, quick) < 2
    again = tmp_path / "a.png"
    drawn(engine, tmp_path, redraw=again.rename(tmp_path / "b.png"), strength=0.7)
    assert drawn(engine, tmp_path) == quick


def test_a_network_in_8_bits_draws_nearly_the_same(shelf: Path, tmp_path: Path) -> None:
    """Its weights are kept in one byte each; LoRAs go on it, and off it."""
    import torch

    flow = (use(shelf, "flow"),)
    whole = loaded(shelf, "flux-schnell")
    base = drawn(whole, tmp_path, **FLUX)
    worn = drawn(whole, tmp_path, **FLUX, loras=flow)
    engine = loaded(shelf, "flux-schnell", bits=8)
    small = drawn(engine, tmp_path, **FLUX)
    assert 0 < far(base, small) < 12
    kinds = [p.dtype for p in engine._pipe.transformer.transformer_blocks.parameters()]
    assert kinds.count(torch.float8_e4m3fn) > len(kinds) / 2
    assert far(worn, drawn(engine, tmp_path, **FLUX, loras=flow)) < far(worn, base)
    assert drawn(engine, tmp_path, **FLUX) == small
    assert engine.draw(replace(REQUEST, **FLUX), tmp_path / "a", silent)["bits"] == 8


def test_8_bits_are_those_of_the_library(shelf: Path, tmp_path: Path) -> None:
    """Filled tensor by tensor, never whole; a file of another network is refused."""
    import shutil

    import torch

    small = loaded(shelf, "flux-schnell", bits=8)._pipe.transformer
    whole = loaded(shelf, "flux-schnell")._pipe.transformer
    whole.enable_layerwise_casting(
        storage_dtype=torch.float8_e4m3fn, compute_dtype=whole.dtype
    )
    ours, theirs = small.state_dict(), whole.state_dict()
    assert ours.keys() == theirs.keys()
    for name, weight in theirs.items():
        assert ours[name].dtype == weight.dtype
        assert torch.equal(ours[name].float(), weight.float())

    folder = shutil.copytree(shelf / "flux-schnell", tmp_path / "flux-schnell")
    file = "diffusion_pytorch_model.safetensors"
    shutil.copy(folder / "vae" / file, folder / "transformer" / file)
    with pytest.raises(EngineError, match="does not belong to it"):
        loaded(tmp_path, "flux-schnell", bits=8)


def test_4_bits_without_a_gpu_are_refused(shelf: Path) -> None:
    """The shelf asks for them only beside a GPU; if torch finds none, that is said."""
    with pytest.raises(EngineError, match="4 bits for the GPU, but torch finds none"):
        loaded(shelf, "flux-schnell", bits=4)


def test_weights_go_straight_to_the_device(shelf: Path) -> None:
    """Not by way of a copy in the host's memory; and parts can be moved all the same."""
    engine = loaded(shelf)
    assert engine._pipe.hf_device_map == "cpu"
    engine._pipe.to("cpu")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_compiled_network_draws_nearly_the_same(shelf: Path, tmp_path: Path) -> None:
    """Its rounding differs; the picture after it is drawn as ever, to the byte."""
    engine = loaded(shelf)
    base = drawn(engine, tmp_path)
    compiled = drawn(engine, tmp_path, compiled=True)
    assert far(base, compiled) < 1
    assert drawn(engine, tmp_path, compiled=True) == compiled
    assert drawn(engine, tmp_path) == base


@pytest.mark.parametrize(("name", "dials"), [("sdxl", {}), ("flux-schnell", FLUX)])
def test_somebody_may_watch(
    shelf: Path, tmp_path: Path, name: str, dials: dict[str, Any]
) -> None:
    """Every few steps a small picture, which never touches the one that is drawn."""
    engine = loaded(shelf, name)
    assert isinstance(engine, ShowsItsWork)
    dials = dials | {"steps": 9, "width": 96, "height": 64}
    unseen = drawn(engine, tmp_path, **dials)
    shown: list[bytes] = []
    engine.show_to(shown.append)
    assert drawn(engine, tmp_path, **dials) == unseen
    assert len(set(shown)) == len(shown) == 2
    for data in shown:
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.format == "WEBP"
            assert picture.width / picture.height == 1.5
    engine.show_to(None)
    drawn(engine, tmp_path, **dials)
    assert len(shown) == 2


def test_colours_of_latents_are_those_of_their_pixels() -> None:
    """All channels at 0 are mid grey; the first of SDXL is light; FLUX is unpacked."""
    import torch

    from colab_worker.engines.diffusion.glimpse import glimpse

    def colour(latents: Any, across: int = 0) -> Any:
        with Image.open(io.BytesIO(glimpse(latents, across))) as picture:
            return picture.size, np.asarray(picture.convert("RGB")).mean((0, 1))

    size, grey = colour(torch.zeros(1, 4, 8, 16))
    assert size == (16, 8)
    assert grey == pytest.approx([127, 127, 127], abs=3)
    light = torch.zeros(1, 4, 8, 16)
    light[:, 0] = 1
    assert (colour(light)[1] > grey + 30).all()

    whole = torch.zeros(1, 16, 8, 16)
    whole[:, 9, :, 8:] = 5.0  # red and green, on the right
    rows = whole.reshape(1, 16, 4, 2, 8, 2).permute(0, 2, 4, 1, 3, 5)
    packed = rows.reshape(1, 32, 64)
    assert colour(packed, 8)[0] == (16, 8)
    with Image.open(io.BytesIO(glimpse(packed, 8))) as picture:
        numbers = np.asarray(picture.convert("RGB"), np.int16)
    assert (numbers[:, 10:, 0].mean() - numbers[:, :6, 0].mean()) > 30
