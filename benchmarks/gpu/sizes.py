"""The architectures that are measured: those of SDXL and FLUX, and tiny ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.models.tiny import BEGIN, END, t5_tokenizer
from tests.models.tiny_adapters import EYE as TINY_EYE
from tests.models.tiny_adapters import RESAMPLER as TINY_RESAMPLER


@dataclass(frozen=True)
class Size:
    """What is drawn at this size, and by what."""

    name: str
    #: Width and height in pixels: the square first, then the wide one.
    pictures: tuple[tuple[int, int], ...]
    steps: int
    few_steps: int
    #: Pictures that a figure is the mean of, at most.
    counted: int
    #: Once a figure has taken so many seconds, no further picture is counted.
    most_s: float
    batches: tuple[int, ...]
    eye: dict[str, int]
    resampler: dict[str, int]
    #: Side of the matrices by which the machine's rate is measured.
    matrix: int
    compiles: bool = True


FULL = Size(
    "full",
    pictures=((1024, 1024), (1344, 768)),
    steps=30,
    few_steps=4,
    counted=4,
    most_s=120.0,
    batches=(1, 2, 4, 8, 16),
    eye={
        "hidden_size": 1280, "projection_dim": 1024, "num_hidden_layers": 32,
        "patch_size": 14, "num_attention_heads": 16, "image_size": 224,
        "intermediate_size": 5120,
    },
    resampler={
        "embed_dims": 1280, "hidden_dims": 1280, "heads": 20, "num_queries": 16,
    },
    matrix=8192,
)  # fmt: skip
TINY = Size(
    "tiny",
    pictures=((64, 64), (80, 48)),
    steps=6,
    few_steps=2,
    counted=3,
    most_s=30.0,
    batches=(1, 2, 4),
    eye=TINY_EYE,
    resampler=TINY_RESAMPLER,
    matrix=1024,
)
#: One picture of each, and nothing compiled: shows that it works.
QUICK = replace(
    TINY, pictures=((64, 64),), steps=2, few_steps=1, counted=1, batches=(1, 2),
    compiles=False,
)  # fmt: skip


def sdxl_parts() -> dict[str, Any]:
    """SDXL's networks as published, to be built on the device ``meta``."""
    import diffusers
    import transformers

    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(320, 640, 1280), layers_per_block=2, sample_size=128,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(5, 10, 20), use_linear_projection=True,
        addition_embed_type="text_time", addition_time_embed_dim=256,
        transformer_layers_per_block=(1, 2, 10), cross_attention_dim=2048,
        projection_class_embeddings_input_dim=2816,
    )  # fmt: skip
    return {
        "unet": unet,
        "vae": _decoder(latent_channels=4, scaling_factor=0.13025, force_upcast=True),
        "text_encoder": transformers.CLIPTextModel(_clip_l()),
        "text_encoder_2": transformers.CLIPTextModelWithProjection(
            _clip(1280, 5120, heads=20, layers=32, act="gelu")
        ),
    }


def flux_parts() -> dict[str, Any]:
    """FLUX.1's networks as published, with the dial for guidance."""
    import diffusers
    import transformers

    words = transformers.T5Config(
        vocab_size=32128, d_model=4096, d_ff=10240, d_kv=64, num_heads=64,
        num_layers=24, feed_forward_proj="gated-gelu", pad_token_id=0, eos_token_id=1,
        decoder_start_token_id=0,
    )  # fmt: skip
    return {
        "transformer": diffusers.FluxTransformer2DModel(guidance_embeds=True),
        "vae": _decoder(
            latent_channels=16, scaling_factor=0.3611, shift_factor=0.1159,
            use_quant_conv=False, use_post_quant_conv=False, force_upcast=True,
        ),
        "text_encoder": transformers.CLIPTextModel(_clip_l()),
        "text_encoder_2": transformers.T5EncoderModel(words),
    }  # fmt: skip


def flux_words() -> Any:
    """A tokenizer that reads as many tokens as FLUX's."""
    words = t5_tokenizer()
    words.model_max_length = 512
    return words


def _decoder(**more: Any) -> Any:
    import diffusers

    return diffusers.AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), layers_per_block=2, sample_size=1024,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, **more,
    )  # fmt: skip


def _clip_l() -> Any:
    return _clip(768, 3072, heads=12, layers=12, act="quick_gelu")


def _clip(wide: int, inner: int, *, heads: int, layers: int, act: str) -> Any:
    import transformers

    return transformers.CLIPTextConfig(
        vocab_size=49408, bos_token_id=BEGIN, eos_token_id=END, pad_token_id=END,
        hidden_size=wide, intermediate_size=inner, num_attention_heads=heads,
        num_hidden_layers=layers, hidden_act=act, projection_dim=wide,
    )  # fmt: skip
