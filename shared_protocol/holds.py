"""Held replies: reading ``Prefer: wait`` (RFC 7240), ``If-None-Match``, ``?wait=&since=``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared_protocol.routes import MAX_HOLD_S

#: One preference of a list; quoted strings may hold commas.
_PREFERENCE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_WAIT = re.compile(
    r'\s*wait\s*=\s*(?:(\d+(?:\.\d+)?)|"(\d+(?:\.\d+)?)")\s*(?:;.*)?',
    re.IGNORECASE | re.ASCII,
)
_VERSION = re.compile(r'\s*(?:W/)?"([0-9]{1,18})"\s*')


@dataclass(frozen=True)
class Hold:
    """How long a reader will wait, and the version it already has (None: none)."""

    wait_s: float
    since: int | None
    #: The reader sent ``If-None-Match``: unchanged is 304 instead of a body.
    conditional: bool


def read_hold(headers: Mapping[str, str], query: Mapping[str, str]) -> Hold:
    """What a request asks for; ValueError names a query field that is no number."""
    wait_s = preferred_wait(headers.get("Prefer", ""))
    since = version_of_etag(headers.get("If-None-Match", ""))
    conditional = since is not None
    if "wait" in query:
        wait_s = _number(query, "wait")
    if "since" in query:
        since = int(_number(query, "since"))
    return Hold(min(wait_s, MAX_HOLD_S), since, conditional)


def preferred_wait(prefer: str) -> float:
    """Seconds in ``Prefer: respond-async, wait=25``; 0 when it names none."""
    for preference in _PREFERENCE.findall(prefer):
        match = _WAIT.fullmatch(preference)
        if match:
            return float(match[1] or match[2])
    return 0.0


def etag_of_version(version: int) -> str:
    """The weak entity tag of a job's version."""
    return f'W/"{version}"'


def version_of_etag(tag: str) -> int | None:
    """The inverse of :func:`etag_of_version`; None for any other tag."""
    match = _VERSION.fullmatch(tag)
    return int(match[1]) if match else None


def _number(query: Mapping[str, str], name: str) -> float:
    try:
        value = float(query[name])
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e15:
        raise ValueError(f"{name}: must be a number of at least 0")
    return value
