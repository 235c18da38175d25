"""``python -m tests.models.short_of_memory MODELS [COUNT]``: with less and less memory.

A picture is drawn freely, and then again with a little less memory each time, until
the engine finds that it does not suffice. The last one's facts are printed. With COUNT,
so many pictures in one call: the facts of each, and how many it then takes at a time.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from colab_worker.engines.base import ImageRequest, Piece
from colab_worker.engines.entry import make_engine
from tests.models.test_sdxl import REQUEST, entry, silent

#: Of a picture alone, so large that decoding it takes by far the most; of several.
SIDE, SIDE_OF_SEVERAL = 384, 256
#: What is taken away each time: far less than a step down saves.
LESS_BYTES = 6 << 20


def main() -> None:
    """Draws large pictures until there is not enough memory for one."""
    import torch

    torch.set_num_threads(1)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    engine = make_engine(entry(Path(sys.argv[1])).address)
    engine.load()
    side = SIDE_OF_SEVERAL if count else SIDE
    large = replace(REQUEST, steps=1, guidance=0.0, width=side, height=side)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "a.png"
        draw = partial(_several, engine, out) if count else partial(_one, engine, out)
        draw(large)
        most, short = _bytes_of("VmPeak"), False
        while not short:
            most -= LESS_BYTES
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
            told, short = draw(large)
    sys.stdout.write(json.dumps(told) + "\n")


def _one(engine: Any, out: Path, request: ImageRequest) -> tuple[Any, bool]:
    """The facts, and whether memory did not suffice at first."""
    facts = engine.draw(request, out, silent)
    return facts, "warnings" in facts


def _several(engine: Any, out: Path, request: ImageRequest) -> tuple[Any, bool]:
    facts: list[Any] = []
    pieces = [
        Piece(replace(request, seed=seed), out, silent, facts.append)
        for seed in range(int(sys.argv[2]))
    ]
    engine.draw_together(pieces)
    most = engine.room()[1]
    return (facts, most), most is not None


def _bytes_of(name: str) -> int:
    """A figure of this process, as the system tells it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (value,) = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(value) << 10


if __name__ == "__main__":
    main()
