"""Held replies: ``Prefer: wait, settle`` (RFC 7240), ``If-None-Match``, ``?wait=&since=``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared_protocol.routes import MAX_HOLD_S
from shared_protocol.wire import View

#: One preference of a list; quoted strings may hold commas.
_PREFERENCE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+')
_SECONDS = re.compile(
    r'\s*(\w+)\s*=\s*(?:(\d+(?:\.\d+)?)|"(\d+(?:\.\d+)?)")\s*(?:;.*)?',
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
    #: News are let gather for so long, unless the job ends.
    settle_s: float = 0.0


class Pace(View):
    """How often a tunnel with an allowance is asked: the longer a job takes, the rarer.

    Replies come ``share`` of the watched time apart, so that a job of an hour costs few
    requests more than one of ten minutes.
    """

    hold_s: float = 55.0
    first_s: float = 3.0
    share: float = 0.5

    def settle_s(self, watched_s: float) -> float:
        """How long news gather once a job has been watched for ``watched_s``."""
        return min(self.hold_s, max(self.first_s, self.share * watched_s))


def read_hold(headers: Mapping[str, str], query: Mapping[str, str]) -> Hold:
    """What a request asks for; ValueError names a query field that is no number."""
    prefer = headers.get("Prefer", "")
    wait_s, settle_s = preferred(prefer, "wait"), preferred(prefer, "settle")
    since = version_of_etag(headers.get("If-None-Match", ""))
    conditional = since is not None
    if "wait" in query:
        wait_s = _number(query, "wait")
    if "since" in query:
        since = int(_number(query, "since"))
    wait_s = min(wait_s, MAX_HOLD_S)
    return Hold(wait_s, since, conditional, min(settle_s, wait_s))


def preferred(prefer: str, name: str) -> float:
    """Seconds of ``name`` in ``Prefer: respond-async, wait=25``; 0 when it has none."""
    for preference in _PREFERENCE.findall(prefer):
        match = _SECONDS.fullmatch(preference)
        if match and match[1].lower() == name:
            return float(match[2] or match[3])
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
