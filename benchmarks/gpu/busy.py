"""How busy a GPU was, as its driver's own tool tells ten times a second."""

from __future__ import annotations

import shutil
import statistics
import subprocess
from typing import Self

_EVERY_MS = 100


class Busy:
    """Watches the first GPU while it is open; ``percent`` is None without one."""

    def __init__(self) -> None:
        self._watcher: subprocess.Popen[str] | None = None
        self.percent: float | None = None
        self.samples = 0

    def __enter__(self) -> Self:
        tool = shutil.which("nvidia-smi")
        if tool is not None:
            form = "--format=csv,noheader,nounits"
            asked = [tool, "--id=0", "--query-gpu=utilization.gpu", form]
            self._watcher = subprocess.Popen(
                [*asked, f"--loop-ms={_EVERY_MS}"], stdout=subprocess.PIPE, text=True
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._watcher is None:
            return
        self._watcher.terminate()
        told, _ = self._watcher.communicate()
        values = [float(line) for line in told.splitlines() if line.strip().isdigit()]
        self.samples = len(values)
        self.percent = statistics.mean(values) if values else None
