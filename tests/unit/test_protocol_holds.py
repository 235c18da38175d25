"""Held replies, times, ids and tokens: small things that clients depend on."""

from __future__ import annotations

import time
import uuid

import pytest

from shared_protocol.clock import new_id, rfc3339, unix_seconds, utc_now
from shared_protocol.holds import (
    Hold,
    etag_of_version,
    preferred,
    read_hold,
    version_of_etag,
)


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("", 0),
        ("wait=25", 25),
        ("wait = 25", 25),
        ("WAIT=25", 25),
        ('wait="25"', 25),
        ("wait=0.5", 0.5),
        ("respond-async, wait=10", 10),
        ("wait=10; foo=bar, respond-async", 10),
        ("wait=5, wait=50", 5),  # RFC 7240 §2: the first one counts
        ('note="a, wait=9"', 0),
        ('note="say \\", wait=9", wait=3', 3),
        ("waiting=5", 0),
        ("wait", 0),
        ("wait=", 0),
        ("wait=-5", 0),
        ("wait=five", 0),
        ("wait=٢٥", 0),
        ('wait="25', 0),
    ],
)
def test_prefer_is_read_as_rfc_7240_has_it(prefer: str, seconds: float) -> None:
    """Lists, quotes, parameters and case; what is no wait is no wait."""
    assert preferred(prefer, "wait") == seconds


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ('W/"7"', 7),
        ('"7"', 7),
        (' W/"0" ', 0),
        ("7", None),
        ('W/"-1"', None),
        ('"7", "8"', None),
        ('"' + "9" * 19 + '"', None),
        ("*", None),
        ('W/"7"\n', 7),
        ("", None),
    ],
)
def test_etags_carry_versions(tag: str, version: int | None) -> None:
    """A tag of ours gives its version, any other gives none."""
    assert version_of_etag(tag) == version


def test_a_version_survives_its_etag() -> None:
    """What we send is what we read."""
    assert [version_of_etag(etag_of_version(n)) for n in (0, 1, 10**15)] == [
        0,
        1,
        10**15,
    ]


@pytest.mark.parametrize(
    ("headers", "query", "hold"),
    [
        ({}, {}, Hold(0, None, False)),
        (
            {"Prefer": "wait=25", "If-None-Match": 'W/"4"'},
            {},
            Hold(25, 4, True),
        ),
        ({}, {"wait": "3.5", "since": "9"}, Hold(3.5, 9, False)),
        ({"Prefer": "wait=5"}, {"wait": "600"}, Hold(60, None, False)),
        ({"Prefer": "wait=" + "9" * 400}, {}, Hold(60, None, False)),
        ({"If-None-Match": '"other"'}, {"since": "2"}, Hold(0, 2, False)),
    ],
)
def test_a_hold_comes_from_headers_or_the_query(
    headers: dict[str, str], query: dict[str, str], hold: Hold
) -> None:
    """The query wins, and nobody waits for more than the ceiling."""
    assert read_hold(headers, query) == hold


@pytest.mark.parametrize("name", ["wait", "since"])
@pytest.mark.parametrize("value", ["", "x", "-1", "nan", "inf", "1e16"])
def test_a_query_that_is_no_number_is_named(name: str, value: str) -> None:
    """The sentence begins with the field."""
    with pytest.raises(ValueError, match=f"^{name}: "):
        read_hold({}, {name: value})


def test_ids_are_uuid7_and_sort_by_time() -> None:
    """Version and variant bits are right, and a later millisecond sorts later."""
    made = [new_id()]
    for _ in range(3):
        stamp = time.time_ns() // 1_000_000
        while time.time_ns() // 1_000_000 == stamp:
            pass
        made.append(new_id())
    ids = [uuid.UUID(text) for text in made]

    assert {(i.version, i.variant) for i in ids} == {(7, uuid.RFC_4122)}
    assert made == sorted(made)
    assert abs((ids[0].int >> 80) / 1000 - time.time()) < 60
    assert len({new_id() for _ in range(1000)}) == 1000


def test_times_survive_their_text() -> None:
    """RFC 3339 in UTC with milliseconds, there and back."""
    assert rfc3339(0) == "1970-01-01T00:00:00.000Z"
    assert rfc3339(1_795_508_130.1239) == "2026-11-24T08:15:30.123Z"
    assert unix_seconds(rfc3339(1_795_508_130.123)) == 1_795_508_130.123
    assert unix_seconds("2026-11-24T09:15:30.123+01:00") == 1_795_508_130.123
    assert abs(unix_seconds(utc_now()) - time.time()) < 60


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-24", "2026-11-24T08:15:30"])
def test_a_time_without_a_zone_is_no_time(text: str) -> None:
    """What could mean several moments is refused."""
    with pytest.raises(ValueError):
        unix_seconds(text)
