"""Asking again what only failed for a moment: as often as is decent, as late as was said."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
)

from colab_worker.engines.base import ServiceFailed, Tick

T = TypeVar("T")

ATTEMPTS = 4
FIRST_WAIT_S = 1.0
#: A service that wants more than this is not waited for.
LONGEST_WAIT_S = 120.0
#: Between two looks at whether the unit was canceled.
LOOK_S = 0.1
#: The service says itself that it has not done it.
BUSY = frozenset({429, 500, 502, 503, 529})


class Passing(Exception):
    """It did not work this time; ``wait_s`` is what the service asked for."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


def patiently(ask: Callable[[], T], tick: Tick, label: str) -> T:
    """The answer; Passing is tried again, and ends as ServiceFailed."""

    def rest(seconds: float) -> None:
        rested(seconds, tick, 0.0, f"waiting for {label}")

    tries = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=_wait_s,
        sleep=rest,
        retry=retry_if_exception_type(Passing),
        reraise=True,
    )
    try:
        return tries(ask)
    except Passing as passing:
        raise ServiceFailed(
            f"{label} {passing} ({ATTEMPTS} times)", "retry the job a little later"
        ) from passing


def rested(seconds: float, tick: Tick, fraction: float, note: str) -> None:
    """Waits, and hears of a cancel meanwhile; raises Stopped."""
    end = time.monotonic() + seconds
    tick(fraction, note)
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, LOOK_S))
        tick(fraction, note)


def delay_s(headers: Mapping[str, str]) -> float | None:
    """What ``Retry-After`` says, in seconds; None without one that can be read."""
    told = headers.get("retry-after", "")
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return None


def busy(status: int, headers: Mapping[str, str]) -> Passing:
    """A reply that says: later. ServiceFailed is raised for much later."""
    wait_s = delay_s(headers)
    if wait_s is not None and wait_s > LONGEST_WAIT_S:
        raise ServiceFailed(
            f"the service wants to be asked again in {wait_s / 60:.0f} minutes (HTTP "
            f"{status})",
            "retry the job then",
        ) from Passing("wants a long pause")
    said = "is asked too often" if status == 429 else f"answers with HTTP {status}"
    return Passing(said, wait_s)


def _wait_s(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_s if isinstance(error, Passing) else None
    usual = FIRST_WAIT_S * 2.0 ** (state.attempt_number - 1)
    return usual if asked is None else asked
