"""Keeping loops going, and ending tasks that one has begun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

log = logging.getLogger(__name__)

#: Before a loop that failed begins again.
PAUSE_S = 1.0


def keep_running(name: str, loop: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    """A task of that name for a loop that never ends.

    What nobody foresaw is logged, and the loop begins again.
    """
    return asyncio.create_task(_again_and_again(name, loop), name=name)


async def _again_and_again(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await loop()
        except Exception:
            log.exception("%s failed; it starts again.", name)
            await asyncio.sleep(PAUSE_S)


async def end_tasks(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancels the tasks and returns when all have ended, however they did.

    Raises CancelledError when the caller itself is canceled meanwhile. That is what
    ``suppress(CancelledError)`` around ``await task`` cannot tell apart: a caller that is
    canceled there goes on for ever.
    """
    ending = list(tasks)
    for task in ending:
        task.cancel()
    if ending:
        await asyncio.wait(ending)
    for task in ending:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.debug("Ended with an error that nobody needs: %r", error)
