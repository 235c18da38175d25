"""Waking those who wait for news of a job, many at a time and without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

#: Readers that are woken at once; a crowd is woken in turns, so that answering it does
#: not keep others waiting.
CROWD = 25
TURN_S = 0.01


class Changes:
    """Who waits for which key; versions themselves are kept by the caller."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}

    def announce(self, key: str) -> None:
        """Wakes everybody who waits for ``key``, a crowd within a fraction of a second."""
        events = list(self._waiting.get(key, ()))
        _wake(events[:CROWD])
        for turn, first in enumerate(range(CROWD, len(events), CROWD), start=1):
            loop = asyncio.get_running_loop()
            loop.call_later(turn * TURN_S, _wake, events[first : first + CROWD])

    async def wait(
        self, known: Mapping[str, int], current: Mapping[str, int], wait_s: float
    ) -> None:
        """Returns when a key's ``current`` version passes ``known``, or after a while.

        ``current`` is a live mapping; a key that it lacks counts as unchanged, one that
        leaves it as changed.
        """
        event = asyncio.Event()
        present = known.keys() & current.keys()
        for key in known:
            self._waiting.setdefault(key, set()).add(event)
        try:
            async with asyncio.timeout(wait_s):
                while present <= current.keys() and not _passed(known, current):
                    event.clear()
                    await event.wait()
        except TimeoutError:
            return
        finally:
            for key in known:
                self._forget(key, event)

    def _forget(self, key: str, event: asyncio.Event) -> None:
        waiting = self._waiting[key]
        waiting.discard(event)
        if not waiting:
            del self._waiting[key]


def _wake(events: Iterable[asyncio.Event]) -> None:
    for event in events:
        event.set()


def _passed(known: Mapping[str, int], current: Mapping[str, int]) -> bool:
    return any(current.get(key, version) > version for key, version in known.items())
