"""A bell that wakes the background loops: something that they look at has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from shared_protocol.films import FilmState


class Bell:
    """Rings for the loops that listen."""

    def __init__(self) -> None:
        self._ears: list[Ear] = []

    def listen(
        self, states: Iterable[FilmState] = FilmState, *, leaving: bool = True
    ) -> Ear:
        """A new listener; of films, it hears those that enter ``states`` or leave them."""
        ear = Ear(frozenset(states), leaving=leaving)
        self._ears.append(ear)
        return ear

    def ring(
        self,
        left: Iterable[FilmState] = FilmState,
        entered: Iterable[FilmState] = FilmState,
    ) -> None:
        """Wakes everybody, or those whom a film concerns that changed so."""
        after = frozenset(entered)
        either = after.union(left)
        for ear in self._ears:
            if ear.states & (either if ear.leaving else after):
                ear.event.set()


class Ear:
    """One listener; a ring between two ``wait`` calls is not missed."""

    def __init__(self, states: frozenset[FilmState], *, leaving: bool) -> None:
        self.states = states
        self.leaving = leaving
        self.event = asyncio.Event()

    async def wait(self, timeout_s: float | None = None) -> None:
        """Returns at the next ring, at the one missed, or after ``timeout_s``."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self.event.wait()
        self.event.clear()
