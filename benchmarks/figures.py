"""What a benchmark gives back: figures with their targets, and series for the plot."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Target:
    """What a figure should reach; ``at`` belongs to the passing side."""

    side: Literal["<=", ">="]
    at: float

    def met_by(self, value: float) -> bool:
        """Whether ``value`` is on the passing side."""
        return value <= self.at if self.side == "<=" else value >= self.at

    def __str__(self) -> str:
        return f"{self.side} {self.at:g}"


@dataclass(frozen=True)
class Figure:
    """One measured number."""

    name: str
    value: float
    unit: str
    #: How many single measurements stand behind it.
    n: int
    target: Target | None = None
    note: str = ""


@dataclass
class Outcome:
    """Everything that one benchmark measured."""

    figures: list[Figure] = field(default_factory=list)
    #: Raw numbers for the plot, by a name that the plot knows.
    series: dict[str, Any] = field(default_factory=dict)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        n: int,
        target: Target | None = None,
        note: str = "",
    ) -> None:
        """Adds a figure; its value is kept to four significant digits."""
        kept = float(f"{value:.4g}")
        self.figures.append(Figure(name, kept, unit, n, target, note))


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that ``percent`` of ``values`` do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(int(len(ranked) * percent / 100), len(ranked) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle of ``values``."""
    return float(statistics.median(values))


def at_most(value: float) -> Target:
    """Lower is better."""
    return Target("<=", value)


def at_least(value: float) -> Target:
    """Higher is better."""
    return Target(">=", value)
