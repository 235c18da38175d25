"""``python -m tests.models.short_of_memory MODELS PERCENT``: a picture in less memory.

The picture is drawn twice: freely, and with so much of the memory that it then took more
than the warm model. The second one's facts are printed.
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
    """Warms the model up with a small picture, then draws a larger one twice."""
    import torch

    torch.set_num_threads(1)
    engine = make_engine(entry(Path(sys.argv[1])).address)
    engine.load()
    quick = replace(REQUEST, steps=1, guidance=0.0)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "a.png"
        engine.draw(quick, out, silent)
        warm, large = _bytes_of("VmSize"), replace(quick, width=SIDE, height=SIDE)
        engine.draw(large, out, silent)
        needed = _bytes_of("VmPeak") - warm
        most = _bytes_of("VmSize") + needed * int(sys.argv[2]) // 100
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        facts = engine.draw(large, out, silent)
    sys.stdout.write(json.dumps(facts) + "\n")


def _bytes_of(name: str) -> int:
    """A figure of this process, as the system tells it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (value,) = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(value) << 10


if __name__ == "__main__":
    main()
