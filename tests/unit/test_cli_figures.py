"""Sizes, times and file names as people read them."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestrator.cli import figures
from shared_protocol.studio import TunnelQuota

MOMENT = "2026-01-31T09:05:00.000Z"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (3_210_000, "3.2 MB")],
)
def test_size(count: int, text: str) -> None:
    """Bytes in powers of a thousand."""
    assert figures.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (754, "12:34"), (3723, "1:02:03")],
)
def test_clock(seconds: float, text: str) -> None:
    """Minutes and seconds, hours when there are some."""
    assert figures.clock(seconds) == text


def test_local_time_is_where_the_person_is() -> None:
    """The same moment, whatever the zone of the one who reads it."""
    text = figures.local_time(MOMENT)
    shown = dt.datetime.strptime(text, "%Y-%m-%d %H:%M").astimezone()
    assert shown.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M") == MOMENT[:16]


def test_eta_is_a_range_or_measuring() -> None:
    """No estimate is no number; an estimate is a range around it."""
    assert figures.eta_range(None) == "measuring..."
    assert figures.eta_range(2) == "seconds left"
    assert figures.eta_range(100) == "1:20-2:15 left"


def test_what_a_tunnel_has_cost() -> None:
    """Of its allowance, where it has one; the status of its film shows it."""
    host = TunnelQuota(host="h.io", month="2026-11", requests=1200, bytes=31_500_000)
    limited = {"requests_limit": 20_000, "bytes_limit": 1_000_000_000}
    metered = host.model_copy(update=limited)

    assert figures.spent(host) == "1,200 requests, 31.5 MB"
    assert figures.spent(metered) == "1,200 requests of 20,000, 31.5 MB of 1,000"
