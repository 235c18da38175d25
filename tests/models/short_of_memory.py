"""``python -m tests.models.short_of_memory MODELS PERCENT [COUNT]``: with less memory.

A picture is drawn twice: freely, and with so much of the memory that it then took more
than the warm model. The second one's facts are printed. With COUNT, so many pictures in
one call: the facts of each, and how many the engine then takes at a time.
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

SIDE = 256


def main() -> None:
    """Warms the model up with a small picture, then draws a larger one twice."""
    import torch

    torch.set_num_threads(1)
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    engine = make_engine(entry(Path(sys.argv[1])).address)
    engine.load()
    quick = replace(REQUEST, steps=1, guidance=0.0)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "a.png"
        engine.draw(quick, out, silent)
        warm, large = _bytes_of("VmSize"), replace(quick, width=SIDE, height=SIDE)
        draw = partial(_several, engine, out) if count else partial(_one, engine, out)
        draw(large)
        needed = _bytes_of("VmPeak") - warm
        most = _bytes_of("VmSize") + needed * int(sys.argv[2]) // 100
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        told = draw(large)
    sys.stdout.write(json.dumps(told) + "\n")


def _one(engine: Any, out: Path, request: ImageRequest) -> Any:
    return engine.draw(request, out, silent)


def _several(engine: Any, out: Path, request: ImageRequest) -> Any:
    facts: list[Any] = []
    pieces = [
        Piece(replace(request, seed=seed), out, silent, facts.append)
        for seed in range(int(sys.argv[3]))
    ]
    engine.draw_together(pieces)
    return facts, engine.room()[1]


def _bytes_of(name: str) -> int:
    """A figure of this process, as the system tells it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (value,) = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(value) << 10


if __name__ == "__main__":
    main()
