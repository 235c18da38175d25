"""The worker on this machine: a child process that is started, watched and restarted.

It gets its token through the environment and ends when our end of its stdin closes, so
that it can never outlive the orchestrator.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from orchestrator.errors import Unreachable
from orchestrator.settings import Settings
from orchestrator.url_intake import WorkerAddress
from shared_protocol.clock import new_id
from shared_protocol.kit.tasks import end_tasks, keep_running
from shared_protocol.tokens import new_token

log = logging.getLogger(__name__)

TOKEN_VARIABLE = "MOONREEL_TOKEN"  # noqa: S105 - the name of a variable
#: A child that lived this long was healthy: its next restart is quick again.
HEALTHY_S = 60.0
STOP_S = 5.0
_MAX_LOG_BYTES = 4 << 20
#: Secrets that a worker has no use for; its engines would get them, too.
_NOT_FOR_WORKERS = frozenset(
    {"GEMINI_API_KEY", "GOOGLE_API_KEY", "MOONREEL_PASSWORD", "COLAB_API_URL"}
)

#: Called with the address and boot id when the worker is up, with None when it is down.
Report = Callable[[WorkerAddress | None, str], Awaitable[None]]


class LocalWorker:
    """Starts ``python -m colab_worker`` on demand and keeps it running until ``stop``."""

    def __init__(self, settings: Settings, report: Report) -> None:
        self._settings = settings
        self._report = report
        self._token = new_token()
        self._folder = settings.home / "worker"
        self._ready_file = settings.home / "worker-ready.json"
        self._log_file = settings.home / "worker.log"
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._news = asyncio.Event()
        self._trouble = "The local worker is still starting."

    async def ensure_started(self) -> None:
        """Returns once the worker answers; raises Unreachable with the reason."""
        if self._task is None:
            self._task = keep_running("local worker", self._supervise)
        if self._up.is_set():
            return
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.local_start_timeout_s):
                await self._news.wait()
        if not self._up.is_set():
            raise Unreachable(self._trouble, "local_worker")

    async def stop(self) -> None:
        """Ends the process; what it was doing goes on at the next start."""
        if self._task is not None:
            await end_tasks([self._task])

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        pause_s = self._settings.first_retry_s
        while True:
            started = loop.time()
            try:
                await self._live_once()
            except OSError as error:
                self._trouble = f"The local worker cannot be started: {error.strerror}."
                self._news.set()
            if loop.time() - started > HEALTHY_S:
                pause_s = self._settings.first_retry_s
            log.warning("%s It is started again in %.1f s.", self._trouble, pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, self._settings.longest_retry_s)

    async def _live_once(self) -> None:
        """One life of the child: from its start to its end."""
        process = await self._spawn()
        try:
            if await self._came_up(process):
                await process.wait()
            self._trouble = await asyncio.to_thread(self._why, process.returncode)
        except TimeoutError:
            self._trouble = (
                "The local worker did not start in "
                f"{self._settings.local_start_timeout_s:.0f} s; {self._log_file} "
                "has its words."
            )
        finally:
            self._up.clear()
            self._news.set()
            await _end(process)
            await self._report(None, "")

    async def _spawn(self) -> asyncio.subprocess.Process:
        log_file = await asyncio.to_thread(self._prepare)
        try:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "colab_worker"),
                *("--host", "127.0.0.1", "--port", "0"),
                *("--data-dir", str(self._folder)),
                *("--ready-file", str(self._ready_file), "--stop-on-eof"),
                *("--hosted", "--fallback", ",".join(self._settings.fallback)),
                stdin=asyncio.subprocess.PIPE,
                stdout=log_file,
                stderr=log_file,
                env=_environment() | {TOKEN_VARIABLE: self._token},
                start_new_session=True,  # Ctrl-C is for us; we end it in order
            )
        finally:
            os.close(log_file)

    def _prepare(self) -> int:
        """Clears the stage; the open log file that the child writes to."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for leftover in self._settings.home.glob("worker-ready-*.json"):
            leftover.unlink(missing_ok=True)
        # A name of its own: the child of a killed orchestrator may still come up and
        # say so, just before it notices that nobody needs it.
        name = f"worker-ready-{new_id()}.json"
        self._ready_file = self._settings.home / name
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        if self._log_file.exists() and self._log_file.stat().st_size > _MAX_LOG_BYTES:
            flags |= os.O_TRUNC
        return os.open(self._log_file, flags, 0o600)

    async def _came_up(self, process: asyncio.subprocess.Process) -> bool:
        """Waits for the file that the child writes when it listens."""
        async with asyncio.timeout(self._settings.local_start_timeout_s):
            while process.returncode is None:
                ready = await asyncio.to_thread(_read_json, self._ready_file)
                if ready is not None:
                    address = WorkerAddress(ready["url"], self._token)
                    await self._report(address, ready["boot_id"])
                    self._up.set()
                    self._news.set()
                    log.info("The local worker listens at %s.", address.url)
                    return True
                await asyncio.sleep(0.05)
        return False

    def _why(self, code: int | None) -> str:
        lines = self._log_file.read_text("utf-8", "replace").splitlines()[-1:]
        last = f": {lines[0].strip()[:300]}" if lines else ""
        return f"The local worker ended with exit code {code}{last}"


def _environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k not in _NOT_FOR_WORKERS}


def _read_json(path: Path) -> dict[str, str] | None:
    try:
        content: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content


async def _end(process: asyncio.subprocess.Process) -> None:
    """Closes the child's stdin, and kills it if that does not end it, or nobody waits."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
