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

    def listen(self, states: Iterable[FilmState] = FilmState) -> Ear:
        """A new listener; of films, it hears those that enter or leave ``states``."""
        ear = Ear(frozenset(states))
        self._ears.append(ear)
        return ear

    def ring(self, states: Iterable[FilmState] = FilmState) -> None:
        """Wakes everybody, or those whom a film's change among ``states`` concerns."""
        changed = frozenset(states)
        for ear in self._ears:
            if ear.states & changed:
                ear.event.set()


class Ear:
    """One listener; a ring between two ``wait`` calls is not missed."""

    def __init__(self, states: frozenset[FilmState]) -> None:
        self.states = states
        self.event = asyncio.Event()

    async def wait(self, timeout_s: float | None = None) -> None:
        """Returns at the next ring, at the one missed, or after ``timeout_s``."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self.event.wait()
        self.event.clear()
