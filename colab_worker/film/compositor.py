"""The built-in video engine: ffmpeg, from the wheel."""

from __future__ import annotations

from colab_worker.engines.base import Tick, UnitCall, UnitOutput
from colab_worker.stages import clip, film, sound


class Compositor:
    """Clips and films by ffmpeg; it keeps nothing between two units."""

    def load(self) -> None:
        """Nothing to get ready."""

    def clip(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """See ``VideoEngine``."""
        return clip.run(call, tick)

    def sound(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """See ``VideoEngine``."""
        return sound.run(call, tick)

    def film(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """See ``VideoEngine``."""
        return film.run(call, tick)

    def unload(self) -> None:
        """Nothing to give back."""
