"""The image engine on diffusers: a request in, a picture out, step by step."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from colab_worker.engines.base import (
    BadInput,
    EngineError,
    ImageRequest,
    Show,
    Tick,
    Unusable,
)
from colab_worker.engines.diffusion import memory
from colab_worker.engines.diffusion.encoders import Encoders
from colab_worker.engines.diffusion.loading import load_pipeline, speed_up
from colab_worker.engines.diffusion.loras import adapters
from colab_worker.engines.diffusion.pencil import Pencil
from colab_worker.engines.diffusion.resemblance import resemblance
from colab_worker.engines.diffusion.styles import STYLES
from colab_worker.models.weights import WHOLE, part_bytes, part_numbers

#: Decoders halve a side three times.
SIDE_MULTIPLE = 8
#: Of PNG's nine: the GPU waits meanwhile, and more makes files hardly smaller.
_PNG_EFFORT = 1


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
        #: Of a number in the network that draws, where memory is short.
        self._bits: int = told.get("bits", WHOLE)
        self._pipe: Any = None
        self._device = memory.Device("cpu", None)
        self._rung = "resident"
        self._encoders: Encoders | None = None
        self._pencil: Pencil | None = None
        self._show: Show | None = None

    def load(self) -> None:
        """Brings the model into memory; takes seconds to minutes."""
        self._device = memory.find_device()
        numbers = part_numbers(self._folder) if self._folder.is_dir() else {}
        parts = part_bytes(numbers, self._family, self._bits)
        rung = memory.first_rung(self._device, parts)
        pipe = load_pipeline(
            self._folder,
            self._family,
            self._device,
            bits=self._bits,
            straight=rung in memory.STAYING,
        )
        self.take(pipe, rung)

    def take(self, pipe: Any, rung: str) -> None:
        """Draws with ``pipe`` from now on, its parts lying where ``rung`` wants them."""
        self._pipe = pipe
        if self._lora is not None:
            self._bake_in(self._lora)
        speed_up(pipe, self._device)
        self._encoders = Encoders(pipe)
        try:
            self._settle(rung)
        except Exception as error:
            if not memory.is_out_of_memory(error) or not self._step_down():
                raise
        self._pencil = Pencil(
            pipe,
            self._family,
            self._loras,
            self._adapters,
            self._rebuild,
            bits=self._bits,
        )

    def show_to(self, show: Show | None) -> None:
        """See ``ShowsItsWork``."""
        self._show = show

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
        picture.save(out, format="PNG", compress_level=_PNG_EFFORT)
        met = self._resemblance(request, picture, warnings)
        return self._facts(request, warnings) | met

    def unload(self) -> None:
        """Gives the memory back."""
        self._pipe = self._pencil = self._encoders = None
        memory.tidy()

    def _drawn(
        self, request: ImageRequest, tick: Tick, warnings: list[str]
    ) -> Image.Image:
        if self._pencil is None or self._encoders is None:
            raise EngineError("the model is not loaded")
        tick(0.0, "reading the prompt")
        with self._encoders.at_hand():
            task = self._pencil.prepare(request)
        warnings.extend(task.warnings)
        return self._pencil.draw(task, tick, self._show)

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
        self._settle(rung)
        return True

    def _settle(self, rung: str) -> None:
        self._rung = rung
        if self._encoders is None:
            raise EngineError("the model is not loaded")
        self._encoders.come_back()
        memory.settle(self._pipe, self._device, rung)
        if rung == "lean":
            self._encoders.rest()

    def _rebuild(self, change: Callable[[], None]) -> None:
        """Changes parts of the model; off-loading is arranged anew around them."""
        offloads = self._rung not in memory.STAYING
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
        if self._bits != WHOLE:
            facts["bits"] = self._bits
        peak = memory.peak_bytes()
        if peak is not None:
            facts["peak_vram_bytes"] = peak
        if warnings:
            facts["warnings"] = list(dict.fromkeys(warnings))
        return facts

    def _resemblance(
        self, request: ImageRequest, picture: Image.Image, warnings: list[str]
    ) -> dict[str, Any]:
        """How well the characters were met: of the one who was met worst, and of each."""
        if not request.references or self._pencil is None:
            return {}
        device, dtype = self._pipe._execution_device, self._pipe.unet.dtype
        told: dict[str, Any] = {"likeness": request.likeness}
        try:
            scores = resemblance(
                self._pencil.identity.eye, picture, request.references, device, dtype
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
