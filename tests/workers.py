"""A real worker process for tests: started, asked over HTTP, killed, started again."""

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

from benchmarks.simulated import ENGINES, SECONDS_VARIABLE
from shared_protocol.clock import new_id

TOKEN = "test-token"
START_S = 60.0


class WorkerProcess:
    """``python -m colab_worker`` on a folder of its own; a context manager."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        seconds: Mapping[str, float] | None = None,
        engines: str = ENGINES,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self._arguments = ("--retry-delay-s", "0.05", *arguments)
        self._env = {
            **os.environ,
            "MOONREEL_TOKEN": TOKEN,
            "MOONREEL_ENGINES": engines,
            SECONDS_VARIABLE: json.dumps(dict(seconds or {})),
            **(env or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.client = httpx.Client()

    def __enter__(self) -> WorkerProcess:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> WorkerProcess:
        """Starts the process and waits until it listens."""
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "colab_worker", "--port", "0",
                    "--data-dir", str(self.data_dir), "--ready-file", str(ready),
                    *self._arguments,
                ],
                env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + START_S
        while not ready.exists():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.02)
        url = json.loads(ready.read_text())["url"]
        self.client.close()
        self.client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60
        )
        return self

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends a signal and waits for the end."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(timeout=60)

    def stop(self) -> None:
        """Ends the process if it still runs."""
        self.client.close()
        if self.process is not None and self.process.poll() is None:
            self.kill(signal.SIGTERM)

    def log(self) -> str:
        """What the process has said."""
        return (self.folder / "worker.log").read_text()

    def submit(self, spec: dict[str, Any], job_id: str | None = None) -> str:
        """Puts a job and returns its id."""
        job_id = job_id or new_id()
        reply = self.client.put(f"/jobs/{job_id}", json={"spec": spec})
        assert reply.status_code in (200, 202), reply.text
        return job_id

    def status(self, job_id: str, **query: float) -> dict[str, Any]:
        """The job's view."""
        reply = self.client.get(f"/status/{job_id}", params=query)
        assert reply.status_code == 200, reply.text
        view: dict[str, Any] = reply.json()
        return view

    def finish(self, job_id: str, within_s: float = 60.0) -> dict[str, Any]:
        """Waits for the end of a job with held requests; its whole view."""
        deadline = time.monotonic() + within_s
        view = self.status(job_id)
        while not view["terminal"]:
            assert time.monotonic() < deadline, (view, self.log())
            self.status(job_id, wait=2, since=view["version"])
            view = self.status(job_id)
        return view


def film(*prompts: str, **options: Any) -> dict[str, Any]:
    """A small film spec with one scene a prompt."""
    scenes = [
        {"narration": f"Scene number {n}.", "image_prompt": prompt}
        for n, prompt in enumerate(prompts or ("a hill",), start=1)
    ]
    return {"title": "Test film", "quality": "draft", "scenes": scenes, **options}


def hashes(view: dict[str, Any]) -> dict[str, str]:
    """The SHA-256 of every file of a job, by download name."""
    return {item["name"]: item["sha256"] for item in view["artifacts"]}
