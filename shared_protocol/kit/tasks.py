"""Ending tasks that one has begun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

log = logging.getLogger(__name__)


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
