"""A bell that wakes the background loops: something that they look at has changed."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Bell:
    """Rings for every loop that listens."""

    def __init__(self) -> None:
        self._ears: list[Ear] = []

    def listen(self) -> Ear:
        """A new listener; it hears every ring from now on."""
        ear = Ear()
        self._ears.append(ear)
        return ear

    def ring(self) -> None:
        """Wakes everybody."""
        for ear in self._ears:
            ear.event.set()


class Ear:
    """One listener; a ring between two ``wait`` calls is not missed."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    async def wait(self, timeout_s: float | None = None) -> None:
        """Returns at the next ring, at the one missed, or after ``timeout_s``."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self.event.wait()
        self.event.clear()
