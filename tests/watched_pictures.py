"""A picture engine for tests that can be watched, and draws until a file is there."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.simulated import ENGINES, SimulatedImage
from colab_worker.engines.base import ImageRequest, Show, Tick

DONE_VARIABLE = "MOONREEL_TEST_DONE"
WATCHED_ENGINES = json.dumps(
    [
        entry | {"factory": "tests.watched_pictures:WatchedImage"}
        if entry["kind"] == "image"
        else entry
        for entry in json.loads(ENGINES)
    ]
)
_STEP_S = 0.05


class WatchedImage(SimulatedImage):
    """Shows another shade of red after each step."""

    _show: Show | None = None

    def show_to(self, show: Show | None) -> None:
        """See ``ShowsItsWork``."""
        self._show = show

    def draw(
        self, request: ImageRequest, out: Path, tick: Tick
    ) -> Mapping[str, Any] | None:
        """See ``ImageEngine``."""
        shade = 0
        while not Path(os.environ[DONE_VARIABLE]).exists():
            tick(0.1, "drawing")
            if self._show is not None:
                file = io.BytesIO()
                Image.new("RGB", (16, 9), (shade % 256, 0, 0)).save(file, "WEBP")
                self._show(file.getvalue())
            shade += 1
            time.sleep(_STEP_S)
        return super().draw(request, out, tick)
