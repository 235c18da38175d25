"""Progress is said without anybody waiting for it."""

from __future__ import annotations

import asyncio

import pytest

from orchestrator.telling import Telling


async def test_only_the_newest_is_said_while_something_is_being_said() -> None:
    """What has been overtaken is left out, and so is what comes too late."""
    said: list[tuple[str, int]] = []
    disk = asyncio.Event()

    async def say(message: str, progress: int) -> None:
        said.append((message, progress))
        await disk.wait()

    telling = Telling(say)
    telling.tell("one", 1)
    await asyncio.sleep(0)
    telling.tell("two", 2)
    telling.tell("three", 3)
    disk.set()
    await asyncio.sleep(0.01)
    assert said == [("one", 1), ("three", 3)]

    disk.clear()
    telling.tell("four", 4)
    await asyncio.sleep(0)
    telling.tell("five", 5)
    disk.set()
    await telling.stop()
    assert said[2:] == [("four", 4)]


async def test_what_breaks_is_not_swallowed() -> None:
    """A disk that fails is heard of at the end."""

    async def say(message: str, progress: int) -> None:
        raise OSError("no space left")

    telling = Telling(say)
    telling.tell("one", 1)
    await asyncio.sleep(0.01)
    with pytest.raises(OSError, match="no space left"):
        await telling.stop()
