"""Tiny LoRAs in the layouts that are met in the world, made from the tiny models."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from colab_worker.engines.diffusion.quiet import import_diffusers

_ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
_TEXT = ["q_proj", "k_proj", "v_proj", "out_proj"]


def build_loras(shelf: Path) -> None:
    """``ink`` and ``ann`` for SDXL, ``ink-kohya`` and ``ink-legacy`` of the same
    weights, ``flow`` for FLUX.
    """
    import_diffusers()
    folder = shelf / "loras"
    folder.mkdir()
    for number, name in enumerate(("ink", "ann"), start=1):
        _sdxl(shelf / "sdxl", folder, name, seed=number)
    _in_other_layouts(folder)
    _flux(shelf / "flux-schnell", folder)


def _sdxl(model: Path, folder: Path, name: str, seed: int) -> None:
    import diffusers
    import torch
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft.utils import get_peft_model_state_dict

    pipe = diffusers.StableDiffusionXLPipeline.from_pretrained(model)
    torch.manual_seed(seed)
    told: dict[str, Any] = {}
    for part, layers in (("unet", _ATTENTION), ("text_encoder", _TEXT),
                         ("text_encoder_2", _TEXT)):  # fmt: skip
        network = getattr(pipe, part)
        network.add_adapter(_config(layers), name)
        state = get_peft_model_state_dict(network, adapter_name=name)
        told[f"{part}_lora_layers"] = convert_state_dict_to_diffusers(state)
    diffusers.StableDiffusionXLPipeline.save_lora_weights(
        folder, weight_name=f"{name}.safetensors", **told
    )


def _config(layers: list[str]) -> Any:
    from peft import LoraConfig

    return LoraConfig(r=4, lora_alpha=4, target_modules=layers, init_lora_weights=False)


def _in_other_layouts(folder: Path) -> None:
    """The old names of the text encoders; and kohya's, with an alpha for each layer."""
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "ink.safetensors")
    legacy, kohya = {}, {}
    for key, value in weights.items():
        old = re.sub(r"^(text_encoder(_2)?)\.(?!text_model)", r"\1.text_model.", key)
        legacy[old] = value
        layer, kind = _parted(old)
        kohya[f"{layer}.lora_{kind}.weight"] = value
        kohya[f"{layer}.alpha"] = torch.tensor(4.0)
    save_file(legacy, folder / "ink-legacy.safetensors")
    told = {"modelspec.trigger_phrase": "inkwash", "ss_base_model_version": "sdxl_base"}
    save_file(kohya, folder / "ink-kohya.safetensors", metadata=told)


def _parted(key: str) -> tuple[str, str]:
    """The name that kohya has for a layer, and whether its weights lead down or up."""
    layer = re.sub(r"\.lora.*", "", key)
    for part, name in (("unet", "lora_unet"), ("text_encoder_2", "lora_te2"),
                       ("text_encoder", "lora_te1")):  # fmt: skip
        if layer.startswith(f"{part}."):
            layer = f"{name}.{layer.removeprefix(f'{part}.')}"
            break
    kind = "down" if re.search(r"\.lora(_A|.*down)", key) else "up"
    return layer.replace(".", "_"), kind


def _flux(model: Path, folder: Path) -> None:
    import diffusers
    import torch
    from peft.utils import get_peft_model_state_dict

    pipe = diffusers.FluxPipeline.from_pretrained(model)
    torch.manual_seed(3)
    pipe.transformer.add_adapter(_config(_ATTENTION), "flow")
    state = get_peft_model_state_dict(pipe.transformer, adapter_name="flow")
    diffusers.FluxPipeline.save_lora_weights(
        folder, transformer_lora_layers=state, weight_name="flow.safetensors"
    )
