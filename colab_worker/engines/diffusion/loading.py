"""From a folder on the disk to a pipeline that is ready to draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from colab_worker.engines.base import EngineError
from colab_worker.engines.diffusion.families import FAMILIES
from colab_worker.engines.diffusion.memory import Device
from colab_worker.engines.diffusion.quiet import import_diffusers


def load_pipeline(folder: Path, family: str, device: Device) -> Any:
    """The model in the precision of the device; raises EngineError."""
    if not folder.is_dir():  # diffusers would speak of a network
        raise EngineError(
            f"the model's folder {folder.name} is gone",
            "put it back, or choose another engine",
        )
    options: dict[str, Any] = {
        "dtype": precision(family, device),
        "use_safetensors": True,
        "local_files_only": True,
    }
    if any((folder / FAMILIES[family].denoiser).glob("*.fp16.safetensors")):
        options["variant"] = "fp16"
    if family == "sdxl":
        options["add_watermarker"] = False
    try:
        pipe = getattr(import_diffusers(), FAMILIES[family].pipeline).from_pretrained(
            str(folder), **options
        )
    except (OSError, ValueError) as error:
        raise EngineError(
            f"the model {folder.name} cannot be loaded: {_first_line(error)}",
            f"`moonreel models remove {folder.name}`, then pull it again",
        ) from error
    pipe.set_progress_bar_config(disable=True)
    return pipe


def precision(family: str, device: Device) -> Any:
    """16 bits on a GPU, in the form that the family was trained for; 32 on a CPU."""
    import torch

    if device.name == "cpu":
        return torch.float32
    bf16 = family == "flux" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if bf16 else torch.float16


def speed_up(pipe: Any, device: Device) -> None:
    """What makes a GPU faster at no cost in quality; attention is fused by torch."""
    if device.name == "cpu":
        return
    import torch

    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    pipe.vae.to(memory_format=torch.channels_last)
    if hasattr(pipe, "unet"):
        pipe.unet.to(memory_format=torch.channels_last)


def part_sizes(pipe: Any) -> list[int]:
    """Bytes of each network of the pipeline."""
    return [
        sum(p.numel() * p.element_size() for p in part.parameters())
        for part in pipe.components.values()
        if hasattr(part, "parameters")
    ]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300]
