"""A film by Moonreel's compositor: parts in two processes, as a worker has, then joined.

``python moonreel.py job.json``, with Moonreel on ``PYTHONPATH``. Writes what parts and
film took as JSON; starting the two processes is counted apart, a worker has them ready.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

LANES = 2


def main() -> None:
    """Makes the film and writes its cost."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    begun = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    with context.Pool(LANES) as pool:
        pool.map(_get_ready, range(LANES), chunksize=1)
        import_s = time.perf_counter() - begun
        told = {"parts": _parts(pool, job), "film": _film(pool, job)}
    told_text = json.dumps({"import_s": import_s, "passes": told})
    Path(job["told"]).write_text(told_text, encoding="utf-8")


def _parts(pool: Any, job: dict[str, Any]) -> dict[str, float]:
    """The sound and the clips."""
    begun = time.perf_counter()
    used = pool.map(_unit, job["parts"], chunksize=1)
    return {"wall_s": time.perf_counter() - begun, "cpu_s": sum(used)}


def _film(pool: Any, job: dict[str, Any]) -> dict[str, float]:
    begun = time.perf_counter()
    used = pool.apply(_unit, (job["film"],))
    return {"wall_s": time.perf_counter() - begun, "cpu_s": used}


def _unit(told: dict[str, Any]) -> float:
    """Does one unit; the processor seconds of this process and its children."""
    from colab_worker.engines.base import UnitCall
    from colab_worker.film.compositor import Compositor
    from colab_worker.stages import STAGES

    before = os.times()
    inputs = {name: Path(path) for name, path in told["inputs"].items()}
    out = Path(told["out"])
    out.mkdir(parents=True, exist_ok=True)
    call = UnitCall(told["kind"], "ffmpeg", told["params"], inputs, out)
    STAGES[told["kind"]](call, Compositor(), lambda *_: None)
    return sum(os.times()[:4]) - sum(before[:4])


def _get_ready(_number: int) -> None:
    """What a lane has loaded before its first unit."""
    for name in ("clip", "film"):
        importlib.import_module(f"colab_worker.stages.{name}")


if __name__ == "__main__":
    main()
