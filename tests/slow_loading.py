"""A picture engine for tests that is loading until a file is there, as a large model."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from benchmarks.simulated import ENGINES, SimulatedImage

LOADED_VARIABLE = "MOONREEL_TEST_LOADED"
SLOW_ENGINES = json.dumps(
    [
        entry | {"factory": "tests.slow_loading:SlowLoadingImage"}
        if entry["kind"] == "image"
        else entry
        for entry in json.loads(ENGINES)
    ]
)
_STEP_S = 0.05


class SlowLoadingImage(SimulatedImage):
    """Loads as long as nobody says that it is enough."""

    def load(self) -> None:
        """See ``ImageEngine``."""
        while not Path(os.environ[LOADED_VARIABLE]).exists():
            time.sleep(_STEP_S)
        super().load()
