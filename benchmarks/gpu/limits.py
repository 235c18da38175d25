"""What arithmetic allows: operations of a picture, and how many a second the card does."""

from __future__ import annotations

import time
from typing import Any

_MULTIPLIED = 20


def matrix_rate(device: str, dtype: Any, side: int) -> float:
    """Operations a second in products of square matrices; the best of several.

    A product of two matrices with ``side`` rows has 2 x ``side``^3 operations.
    """
    import torch

    one = torch.randn(side, side, device=device).to(dtype)
    best = float("inf")
    for _ in range(_MULTIPLIED):
        settle(device)
        begun = time.perf_counter()
        one @ one
        settle(device)
        best = min(best, time.perf_counter() - begun)
    return 2 * side**3 / best


def settle(device: str) -> None:
    """Waits for everything that the device was given to do."""
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


def operations(
    family: str, parts: dict[str, Any], size: tuple[int, int]
) -> tuple[int, int]:
    """Operations of one denoising step without guidance, and of decoding.

    Counted by ``torch.utils.flop_counter`` on the device ``meta``, where nothing is
    calculated; reading the words is left out, which is less than a step.
    """
    vae = parts["vae"]
    factor = 2 ** (len(vae.config.block_out_channels) - 1)
    across, down = size[0] // factor, size[1] // factor
    step = _sdxl_step if family == "sdxl" else _flux_step
    decoding = _count(
        lambda: vae.decode(_empty(1, vae.config.latent_channels, down, across))
    )
    return _count(lambda: step(parts, across, down)), decoding


def _count(call: Any) -> int:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as told:
        call()
    return told.get_total_flops()


def _sdxl_step(parts: dict[str, Any], across: int, down: int) -> None:
    import torch

    unet = parts["unet"]
    text = _empty(1, 77, unet.config.cross_attention_dim)
    pooled = parts["text_encoder_2"].config.projection_dim
    more = {"text_embeds": _empty(1, pooled), "time_ids": _empty(1, 6)}
    unet(
        _empty(1, unet.config.in_channels, down, across),
        torch.ones(1),
        encoder_hidden_states=text,
        added_cond_kwargs=more,
    )


def _flux_step(parts: dict[str, Any], across: int, down: int) -> None:
    network = parts["transformer"]
    settings = network.config
    patches = (across // 2) * (down // 2)
    # As many as Moonreel lets T5 read.
    read = 512 if settings.guidance_embeds else 256
    network(
        hidden_states=_empty(1, patches, settings.in_channels),
        encoder_hidden_states=_empty(1, read, settings.joint_attention_dim),
        pooled_projections=_empty(1, settings.pooled_projection_dim),
        timestep=_empty(1),
        guidance=_empty(1) if settings.guidance_embeds else None,
        img_ids=_empty(patches, 3),
        txt_ids=_empty(read, 3),
    )


def _empty(*shape: int) -> Any:
    import torch

    return torch.empty(*shape, device="meta")
