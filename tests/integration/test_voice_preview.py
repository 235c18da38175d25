"""A voice on one sentence: through the orchestrator, from the worker's voice lane."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.servers.live_orchestrator import LiveOrchestrator
from tests.workers import TOKEN, WorkerProcess


@pytest.fixture(scope="module")
def worker(worker_process: WorkerProcess) -> WorkerProcess:
    """A real one, where other tests of this folder have a fake."""
    return worker_process


async def test_a_sentence_is_spoken(tmp_path: Path, worker: WorkerProcess) -> None:
    """The reply is the sound itself; the same again is the same sound."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(str(worker.client.base_url).rstrip("/"), TOKEN)
        asked = {"text": "The moon rose.", "voice_id": "brian"}
        first = await live.api.post("/api/voices/preview", json=asked)
        again = await live.api.post("/api/voices/preview", json=asked)

    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == "audio/wav"
    captions = unquote(first.headers["x-captions"])
    assert captions.startswith("WEBVTT\n\n00:00:00.000 --> ")
    assert "The moon rose." in captions
    with wave.open(io.BytesIO(first.content)) as sound:
        assert sound.getnframes() > 0
    assert again.content == first.content


async def test_what_cannot_be_spoken_is_refused_by_name(
    tmp_path: Path, worker: WorkerProcess
) -> None:
    """An unknown engine, an unknown voice, an empty text, no worker."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        preview = "/api/voices/preview"
        nobody = await live.api.post(preview, json={"text": "Hello."})
        await live.connect(str(worker.client.base_url).rstrip("/"), TOKEN)
        engine = await live.api.post(
            preview, json={"text": "Hello.", "engine": {"voice": "opera"}}
        )
        voice = await live.api.post(preview, json={"text": "Hello.", "voice_id": "x"})
        empty = await live.api.post(preview, json={"text": ""})

    assert nobody.status_code == 503
    assert (engine.status_code, engine.json()["error"]["param"]) == (422, "engine")
    assert "opera" in engine.json()["message"]
    assert (voice.status_code, voice.json()["error"]["param"]) == (422, "voice_id")
    assert (empty.status_code, empty.json()["error"]["param"]) == (422, "text")


def test_a_preview_is_the_voice_of_the_film(worker: WorkerProcess) -> None:
    """Spoken once as a preview, the film's scene finds it in the memo."""
    said = {"text": "Nobody said this before.", "voice_id": "aria"}
    reply = worker.client.post("/speak", json=said).json()
    job_id = worker.submit(
        {
            "quality": "draft",
            "scenes": [{"narration": said["text"], "image_prompt": "a hill"}],
        }
    )
    units = {unit["id"]: unit for unit in worker.finish(job_id)["units"]}

    assert units["scene-001/voice"]["reused"] is True
    files = {f["name"]: f for f in units["scene-001/voice"]["result"]["files"]}
    assert files["voice.wav"]["sha256"] == reply["sha256"]
