"""Ending tasks: they have ended afterwards, and whoever waits can be ended too."""

from __future__ import annotations

import asyncio

import pytest

from shared_protocol.kit.tasks import end_tasks


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
