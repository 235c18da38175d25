"""Which of espeak's rates gives the asked speed: tried out on the text itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: The limits of espeak's rate; above, it would only skip.
SLOWEST, FASTEST = 80, 440
_TRIES = 5
#: A difference that nobody hears and no pass is spent on.
_CLOSE = 0.01


@dataclass(frozen=True)
class Pace:
    """espeak's rate, and the factor by which its sound is then made longer."""

    rate: int
    stretch: float


def fit_pace(spoken_s: Callable[[int], float], base: int, speed: float) -> Pace:
    """The pace at which speech takes 1/``speed`` of its time at rate ``base``.

    ``spoken_s`` measures the speech at a rate. espeak's rate is not in proportion to
    its speed and ends at 80, so the rest is left to stretching.
    """
    if speed == 1.0:
        return Pace(base, 1.0)
    wanted_s = spoken_s(base) / speed
    rate = _clamped(base * speed)
    tried: dict[int, float] = {}
    for _ in range(_TRIES):
        tried[rate] = spoken_s(rate) / wanted_s
        if abs(tried[rate] - 1) < _CLOSE or _clamped(rate * tried[rate]) in tried:
            break
        rate = _clamped(rate * tried[rate])
    best = min(tried, key=lambda rate: abs(tried[rate] - 1))
    return Pace(best, 1.0 if abs(tried[best] - 1) < _CLOSE else 1 / tried[best])


def _clamped(rate: float) -> int:
    return min(max(round(rate), SLOWEST), FASTEST)
