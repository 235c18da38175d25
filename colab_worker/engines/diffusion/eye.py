"""The network that looks at pictures for the IP-Adapter, kept beside the one that draws.

It is read from the disk once, rests in the memory of the host, and is on the GPU only
while it looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from colab_worker.engines.base import BadInput, EngineError, ReferenceUse
from colab_worker.engines.diffusion.quiet import import_diffusers
from colab_worker.models.adapters import EYE


class Eye:
    """CLIP's image encoder in the folder of the adapters."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._network: Any = None
        self._reader: Any = None

    @contextmanager
    def open(self, device: Any, dtype: Any) -> Iterator[tuple[Any, Any]]:
        """The network on ``device``, and what prepares pictures for it."""
        if self._network is None:
            self._network, self._reader = self._read(dtype)
        try:
            yield self._network.to(device), self._reader
        finally:
            self._network.to("cpu")

    def seen(self, pictures: list[Image.Image], device: Any, dtype: Any) -> Any:
        """An embedding of length 1 for each picture, in 32 bits, on the host."""
        import torch

        with self.open(device, dtype) as (network, reader), torch.inference_mode():
            told = reader(pictures, return_tensors="pt").pixel_values
            embeds = network(told.to(device, dtype)).image_embeds
            return torch.nn.functional.normalize(embeds.float(), dim=-1).cpu()

    def _read(self, dtype: Any) -> tuple[Any, Any]:
        import_diffusers()
        from safetensors import SafetensorError
        from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

        try:
            network = CLIPVisionModelWithProjection.from_pretrained(
                str(self._folder / EYE),
                dtype=dtype,
                use_safetensors=True,
                local_files_only=True,
            )
        except (OSError, ValueError, SafetensorError) as error:
            raise broken("the image encoder", error) from error
        side = network.config.image_size
        return network, CLIPImageProcessor(size=side, crop_size=side)


def opened(use: ReferenceUse) -> Image.Image:
    """The picture of a reference, upright; BadInput says whose cannot be read."""
    try:
        with Image.open(use.path, formats=["PNG", "JPEG", "WEBP"]) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        whose = f" of {use.name}" if use.name else ""
        raise BadInput(
            f"the reference picture{whose} cannot be read: {_first_line(error)}",
            "send it as png, jpeg or webp",
        ) from error


def broken(what: str, error: Exception) -> EngineError:
    """A file of the adapters that cannot be used, and what to do."""
    return EngineError(
        f"{what} cannot be loaded: {_first_line(error)}",
        "`moonreel models remove ip-adapter`, then pull it again",
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
