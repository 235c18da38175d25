"""What of a film is brought through a tunnel with an allowance, and when.

Elsewhere everything comes as soon as it is there. Through a metered tunnel the film and
the files beside it come when they are ready, small previews at times, and pictures and
voices (what a GPU has worked for) every ``keep_every_s``, in case the machine is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.quota import Ledger
from orchestrator.settings import Settings
from shared_protocol.artifacts import Artifact, MemoEntry
from shared_protocol.holds import Pace
from shared_protocol.jobs import JobState, JobView

#: Files up to this size share one request; a larger one goes on where it broke off.
SMALL_BYTES = 4 << 20
#: Previews come so many times rarer than news.
_RARER = 4
_FILM, _DEAR = frozenset({"film"}), frozenset({"image", "voice"})


@dataclass
class _Times:
    """When something was last brought for a film."""

    begun: float
    previews: float
    kept: float


class Sparing:
    """Chooses among what is ready at a worker and not here."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keep_every_s = settings.keep_every_s
        self._ledger = ledger
        self._clock = clock
        self._times: dict[str, _Times] = {}

    def is_on(self, url: str) -> bool:
        """Whether not everything comes at once from the worker at ``url``."""
        return self._keep_every_s > 0 and self._ledger.pace(url) is not None

    def choose(
        self,
        url: str,
        view: JobView,
        units: Sequence[MemoEntry],
        files: Sequence[Artifact],
    ) -> tuple[list[MemoEntry], list[Artifact]]:
        """The units to bring whole, and the files beyond them."""
        pace = self._ledger.pace(url)
        if pace is None or not self._keep_every_s:
            return list(units), list(files)
        now, low = self._clock(), self._ledger.is_low(url)
        times = self._times.setdefault(view.job_id, _Times(now, now, now))
        previews = [file for file in files if file.role == "preview"]
        if not view.state.terminal and (low or not _due(times, now, pace)):
            previews = []
        kinds = self._kinds(view, now - times.kept, low=low)
        return [unit for unit in units if unit.kind in kinds], previews

    def brought(
        self, view: JobView, units: Sequence[MemoEntry], files: Sequence[Artifact]
    ) -> None:
        """What was chosen is here."""
        times, now = self._times.get(view.job_id), self._clock()
        if view.state.terminal:
            self._times.pop(view.job_id, None)
        elif times is not None:
            times.previews = now if files else times.previews
            times.kept = now if units else times.kept

    def _kinds(self, view: JobView, since_s: float, *, low: bool) -> frozenset[str]:
        """Kinds of units that are brought now."""
        if view.state is JobState.COMPLETE:
            return _FILM
        due = view.state is JobState.ERROR or since_s >= self._keep_every_s
        return _DEAR if due and not low else frozenset()


def _due(times: _Times, now: float, pace: Pace) -> bool:
    """Whether previews may come."""
    pause_s = max(_RARER * pace.first_s, pace.share * (now - times.begun))
    return now - times.previews >= min(2 * pace.hold_s, pause_s)
