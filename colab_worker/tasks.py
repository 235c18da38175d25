"""What a dispatcher takes and tells: units to do, and reports of what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared_protocol.artifacts import UnitResult
from shared_protocol.errors import Code


@dataclass(frozen=True)
class UnitTask:
    """One attempt at one unit: everything that a machine needs to do it."""

    job_id: str
    unit_id: str
    attempt: int
    lane: str
    #: Lower comes first within a lane.
    rank: tuple[int, ...]
    kind: str
    engine: str
    #: Where the engine comes from, and which model it is to load.
    address: str
    params: dict[str, object]
    #: SHA-256 of each input by its name.
    inputs: Mapping[str, str]
    limit_s: float
    #: How long a cancel waits for the running step; None: as long as usual.
    patience_s: float | None = None
    #: Tasks of a job in which this is equal may be done in one call; None: it alone.
    together: str | None = None


@dataclass(frozen=True)
class Started:
    """A lane has taken the task."""

    task: UnitTask


@dataclass(frozen=True)
class Loads:
    """The task's engine takes its time to load; any other report says that it is there."""

    task: UnitTask


@dataclass(frozen=True)
class Progressed:
    """The task got further."""

    task: UnitTask
    fraction: float
    note: str


@dataclass(frozen=True)
class Glimpsed:
    """The task showed what it is drawing, as WebP."""

    task: UnitTask
    webp: bytes


@dataclass(frozen=True)
class Finished:
    """The task's files are in the blob store."""

    task: UnitTask
    result: UnitResult


@dataclass(frozen=True)
class Broken:
    """The task failed; nothing of it was kept."""

    task: UnitTask
    code: Code
    message: str
    hint: str | None
    retryable: bool


Report = Started | Loads | Progressed | Glimpsed | Finished | Broken
OnReport = Callable[[Report], None]
