"""Jobs and units as they are stored: rows of the tables as frozen values, and back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from shared_protocol.artifacts import UnitResult
from shared_protocol.clock import utc_now
from shared_protocol.errors import ErrorBody
from shared_protocol.jobs import JobState, UnitState


@dataclass(frozen=True)
class JobRow:
    """A job as it is stored."""

    id: str
    kind: str
    title: str
    spec: str
    spec_sha256: str
    body_sha256: str
    idempotency_key: str | None = None
    position: int = 0
    state: JobState = JobState.QUEUED
    attempt: int = 1
    version: int = 1
    error: ErrorBody | None = None
    warnings: tuple[str, ...] = ()
    draft: bool = False
    created_at: str = field(default_factory=utc_now)
    started_at: str | None = None
    finished_at: str | None = None
    heartbeat_at: str | None = None


@dataclass(frozen=True)
class UnitRow:
    """A unit of a job as it is stored."""

    job_id: str
    id: str
    position: int
    kind: str
    scene: int | None
    needs: tuple[str, ...]
    engine: str
    state: UnitState = UnitState.PENDING
    attempt: int = 0
    tries: int = 0
    interruptions: int = 0
    reused: bool = False
    key: str | None = None
    result: UnitResult | None = None
    error: ErrorBody | None = None
    started_at: str | None = None
    finished_at: str | None = None


def to_job(row: sa.Row[Any]) -> JobRow:
    """A row of ``jobs``."""
    values = dict(row._mapping)
    values["state"] = JobState(values["state"])
    values["warnings"] = tuple(values["warnings"])
    values["error"] = _error(values["error"])
    return JobRow(**values)


def to_unit(row: sa.Row[Any]) -> UnitRow:
    """A row of ``units``."""
    values = dict(row._mapping)
    values["state"] = UnitState(values["state"])
    values["needs"] = tuple(values["needs"])
    values["error"] = _error(values["error"])
    if values["result"] is not None:
        values["result"] = UnitResult.model_validate(values["result"])
    return UnitRow(**values)


def _error(value: Any) -> ErrorBody | None:
    return None if value is None else ErrorBody.model_validate(value)


def job_values(job: JobRow) -> dict[str, Any]:
    """The columns of a job."""
    return plain(vars(job))


def unit_values(unit: UnitRow) -> dict[str, Any]:
    """The columns of a unit."""
    return plain(vars(unit))


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the database takes them: models as JSON, tuples as lists."""
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, ErrorBody | UnitResult):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return list(value)
    return value


def with_counters(unit: UnitRow, old: UnitRow | None, *, fenced: bool) -> UnitRow:
    """``unit`` with the counters of ``old``, so that the fence goes on counting.

    ``fenced``: whoever still works on ``old`` comes too late.
    """
    if old is None:
        return unit
    return replace(unit, attempt=old.attempt + fenced, interruptions=old.interruptions)
