"""The GPU of this machine, as the driver's own tool tells."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

PROBE_S = 10.0
_FIELDS = "name,memory.total,memory.used,utilization.gpu,driver_version"


@dataclass(frozen=True)
class Gpu:
    """One GPU; memory in MiB, use in percent."""

    name: str
    total_mib: int
    used_mib: int
    busy: int
    driver: str


def gpus() -> list[Gpu]:
    """All GPUs; none when there is no driver, or it does not answer."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    command = [tool, f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(  # noqa: S603 - fixed arguments
            command, capture_output=True, text=True, timeout=PROBE_S, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return []
    return [_gpu(line) for line in told.stdout.splitlines() if line.count(",") >= 4]


def _gpu(line: str) -> Gpu:
    name, total, used, busy, driver = (part.strip() for part in line.split(",")[:5])
    return Gpu(name, _number(total), _number(used), _number(busy), driver)


def _number(text: str) -> int:
    return int(float(text)) if text.replace(".", "", 1).isdigit() else 0
