"""Keys of a writing service: used in turn, each resting when the service says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.writer.services.base import KeyRefused, QuotaSpent

#: Requests under way at once with one key, over all films.
AT_ONCE = 2
#: How long a quota of the day counts as spent; nobody tells when it comes back.
SPENT_S = 1800.0


@dataclass
class Key:
    """One key; the text itself is never shown."""

    text: str = field(repr=False)
    #: Not before this moment of the ring's clock.
    rests_until: float = 0.0
    refused: bool = False
    #: By model whose quota of the day is spent: when it is worth asking again.
    spent: dict[str, float] = field(default_factory=dict)
    gate: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(AT_ONCE), repr=False
    )


class KeyRing:
    """All keys of one service, shared by all films."""

    def __init__(
        self, texts: tuple[str, ...], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._keys = [Key(text) for text in texts]
        self._clock = clock

    def take(self, model: str) -> tuple[Key, float]:
        """The next key for ``model``, and the seconds that it has to rest before.

        Raises KeyRefused or QuotaSpent when no key can be used at all.
        """
        key = min(self.usable(model), key=self._rest_s)
        self._keys.remove(key)
        self._keys.append(key)  # in turn
        return key, self._rest_s(key)

    def is_ready(self, key: Key, model: str) -> bool:
        """Whether the key, taken a while ago, may still be used at once."""
        spent = key.spent.get(model, 0.0) > self._clock()
        return not (key.refused or spent or self._rest_s(key))

    def _rest_s(self, key: Key) -> float:
        return max(0.0, key.rests_until - self._clock())

    def usable(self, model: str) -> list[Key]:
        """The keys that may be used for ``model``; raises as ``take`` does."""
        good = [key for key in self._keys if not key.refused]
        if not good:
            raise KeyRefused("no key is accepted")
        now = self._clock()
        fit = [key for key in good if key.spent.get(model, now) <= now]
        if not fit:
            raise QuotaSpent("the quota of the day is used up")
        return fit

    def spend(self, key: Key, model: str) -> None:
        """The key's quota of the day for ``model`` is spent; it is asked again later."""
        key.spent[model] = self._clock() + SPENT_S

    def rest(self, key: Key, seconds: float) -> None:
        """Leaves the key alone for a while, whichever film wants it."""
        key.rests_until = max(key.rests_until, self._clock() + seconds)

    def hide(self, text: str) -> str:
        """The text without any key in it."""
        for key in self._keys:
            text = text.replace(key.text, "***")
        return text
