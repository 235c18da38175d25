"""Who makes a film when nobody was named: the words of the order, best first."""

from __future__ import annotations

from typing import Literal, cast, get_args

#: A connected worker; a real model on this machine; a paid service; the draft engines.
Fallback = Literal["remote", "local", "hosted", "draft"]
FALLBACK: tuple[Fallback, ...] = get_args(Fallback)

#: Image engines that ask a paid service, which only the local worker does.
SERVICES = ("fal", "openai")


def read_fallback(words: str) -> tuple[Fallback, ...]:
    """The order in which words stand, parted by blanks or commas; ValueError."""
    found = tuple(words.replace(",", " ").split())
    for word in found:
        if word not in FALLBACK:
            raise ValueError(
                f"the order of fallbacks has {word!r}; choose of: {', '.join(FALLBACK)}"
            )
    if not found or len(set(found)) < len(found):
        raise ValueError(
            f"the order of fallbacks is {words!r}; name each word once: "
            f"{', '.join(FALLBACK)}"
        )
    return cast(tuple[Fallback, ...], found)
