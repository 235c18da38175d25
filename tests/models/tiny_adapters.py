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


#: Of the eye and of what the adapters make of its patches, by name.
EYE = {
    "hidden_size": 32, "projection_dim": 32, "num_hidden_layers": 2, "patch_size": 8,
    "num_attention_heads": 4, "image_size": 32, "intermediate_size": 37,
}  # fmt: skip
RESAMPLER = {"embed_dims": 32, "hidden_dims": 64, "heads": 1, "num_queries": 4}


def build_ip_adapters(shelf: Path) -> None:
    """Adapters for the tiny SDXL in their makers' layout, and an eye of two layers."""
    import_diffusers()
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel.from_pretrained(shelf / "sdxl" / "unet")
    for seed, kind in enumerate(("plus", "plus-face"), start=5):
        write_ip_adapter(shelf / "ip-adapter", unet, kind, seed, RESAMPLER)
    write_eye(shelf / "ip-adapter", EYE)


def write_ip_adapter(
    folder: Path, unet: Any, kind: str, seed: int, resampler: dict[str, int]
) -> None:
    """An adapter with random weights for ``unet``, of which only the shape counts."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(seed)
    state = _ip_attention(unet)
    state |= _resampler(unet.config.cross_attention_dim, resampler)
    whole = {name: value.contiguous() for name, value in state.items()}
    (folder / "sdxl_models").mkdir(parents=True, exist_ok=True)
    name = f"ip-adapter-{kind}_sdxl_vit-h.safetensors"
    save_file(whole, folder / "sdxl_models" / name)


def write_eye(folder: Path, sizes: dict[str, int]) -> None:
    """CLIP's image encoder with random weights."""
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    eye = CLIPVisionModelWithProjection(CLIPVisionConfig(**sizes))
    eye.save_pretrained(folder / "models" / "image_encoder")


def _ip_attention(unet: Any) -> dict[str, Any]:
    """Keys and values for each place that reads the prompt, under odd numbers."""
    from diffusers.models.attention_processor import IPAdapterAttnProcessor

    across, wide = unet.config.block_out_channels, unet.config.cross_attention_dim
    state: dict[str, Any] = {}
    reading = [name for name in unet.attn_processors if "attn2" in name]
    for place, name in enumerate(reading):
        layer = IPAdapterAttnProcessor(_width(name, across), wide, scale=1.0)
        found, number = layer.state_dict(), 2 * place + 1
        for kind in ("k", "v"):
            key = f"ip_adapter.{number}.to_{kind}_ip.weight"
            state[key] = found[f"to_{kind}_ip.0.weight"]
    return state


def _width(name: str, across: tuple[int, ...]) -> int:
    if name.startswith("mid"):
        return int(across[-1])
    blocks = across[::-1] if name.startswith("up") else across
    return int(blocks[int(name.split(".")[1])])


def _resampler(wide: int, sizes: dict[str, int]) -> dict[str, Any]:
    """What the "plus" adapters make of patches, by the names of the published files."""
    import torch
    from diffusers.models.embeddings import IPAdapterPlusImageProjection

    made = IPAdapterPlusImageProjection(output_dims=wide, **sizes).state_dict()
    names = (
        (".ln0.", ".0.norm1."), (".ln1.", ".0.norm2."), (".attn.to_q.", ".0.to_q."),
        (".attn.to_out.0.", ".0.to_out."), (".ff.0.", ".1.0."),
        (".ff.1.net.0.proj.", ".1.1."), (".ff.1.net.2.", ".1.3."),
    )  # fmt: skip
    state: dict[str, Any] = {}
    for key, value in made.items():
        if ".attn.to_v." in key:
            continue  # it goes with its key
        if ".attn.to_k." in key:
            both = value, made[key.replace("to_k", "to_v")]
            key, value = key.replace(".attn.to_k.", ".0.to_kv."), torch.cat(both)
        for ours, theirs in names:
            key = key.replace(ours, theirs)
        state[f"image_proj.{key}"] = value
    return state
