"""Whole models with random weights, written to a folder piece by piece: no download.

Speed and memory do not depend on the values. The networks are built on the device
``meta``, which holds none, so a machine needs no room for them until they are loaded.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.gpu.sizes import FULL, Size, flux_parts, flux_words, sdxl_parts
from colab_worker.engines.diffusion.families import FAMILIES
from colab_worker.engines.diffusion.quiet import import_diffusers
from colab_worker.engines.diffusion.styles import styled, unwanted
from tests.models.tiny import build_flux, build_sdxl, clip_tokenizer
from tests.models.tiny_adapters import build_loras, write_eye, write_ip_adapter

#: A file of weights has at most so many bytes.
_SHARD_BYTES = 2 << 30
_LORA_RANK = 16
LORA = "ink"
PROMPT = "a lighthouse on a cliff above a stormy sea, a boat far out"
#: All that is read, so that each word is one token, as nearly all are for CLIP.
WORDS = " ".join((styled(PROMPT, "cinematic"), unwanted("", "cinematic")))


def write_models(folder: Path, size: Size, families: tuple[str, ...]) -> None:
    """A shelf of models under ``sdxl`` and ``flux``; adapters for SDXL beside it."""
    import torch

    diffusers = import_diffusers()
    torch.manual_seed(0)
    if size is not FULL:
        build_sdxl(folder / "sdxl")
        build_flux(folder / "flux-schnell")
        build_loras(folder)
        (folder / "flux-schnell").rename(folder / "flux")
        unet = diffusers.UNet2DConditionModel.from_pretrained(folder / "sdxl" / "unet")
        _write_adapters(folder, unet, size)
        return
    words = clip_tokenizer(folder / "words", re.findall(r"\w+", WORDS))
    if "sdxl" in families:
        parts = networks(folder, "sdxl", size)
        schedule = diffusers.EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, steps_offset=1,
            beta_schedule="scaled_linear", timestep_spacing="leading",
        )  # fmt: skip
        more = {"scheduler": schedule, "tokenizer": words, "tokenizer_2": words}
        pipe = diffusers.StableDiffusionXLPipeline(
            **parts, **more, add_watermarker=False
        )
        write_pipeline(folder / "sdxl", pipe, torch.float16)
        _write_lora(folder / "loras", parts["unet"])
        _write_adapters(folder, parts["unet"], size)
    if "flux" in families:
        parts = networks(folder, "flux", size)
        more = {"scheduler": diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0)}
        more |= {"tokenizer": words, "tokenizer_2": flux_words()}
        write_pipeline(
            folder / "flux", diffusers.FluxPipeline(**parts, **more), torch.bfloat16
        )


def networks(folder: Path, family: str, size: Size) -> dict[str, Any]:
    """The parts of a model without any numbers in them."""
    import torch

    diffusers = import_diffusers()
    if size is FULL:
        with torch.device("meta"):
            return sdxl_parts() if family == "sdxl" else flux_parts()
    kind = getattr(diffusers, FAMILIES[family].pipeline)
    parts = kind.from_pretrained(folder / family).components
    return {k: v.to("meta") for k, v in parts.items() if hasattr(v, "parameters")}


def write_pipeline(
    folder: Path, pipe: Any, dtype: Any, shard_bytes: int = _SHARD_BYTES
) -> None:
    """A pipeline whose networks hold no numbers, with random ones, as it is published."""
    pipe.save_config(folder)
    for name, part in pipe.components.items():
        if part is None:
            continue
        if not hasattr(part, "state_dict"):
            part.save_pretrained(folder / name)
            continue
        config = getattr(part.config, "save_pretrained", None) or part.save_config
        config(folder / name)
        stem = "model" if name.startswith("text") else "diffusion_pytorch_model"
        _write_weights(folder / name, stem, part, dtype, shard_bytes)


def _write_weights(
    folder: Path, stem: str, part: Any, dtype: Any, shard_bytes: int
) -> None:
    """Shards with an index, as the libraries write them."""
    from safetensors.torch import save_file

    shards = list(_shards(part, dtype.itemsize, shard_bytes))
    places: dict[str, str] = {}
    for number, names in enumerate(shards, start=1):
        file = f"{stem}-{number:05}-of-{len(shards):05}.safetensors"
        if len(shards) == 1:
            file = f"{stem}.safetensors"
        state = part.state_dict()
        told = {name: _random(name, state[name], dtype) for name in names}
        save_file(told, folder / file, metadata={"format": "pt"})
        places |= dict.fromkeys(names, file)
    if len(shards) > 1:
        index = {"metadata": {}, "weight_map": places}
        file = f"{stem}.safetensors.index.json"
        (folder / file).write_text(json.dumps(index), "utf-8")


def _shards(part: Any, number_bytes: int, most: int) -> Iterator[list[str]]:
    names: list[str] = []
    room = most
    for name, value in part.state_dict().items():
        if names and value.numel() * number_bytes > room:
            yield names
            names, room = [], most
        names.append(name)
        room -= value.numel() * number_bytes
    yield names


def _random(name: str, like: Any, dtype: Any) -> Any:
    """As layers begin: weights small by what they sum up, norms 1, biases 0."""
    import torch

    if not like.is_floating_point():
        return torch.arange(like.numel()).reshape(like.shape)
    if like.dim() < 2:
        made = torch.zeros if name.endswith("bias") else torch.ones
        return made(like.shape, dtype=dtype)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    spread = 1 / math.sqrt(3 * like[0].numel())
    made = torch.randn(like.shape, dtype=torch.float32, device=device)
    return made.mul_(spread).to("cpu", dtype)


def _write_lora(folder: Path, unet: Any) -> None:
    """On every attention, in the layout of diffusers."""
    import torch
    from safetensors.torch import save_file

    state = {}
    for name, layer in unet.named_modules():
        if not name.endswith(("to_q", "to_k", "to_v", "to_out.0")):
            continue
        wide, narrow = layer.weight.shape
        half = torch.float16
        state[f"unet.{name}.lora_A.weight"] = torch.randn(_LORA_RANK, narrow).to(half)
        state[f"unet.{name}.lora_B.weight"] = torch.zeros(wide, _LORA_RANK).to(half)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(state, folder / f"{LORA}.safetensors")


def _write_adapters(folder: Path, unet: Any, size: Size) -> None:
    write_ip_adapter(folder / "ip-adapter", unet, "plus", 5, size.resampler)
    write_eye(folder / "ip-adapter", size.eye)
