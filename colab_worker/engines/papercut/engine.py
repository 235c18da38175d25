"""The draft image engine: a request in, a paper-cut picture as PNG out."""

from __future__ import annotations

from pathlib import Path

from colab_worker.engines.base import BadInput, ImageRequest, Tick
from colab_worker.engines.papercut import drawing
from colab_worker.engines.papercut.png import write_png
from colab_worker.engines.papercut.styles import STYLES

MIN_SIDE, MAX_SIDE = 64, 4096


class PapercutEngine:
    """Draws layered silhouettes from a prompt's words; needs no model and no GPU."""

    def load(self) -> None:
        """Nothing to load: outlines are drawn when they are needed."""

    def draw(self, request: ImageRequest, out: Path, tick: Tick) -> None:
        """Writes the picture of ``request`` to ``out``; raises BadInput, or Stopped."""
        _check(request)
        image = drawing.draw(request, STYLES[request.style], tick)
        tick(0.95, "writing the picture")
        write_png(image, out)

    def unload(self) -> None:
        """Nothing to give back."""


def _check(request: ImageRequest) -> None:
    if request.style not in STYLES:
        raise BadInput(
            f"image style {request.style!r} is not known to papercut; "
            f"choose one of: {', '.join(STYLES)}"
        )
    for name, side in (("width", request.width), ("height", request.height)):
        if not MIN_SIDE <= side <= MAX_SIDE:
            raise BadInput(
                f"{name} {side} cannot be drawn; choose {MIN_SIDE} to {MAX_SIDE} pixels"
            )
