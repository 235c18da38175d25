"""Real draft pictures that take as long as a large model's, for measuring what follows."""

from __future__ import annotations

from pathlib import Path

from benchmarks.simulated import taking
from colab_worker.engines.base import ImageRequest, Tick
from colab_worker.engines.papercut import PapercutEngine


class SlowPapercut(PapercutEngine):
    """Takes at least what ``MOONREEL_SIMULATED`` says."""

    def draw(self, request: ImageRequest, out: Path, tick: Tick) -> None:
        """Draws the picture, and takes its time."""
        with taking("image", tick):
            super().draw(request, out, tick)
