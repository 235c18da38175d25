"""``/api/models/``: the shelf of the connected worker, through the orchestrator."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from benchmarks.simulated import ENGINES, SECONDS_VARIABLE
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.unit.test_models_inventory import INK
from tests.unit.test_models_loras import safetensors
from tests.unit.test_models_shelf import put_model
from tests.unit.test_worker_thumbnails import BLUE, RED, data_url, picture
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


async def test_what_stands_on_another_machine_stays(
    tmp_path: Path, stocked: WorkerProcess
) -> None:
    """409 with the command for that machine; 404 for what is nowhere."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(str(stocked.client.base_url).rstrip("/"), TOKEN)
        ink = await live.api.delete("/api/models/lora-ink")
        nobody = await live.api.delete("/api/models/lora-nobody")
        told = (await live.api.get("/api/models/lora-ink")).json()

    assert ink.status_code == 409
    assert "moonreel models remove ink" in ink.json()["message"]
    assert nobody.status_code == 404
    assert told["model_metadata"]["removable"] is False


async def test_a_model_of_this_machine_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are gone, and nothing else of the same name; not while a film is made."""
    shelf = tmp_path / "models"
    put_model(shelf / "ink")
    (shelf / "loras").mkdir()
    lora = shelf / "loras" / "ink.safetensors"
    lora.write_bytes(safetensors(INK, b"w" * 8))
    monkeypatch.setenv("MOONREEL_MODELS", str(shelf))
    monkeypatch.setenv("MOONREEL_ENGINES", ENGINES)
    monkeypatch.setenv(SECONDS_VARIABLE, json.dumps({"image": 30.0}))
    async with LiveOrchestrator(tmp_path / "home", worker="local") as live:
        told = (await live.api.get("/api/models/image-ink")).json()
        gone = await live.api.delete("/api/models/image-ink")
        assert (gone.status_code, gone.content) == (204, b"")
        assert not (shelf / "ink").exists()
        assert lora.is_file()
        absent = await live.api.delete("/api/models/image-flux-dev")
        ordered = await live.api.post("/api/generate-video", json={"script": "A crow."})
        film = ordered.json()["job_id"]
        await live.until(film, "sent_to_colab")
        busy = await live.api.delete("/api/models/lora-ink")
        assert lora.is_file()
        await live.api.post(f"/api/jobs/{film}/cancel", json={})
        await live.until(film, "canceled")
        assert (await live.api.delete("/api/models/lora-ink")).status_code == 204
        again = await live.api.delete("/api/models/lora-ink")

    assert told["model_metadata"]["removable"] is True
    assert absent.status_code == again.status_code == 404
    assert busy.status_code == 409
    assert "making a film" in busy.json()["message"]
    assert not lora.exists()


async def test_pictures_that_ship_with_models(
    tmp_path: Path, stocked: WorkerProcess
) -> None:
    """Brought together, small, and served from here under their hash for ever."""
    loras = tmp_path / "models" / "loras"
    told = {"modelspec.thumbnail": data_url(picture(BLUE, "JPEG"))}
    flow = {"__metadata__": told, "transformer.single_blocks.0": INK["lora_unet_down"]}
    (loras / "flow.safetensors").write_bytes(safetensors(flow, b"w" * 8))
    (loras / "ink.preview.png").write_bytes(picture(RED))
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(str(stocked.client.base_url).rstrip("/"), TOKEN)
        models = (await live.api.get("/api/models/")).json()["models"]
        found = {m["name"]: m["model_metadata"]["thumbnail"] for m in models}
        stocked.stop()
        replies = [await live.api.get(found[name]["url"]) for name in ("ink", "flow")]

    assert found["ink"]["source"] == found["flow"]["source"] == "file"
    assert found["ann/dream"] is None
    for reply, colour in zip(replies, (RED, BLUE), strict=True):
        assert reply.headers["content-type"] == "image/webp"
        assert "immutable" in reply.headers["cache-control"]
        assert hashlib.sha256(reply.content).hexdigest() in str(reply.url)
        with Image.open(io.BytesIO(reply.content)) as shown:
            assert max(shown.size) == 256
            pixel = shown.convert("RGB").getpixel((5, 5))
            assert isinstance(pixel, tuple)
            assert all(abs(a - b) < 9 for a, b in zip(pixel, colour, strict=True))


async def test_a_model_is_known_by_what_it_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest film's picture, as long as there is the film; of voices, too."""
    monkeypatch.setenv("MOONREEL_ENGINES", ENGINES)
    monkeypatch.setenv("MOONREEL_MODELS", str(tmp_path / "none"))
    async with LiveOrchestrator(tmp_path / "home", worker="local") as live:

        async def shown(name: str) -> dict[str, Any] | None:
            reply = (await live.api.get(f"/api/models/{name}")).json()
            found: dict[str, Any] | None = reply["model_metadata"]["thumbnail"]
            return found

        assert await shown("image-papercut") is None
        films = []
        for script in ("A crow.", "A fox."):
            films.append(await live.order(script=script, num_scenes=1, title=script))
            await live.until(films[-1], "complete")
        newest = await shown("image-papercut")
        speaks = await shown("voice-espeak")
        assert newest is not None and speaks is not None
        served = await live.api.get(newest["url"])
        preview = await live.api.get(f"/api/download/{films[1]}/scene-001-preview.webp")
        await live.api.delete(f"/api/jobs/{films[1]}")
        older = await shown("image-papercut")
        whisper = await shown("alignment-whisper")
        refused = await live.api.delete("/api/models/image-papercut")

    assert (newest["source"], newest["title"], newest["scene"]) == ("film", "A fox.", 1)
    assert newest["job_id"] == speaks["job_id"] == films[1]
    assert served.content == preview.content
    assert older is not None and older["job_id"] == films[0]
    assert whisper is None
    assert refused.status_code == 409
    assert "part of Moonreel" in refused.json()["message"]


async def test_without_a_worker_it_is_said(tmp_path: Path) -> None:
    """503, with the reason."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        reply = await live.api.get("/api/models/")

    assert reply.status_code == 503
    assert reply.json()["code"] == "worker_unreachable"
