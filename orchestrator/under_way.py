"""Orders that are carried out to their end, also when whoever gave them has left.

A client that goes away cancels its request. In the middle of a commit that would leave a
change that is stored and of which no loop was told.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiohttp import web

from shared_protocol.kit.http_errors import ApiError

log = logging.getLogger(__name__)

T = TypeVar("T")


class UnderWay:
    """The orders that are being carried out."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    async def carry(self, order: Coroutine[Any, Any, T], name: str) -> T:
        """What ``order`` gives, or raises; it goes on when the caller is canceled."""
        task = asyncio.create_task(order, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_tell)
            raise

    async def settle(self) -> None:
        """Returns when none is being carried out."""
        while self._tasks:
            await asyncio.wait(self._tasks)


def _tell(task: asyncio.Task[Any]) -> None:
    """Nobody waits any more for how it ended."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, ApiError | web.HTTPException):
        log.error("%s failed; its sender had left.", task.get_name(), exc_info=error)
