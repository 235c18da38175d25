"""What differs between the families of models: loading them, and what they are told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from colab_worker.engines.base import ImageRequest
from colab_worker.engines.diffusion.prompts import encode
from colab_worker.engines.diffusion.styles import styled, unwanted

#: Tokens that T5 was trained to read by the distilled FLUX and by the whole one.
_T5_SHORT, _T5_LONG = 256, 512


@dataclass(frozen=True)
class Words:
    """Encoded words as arguments of a call, and what the user should know of them."""

    arguments: dict[str, Any]
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Family(ABC):
    """A kind of pipeline."""

    pipeline: str
    #: The one that begins with a picture.
    redrawing: str
    #: The network that takes the noise away.
    denoiser: str
    #: Its class.
    network: str
    #: Whether ``redrawing`` is told the size too; else the picture has it.
    redraws_sized: bool = False

    @abstractmethod
    def read(self, pipe: Any, request: ImageRequest) -> Words:
        """The words of a request, as the pipeline takes them."""

    def dials(self, request: ImageRequest) -> dict[str, Any]:
        """What else the pipeline is told, by the names that it has for it."""
        told = {"guidance_scale": request.guidance, "strength": request.strength}
        return {name: value for name, value in told.items() if value is not None}


class Sdxl(Family):
    """Two CLIP encoders, read in windows; a negative prompt; guidance by two passes."""

    def read(self, pipe: Any, request: ImageRequest) -> Words:
        """See ``Family``."""
        encoded = encode(
            pipe,
            styled(request.prompt, request.style),
            unwanted(request.negative_prompt, request.style),
        )
        return Words(dict(vars(encoded)))


class Flux(Family):
    """T5 reads the whole prompt, CLIP its beginning; guidance is an input."""

    def read(self, pipe: Any, request: ImageRequest) -> Words:
        """See ``Family``."""
        import torch

        prompt = styled(request.prompt, request.style)
        longest = _T5_LONG if pipe.transformer.config.guidance_embeds else _T5_SHORT
        longest = min(longest, pipe.tokenizer_2.model_max_length)
        tokens = len(pipe.tokenizer_2(prompt, truncation=False).input_ids)
        with torch.inference_mode():
            embeds, pooled, _ = pipe.encode_prompt(
                prompt, prompt_2=None, max_sequence_length=longest
            )
        arguments = {"prompt_embeds": embeds, "pooled_prompt_embeds": pooled}
        return Words(arguments, _too_long(tokens, longest))


FAMILIES: dict[str, Family] = {
    "sdxl": Sdxl(
        "StableDiffusionXLPipeline",
        "StableDiffusionXLImg2ImgPipeline",
        "unet",
        "UNet2DConditionModel",
    ),
    "flux": Flux(
        "FluxPipeline",
        "FluxImg2ImgPipeline",
        "transformer",
        "FluxTransformer2DModel",
        redraws_sized=True,
    ),
}


def _too_long(tokens: int, longest: int) -> list[str]:
    if tokens <= longest:
        return []
    return [f"The picture's words are {tokens} tokens; this model reads {longest}."]
