"""One model drawn with in two ways: by the stock pipeline, and by Moonreel's engine."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.gpu.limits import settle
from benchmarks.gpu.models import LORA, PROMPT
from benchmarks.gpu.sizes import Size
from colab_worker.engines.base import ImageRequest, LoraUse, Piece, ReferenceUse
from colab_worker.engines.diffusion import memory
from colab_worker.engines.diffusion.engine import DiffusionEngine
from colab_worker.engines.diffusion.families import FAMILIES
from colab_worker.engines.diffusion.loading import load_pipeline
from colab_worker.engines.diffusion.schedulers import scheduler
from colab_worker.models.adapters import WEIGHTS, adapter_file
from colab_worker.models.weights import WHOLE

REQUEST = ImageRequest(
    prompt=PROMPT,
    negative_prompt="",
    style="cinematic",
    seed=1,
    width=64,
    height=64,
    steps=1,
    guidance=6.0,
    scheduler="dpmpp_2m_karras",
)


@dataclass(frozen=True)
class Drawn:
    """Seconds a picture, the mean of ``n`` measurements; ``picture`` is the first."""

    seconds: float
    n: int
    peak_bytes: int | None
    picture: Any


def ask(family: str, size: tuple[int, int], steps: int, **more: Any) -> ImageRequest:
    """The request of a case; one of FLUX has its own dials."""
    dials: dict[str, Any] = {"width": size[0], "height": size[1], "steps": steps}
    if family == "flux":
        dials |= {"scheduler": "flow_euler", "guidance": 3.5}
    return replace(REQUEST, **dials | more)


def lora() -> tuple[LoraUse, ...]:
    """The LoRA of the shelf, worn."""
    return (LoraUse(LORA, 0.8, "1"),)


def likeness(picture: Path) -> dict[str, Any]:
    """The members of a request that keep a likeness."""
    use = ReferenceUse(picture, None, 1.0)
    return {"references": (use,), "likeness": "plus", "ip_adapter_scale": 0.6}


class Engine:
    """Moonreel's, as a worker's child loads it; the seconds that it took are told."""

    def __init__(self, shelf: Path, family: str, bits: int = WHOLE) -> None:
        about = {
            "model": str(shelf / family), "family": family, "bits": bits,
            "loras": str(shelf / "loras"), "adapters": str(shelf / "ip-adapter"),
        }  # fmt: skip
        self.engine = DiffusionEngine(json.dumps(about))
        begun = time.perf_counter()
        self.engine.load()
        settle(device())
        self.loaded_s = time.perf_counter() - begun

    def draw(self, request: ImageRequest, size: Size, folder: Path) -> Drawn:
        """As many pictures as count at this size, after one that does not."""

        def one(seed: int) -> None:
            out = folder / f"ours-{seed}.png"
            self.engine.draw(replace(request, seed=seed), out, _silent)

        seconds, n, peak = timed(one, size.counted, size.most_s)
        with Image.open(folder / "ours-1.png") as picture:
            return Drawn(seconds, n, peak, np.asarray(picture, np.int16))

    def batch(self, request: ImageRequest, count: int, folder: Path) -> Drawn | None:
        """So many pictures in one call, as a worker draws them; None: they do not fit."""
        facts: list[Mapping[str, Any]] = []

        def one(seed: int) -> None:
            facts.clear()
            self.engine.draw_together(
                [
                    Piece(
                        replace(request, seed=seed * count + number),
                        folder / f"together-{number}.png",
                        _silent,
                        facts.append,
                    )
                    for number in range(count)
                ]
            )

        seconds, _, peak = timed(one, 1)
        if any(told.get("batch", 1) != count for told in facts):
            return None  # memory ran out, and fewer were drawn at a time
        return Drawn(seconds / count, 1, peak, None)

    def close(self) -> None:
        """Gives the memory back."""
        self.engine.unload()


class Stock:
    """The library's pipeline, as its own page says, in the same precision."""

    def __init__(self, shelf: Path, family: str, bits: int = WHOLE) -> None:
        import torch

        self._shelf = shelf
        self._family = family
        begun = time.perf_counter()
        found = memory.find_device()
        torch.backends.cuda.matmul.allow_tf32 = False  # as it is without us
        pipe = load_pipeline(shelf / family, family, found, bits=bits, straight=False)
        self._pipe: Any = pipe.to(found.name)
        settle(device())
        self.loaded_s = time.perf_counter() - begun
        self._schedule = pipe.scheduler.config

    def draw(self, request: ImageRequest, size: Size) -> Drawn:
        """The same as the engine's, from the same seeds."""
        import torch

        pipe, form = self._pipe, FAMILIES[self._family]
        if request.loras:
            pipe.load_lora_weights(
                str(self._shelf / "loras"),
                weight_name=f"{LORA}.safetensors",
                adapter_name=LORA,
            )
            pipe.set_adapters([LORA], [use.weight for use in request.loras])
        shown = self._shown(request)
        made: dict[int, Any] = {}

        def one(seed: int) -> None:
            pipe.scheduler = scheduler(str(request.scheduler), self._schedule)
            words = form.read(pipe, request).arguments  # for every picture
            done = pipe(
                **words, **shown, **form.dials(request), width=request.width,
                height=request.height, num_inference_steps=request.steps,
                generator=torch.Generator("cpu").manual_seed(seed),
            )  # fmt: skip
            made[seed] = done.images[0]

        seconds, n, peak = timed(one, size.counted, size.most_s)
        if request.loras:
            pipe.unload_lora_weights()
        if shown:
            pipe.unload_ip_adapter()
        return Drawn(seconds, n, peak, np.asarray(made[1], np.int16))

    def _shown(self, request: ImageRequest) -> dict[str, Any]:
        """The adapter put on, and the picture of it, which is looked at every time."""
        if not request.references or request.likeness is None:
            return {}
        folder = self._shelf / "ip-adapter"
        file = adapter_file(folder, request.likeness)
        assert file is not None
        self._pipe.load_ip_adapter(
            str(folder),
            subfolder=WEIGHTS,
            weight_name=file.name,
            image_encoder_folder="models/image_encoder",
            local_files_only=True,
        )
        self._pipe.set_ip_adapter_scale(request.ip_adapter_scale)
        with Image.open(request.references[0].path) as picture:
            return {"ip_adapter_image": picture.convert("RGB")}

    def close(self) -> None:
        """Gives the memory back."""
        self._pipe = None
        memory.tidy()


def device() -> str:
    """Where it is drawn."""
    return memory.find_device().name


def timed(
    one: Callable[[int], None], count: int, most_s: float = math.inf
) -> tuple[float, int, int | None]:
    """Seconds for a picture, of how many it is the mean, and the most GPU memory.

    One is drawn before, as the first is slower. At least one counts, and no further one
    is begun after ``most_s``.
    """
    one(0)
    memory.forget_peak()
    settle(device())
    begun, n, took = time.perf_counter(), 0, 0.0
    while n == 0 or (n < count and took < most_s):
        n += 1
        one(n)
        settle(device())
        took = time.perf_counter() - begun
    return took / n, n, memory.peak_bytes()


def _silent(part: float, note: str) -> None:
    """Nobody watches."""
