"""Stages: what is done for each kind of unit, from inputs to files, in the child."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from colab_worker.engines.base import Tick, UnitCall, UnitOutput

Stage = Callable[[UnitCall, Any, Tick], UnitOutput]


class Loader:
    """Keeps the engine that was used last: a warm model, and only one at a time."""

    def __init__(self) -> None:
        self._factory: str | None = None
        self._engine: Any = None

    def engine(self, factory: str | None) -> Any:
        """The loaded engine that ``module:callable`` makes; None for no engine."""
        if factory is None:
            return None
        if factory != self._factory:
            if self._engine is not None:
                self._engine.unload()
            module, _, attribute = factory.partition(":")
            self._factory, self._engine = None, None
            engine = getattr(importlib.import_module(module), attribute)()
            engine.load()
            self._factory, self._engine = factory, engine
        return self._engine


def _late(module: str) -> Stage:
    """A stage whose module is imported when its first unit comes."""

    def run(call: UnitCall, engine: Any, tick: Tick) -> UnitOutput:
        stage: Stage = importlib.import_module(module).run
        return stage(call, engine, tick)

    return run


STAGES: dict[str, Stage] = {
    kind: _late(f"colab_worker.stages.{kind}")
    for kind in ("image", "voice", "clip", "film")
}
