"""The one clock of the wire: RFC 3339 times in UTC, and time-ordered ids (UUIDv7)."""

from __future__ import annotations

import datetime as dt
import os
import time
import uuid


def utc_now() -> str:
    """The present moment as RFC 3339 in UTC with milliseconds."""
    return rfc3339(time.time())


def today() -> dt.date:
    """The present day in UTC."""
    return dt.datetime.fromtimestamp(time.time(), dt.UTC).date()


def rfc3339(unix_s: float) -> str:
    """Seconds since 1970 as ``2026-11-21T08:15:30.123Z``."""
    moment = dt.datetime.fromtimestamp(unix_s, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unix_seconds(moment: str) -> float:
    """The inverse of :func:`rfc3339`; raises ValueError for anything else."""
    parsed = dt.datetime.fromisoformat(moment)
    if parsed.tzinfo is None:
        raise ValueError(f"{moment!r} does not say in which time zone it is")
    return parsed.timestamp()


def new_id() -> str:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then random bits."""
    millis = time.time_ns() // 1_000_000
    value = millis << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
