"""Samples of voices on their way: sent, named by their hash, agreed to, or refused."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from orchestrator.cli.exits import UsageError
from orchestrator.cli.options import build_request
from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import STORY, LiveOrchestrator
from tests.unit.test_worker_voices import wav

ROOT = Path(__file__).parents[2]


async def test_a_sample_is_sent_and_named_by_its_hash(tmp_path: Path) -> None:
    """Sound is taken, anything else is not; an order without consent neither."""
    sound = wav(tmp_path / "me.wav", 6.0).read_bytes()
    sha256 = hashlib.sha256(sound).hexdigest()
    headers = {"Content-Type": "audio/wav"}
    order = {"script": STORY, "voice_sample": sha256}
    async with LiveOrchestrator(tmp_path / "home") as live:
        first = await live.api.post("/api/generate-video", json=order)
        agreed = order | {"voice_consent": True}
        unsent = await live.api.post("/api/generate-video", json=agreed)
        path = "/api/voice-samples"
        page = await live.api.post(path, content=b"<html>no sound", headers=headers)
        sent = await live.api.post(path, content=sound, headers=headers)
        taken = await live.api.post("/api/generate-video", json=agreed)

    assert first.status_code == 422
    assert first.json()["error"]["param"] == "voice_consent"
    assert unsent.status_code == 422
    assert "send it to /api/voice-samples first" in unsent.json()["message"]
    assert page.status_code == 422
    assert sent.status_code == 201
    assert sent.json()["sha256"] == sha256
    assert taken.status_code == 202


def test_the_command_wants_consent(tmp_path: Path) -> None:
    """Given by a flag where nobody can be asked; either alone is refused."""
    sample = wav(tmp_path / "me.wav", 6.0)
    given = {"voice_sample": str(sample), "voice_consent": True}
    request = build_request(given, "Once upon a time.")
    assert request.voice_consent
    assert request.voice_sample == hashlib.sha256(sample.read_bytes()).hexdigest()

    with pytest.raises(UsageError, match="does nothing without --voice-sample"):
        build_request({"voice_consent": True}, "Once.")
    with pytest.raises(UsageError, match="--voice and --voice-sample exclude"):
        build_request(given | {"voice_id": "guy"}, "Once.")
    (tmp_path / "story.txt").write_text("Once.", "utf-8")
    asked = subprocess.run(
        [sys.executable, "-m", "orchestrator", "make", "story.txt", "--dry-run",
         "--voice-sample", str(sample)],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert asked.returncode == 2
    assert "needs the consent of whoever is heard in it" in asked.stderr


async def test_a_sample_is_not_handed_on_and_goes_with_its_film(
    tmp_path: Path,
) -> None:
    """The worker gets it; a project, or whoever asks for the hash, does not."""
    sound = wav(tmp_path / "me.wav", 6.0).read_bytes()
    sha256 = hashlib.sha256(sound).hexdigest()
    headers = {"Content-Type": "audio/wav"}
    home = tmp_path / "home"
    async with FakeWorker() as worker, LiveOrchestrator(home) as live:
        await live.connect(worker.url, worker.token)
        await live.api.post("/api/voice-samples", content=sound, headers=headers)
        job_id = await live.order(voice_sample=sha256, voice_consent=True)
        await live.until(job_id, "sent_to_colab")
        await worker.work(job_id)
        await live.until(job_id, "complete")
        project = await live.api.get(f"/api/download/{job_id}/project.zip")
        shown = await live.api.get(f"/api/references/{sha256}")
        kept = _copies(home, sound)
        assert (await live.api.delete(f"/api/jobs/{job_id}")).status_code == 204
        left = _copies(home, sound)

    assert worker.uploaded == [sha256]
    with zipfile.ZipFile(io.BytesIO(project.content)) as archive:
        assert "project.json" in archive.namelist()
        assert sound not in [archive.read(name) for name in archive.namelist()]
    assert shown.status_code == 404
    assert len(kept) == 1
    assert left == []


def _copies(home: Path, content: bytes) -> list[Path]:
    """The files below ``home`` that are ``content``."""
    files = (path for path in home.rglob("*") if path.is_file())
    return [path for path in files if path.read_bytes() == content]


async def test_a_film_has_one_kind_of_voice(tmp_path: Path) -> None:
    """Both in one order are refused; a render with the other kind takes its place."""
    sound = wav(tmp_path / "me.wav", 6.0).read_bytes()
    sample = {"voice_sample": hashlib.sha256(sound).hexdigest(), "voice_consent": True}
    headers = {"Content-Type": "audio/wav"}
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.api.post("/api/voice-samples", content=sound, headers=headers)
        order = {"script": STORY, "voice_id": "guy"}
        both = await live.api.post("/api/generate-video", json=order | sample)
        job_id = await live.order(voice_id="guy")
        path = f"/api/jobs/{job_id}"
        found = []
        for options in (sample, {"voice_id": "brian"}):
            await live.until(job_id, "waiting_for_worker")
            reply = await live.api.post(f"{path}/render", json={"options": options})
            assert reply.status_code == 202, reply.text
            project = (await live.api.get(f"{path}/project")).json()
            (line,) = (await live.api.get("/api/jobs")).json()["jobs"]
            found.append((project["request"], line["voice_id"]))

    assert both.status_code == 422
    assert "voice_id does nothing with voice_sample" in both.json()["message"]
    (mine, nobody), (brian, named) = found
    assert mine["voice_sample"] == sample["voice_sample"]
    assert nobody is None
    assert brian["voice_sample"] is None
    assert brian["voice_id"] == named == "brian"
