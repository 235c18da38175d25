"""An orchestrator and a worker that speak to each other, for tests of their talk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator


@pytest.fixture
async def worker() -> AsyncIterator[FakeWorker]:
    """A fake worker that listens, and works when it is told to."""
    async with FakeWorker() as started:
        yield started


@pytest.fixture
async def studio(tmp_path: Path, worker: FakeWorker) -> AsyncIterator[LiveOrchestrator]:
    """An orchestrator with the fake worker connected."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        reply = await live.connect(worker.url, worker.token)
        assert reply["connected"] is True
        yield live
