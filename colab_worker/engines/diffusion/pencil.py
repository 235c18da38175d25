"""One call of the pipeline: what it is told, and what it does after each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from colab_worker.engines.base import BadInput, EngineError, ImageRequest, Show, Tick
from colab_worker.engines.diffusion.batches import joined
from colab_worker.engines.diffusion.compiling import Compiling
from colab_worker.engines.diffusion.families import FAMILIES
from colab_worker.engines.diffusion.glimpse import EVERY_STEPS, glimpse
from colab_worker.engines.diffusion.identity import IdentityLock, Rebuild
from colab_worker.engines.diffusion.loading import decode_in_bf16
from colab_worker.engines.diffusion.loras import Wardrobe
from colab_worker.engines.diffusion.quiet import import_diffusers
from colab_worker.engines.diffusion.reading import Reading
from colab_worker.engines.diffusion.schedulers import scheduler
from colab_worker.models.weights import EIGHT

#: Of a picture's time, the part that is left for the decoder.
_DECODING = 0.1


@dataclass(frozen=True)
class Task:
    """A request whose words and references have been looked at."""

    request: ImageRequest
    arguments: dict[str, Any]
    warnings: list[str] = field(default_factory=list)


class Pencil:
    """Draws with a pipeline, wherever its parts lie."""

    def __init__(
        self,
        pipe: Any,
        family: str,
        loras: Path,
        adapters: Path,
        rebuild: Rebuild,
        *,
        bits: int,
    ) -> None:
        import torch

        self._pipe = pipe
        self._family = FAMILIES[family]
        self._schedule = pipe.scheduler.config
        whole = pipe.vae.dtype if bits == EIGHT else None
        self._wardrobe = Wardrobe(pipe, loras, rebuild, whole)
        self._reading = Reading(pipe, family)
        self._compiling = Compiling(getattr(pipe, self._family.denoiser))
        self._bf16 = pipe.vae.dtype == torch.bfloat16
        self.identity = IdentityLock(pipe, adapters, rebuild)

    def prepare(self, request: ImageRequest) -> Task:
        """Dresses the pipeline for a request; needs the text encoders."""
        self._wardrobe.wear(request.loras)
        likeness = self.identity.set(request)
        words = self._reading.words(request)
        self._compiling.set(on=request.compiled)
        told = words.arguments | likeness | self._family.dials(request)
        return Task(request, told, words.warnings)

    def draw(self, task: Task, tick: Tick, show: Show | None) -> Image.Image:
        """The picture; raises EngineError for one that came out black."""
        (picture,) = self.draw_together([task], [tick], [show])
        if is_black(picture):
            raise EngineError(
                "the picture came out black: numbers overflowed in the model",
                "use another seed or fewer LoRAs",
            )
        return picture

    def draw_together(
        self,
        tasks: Sequence[Task],
        ticks: Sequence[Tick],
        shows: Sequence[Show | None],
    ) -> list[Image.Image]:
        """A picture for each task, by one call; tasks differ in words and seed only."""
        import torch

        request, pipe = tasks[0].request, self._pipe
        if self._bf16:  # another pipeline may have widened it
            decode_in_bf16(pipe.vae)
        pipe.scheduler = scheduler(str(request.scheduler), self._schedule)
        # Noise from the CPU: the same on every device, and beside any other picture.
        noise = [torch.Generator("cpu").manual_seed(t.request.seed) for t in tasks]
        try:
            done = self._at_work(request)(
                **joined([task.arguments for task in tasks]),
                **self._beginning(request),
                num_inference_steps=request.steps or 1,
                generator=noise[0] if len(noise) == 1 else noise,
                callback_on_step_end=self._after_step(request, ticks, shows),
            )
        finally:  # what was at work leaves the GPU, also when a picture is broken off
            pipe.maybe_free_model_hooks()
        return list(done.images)

    def _at_work(self, request: ImageRequest) -> Any:
        """The pipeline, or one of the same parts that begins with a picture."""
        if request.redraw is None:
            return self._pipe
        kind = getattr(import_diffusers(), self._family.redrawing)
        extra = {"add_watermarker": False} if hasattr(self._pipe, "unet") else {}
        pipe = kind(**self._pipe.components, **extra)
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def _beginning(self, request: ImageRequest) -> dict[str, Any]:
        """The size; or the picture to begin with, in that size."""
        across, down = request.width, request.height
        size = {"width": across, "height": down}
        if request.redraw is None:
            return size
        whole, best = _opened(request.redraw), Image.Resampling.LANCZOS
        fitted = ImageOps.fit(whole, (across, down), best)
        return {"image": fitted} | (size if self._family.redraws_sized else {})

    def _after_step(
        self, request: ImageRequest, ticks: Sequence[Tick], shows: Sequence[Show | None]
    ) -> Any:
        steps = request.steps or 1
        if request.strength is not None:
            steps = max(1, min(int(steps * request.strength), steps))
        across = request.width // (self._pipe.vae_scale_factor * 2)

        def after_step(_pipe: Any, step: int, _time: Any, tensors: Any) -> Any:
            done = step + 1
            for place, (tick, show) in enumerate(zip(ticks, shows, strict=True)):
                tick((1 - _DECODING) * done / steps, f"step {done} of {steps}")
                if show is not None and done % EVERY_STEPS == 0 and done < steps:
                    show(glimpse(tensors["latents"][place:], across))
            return tensors

        return after_step


def is_black(picture: Image.Image) -> bool:
    """Whether nothing can be seen: that is what numbers that overflowed look like."""
    return picture.getbbox() is None


def _opened(file: Path) -> Image.Image:
    try:
        with Image.open(file, formats=["PNG", "JPEG", "WEBP"]) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput(
            f"the picture to redraw cannot be read: {error}",
            "send it as png, jpeg or webp",
        ) from error
