"""A picture engine for tests that can draw a picture again from itself, as models do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.simulated import ENGINES, SimulatedImage
from colab_worker.engines.base import ImageRequest, Tick

STEPS = 4
_QUALITIES = ("draft", "fast", "standard", "high")
_DRAWING = {
    "side": 512,
    "steps": dict.fromkeys(_QUALITIES, STEPS),
    "redraws": True,
}
REDRAWING_ENGINES = json.dumps(
    [
        entry
        | {"factory": "tests.redrawn_pictures:RedrawingImage", "drawing": _DRAWING}
        if entry["kind"] == "image"
        else entry
        for entry in json.loads(ENGINES)
    ]
)


class RedrawingImage(SimulatedImage):
    """One colour; redrawn, it is mixed with the one before by how much is kept."""

    def draw(
        self, request: ImageRequest, out: Path, tick: Tick
    ) -> Mapping[str, Any] | None:
        """See ``ImageEngine``."""
        super().draw(request, out, tick)
        facts = {"steps": request.steps, "strength": request.strength}
        if request.redraw is None or request.strength is None:
            return facts
        with Image.open(out) as drawn, Image.open(request.redraw) as before:
            size = drawn.size
            Image.blend(before.resize(size), drawn.copy(), request.strength).save(
                out, "PNG"
            )
        return facts
