"""The first scenes are drawn by a real worker while the script is still being written."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.servers.gemini import KEY, FakeGemini
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.workers import TOKEN, WorkerProcess


@pytest.fixture(scope="module")
def worker(worker_process: WorkerProcess) -> WorkerProcess:
    """A real one, where other tests of this folder have a fake."""
    return worker_process


async def status(worker: WorkerProcess, job_id: str) -> dict[str, Any]:
    """The worker's own view; empty while it has none."""
    reply = await asyncio.to_thread(worker.client.get, f"/status/{job_id}")
    return dict(reply.json()) if reply.status_code == 200 else {}


async def test_early_scenes_are_in_the_film_and_made_once(
    worker: WorkerProcess, tmp_path: Path
) -> None:
    """Scene 1 is filmed before the last is written; no unit is done a second time."""
    async with FakeGemini() as gemini:
        gemini.hold = asyncio.Event()
        async with LiveOrchestrator(
            tmp_path / "home", gemini_keys=(KEY,), gemini_url=gemini.url
        ) as studio:
            await studio.connect(str(worker.client.base_url), TOKEN)
            job_id = await studio.order(
                topic="a well", script=None, num_scenes=4, duration=1, quality="draft"
            )
            early: dict[str, Any] = {}
            async with asyncio.timeout(60):
                while early.get("message") != "Waiting for more scenes.":
                    await asyncio.sleep(0.05)
                    early = await status(worker, job_id)
            film = await studio.film(job_id)
            assert film["state"] == "generating_script"
            gemini.hold.set()
            done = await studio.until(job_id, "complete")

    first = {unit["id"] for unit in early["units"]}
    assert "scene-001/clip" in first
    assert "scene-004/clip" not in first
    units = {unit["id"]: unit for unit in done["render"]["units"]}
    assert all(units[name]["reused"] for name in first)
    kept = {u["id"]: u["key"] for u in early["units"]}
    assert {name: units[name]["key"] for name in first} == kept
    assert len([a for a in done["artifacts"] if a["role"] == "picture"]) == 4
