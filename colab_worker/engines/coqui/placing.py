"""Where a voice model works: on the GPU when the picture model still fits beside it."""

from __future__ import annotations

from typing import Any

from colab_worker.engines.cuda import is_out_of_memory

GIB = 1 << 30
#: What a picture model and its work take; it is never made to move for a voice.
FOR_PICTURES = 11 * GIB
#: Left free for what speaking itself takes.
MARGIN = 1 * GIB


def choose_device(needed: int, free: int | None, total: int | None) -> str:
    """``cuda`` or ``cpu``, by bytes of GPU memory; None: there is no GPU."""
    if free is None or total is None:
        return "cpu"
    fits_now = free >= needed + MARGIN
    leaves_room = total >= needed + MARGIN + FOR_PICTURES
    return "cuda" if fits_now and leaves_room else "cpu"


def device_for(needed: int) -> str:
    """Where ``needed`` bytes of weights shall go on this machine, now."""
    import torch

    if not torch.cuda.is_available():
        return choose_device(needed, None, None)
    free, total = torch.cuda.mem_get_info()
    return choose_device(needed, free, total)


def placed(model: Any, needed: int) -> tuple[Any, str]:
    """The model where ``needed`` bytes of weights fit now, and the name of that device."""
    device = device_for(needed)
    try:
        return moved(model, device), device
    except RuntimeError as error:
        if device == "cpu" or not is_out_of_memory(error):
            raise
    return moved(model, "cpu"), "cpu"  # somebody was quicker


def moved(model: Any, device: str) -> Any:
    """The model on a device; what it leaves behind on the GPU is given back."""
    import torch

    model = model.to(device)
    if device == "cpu" and torch.cuda.is_available():
        torch.cuda.empty_cache()
    return model
