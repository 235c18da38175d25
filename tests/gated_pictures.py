"""A picture engine for tests that draws as many pictures as a file says."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from benchmarks.simulated import ENGINES, SimulatedImage
from colab_worker.engines.base import ImageRequest, Tick

GATE_VARIABLE = "MOONREEL_TEST_GATE"
GATED_ENGINES = json.dumps(
    [
        entry | {"factory": "tests.gated_pictures:GatedImage"}
        if entry["kind"] == "image"
        else entry
        for entry in json.loads(ENGINES)
    ]
)
_STEP_S = 0.02


class Gate:
    """The file, as the test holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._most = 0
        self.let(0)

    def drawn(self) -> list[str]:
        """The prompts of all pictures that were drawn."""
        return drawn_before(self.path)

    def close(self) -> None:
        """No more than those that were drawn."""
        self._most = len(self.drawn())
        self.let(0)

    def let(self, more: int) -> None:
        """So many more pictures may be drawn."""
        self._most += more
        part = self.path.with_suffix(".part")
        part.write_text(str(self._most), encoding="utf-8")
        part.replace(self.path)


class GatedImage(SimulatedImage):
    """Waits for its turn before each picture."""

    def draw(self, request: ImageRequest, out: Path, tick: Tick) -> None:
        """Draws once the file allows one more than were drawn."""
        gate = Path(os.environ[GATE_VARIABLE])
        while int(gate.read_text(encoding="utf-8")) <= len(drawn_before(gate)):
            tick(0.0, "waiting")
            time.sleep(_STEP_S)
        with gate.with_suffix(".drawn").open("a", encoding="utf-8") as drawn:
            drawn.write(f"{request.prompt}\n")
        super().draw(request, out, tick)


def drawn_before(gate: Path) -> list[str]:
    """The prompts of all pictures that were drawn under the file."""
    path = gate.with_suffix(".drawn")
    return path.read_text("utf-8").splitlines() if path.exists() else []
