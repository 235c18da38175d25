"""Where the parts of a model lie, and one step down whenever memory does not suffice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from colab_worker.engines.diffusion.encoders import ENCODERS
from colab_worker.models.weights import WORKING_BYTES

#: From fast and hungry to slow and frugal.
RUNGS = ("resident", "tiled", "lean", "offload", "sequential")
_CPU_RUNGS = ("resident", "tiled")
#: Where the networks that draw stay on the device between pictures.
STAYING = ("resident", "tiled", "lean")
IN_WORDS = {
    "resident": "the whole model in memory",
    "tiled": "decoding the picture in tiles",
    "lean": "keeping the text encoders out of the GPU while drawing",
    "offload": "keeping only the part at work on the GPU",
    "sequential": "keeping only the layer at work on the GPU",
}


@dataclass(frozen=True)
class Device:
    """What the model runs on; free memory in bytes, None on a CPU."""

    name: str
    free_bytes: int | None

    @property
    def rungs(self) -> tuple[str, ...]:
        """The rungs that exist here: without a GPU nothing can be off-loaded from it."""
        return _CPU_RUNGS if self.free_bytes is None else RUNGS


@dataclass(frozen=True)
class Room:
    """Bytes of a GPU: all, and those that this process could still take."""

    total: int
    free: int


def room_bytes() -> Room | None:
    """What the GPU has left, with what torch holds and does not use; None without one."""
    import torch

    if not torch.cuda.is_available():
        return None
    free, total = torch.cuda.mem_get_info()
    held = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    return Room(total, free + held)


def used_bytes() -> int | None:
    """What this process has on the GPU now; None without one."""
    import torch

    return torch.cuda.memory_allocated() if torch.cuda.is_available() else None


def find_device() -> Device:
    """The first GPU with what is free on it, else the CPU."""
    import torch

    if torch.cuda.is_available():
        return Device("cuda", torch.cuda.mem_get_info()[0])
    return Device("cpu", None)


def first_rung(device: Device, parts: Mapping[str, int]) -> str:
    """The fastest rung that should fit; ``parts``: bytes of each network by its name."""
    free, whole = device.free_bytes, sum(parts.values())
    if free is None or free >= whole + WORKING_BYTES:
        return "resident"
    encoders = sum(size for name, size in parts.items() if name.startswith(ENCODERS))
    if free >= max(whole, whole - encoders + WORKING_BYTES):
        return "lean"
    largest = max(parts.values(), default=0)
    return "offload" if free >= largest + WORKING_BYTES else "sequential"


def next_rung(device: Device, rung: str) -> str | None:
    """One step down; None when there is none."""
    place = device.rungs.index(rung) + 1
    return device.rungs[place] if place < len(device.rungs) else None


def settle(pipe: Any, device: Device, rung: str) -> None:
    """Puts the parts of the model where the rung wants them."""
    pipe.vae.enable_slicing()  # of several pictures one is decoded at a time
    if rung != "resident":
        pipe.vae.enable_tiling()
    if rung in STAYING:
        pipe.to(device.name)
        return
    gather(pipe)
    if rung == "offload":
        pipe.enable_model_cpu_offload()
    else:
        pipe.enable_sequential_cpu_offload()


def gather(pipe: Any) -> None:
    """Brings off-loaded parts together, so that they can be changed."""
    pipe.remove_all_hooks()
    pipe.to("cpu")


def tidy() -> None:
    """Gives unused memory back to the GPU."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def forget_peak() -> None:
    """Begins to count the peak of the next picture."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def peak_bytes() -> int | None:
    """The most GPU memory since ``forget_peak``; None without a GPU."""
    import torch

    return torch.cuda.max_memory_allocated() if torch.cuda.is_available() else None
