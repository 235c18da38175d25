"""Stages: what is done for each kind of unit, from inputs to files, in the child."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from colab_worker.engine_wire import Do, Load
from colab_worker.engines.base import (
    DrawsTogether,
    ImageEngine,
    Tick,
    UnitCall,
    UnitOutput,
    VideoEngine,
    VoiceEngine,
)
from colab_worker.engines.entry import make_engine

Stage = Callable[[UnitCall, Any, Tick], UnitOutput]
#: Of several units, called with the number of one before what is told of it.
TickOf = Callable[[int, float, str], None]
PartOf = Callable[[int, UnitOutput], None]
Together = Callable[[Sequence[UnitCall], Any, TickOf, PartOf], None]


#: Which engine a stage needs; of each kind one stays loaded.
_KINDS = {
    "image": "image",
    "voice": "voice",
    "clip": "video",
    "sound": "video",
    "film": "video",
}


class Loader:
    """Keeps the engine of each kind that was used last: warm, and one model at a time."""

    def __init__(self) -> None:
        self._warm: dict[str, tuple[str, Any]] = {}
        self._news: str | None = None

    def engine(self, command: Do | Load, loading: AbstractContextManager[None]) -> Any:
        """The loaded engine for a unit; what loads is done within ``loading``."""
        kind = _KINDS[command.kind]
        address, engine = self._warm.get(kind, (None, None))
        if address == command.address:
            return engine
        if engine is not None:
            del self._warm[kind]
            engine.unload()
        with loading:
            engine = make_engine(command.address)
            engine.load()
        self._warm[kind] = (command.address, engine)
        self._news = kind
        return engine

    def news(self) -> str | None:
        """The kind of the engine that was loaded since it was last asked."""
        news, self._news = self._news, None
        return news


def _image(call: UnitCall, engine: ImageEngine, tick: Tick) -> UnitOutput:
    from colab_worker.stages import image

    return image.run(call, engine, tick)


def _images(
    calls: Sequence[UnitCall], engine: DrawsTogether, tick: TickOf, part: PartOf
) -> None:
    from colab_worker.stages import image

    image.run_together(calls, engine, tick, part)


def _voice(call: UnitCall, engine: VoiceEngine, tick: Tick) -> UnitOutput:
    from colab_worker.stages import voice

    return voice.run(call, engine, tick)


def _clip(call: UnitCall, engine: VideoEngine, tick: Tick) -> UnitOutput:
    return engine.clip(call, tick)


def _sound(call: UnitCall, engine: VideoEngine, tick: Tick) -> UnitOutput:
    return engine.sound(call, tick)


def _film(call: UnitCall, engine: VideoEngine, tick: Tick) -> UnitOutput:
    return engine.film(call, tick)


STAGES: dict[str, Stage] = {
    "image": _image,
    "voice": _voice,
    "clip": _clip,
    "sound": _sound,
    "film": _film,
}
#: Stages that can do several units in one call.
TOGETHER: dict[str, Together] = {"image": _images}
