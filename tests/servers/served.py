"""``python -m orchestrator serve`` as a process: started, asked, killed, started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import psutil

START_S = 60.0


class Served:
    """A serving orchestrator with its own local worker, on one home folder."""

    def __init__(self, home: Path, env: Mapping[str, str], port: int = 0) -> None:
        self.home = home
        self._port = str(port)
        self._env = {**os.environ, "MOONREEL_HOME": str(home), **env}
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> Served:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)

    def start(self) -> Served:
        """Starts the process and waits until it serves."""
        told = self.home / "serve.json"
        told.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "orchestrator", "serve", "--port", self._port],
            env=self._env,
            cwd=self.home.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_S
        while not told.exists():
            assert self.process.poll() is None, "the orchestrator ended at once"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self.url = str(json.loads(told.read_text(encoding="utf-8"))["url"])
        return self

    def order(self, body: dict[str, Any]) -> str:
        """Asks for a film and returns the job's id."""
        reply = httpx.post(f"{self.url}/api/generate-video", json=body, timeout=60)
        assert reply.status_code == 202, reply.text
        return str(reply.json()["job_id"])

    def film(self, job_id: str, **query: float) -> dict[str, Any]:
        """The film's view."""
        url = f"{self.url}/api/jobs/{job_id}"
        view: dict[str, Any] = httpx.get(url, params=query, timeout=60).json()
        return view

    def finish(self, job_id: str, within_s: float = 90.0) -> dict[str, Any]:
        """Waits for the film's end with held requests; its view."""
        deadline = time.monotonic() + within_s
        view = self.film(job_id)
        while not view["terminal"]:
            assert time.monotonic() < deadline, view
            self.film(job_id, wait=2, since=view["version"])
            view = self.film(job_id)
        return view

    def worker(self) -> psutil.Process | None:
        """The local worker's process, while there is one."""
        found = [p for p in self._children() if "colab_worker" in _command(p)]
        return found[0] if found else None

    def engines(self) -> list[psutil.Process]:
        """The engine children of the local worker."""
        worker = self.worker()
        return worker.children() if worker is not None else []

    def kill(self) -> None:
        """``kill -9``, then the next start; whoever polls must use the new address."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=60)
        self.start()

    def _children(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children()


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []  # it ended while we looked
