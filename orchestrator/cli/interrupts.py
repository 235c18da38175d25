"""Ctrl-C and SIGTERM: the first stops the work in an orderly way, the second at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from types import FrameType, TracebackType
from typing import Any, TypeVar

from orchestrator.cli.exits import Exit
from shared_protocol.kit.tasks import end_tasks

T = TypeVar("T")
SHOW_CURSOR = "\x1b[?25h"


class Interrupted(Exception):
    """The person asked to stop."""


class Interrupts:
    """Watches both signals while it is open; use inside a running event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._asked = asyncio.Event()
        self._count = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interrupts:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of ``work``; Interrupted as soon as a signal comes, work stopped."""
        task = asyncio.ensure_future(work)
        asked = asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait((task, asked), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise Interrupted
        finally:
            await end_tasks([task, asked])

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._count += 1
        if self._count > 1:
            leave_at_once()
        self._loop.call_soon_threadsafe(self._asked.set)


def leave_at_once() -> None:
    """Ends the process without any cleaning up but the cursor's."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), SHOW_CURSOR.encode())
    os._exit(Exit.CANCELED)
