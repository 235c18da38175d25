"""``python -m tests.models.short_of_memory MODELS MIB``: one picture in little memory.

The process may grow by so many MiB after the model is warm; it prints the picture's facts.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from colab_worker.engines.entry import make_engine
from tests.models.test_sdxl import REQUEST, entry, silent

SIDE = 256


def main() -> None:
    """Warms the model up with a small picture, then draws a larger one."""
    import torch

    torch.set_num_threads(1)
    engine = make_engine(entry(Path(sys.argv[1])).address)
    engine.load()
    quick = replace(REQUEST, steps=1, guidance=0.0)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "a.png"
        engine.draw(quick, out, silent)
        most = _size_bytes() + (int(sys.argv[2]) << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        facts = engine.draw(replace(quick, width=SIDE, height=SIDE), out, silent)
    sys.stdout.write(json.dumps(facts) + "\n")


def _size_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
