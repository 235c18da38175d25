"""All chance of a picture: generators that depend on words alone, in any process."""

from __future__ import annotations

import hashlib

import numpy as np


def roll(*words: object) -> np.random.Generator:
    """A generator seeded by the SHA-256 of ``words``; the same words, the same rolls."""
    return np.random.Generator(np.random.PCG64(number(*words)))


def number(*words: object) -> int:
    """A 128-bit number that stands for ``words``."""
    text = "\x1f".join(str(word) for word in words)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])


class Dice:
    """One picture's chance: a separate generator for every purpose, so that what is
    left out of a picture does not change the rest of it.
    """

    def __init__(self, *words: object) -> None:
        self._words = words

    def of(self, *purpose: object) -> np.random.Generator:
        """A fresh generator for ``purpose``."""
        return roll(*self._words, *purpose)
