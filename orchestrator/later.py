"""What takes a while to load: begun beside the loop, awaited where it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """What ``load`` returns; it runs once, in a thread, from ``begin`` or ``get`` on."""

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._loading: asyncio.Future[T] | None = None

    def begin(self) -> None:
        """Begins to load; returns at once."""
        _ = self._begun()

    async def get(self) -> T:
        """What was loaded; raises what ``load`` did."""
        return await asyncio.shield(self._begun())

    async def settle(self) -> None:
        """Returns when nothing is loading."""
        if self._loading is not None:
            await asyncio.wait([self._loading])

    def _begun(self) -> asyncio.Future[T]:
        if self._loading is None:
            loop = asyncio.get_running_loop()
            self._loading = loop.run_in_executor(None, self._load)
        return self._loading
