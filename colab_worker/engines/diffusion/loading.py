"""From a folder on the disk to a pipeline that is ready to draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from colab_worker.engines.base import EngineError
from colab_worker.engines.diffusion.eight_bits import load_in_eight_bits
from colab_worker.engines.diffusion.families import FAMILIES
from colab_worker.engines.diffusion.memory import Device
from colab_worker.engines.diffusion.quiet import import_diffusers
from colab_worker.models.weights import EIGHT, FOUR, SHRINKS_TOO, WHOLE, weight_files


def load_pipeline(
    folder: Path, family: str, device: Device, *, bits: int = WHOLE, straight: bool
) -> Any:
    """The model in the precision of the device; raises EngineError.

    ``straight``: its weights go from the disk to the device, not by way of the host's
    memory, which is small beside the GPUs of notebooks.
    """
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
    if straight and bits != FOUR:
        options["device_map"] = device.name
    if bits == FOUR:
        options["quantization_config"] = _in_four_bits(family, device)
    files = weight_files(folder / FAMILIES[family].denoiser)
    if any(".fp16" in file.name for file in files):
        options["variant"] = "fp16"
    if family == "sdxl":
        options["add_watermarker"] = False
    try:
        if bits == EIGHT:
            form, place = FAMILIES[family], device.name if straight else "cpu"
            options[form.denoiser] = load_in_eight_bits(
                folder / form.denoiser, form.network, options["dtype"], place
            )
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
    bf16 = family == "flux" and _has_bf16()
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
    if _has_bf16():
        decode_in_bf16(pipe.vae)


def decode_in_bf16(vae: Any) -> None:
    """Spares a decoder that overflows in fp16 the way through 32 bits; again after use.

    bf16 has the range of 32 bits, and its rounding stays below what 8 bits a colour show.
    """
    import torch

    if not vae.config.get("force_upcast") or vae.dtype == torch.bfloat16:
        return
    vae.to(torch.bfloat16)
    if not vae.post_quant_conv._forward_pre_hooks:
        vae.post_quant_conv.register_forward_pre_hook(_as_the_weights_are)


def _as_the_weights_are(layer: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(item.to(layer.weight.dtype) for item in inputs)


def _has_bf16() -> bool:
    import torch

    return torch.cuda.is_available() and bool(
        torch.cuda.is_bf16_supported(including_emulation=False)
    )


def _in_four_bits(family: str, device: Device) -> Any:
    if device.name == "cpu":
        raise EngineError(
            "the model was to be kept in 4 bits for the GPU, but torch finds none",
            "`moonreel doctor --gpu` says what is wrong",
        )
    import_diffusers()
    from diffusers.quantizers import PipelineQuantizationConfig

    return PipelineQuantizationConfig(
        quant_backend="bitsandbytes_4bit",
        quant_kwargs={
            "load_in_4bit": True,
            "bnb_4bit_quant_type": "nf4",
            "bnb_4bit_compute_dtype": precision(family, device),
        },
        components_to_quantize=[FAMILIES[family].denoiser, *SHRINKS_TOO],
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300]
