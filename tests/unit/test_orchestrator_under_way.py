"""Orders whose sender leaves: carried out, waited for at the end, never silent."""

from __future__ import annotations

import asyncio
import logging

import pytest

from orchestrator.under_way import UnderWay
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError


async def test_an_order_goes_on_without_its_sender() -> None:
    """It is carried out, and the end of the server waits for it."""
    under_way, may, done = UnderWay(), asyncio.Event(), []

    async def order() -> str:
        await may.wait()
        done.append("order")
        return "made"

    sender = asyncio.create_task(under_way.carry(order(), "an order"))
    await asyncio.sleep(0)
    sender.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sender
    settling = asyncio.create_task(under_way.settle())
    await asyncio.sleep(0)
    assert not settling.done()

    may.set()
    await settling
    assert done == ["order"]
    assert await under_way.carry(order(), "an order") == "made"


@pytest.mark.parametrize(
    ("error", "told"),
    [(OSError("The disk is gone."), 1), (ApiError(Code.CONFLICT, "Not now."), 0)],
)
async def test_what_fails_unheard_is_logged(
    error: Exception, told: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Unless it is a refusal, which concerns its sender alone."""
    under_way, may = UnderWay(), asyncio.Event()

    async def order() -> None:
        await may.wait()
        raise error

    sender = asyncio.create_task(under_way.carry(order(), "an order"))
    await asyncio.sleep(0)
    sender.cancel()
    await asyncio.wait([sender])
    may.set()
    with caplog.at_level(logging.ERROR):
        await under_way.settle()
        await asyncio.sleep(0)

    assert len(caplog.records) == told
    with pytest.raises(type(error)):
        await under_way.carry(order(), "an order")
