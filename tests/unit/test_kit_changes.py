"""Waiting for news: woken at once, released after a while, nothing left behind."""

from __future__ import annotations

import asyncio

import pytest

from shared_protocol.kit.changes import Changes

LONG_S = 60.0


async def waiting(
    changes: Changes, current: dict[str, int], *keys: str
) -> asyncio.Task[None]:
    """A task that waits for news of jobs that it knows at version 1."""
    known = dict.fromkeys(keys, 1)
    task = asyncio.create_task(changes.wait(known, current, LONG_S))
    await asyncio.sleep(0)
    return task


def leftovers(changes: Changes) -> int:
    """How many waiters are still known."""
    return sum(len(events) for events in changes._waiting.values())


async def test_all_who_wait_for_a_job_are_woken() -> None:
    """One announcement wakes everybody who waits for that key, and nobody else."""
    changes, current = Changes(), {"a": 1, "b": 1, "c": 1}
    readers = [await waiting(changes, current, "a", "b") for _ in range(50)]
    other = await waiting(changes, current, "c")

    current["b"] = 2
    changes.announce("b")
    await asyncio.gather(*readers)

    assert not other.done()
    assert leftovers(changes) == 1
    other.cancel()


async def test_an_announcement_of_what_is_known_wakes_nobody() -> None:
    """Only a version above the known one is news; a reader may be ahead of a restart."""
    changes, current = Changes(), {"a": 1}
    reader = await waiting(changes, current, "a")
    for _ in range(3):
        changes.announce("a")
        await asyncio.sleep(0)
    assert not reader.done()

    current["a"] = 2
    changes.announce("a")
    await reader


async def test_a_job_that_is_deleted_is_news() -> None:
    """Who waits for it hears at once that it is gone."""
    changes, current = Changes(), {"a": 1}
    reader = await waiting(changes, current, "a")
    del current["a"]
    changes.announce("a")
    await reader

    assert changes._waiting == {}


async def test_who_is_behind_does_not_wait() -> None:
    """A version above the known one returns at once."""
    changes = Changes()

    await changes.wait({"a": 1, "b": 1}, {"a": 1, "b": 2}, LONG_S)

    assert changes._waiting == {}


@pytest.mark.parametrize("wait_s", [0.0, -1.0, 0.001])
async def test_waiting_ends_without_news(wait_s: float) -> None:
    """No news is no error; a job that is not in the mapping counts as unchanged."""
    changes = Changes()

    await changes.wait({"a": 7}, {}, wait_s)

    assert changes._waiting == {}


async def test_a_reader_that_goes_away_is_forgotten() -> None:
    """A thousand canceled waits leave nothing in memory."""
    changes = Changes()
    readers = [await waiting(changes, {}, f"job-{n}", "all") for n in range(1000)]
    assert leftovers(changes) == 2000

    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)

    assert changes._waiting == {}


async def test_announcing_to_nobody_is_nothing() -> None:
    """A key without readers is not even remembered."""
    changes = Changes()
    changes.announce("a")

    assert changes._waiting == {}
