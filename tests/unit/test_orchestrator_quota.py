"""The month of a tunnel: counted, kept, spared when little is left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestrator.quota import HEAD_BYTES, Ledger
from orchestrator.settings import Settings
from orchestrator.store.schema import prepare_schema
from orchestrator.store.traffic import TrafficStore
from shared_protocol.holds import Pace
from shared_protocol.kit.database import Database

NGROK = "https://name.ngrok-free.app"
OTHER = "https://four-words.trycloudflare.com"
NOVEMBER, DECEMBER = 1_795_500_000.0, 1_797_000_000.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[TrafficStore]:
    """The table in a new database."""
    database = Database.in_file(tmp_path / "o.db")
    await prepare_schema(database)
    yield TrafficStore(database)
    await database.close()


def ledger(store: TrafficStore, month: float = NOVEMBER, **settings: int) -> Ledger:
    """A ledger whose allowance is ten requests and a million bytes."""
    values = {"tunnel_requests": 10, "tunnel_bytes": 1_000_000} | settings
    return Ledger(
        Settings(home=Path(), url_file=Path(), **values),  # type: ignore[arg-type]
        store,
        clock=lambda: month,
    )


async def test_what_is_counted_is_kept_by_month(store: TrafficStore) -> None:
    """The next orchestrator goes on counting; the next month begins anew."""
    first = ledger(store)
    for _ in range(3):
        first.count(NGROK, 1, 1000)
    await first.save()
    second = ledger(store)
    await second.open()
    second.count(NGROK, 1, 1000)
    (now,) = second.view()

    assert (now.host, now.month) == ("name.ngrok-free.app", "2026-11")
    assert (now.requests, now.bytes) == (4, 4 * (1000 + HEAD_BYTES))
    assert (now.requests_limit, now.bytes_limit) == (10, 1_000_000)
    later = ledger(store, DECEMBER)
    await later.open()
    assert later.view() == ()
    assert later.left_bytes(NGROK) == 1_000_000


async def test_from_four_fifths_on_it_is_spared_and_told(store: TrafficStore) -> None:
    """Held requests last longer, and the warning names the tunnel."""
    counted = ledger(store)
    for _ in range(7):
        counted.count(NGROK, 1, 0)
    usual = counted.pace(NGROK)
    assert (usual, counted.warning(NGROK)) == (Pace(), None)
    assert usual is not None
    assert [usual.settle_s(age) for age in (0, 20, 600)] == [3, 10, 55]

    counted.count(NGROK, 1, 0)
    spared = counted.pace(NGROK)
    assert spared is not None
    assert spared.settle_s(0) == spared.hold_s == 55
    assert "80% of this month's allowance of name.ngrok" in str(counted.warning(NGROK))


async def test_bytes_count_as_well(store: TrafficStore) -> None:
    """The larger share decides; what is left never falls below nothing."""
    counted = ledger(store)
    counted.count(NGROK, 1, 900_000)
    assert counted.left_bytes(NGROK) == 100_000 - HEAD_BYTES
    assert counted.view()[0].used > 0.8
    counted.count(NGROK, 1, 900_000)
    assert counted.left_bytes(NGROK) == 0


async def test_other_tunnels_have_no_allowance(store: TrafficStore) -> None:
    """They are counted, and never spared."""
    counted = ledger(store)
    for _ in range(50):
        counted.count(OTHER, 1, 1_000_000)

    assert counted.left_bytes(OTHER) is None
    assert counted.pace(OTHER) is None
    assert counted.view()[0].requests == 50
    assert ledger(store, tunnel_bytes=0).left_bytes(NGROK) is None


async def test_what_others_used_is_learnt_from_the_worker(store: TrafficStore) -> None:
    """A page beside us: the worker's count grew by more than ours."""
    counted = ledger(store)
    counted.told(NGROK, "boot-1", 100, 5000)
    counted.count(NGROK, 1, 1000)
    counted.told(NGROK, "boot-1", 104, 9000)
    assert counted.view()[0].requests == 4

    counted.told(NGROK, "boot-2", 7, 900)  # counts anew
    assert counted.view()[0].requests == 4
