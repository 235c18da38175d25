"""Tiny models with random weights, in the layout of the real ones; built in a second."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from colab_worker.engines.diffusion.quiet import import_diffusers

#: Symbols of two forms, merges, and the marks for begin and end.
BEGIN, END = 518, 519


def build_sdxl(folder: Path, seed: int = 0) -> Path:
    """A whole SDXL pipeline of 11 MB that draws 64 x 64 pixels."""
    diffusers = import_diffusers()
    import torch
    import transformers

    torch.manual_seed(seed)
    tokenizer = clip_tokenizer(folder.with_name(f"{folder.name}-words"))
    config = clip_config(layers=5)
    pipe = diffusers.StableDiffusionXLPipeline(
        vae=diffusers.AutoencoderKL(
            block_out_channels=[32, 64], in_channels=3, out_channels=3,
            down_block_types=["DownEncoderBlock2D"] * 2,
            up_block_types=["UpDecoderBlock2D"] * 2,
            latent_channels=4, sample_size=64,
        ),
        unet=_unet(diffusers),
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, steps_offset=1,
            beta_schedule="scaled_linear", timestep_spacing="leading",
        ),
        tokenizer=tokenizer, tokenizer_2=tokenizer,
        text_encoder=transformers.CLIPTextModel(config),
        text_encoder_2=transformers.CLIPTextModelWithProjection(config),
    )  # fmt: skip
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder


def _unet(diffusers: Any) -> Any:
    return diffusers.UNet2DConditionModel(
        block_out_channels=(32, 64), layers_per_block=2, sample_size=32,
        in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4), use_linear_projection=True,
        addition_embed_type="text_time", addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 2),
        projection_class_embeddings_input_dim=80, cross_attention_dim=64,
        norm_num_groups=1,
    )  # fmt: skip


def build_flux(folder: Path, seed: int = 0) -> Path:
    """A whole FLUX pipeline of 1 MB, distilled as the quick one is."""
    diffusers = import_diffusers()
    import torch
    import transformers

    torch.manual_seed(seed)
    words = t5_tokenizer()
    config = transformers.T5Config(
        vocab_size=len(words), d_model=32, d_ff=37, d_kv=8, num_heads=4, num_layers=2,
        relative_attention_num_buckets=8, pad_token_id=0, eos_token_id=1,
        decoder_start_token_id=0,
    )  # fmt: skip
    pipe = diffusers.FluxPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
        vae=diffusers.AutoencoderKL(
            sample_size=32, in_channels=3, out_channels=3, block_out_channels=(4, 8),
            layers_per_block=1, down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2, latent_channels=1,
            norm_num_groups=1, use_quant_conv=False, use_post_quant_conv=False,
            shift_factor=0.0609, scaling_factor=1.5035,
        ),
        text_encoder=transformers.CLIPTextModel(clip_config(layers=2)).eval(),
        tokenizer=clip_tokenizer(folder.with_name(f"{folder.name}-words")),
        text_encoder_2=transformers.T5EncoderModel(config).eval(),
        tokenizer_2=words,
        transformer=diffusers.FluxTransformer2DModel(
            patch_size=1, in_channels=4, num_layers=1, num_single_layers=1,
            attention_head_dim=16, num_attention_heads=2, joint_attention_dim=32,
            pooled_projection_dim=32, axes_dims_rope=[4, 4, 8], guidance_embeds=False,
        ).eval(),
    )  # fmt: skip
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder


def t5_tokenizer() -> Any:
    """Letters as pieces; reads 256 tokens."""
    import transformers

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -2.0)]
    pieces += [(chr(code), -4.0) for code in range(33, 127)]
    return transformers.T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=256)


def clip_config(layers: int) -> Any:
    """A text encoder whose marks are those of the tokenizer."""
    import transformers

    return transformers.CLIPTextConfig(
        vocab_size=520, bos_token_id=BEGIN, eos_token_id=END, pad_token_id=END,
        hidden_size=32, intermediate_size=37, num_attention_heads=4,
        num_hidden_layers=layers, hidden_act="gelu", projection_dim=32,
        max_position_embeddings=77,
    )  # fmt: skip


def clip_tokenizer(folder: Path, whole: Iterable[str] = ()) -> Any:
    """Bytes and six merges: any text can be read; words that are ``whole`` as one."""
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    symbols = byte_symbols()
    merges = ["c a", "ca t</w>", "d o", "do g</w>", "t h", "th e</w>"]
    words = [*symbols, *(f"{symbol}</w>" for symbol in symbols)]
    words += ["".join(merge.split()) for merge in merges]
    words += ["<|startoftext|>", "<|endoftext|>"]
    for word in whole:
        parts = [*word[:-1], f"{word[-1]}</w>"]
        for end in range(2, len(parts) + 1):
            merged = "".join(parts[:end])
            if merged not in words:
                merges.append(f"{''.join(parts[: end - 1])} {parts[end - 1]}")
                words.append(merged)
    vocabulary = {word: number for number, word in enumerate(words)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")
    lines = "\n".join(["#version: 0.2", *merges, ""])
    (folder / "merges.txt").write_text(lines, "utf-8")
    files = (str(folder / "vocab.json"), str(folder / "merges.txt"))
    return transformers.CLIPTokenizer(*files, model_max_length=77)


def byte_symbols() -> list[str]:
    """One printable letter for each byte, as CLIP's own table has them."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letters = {byte: chr(byte) for byte in shown}
    letters |= {byte: chr(256 + place) for place, byte in enumerate(hidden)}
    return [letters[byte] for byte in (*shown, *hidden)]
