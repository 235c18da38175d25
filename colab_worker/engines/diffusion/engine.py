"""The image engine on diffusers: a request in, a picture out, step by step."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from colab_worker.engines.base import (
    BadInput,
    EngineError,
    ImageRequest,
    Tick,
    Unusable,
)
from colab_worker.engines.diffusion import memory
from colab_worker.engines.diffusion.families import FAMILIES
from colab_worker.engines.diffusion.identity import IdentityLock
from colab_worker.engines.diffusion.loading import (
    load_pipeline,
    part_sizes,
    speed_up,
)
from colab_worker.engines.diffusion.loras import Wardrobe, adapters
from colab_worker.engines.diffusion.resemblance import resemblance
from colab_worker.engines.diffusion.schedulers import scheduler
from colab_worker.engines.diffusion.styles import STYLES

#: Decoders halve a side three times.
SIDE_MULTIPLE = 8
#: Of a picture's time, the part that is left for the decoder.
_DECODING = 0.1


class DiffusionEngine:
    """Draws with one model; ``about`` is JSON with its folder and family."""

    def __init__(self, about: str) -> None:
        told = json.loads(about)
        self._folder = Path(told["model"])
        self._family: str = told["family"]
        #: A distillation that makes the model a faster one.
        self._lora = Path(told["lora"]) if told.get("lora") else None
        self._loras = Path(told["loras"])
        self._adapters = Path(told["adapters"])
        self._pipe: Any = None
        self._device = memory.Device("cpu", None)
        self._rung = "resident"
        self._schedule: Any = None
        self._wardrobe: Wardrobe | None = None
        self._identity: IdentityLock | None = None

    def load(self) -> None:
        """Brings the model into memory; takes seconds to minutes."""
        self._device = memory.find_device()
        self._pipe = load_pipeline(self._folder, self._family, self._device)
        self._schedule = self._pipe.scheduler.config
        if self._lora is not None:
            self._bake_in(self._lora)
        sizes = part_sizes(self._pipe)
        self._rung = memory.first_rung(self._device, sum(sizes), max(sizes))
        try:
            memory.settle(self._pipe, self._device, self._rung)
        except Exception as error:
            if not memory.is_out_of_memory(error) or not self._step_down():
                raise
        speed_up(self._pipe, self._device)
        self._wardrobe = Wardrobe(self._pipe, self._loras)
        self._identity = IdentityLock(self._pipe, self._adapters, self._rebuild)

    def draw(
        self, request: ImageRequest, out: Path, tick: Tick
    ) -> Mapping[str, Any] | None:
        """Writes the picture; on lack of memory one step down, and the same again."""
        _check(request)
        warnings: list[str] = []
        memory.forget_peak()
        picture = None
        while picture is None:
            try:
                picture = self._drawn(request, tick, warnings)
            except (RuntimeError, MemoryError) as error:
                warnings.append(self._went_down(error))
        tick(0.98, "writing the picture")
        picture.save(out, format="PNG")
        met = self._resemblance(request, picture, warnings)
        return self._facts(request, warnings) | met

    def unload(self) -> None:
        """Gives the memory back."""
        self._pipe = self._wardrobe = self._identity = None
        memory.tidy()

    def _drawn(self, request: ImageRequest, tick: Tick, warnings: list[str]) -> Any:
        import torch

        if self._wardrobe is None or self._identity is None:
            raise EngineError("the model is not loaded")

        steps = request.steps or 1
        pipe = self._pipe

        def after_step(_pipe: Any, step: int, _time: Any, tensors: Any) -> Any:
            part = (1 - _DECODING) * (step + 1) / steps
            tick(part, f"step {step + 1} of {steps}")
            return tensors

        tick(0.0, "reading the prompt")
        self._wardrobe.wear(request.loras)
        likeness = self._identity.set(request)
        told = FAMILIES[self._family].tell(pipe, request)
        warnings.extend(told.warnings)
        pipe.scheduler = scheduler(str(request.scheduler), self._schedule)
        done = pipe(
            **told.arguments,
            **likeness,
            width=request.width,
            height=request.height,
            num_inference_steps=steps,
            # Noise from the CPU: the same on every device.
            generator=torch.Generator("cpu").manual_seed(request.seed),
            callback_on_step_end=after_step,
        )
        picture = done.images[0]
        if picture.getbbox() is None:
            raise EngineError(
                "the picture came out black: numbers overflowed in the model",
                "use another seed or fewer LoRAs",
            )
        return picture

    def _went_down(self, error: Exception) -> str:
        """Words for the user about one step down; raises where there is none."""
        if not memory.is_out_of_memory(error):
            if memory.is_fatal(error):
                raise Unusable(f"the GPU reported a fault: {error}") from error
            raise error
        before = self._rung
        # The failed attempt's tensors hang on the frames of its error.
        traceback.clear_frames(error.__traceback__)
        if not self._step_down():
            raise EngineError(
                f"there is not enough memory, even {memory.IN_WORDS[before]}",
                "choose a smaller model, or a machine with more memory",
            ) from error
        return (
            f"Memory ran out while drawing; drawn again, {memory.IN_WORDS[self._rung]}."
        )

    def _step_down(self) -> bool:
        rung = memory.next_rung(self._device, self._rung)
        if rung is None:
            return False
        memory.tidy()
        self._rung = rung
        memory.settle(self._pipe, self._device, rung)
        return True

    def _rebuild(self, change: Callable[[], None]) -> None:
        """Changes parts of the model; off-loading is arranged anew around them."""
        offloads = self._rung not in ("resident", "tiled")
        if offloads:
            memory.gather(self._pipe)
        change()
        if offloads:
            memory.settle(self._pipe, self._device, self._rung)

    def _bake_in(self, lora: Path) -> None:
        """A distillation is part of the model: loaded once, never unloaded."""
        self._pipe.load_lora_weights(
            str(lora.parent), weight_name=lora.name, adapter_name="distilled"
        )
        if "distilled" not in adapters(self._pipe):
            raise EngineError(
                f"{lora.name} does not belong to this model", "put a whole copy there"
            )
        self._pipe.fuse_lora()
        self._pipe.unload_lora_weights()

    def _facts(self, request: ImageRequest, warnings: list[str]) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "device": self._device.name,
            "memory": self._rung,
            "steps": request.steps,
        }
        peak = memory.peak_bytes()
        if peak is not None:
            facts["peak_vram_bytes"] = peak
        if warnings:
            facts["warnings"] = list(dict.fromkeys(warnings))
        return facts

    def _resemblance(
        self, request: ImageRequest, picture: Any, warnings: list[str]
    ) -> dict[str, Any]:
        """How well the characters were met: of the one who was met worst, and of each."""
        if not request.references or self._identity is None:
            return {}
        device, dtype = self._pipe._execution_device, self._pipe.unet.dtype
        told: dict[str, Any] = {"likeness": request.likeness}
        try:
            scores = resemblance(
                self._identity.eye, picture, request.references, device, dtype
            )
        except (RuntimeError, MemoryError) as error:
            if not memory.is_out_of_memory(error):
                raise
            warnings.append("Memory did not suffice to score the likeness of a scene.")
            return told
        return told | {
            "likeness_score": min(scores.values()),
            "likeness_scores": {name or "": score for name, score in scores.items()},
        }


def _check(request: ImageRequest) -> None:
    if request.style not in STYLES:
        raise BadInput(
            f"image style {request.style!r} is not known; "
            f"choose one of: {', '.join(STYLES)}"
        )
    for name, side in (("width", request.width), ("height", request.height)):
        if side < SIDE_MULTIPLE or side % SIDE_MULTIPLE:
            raise BadInput(f"{name} {side} is no multiple of {SIDE_MULTIPLE} pixels")
