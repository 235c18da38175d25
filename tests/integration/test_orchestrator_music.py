"""Music on its way: taken in, named by an order, sent to the worker, kept, let go."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from orchestrator.cli.client import Client
from shared_protocol.music import MAX_MUSIC_BYTES
from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import STORY, LiveOrchestrator

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24)
SHA = hashlib.sha256(WAV).hexdigest()
AUDIO = {"Content-Type": "audio/wav"}


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveOrchestrator]:
    """An orchestrator without any worker."""
    async with LiveOrchestrator(tmp_path / "home") as started:
        yield started


async def stored(live: LiveOrchestrator, sha256: str = SHA) -> bool:
    """Whether an order may name the file: what it lacks is said before anything else."""
    body = {"script": "***", "music": sha256}
    reply = await live.api.post("/api/generate-video", json=body)
    return bool(reply.json()["error"]["param"] != "music")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (WAV, "wav"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00xx", "mp3"),
        (b"\xff\xfb\x90\x64" + bytes(20), "mp3"),
        (b"fLaC\x00\x00\x00\x22" + bytes(20), "flac"),
        (b"OggS\x00\x02" + bytes(20), "ogg"),
    ],
)
async def test_music_is_taken_in(
    live: LiveOrchestrator, head: bytes, kind: str
) -> None:
    """201 with the hash by which an order names it; the type is told by its bytes."""
    headers = {"Content-Type": "application/octet-stream"}
    reply = await live.api.post("/api/music", content=head, headers=headers)

    sha256 = hashlib.sha256(head).hexdigest()
    assert reply.status_code == 201
    assert reply.json() == {"sha256": sha256, "bytes": len(head), "format": kind}
    assert await stored(live, sha256)


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"<html>no music</html>", b"\xff\xd8\xff\xe0 a photograph", b"RIFF"],
)
async def test_what_is_no_music_is_refused(
    live: LiveOrchestrator, content: bytes
) -> None:
    """422 with the field's name, and nothing is kept."""
    reply = await live.api.post("/api/music", content=content, headers=AUDIO)

    assert reply.status_code == 422
    assert reply.json()["error"]["param"] == "music"
    assert "wav, mp3, flac or ogg" in reply.json()["message"]
    assert not await stored(live, hashlib.sha256(content).hexdigest())


async def test_too_much_music_is_refused_at_once(live: LiveOrchestrator) -> None:
    """413 by the announced length, before the bytes are sent."""
    address = httpx.URL(live.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(
        f"POST /api/music HTTP/1.1\r\nHost: {address.netloc.decode()}\r\n"
        f"Content-Type: audio/wav\r\nContent-Length: {MAX_MUSIC_BYTES + 1}\r\n\r\n".encode()
    )
    answer = await reader.readline()
    writer.close()

    assert b" 413 " in answer


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/music", "text/plain"),
        ("/api/music", "multipart/form-data; boundary=x"),
        ("/api/music", "application/x-www-form-urlencoded"),
        ("/api/generate-video", "audio/wav"),
    ],
)
async def test_a_form_cannot_send_music(
    live: LiveOrchestrator, path: str, kind: str
) -> None:
    """The types that a page elsewhere may send unasked stay out."""
    headers = {"Content-Type": kind}
    reply = await live.api.post(path, content=WAV, headers=headers)

    assert reply.status_code == 403


@pytest.mark.parametrize(
    "music", ["a" * 64, {"sha256": "a" * 64}, {"sha256": SHA, "volume": 0}, "tune.mp3"]
)
async def test_an_order_names_music_that_is_here(
    live: LiveOrchestrator, music: object
) -> None:
    """422 naming the field for any other."""
    await live.api.post("/api/music", content=WAV, headers=AUDIO)
    body = {"script": STORY, "music": music}
    reply = await live.api.post("/api/generate-video", json=body)

    assert reply.status_code == 422
    assert reply.json()["error"]["param"].startswith("music")


async def test_the_worker_gets_the_music_before_the_job(tmp_path: Path) -> None:
    """Its bytes go there once, and the spec names them with their volume."""
    async with FakeWorker() as worker, LiveOrchestrator(tmp_path / "home") as live:
        async with Client(live.url) as client:
            await client.send_music(WAV)
        await live.connect(worker.url, worker.token)
        plain = await live.order(music=SHA)
        loud = await live.order(music={"sha256": SHA, "volume": 80})
        for job_id in (plain, loud):
            await live.until(job_id, "sent_to_colab")
        specs = [worker.jobs[job_id].spec for job_id in (plain, loud)]

    assert worker.uploaded == [SHA]
    assert [s.music and (s.music.sha256, s.music.volume) for s in specs] == [
        (SHA, 30), (SHA, 80),
    ]  # fmt: skip


async def test_music_lives_as_long_as_a_film_needs_it(tmp_path: Path) -> None:
    """It goes with the last film that names it; unused music goes at the next start."""
    home = tmp_path / "home"
    async with LiveOrchestrator(home) as live:
        await live.api.post("/api/music", content=WAV, headers=AUDIO)
        first, second = [await live.order(music=SHA, seed=n) for n in (1, 2)]
        await live.api.delete(f"/api/jobs/{first}")
        assert await stored(live)
    async with LiveOrchestrator(home) as live:
        assert await stored(live)
        await live.api.delete(f"/api/jobs/{second}")
        assert not await stored(live)
        await live.api.post("/api/music", content=WAV, headers=AUDIO)
        assert await stored(live)
    async with LiveOrchestrator(home) as live:
        assert not await stored(live)
