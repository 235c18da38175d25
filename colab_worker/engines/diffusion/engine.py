"""The image engine on diffusers: a request in, a picture out, step by step."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from colab_worker.engines.base import (
    BadInput,
    EngineError,
    ImageRequest,
    Piece,
    Show,
    Tick,
    Unusable,
)
from colab_worker.engines.cuda import is_fatal, is_out_of_memory
from colab_worker.engines.diffusion import memory
from colab_worker.engines.diffusion.batches import alike, that_fit
from colab_worker.engines.diffusion.encoders import Encoders
from colab_worker.engines.diffusion.loading import load_pipeline, speed_up
from colab_worker.engines.diffusion.loras import adapters
from colab_worker.engines.diffusion.pencil import Pencil, Task, is_black
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
        #: What a picture takes beside the model; and more in a call ran out of memory.
        self._picture_bytes: int | None = None
        self._most: int | None = None

    def load(self) -> None:
        """Brings the model into memory; takes seconds to minutes."""
        self._device = memory.find_device()
        numbers = part_numbers(self._folder) if self._folder.is_dir() else {}
        parts = part_bytes(numbers, self._family, self._bits)
        rung = memory.first_rung(self._device, parts)
        try:
            pipe = self._read(rung)
        except (RuntimeError, MemoryError) as error:
            # Something else took the GPU's memory meanwhile.
            _require_out_of_memory(error)
            if self._device.free_bytes is None or rung not in memory.STAYING:
                raise
            traceback.clear_frames(error.__traceback__)
            memory.tidy()
            rung = "offload"
            pipe = self._read(rung)
        self.take(pipe, rung)

    def take(self, pipe: Any, rung: str) -> None:
        """Draws with ``pipe`` from now on, its parts lying where ``rung`` wants them."""
        self._pipe = pipe
        if self._lora is not None:
            self._bake_in(self._lora)
        # A LoRA freezes what it is put on, and what is frozen is multiplied in another
        # order: so the first picture would differ from one after a LoRA.
        for part in pipe.components.values():
            if hasattr(part, "requires_grad_"):
                part.requires_grad_(requires_grad=False)
        speed_up(pipe, self._device)
        self._encoders = Encoders(pipe)
        try:
            self._settle(rung)
        except Exception as error:
            if not is_out_of_memory(error) or not self._step_down():
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
        self._learn(1)
        met = self._resemblance(request, picture, warnings)
        return self._facts(request, warnings) | met

    def draw_together(self, pieces: Sequence[Piece]) -> None:
        """See ``DrawsTogether``; one that came out black is drawn once more, alone."""
        for piece in pieces:
            _check(piece.request)
        tasks = self._prepared(pieces)
        waiting, most, told = list(range(len(pieces))), len(pieces), list[str]()
        black: list[int] = []
        while waiting:
            places = alike([task.arguments for task in tasks], waiting)[:most]
            if len(places) == 1:
                self._draw_alone(pieces[places[0]], told)
                waiting.remove(places[0])
                continue
            memory.forget_peak()
            try:
                pictures = self._drawn_together(pieces, tasks, places)
            except (RuntimeError, MemoryError) as error:
                told.append(self._went_smaller(error, len(places)))
                most = len(places) // 2
                continue
            self._learn(len(places))
            for place, picture in zip(places, pictures, strict=True):
                waiting.remove(place)
                if is_black(picture):
                    black.append(place)
                    continue
                warnings = [*tasks[place].warnings, *told]
                self._hand_out(pieces[place], picture, warnings, len(places))
        for place in black:
            self._draw_alone(pieces[place], told)

    def room(self) -> tuple[int, int | None]:
        """See ``DrawsTogether``."""
        return that_fit(self._rung, self._picture_bytes), self._most

    def unload(self) -> None:
        """Gives the memory back."""
        self._pipe = self._pencil = self._encoders = None
        memory.tidy()

    def _read(self, rung: str) -> Any:
        return load_pipeline(
            self._folder,
            self._family,
            self._device,
            bits=self._bits,
            straight=rung in memory.STAYING,
        )

    def _drawn(
        self, request: ImageRequest, tick: Tick, warnings: list[str]
    ) -> Image.Image:
        if self._pencil is None or self._encoders is None:
            raise EngineError("the model is not loaded")
        if request.compiled and self._rung == "sequential":
            warnings.append("Layers that come and go are not compiled.")
            request = replace(request, compiled=False)
        tick(0.0, "reading the prompt")
        with self._encoders.at_hand():
            task = self._pencil.prepare(request)
        warnings.extend(task.warnings)
        return self._pencil.draw(task, tick, self._show)

    def _prepared(self, pieces: Sequence[Piece]) -> list[Task]:
        if self._pencil is None or self._encoders is None:
            raise EngineError("the model is not loaded")
        for piece in pieces:
            piece.tick(0.0, "reading the prompt")
        with self._encoders.at_hand():
            return [self._pencil.prepare(piece.request) for piece in pieces]

    def _drawn_together(
        self, pieces: Sequence[Piece], tasks: Sequence[Task], places: Sequence[int]
    ) -> list[Image.Image]:
        if self._pencil is None:
            raise EngineError("the model is not loaded")
        return self._pencil.draw_together(
            [tasks[place] for place in places],
            [pieces[place].tick for place in places],
            [pieces[place].show for place in places],
        )

    def _draw_alone(self, piece: Piece, told: Sequence[str]) -> None:
        self.show_to(piece.show)
        facts = dict(self.draw(piece.request, piece.out, piece.tick) or {})
        if warnings := [*facts.get("warnings", ()), *told]:
            facts["warnings"] = list(dict.fromkeys(warnings))
        piece.made(facts)

    def _hand_out(
        self, piece: Piece, picture: Image.Image, warnings: list[str], count: int
    ) -> None:
        piece.tick(0.98, "writing the picture")
        picture.save(piece.out, format="PNG", compress_level=_PNG_EFFORT)
        piece.made(self._facts(piece.request, warnings) | {"batch": count})

    def _learn(self, count: int) -> None:
        """What a picture takes beside the model, from the last call's peak."""
        peak, used = memory.peak_bytes(), memory.used_bytes()
        if peak is not None and used is not None:
            self._picture_bytes = max(peak - used, 0) // count

    def _went_smaller(self, error: Exception, count: int) -> str:
        """Words for the user about half as many pictures in a call."""
        _require_out_of_memory(error)
        traceback.clear_frames(error.__traceback__)
        memory.tidy()
        self._most = count // 2
        one = "one at a time" if self._most == 1 else f"{self._most} at a time"
        return f"Memory ran out while drawing {count} pictures together; drawn {one}."

    def _went_down(self, error: Exception) -> str:
        """Words for the user about one step down; raises where there is none."""
        _require_out_of_memory(error)
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
        """To the next rung that can be taken; False where there is none."""
        while (rung := memory.next_rung(self._device, self._rung)) is not None:
            memory.tidy()
            try:
                self._settle(rung)
            except (RuntimeError, MemoryError) as error:
                _require_out_of_memory(error)
                traceback.clear_frames(error.__traceback__)
            else:
                return True
        return False

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
        try:
            change()
        finally:
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
            if not is_out_of_memory(error):
                raise
            warnings.append("Memory did not suffice to score the likeness of a scene.")
            return told
        return told | {
            "likeness_score": min(scores.values()),
            "likeness_scores": {name or "": score for name, score in scores.items()},
        }


def _require_out_of_memory(error: Exception) -> None:
    """Raises what is no lack of memory; a fault of the GPU as one of the process."""
    if is_out_of_memory(error):
        return
    if is_fatal(error):
        raise Unusable(f"the GPU reported a fault: {error}") from error
    raise error


def _check(request: ImageRequest) -> None:
    if request.style not in STYLES:
        raise BadInput(
            f"image style {request.style!r} is not known; "
            f"choose one of: {', '.join(STYLES)}"
        )
    for name, side in (("width", request.width), ("height", request.height)):
        if side < SIDE_MULTIPLE or side % SIDE_MULTIPLE:
            raise BadInput(f"{name} {side} is no multiple of {SIDE_MULTIPLE} pixels")
