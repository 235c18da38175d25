"""Stages: what is done for each kind of unit, from inputs to files, in the child."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from colab_worker.engines.base import (
    ImageEngine,
    Tick,
    UnitCall,
    UnitOutput,
    VideoEngine,
    VoiceEngine,
)

Stage = Callable[[UnitCall, Any, Tick], UnitOutput]


class Loader:
    """Keeps the engine that was used last: a warm model, and only one at a time."""

    def __init__(self) -> None:
        self._factory: str | None = None
        self._engine: Any = None

    def engine(self, factory: str) -> Any:
        """The loaded engine that ``module:callable`` makes."""
        if factory != self._factory:
            if self._engine is not None:
                self._engine.unload()
            module, _, attribute = factory.partition(":")
            self._factory, self._engine = None, None
            engine = getattr(importlib.import_module(module), attribute)()
            engine.load()
            self._factory, self._engine = factory, engine
        return self._engine


def _image(call: UnitCall, engine: ImageEngine, tick: Tick) -> UnitOutput:
    from colab_worker.stages import image

    return image.run(call, engine, tick)


def _voice(call: UnitCall, engine: VoiceEngine, tick: Tick) -> UnitOutput:
    from colab_worker.stages import voice

    return voice.run(call, engine, tick)


def _clip(call: UnitCall, engine: VideoEngine, tick: Tick) -> UnitOutput:
    return engine.clip(call, tick)


def _film(call: UnitCall, engine: VideoEngine, tick: Tick) -> UnitOutput:
    return engine.film(call, tick)


STAGES: dict[str, Stage] = {
    "image": _image,
    "voice": _voice,
    "clip": _clip,
    "film": _film,
}
