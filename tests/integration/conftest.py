"""An orchestrator and a worker that speak to each other, for tests of their talk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.servers.fake_worker import FakeWorker
from tests.servers.gemini import FakeGemini
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.writing import studio_of


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


@pytest.fixture
async def keyed(tmp_path: Path, gemini: FakeGemini) -> AsyncIterator[LiveOrchestrator]:
    """An orchestrator with a key, and nobody to render."""
    async with studio_of(tmp_path / "home", gemini) as live:
        yield live
