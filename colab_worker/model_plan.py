"""What only a model that is loaded here can be asked: to redraw, and to be compiled."""

from __future__ import annotations

import math
from typing import Any

from colab_worker.engines.entry import EngineEntry
from colab_worker.engines.registry import PlanRefused
from shared_protocol.errors import Code
from shared_protocol.specs import FilmSpec

#: Denoising steps of a film from which compiling is tried, as it takes long once: a guess,
#: since no card has been measured; `python -m benchmarks gpu` tells the number of one.
COMPILED_FROM_STEPS = 300


def model_params(
    spec: FilmSpec, number: int, engine: EngineEntry, steps: int | None
) -> dict[str, Any]:
    """The parameters of a picture; PlanRefused names what the engine cannot do."""
    params: dict[str, Any] = {}
    drawing = engine.drawing
    if spec.scenes[number - 1].redraw:
        if drawing is None or not drawing.redraws or steps is None:
            raise _refused(
                f"scenes.{number - 1}.redraw",
                f"{engine.name} cannot draw a picture again from itself; leave it out, "
                "or choose a model such as sdxl",
            )
        params["strength"] = _strength(spec, number, engine.name, steps)
    if spec.image.compile:
        if drawing is None or not drawing.compiles or steps is None:
            raise _refused(
                "image.compile", f"{engine.name} cannot be compiled; leave it out"
            )
        if _pays_off(spec, steps):
            params["compiled"] = True
    return params


def model_warnings(spec: FilmSpec, steps: int | None) -> tuple[str, ...]:
    """What the user should know of a model that was to be compiled and is not."""
    if not spec.image.compile or steps is None or _pays_off(spec, steps):
        return ()
    return (
        f"The model is not compiled: it is for films of {COMPILED_FROM_STEPS} steps and "
        f"more, and this one takes {steps * len(spec.scenes)}.",
    )


def _pays_off(spec: FilmSpec, steps: int) -> bool:
    """As far as it can be told; of an open film nobody knows how long it gets."""
    return not spec.open and steps * len(spec.scenes) >= COMPILED_FROM_STEPS


def _strength(spec: FilmSpec, number: int, engine: str, steps: int) -> float:
    """The part of the steps that is taken; there must be one at least."""
    redraw = spec.scenes[number - 1].redraw
    strength = redraw.strength if redraw else 1.0
    if int(steps * strength) < 1:
        least = math.ceil(100 / steps) / 100
        raise _refused(
            f"scenes.{number - 1}.redraw.strength",
            f"{engine} draws in {steps} steps, and {strength:g} of them is none; take "
            f"at least {least:.2f}",
        )
    return strength


def _refused(field: str, why: str) -> PlanRefused:
    return PlanRefused(f"{field}: {why}.", Code.INVALID_FIELD)
