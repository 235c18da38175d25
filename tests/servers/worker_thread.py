"""The fake worker in a thread of its own, working by itself, for tests of commands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any

from tests.servers.fake_worker import FakeWorker

STEP_S = 0.01


class WorkerThread:
    """Does the units of every job, up to ``limit`` of them; a context manager."""

    def __init__(self) -> None:
        self.limit = 10_000
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stop = asyncio.Event()

    def __enter__(self) -> WorkerThread:
        self._thread.start()
        self._call(self._start()).result()
        self._working = self._call(self._work())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._working.result()
        self._call(self.worker.close()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def connect_line(self) -> str:
        """The address with its token, as the notebook prints it."""
        return f"{self.worker.url}/#token={self.worker.token}"

    def _call(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _start(self) -> None:
        self.worker = await FakeWorker().start()

    async def _work(self) -> None:
        while not self._stop.is_set():
            for job in list(self.worker.jobs.values()):
                if not job.state.terminal and len(self.worker.made) < self.limit:
                    await self.worker.work(job.id, 1)
            await asyncio.sleep(STEP_S)
