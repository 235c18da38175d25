"""A program with all its children: its time, and the memory that it needs."""

from __future__ import annotations

import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # its stubs are not needed for two calls

#: How often memory is looked at; the look itself takes about a millisecond a process.
LOOK_S = 0.1


@dataclass(frozen=True)
class Watched:
    """What became of a program."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def run_watched(command: list[str], environ: dict[str, str]) -> Watched:
    """Runs it to its end; RuntimeError with its last words if it fails.

    Memory is the most that the processes held at once; what they share counts once.
    """
    before, begun = _children_s(), time.perf_counter()
    process = subprocess.Popen(
        command,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = _Peak(process.pid)
    _, err = process.communicate()
    wall_s, cpu_s = time.perf_counter() - begun, _children_s() - before
    peak_mb = peak.stop()
    if process.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {err[-2000:]}")
    return Watched(wall_s, cpu_s, peak_mb)


class _Peak:
    """Looks at a tree of processes from a thread until it is stopped."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._most = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> float:
        """The most that was seen, in MB."""
        self._done.set()
        self._thread.join()
        return self._most / 1e6

    def _watch(self) -> None:
        while not self._done.wait(LOOK_S):
            self._most = max(self._most, self._held())

    def _held(self) -> int:
        try:
            tree = [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return 0
        return sum(_pss(process) for process in tree)


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0  # it has just ended


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
