"""Loops go on after a surprise; ended tasks have ended, and who waits can be ended too."""

from __future__ import annotations

import asyncio

import pytest

from shared_protocol.kit.tasks import end_tasks, keep_running


async def test_all_have_ended_however_they_did() -> None:
    """Canceled, done before, or broken while they let go: nothing is raised."""
    canceled = asyncio.create_task(asyncio.sleep(60))
    done = asyncio.create_task(asyncio.sleep(0))
    broken = asyncio.create_task(_breaks_when_canceled())
    await asyncio.sleep(0.01)

    await end_tasks([canceled, done, broken])

    assert (canceled.cancelled(), done.result()) == (True, None)
    assert isinstance(broken.exception(), OSError)
    await end_tasks([])


async def test_the_one_who_ends_them_can_be_ended() -> None:
    """A cancel that comes while a task lets go is not taken for that task's own."""
    let_go = asyncio.Event()
    slow = asyncio.create_task(_lets_go_slowly(let_go))
    await asyncio.sleep(0)
    ending = asyncio.create_task(end_tasks([slow]))
    await asyncio.sleep(0)

    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending

    assert not slow.done()
    let_go.set()
    await end_tasks([slow])


async def test_a_loop_that_fails_begins_again(caplog: pytest.LogCaptureFixture) -> None:
    """What it failed by is told; a cancel ends it all the same."""
    begun: list[int] = []
    again = asyncio.Event()

    async def loop() -> None:
        begun.append(1)
        if len(begun) == 1:
            raise OSError("The disk is full.")
        again.set()
        await asyncio.sleep(60)

    kept = keep_running("heartbeat", loop)
    await again.wait()
    await end_tasks([kept])

    assert kept.cancelled()
    (record,) = caplog.records
    assert record.getMessage() == "heartbeat failed; it starts again."
    assert record.exc_info is not None
    assert "The disk is full." in str(record.exc_info[1])


async def _breaks_when_canceled() -> None:
    try:
        await asyncio.sleep(60)
    finally:
        raise OSError("It broke.")


async def _lets_go_slowly(let_go: asyncio.Event) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        await let_go.wait()
