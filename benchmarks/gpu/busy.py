"""How busy a GPU was, as its driver's own tool tells ten times a second."""

from __future__ import annotations

import os
import pty
import shutil
import statistics
import subprocess
import threading
from typing import Self

_EVERY_MS = 100


class Busy:
    """Watches the first GPU while it is open; ``percent`` is None without one."""

    def __init__(self) -> None:
        self._watcher: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._told = bytearray()
        self.percent: float | None = None
        self.samples = 0

    def __enter__(self) -> Self:
        tool = shutil.which("nvidia-smi")
        if tool is None:
            return self
        form = "--format=csv,noheader,nounits"
        asked = [tool, "--id=0", "--query-gpu=utilization.gpu", form]
        # To a pipe the tool may write whole blocks only, and lose the last at its end.
        ours, its = pty.openpty()
        self._watcher = subprocess.Popen([*asked, f"--loop-ms={_EVERY_MS}"], stdout=its)
        os.close(its)
        self._reader = threading.Thread(target=self._listen, args=(ours,))
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._watcher is None or self._reader is None:
            return
        self._watcher.terminate()
        self._watcher.wait()
        self._reader.join()
        lines = self._told.decode("ascii", "replace").splitlines()
        values = [float(line) for line in lines if line.strip().isdigit()]
        self.samples = len(values)
        self.percent = statistics.mean(values) if values else None

    def _listen(self, terminal: int) -> None:
        with open(terminal, "rb", buffering=0) as told:
            try:
                while part := told.read(4096):
                    self._told += part
            except OSError:
                return  # how a terminal ends on Linux
