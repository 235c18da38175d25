"""Says how far a script is, without ever letting the writer wait for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Telling:
    """The newest sentence is said as soon as the one before is; others are left out."""

    def __init__(self, say: Callable[[str, int], Awaitable[None]]) -> None:
        self._say = say
        self._newest: tuple[str, int] | None = None
        self._task: asyncio.Task[None] | None = None

    def tell(self, message: str, progress: int) -> None:
        """Takes a sentence; returns at once."""
        self._newest = message, progress
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tell(), name="telling")

    async def _tell(self) -> None:
        while self._newest is not None:
            newest, self._newest = self._newest, None
            await self._say(*newest)

    async def stop(self) -> None:
        """Leaves out what has not been said; raises what saying it raised."""
        self._newest = None
        if self._task is not None:
            await self._task
