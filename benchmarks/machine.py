"""Facts about the machine, without which a figure says nothing."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are not needed for two calls

from benchmarks.figures import median

FSYNCS = 50


def machine() -> dict[str, Any]:
    """Processor, memory, versions, how busy it is now, and what an fsync costs."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "busy_percent_before": psutil.cpu_percent(interval=1.0),
        "fsync_ms": round(_fsync_ms(), 3),
        "revision": _revision(),
    }


def _cpu_model() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _fsync_ms() -> float:
    """The median of writing 4 KiB through to the disk, where the benchmarks write."""
    took = []
    with tempfile.TemporaryFile() as file:
        for _ in range(FSYNCS):
            begun = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - begun) * 1000)
    return median(took)


def _revision() -> str | None:
    """The commit that was measured, ``+`` when files differ; None outside a checkout."""
    here = Path(__file__).parent
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
        cwd=here, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return said.stdout.strip() or None
