"""``/api/models/``: the shelf of the connected worker, through the orchestrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.live_orchestrator import LiveOrchestrator
from tests.unit.test_models_inventory import INK
from tests.unit.test_models_loras import safetensors
from tests.unit.test_models_shelf import put_model
from tests.workers import TOKEN, WorkerProcess


@pytest.fixture
def stocked(tmp_path: Path) -> Iterator[WorkerProcess]:
    """A worker with a model of its own and a LoRA for it."""
    shelf = tmp_path / "models"
    put_model(shelf / "ann--dream")
    (shelf / "loras").mkdir()
    (shelf / "loras" / "ink.safetensors").write_bytes(safetensors(INK, b"w" * 8))
    env = {"MOONREEL_MODELS": str(shelf)}
    with WorkerProcess(tmp_path, env=env) as process:
        yield process


async def test_the_shelf_of_the_worker(tmp_path: Path, stocked: WorkerProcess) -> None:
    """In the words that clients know; one by one under its id."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(str(stocked.client.base_url).rstrip("/"), TOKEN)
        told = (await live.api.get("/api/models/")).json()
        models = {model["id"]: model for model in told["models"]}
        one = await live.api.get("/api/models/lora-ink")
        own = await live.api.get("/api/models/image-ann--dream")
        none = await live.api.get("/api/models/lora-nobody")

    assert told["total"] == len(models) > 5
    assert one.json() == models["lora-ink"]
    assert one.json()["trigger_word"] == "inkish"
    assert one.json()["model_metadata"]["fits"] == ["ann/dream"]
    assert own.json()["model_metadata"]["on_worker"] is True
    assert own.json()["file_size_mb"] == pytest.approx(0.3, abs=0.01)
    assert models["image-flux-dev"]["model_metadata"]["on_worker"] is False
    assert models["image-flux-dev"]["download_url"].startswith("https://")
    assert none.status_code == 404


async def test_without_a_worker_it_is_said(tmp_path: Path) -> None:
    """503, with the reason."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        reply = await live.api.get("/api/models/")

    assert reply.status_code == 503
    assert reply.json()["code"] == "worker_unreachable"
