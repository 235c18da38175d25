"""An orchestrator that writes with a local service, and a topic to write about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.servers.gemini import KEY, FakeGemini
from tests.servers.live_orchestrator import LiveOrchestrator

TOPIC = {"topic": "an old lighthouse", "script": None, "num_scenes": 4, "duration": 1}


@asynccontextmanager
async def studio_of(
    home: Path, gemini: FakeGemini, **settings: Any
) -> AsyncIterator[LiveOrchestrator]:
    """An orchestrator that writes with ``gemini``."""
    values: dict[str, Any] = {
        "gemini_keys": (KEY,),
        "gemini_url": gemini.url,
        "writer_first_wait_s": 0.01,
        "writer_silence_s": 5.0,
    }
    async with LiveOrchestrator(home, **(values | settings)) as live:
        yield live


async def reviewed(studio: LiveOrchestrator, **fields: Any) -> dict[str, Any]:
    """The script of a topic, without a worker."""
    job_id = await studio.order(**(TOPIC | {"review": True} | fields))
    await studio.until(job_id, "review")
    reply = await studio.api.get(f"/api/jobs/{job_id}/script")
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def eventually(condition: Callable[[], bool]) -> None:
    """Returns once it holds."""
    async with asyncio.timeout(100):
        while not condition():  # noqa: ASYNC110 - nobody tells when it does
            await asyncio.sleep(0.01)
