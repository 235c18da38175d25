"""Reference pictures on their way: taken in, named by scenes, sent, kept, let go."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from orchestrator.cli.exits import UsageError
from orchestrator.cli.references import references_of_project
from orchestrator.project import pack
from shared_protocol.orders import GenerateRequest
from shared_protocol.project import Project
from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator


def picture(kind: str, colour: str = "red") -> bytes:
    """A small picture of a kind."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, format=kind)
    return file.getvalue()


PNG = picture("png")
SHA = hashlib.sha256(PNG).hexdigest()
KIND = {"Content-Type": "image/png"}


def scenes(*hashes: str) -> list[dict[str, Any]]:
    """A scene for each reference."""
    return [
        {
            "narration": "One.",
            "image_prompt": "a hill",
            "references": [{"sha256": sha256, "name": "Ann"}],
        }
        for sha256 in hashes
    ]


async def order(live: LiveOrchestrator, *hashes: str, **more: Any) -> Any:
    """The reply to an order of scenes."""
    body = {"scenes": scenes(*hashes)} | more
    return await live.api.post("/api/generate-video", json=body)


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveOrchestrator]:
    """An orchestrator without any worker."""
    async with LiveOrchestrator(tmp_path / "home") as started:
        yield started


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
async def test_a_reference_is_taken_in(live: LiveOrchestrator, kind: str) -> None:
    """201 with the hash by which scenes name it; the format is told by its bytes."""
    data = picture(kind)
    headers = {"Content-Type": "application/octet-stream"}
    reply = await live.api.post("/api/references", content=data, headers=headers)

    sha256 = hashlib.sha256(data).hexdigest()
    assert reply.status_code == 201
    assert reply.json() == {"sha256": sha256, "bytes": len(data), "format": kind}
    assert (await order(live, sha256)).status_code == 202


async def test_a_reference_can_be_seen(live: LiveOrchestrator) -> None:
    """As it came, and kept by browsers; nothing else is shown by its hash."""
    song = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(100)
    headers = {"Content-Type": "application/octet-stream"}
    await live.api.post("/api/references", content=PNG, headers=KIND)
    music = await live.api.post("/api/music", content=song, headers=headers)
    seen = await live.api.get(f"/api/references/{SHA}")
    other = await live.api.get(f"/api/references/{music.json()['sha256']}")
    none = await live.api.get(f"/api/references/{'0' * 64}")
    nonsense = await live.api.get("/api/references/..%2Fx")

    assert seen.content == PNG
    assert seen.headers["content-type"] == "image/png"
    assert "immutable" in seen.headers["cache-control"]
    assert {r.status_code for r in (other, none, nonsense)} == {404}


@pytest.mark.parametrize("content", [b"", b"RIFF\x24\x00\x00\x00WAVEfmt ", b"<svg/>"])
async def test_what_is_no_picture_is_refused(
    live: LiveOrchestrator, content: bytes
) -> None:
    """422, and no scene can name it."""
    reply = await live.api.post("/api/references", content=content, headers=KIND)
    assert reply.status_code == 422
    assert "png, jpeg or webp" in reply.json()["message"]

    named = await order(live, hashlib.sha256(content).hexdigest())
    assert named.status_code == 422
    assert named.json()["error"]["param"] == "scenes.0.references.0"
    assert "/api/references" in named.json()["message"]


async def test_a_form_cannot_send_one(live: LiveOrchestrator) -> None:
    """Nor music's types, nor anything elsewhere."""
    for path, kind in (("/api/references", "text/plain"),
                       ("/api/references", "audio/wav"),
                       ("/api/music", "image/png")):  # fmt: skip
        headers = {"Content-Type": kind}
        reply = await live.api.post(path, content=PNG, headers=headers)
        assert reply.status_code == 403


async def test_the_worker_gets_it_before_the_job(tmp_path: Path) -> None:
    """Once, however many scenes name it; and the scenes say who it is."""
    async with FakeWorker() as worker, LiveOrchestrator(tmp_path / "home") as live:
        await live.api.post("/api/references", content=PNG, headers=KIND)
        await live.connect(worker.url, worker.token)
        reply = await order(live, SHA, SHA, image={"ip_adapter_scale": 0.8})
        job_id = reply.json()["job_id"]
        await live.until(job_id, "sent_to_colab")
        spec = worker.jobs[job_id].spec

    assert worker.uploaded == [SHA]
    assert [(r.sha256, r.name) for s in spec.scenes for r in s.references] == [
        (SHA, "Ann"), (SHA, "Ann"),
    ]  # fmt: skip
    assert spec.image.ip_adapter_scale == 0.8


async def test_a_script_may_name_one_later(live: LiveOrchestrator) -> None:
    """An edit keeps the file; one that nobody sent is refused with its field."""
    reply = await order(live, review=True)
    assert reply.status_code == 422
    body = {"script": "A crow.\n\nA hill.", "review": True}
    job_id = (await live.api.post("/api/generate-video", json=body)).json()["job_id"]
    path = f"/api/jobs/{job_id}/script"
    script = (await live.api.get(path)).json()["script"]
    script["scenes"][0]["references"] = [{"sha256": SHA}]
    edit = {"version": 1, "scenes": script["scenes"]}

    refused = await live.api.put(path, json=edit)
    assert refused.json()["error"]["param"] == "scenes.0.references.0"
    await live.api.post("/api/references", content=PNG, headers=KIND)
    assert (await live.api.put(path, json=edit)).status_code == 200
    preview = await live.api.post(f"/api/jobs/{job_id}/render", json={})
    assert preview.status_code == 202


async def test_it_lives_as_long_as_a_film_needs_it(tmp_path: Path) -> None:
    """It goes with the film that names it."""
    home = tmp_path / "home"
    async with LiveOrchestrator(home) as live:
        await live.api.post("/api/references", content=PNG, headers=KIND)
        job_id = (await order(live, SHA)).json()["job_id"]
    async with LiveOrchestrator(home) as live:
        assert (await order(live, SHA, seed=2)).status_code == 202
        for film in (await live.api.get("/api/jobs")).json()["jobs"]:
            await live.api.delete(f"/api/jobs/{film['job_id']}")
        assert job_id
        assert (await order(live, SHA)).status_code == 422


def test_a_saved_film_carries_them(tmp_path: Path) -> None:
    """Each once; a project that lost one says so."""
    file = tmp_path / "ann"
    file.write_bytes(PNG)
    request = GenerateRequest.model_validate({"scenes": scenes(SHA, SHA)})
    project = Project(request=request, asked=request)
    whole, bare = tmp_path / "whole.zip", tmp_path / "bare.zip"
    whole.write_bytes(pack(project, {}, references={SHA: file}))
    bare.write_bytes(pack(project, {}))

    assert f"references/{SHA}" in zipfile.ZipFile(whole).namelist()
    assert list(references_of_project(str(whole), request)) == [PNG]
    with pytest.raises(UsageError, match="lacks the reference picture"):
        list(references_of_project(str(bare), request))


MIRA = {"name": "Mira", "description": "a girl of nine, red coat", "reference": SHA}
TALE = "Mira climbed the hill.\n\nThe sea was loud.\n\nThen Mira went home."


async def tell(live: LiveOrchestrator, *cast: dict[str, str], **more: Any) -> Any:
    """The reply to an order of a text with characters."""
    body = {"script": TALE, "num_scenes": 3, "characters": list(cast)} | more
    return await live.api.post("/api/generate-video", json=body)


async def test_a_character_has_its_picture_in_every_scene_that_shows_it(
    tmp_path: Path,
) -> None:
    """Under its name, and the worker has the file; scenes without it have none."""
    async with FakeWorker() as worker, LiveOrchestrator(tmp_path / "home") as live:
        await live.api.post("/api/references", content=PNG, headers=KIND)
        await live.connect(worker.url, worker.token)
        job_id = (await tell(live, MIRA)).json()["job_id"]
        await live.until(job_id, "sent_to_colab")
        spec = worker.jobs[job_id].spec
        script = (await live.api.get(f"/api/jobs/{job_id}/script")).json()["script"]

    shown = [[(r.sha256, r.name) for r in scene.references] for scene in spec.scenes]
    assert shown == [[(SHA, "Mira")], [], [(SHA, "Mira")]]
    assert worker.uploaded == [SHA]
    assert script["characters"][0]["reference"] == SHA
    assert script["warnings"] == []


async def test_a_picture_that_is_not_here_is_refused(live: LiveOrchestrator) -> None:
    """By the character's field, with the route that takes it."""
    other = {"name": "Otto", "description": "a dog"}
    reply = await tell(live, other, MIRA)

    assert reply.status_code == 422
    assert reply.json()["error"]["param"] == "characters.1.reference"
    assert "/api/references" in reply.json()["message"]


async def test_a_picture_that_no_scene_needs_is_told(live: LiveOrchestrator) -> None:
    """Nothing is ignored without a word."""
    await live.api.post("/api/references", content=PNG, headers=KIND)
    reply = await tell(live, MIRA | {"name": "Otto"})

    assert reply.json()["warnings"] == [
        "The picture of Otto is not used: no scene shows Otto."
    ]


async def test_a_picture_outlives_a_restart(tmp_path: Path) -> None:
    """It stays for the film although no scene has been drawn yet."""
    home = tmp_path / "home"
    async with LiveOrchestrator(home) as first:
        await first.api.post("/api/references", content=PNG, headers=KIND)
        job_id = (await tell(first, MIRA, review=True)).json()["job_id"]
    async with FakeWorker() as worker, LiveOrchestrator(home) as second:
        await second.connect(worker.url, worker.token)
        await second.api.post(f"/api/jobs/{job_id}/render", json={})
        await second.until(job_id, "sent_to_colab")
        await worker.work(job_id)
        await second.until(job_id, "complete")
        packed = await second.api.get(f"/api/download/{job_id}/project.zip")

    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.read(f"references/{SHA}") == PNG


async def edit(live: LiveOrchestrator, job_id: str, **changes: Any) -> dict[str, Any]:
    """The script after its second scene was changed so."""
    path = f"/api/jobs/{job_id}/script"
    view = (await live.api.get(path)).json()
    scenes = view["script"]["scenes"]
    scenes[1] |= changes
    reply = await live.api.put(
        path, json={"version": view["version"], "scenes": scenes}
    )
    assert reply.status_code == 200, reply.text
    return dict((await live.api.get(path)).json()["script"])


def names(script: dict[str, Any]) -> list[list[str]]:
    """Of whom there are pictures, by scene."""
    return [[found["name"] for found in s["references"]] for s in script["scenes"]]


async def test_a_picture_follows_a_name_that_is_written_into_a_prompt(
    live: LiveOrchestrator,
) -> None:
    """And leaves with it; what warned of the unused picture is taken back meanwhile."""
    await live.api.post("/api/references", content=PNG, headers=KIND)
    otto = {"name": "Otto", "description": "a dog", "reference": SHA}
    job_id = (await tell(live, MIRA, otto, review=True)).json()["job_id"]

    shown = await edit(live, job_id, image_prompt="wide shot of otto at the sea")
    assert names(shown) == [["Mira"], ["Otto"], ["Mira"]]
    assert shown["scenes"][1]["references"][0]["sha256"] == SHA
    assert shown["warnings"] == []
    both = await edit(live, job_id, image_prompt="Otto and Mira at the sea")
    assert names(both)[1] == ["Mira", "Otto"]
    none = await edit(live, job_id, image_prompt="the lottos of the miracle")
    assert names(none)[1] == []
    assert none["warnings"] == ["The picture of Otto is not used: no scene shows Otto."]
    path = f"/api/jobs/{job_id}/script"
    back = await live.api.put(path, json={"version": 4, "restore": 2})
    assert names(back.json()["script"])[1] == ["Otto"]
    assert back.json()["script"]["warnings"] == []


async def test_pictures_chosen_by_hand_stay_as_chosen(live: LiveOrchestrator) -> None:
    """With the prompt in one edit, or afterwards; also when none was chosen."""
    other = picture("png", "blue")
    for content in (PNG, other):
        await live.api.post("/api/references", content=content, headers=KIND)
    job_id = (await tell(live, MIRA, review=True)).json()["job_id"]
    own = {"sha256": hashlib.sha256(other).hexdigest(), "name": "Sea", "weight": 0.5}

    by_hand = await edit(live, job_id, image_prompt="Mira swims", references=[own])
    assert names(by_hand)[1] == ["Sea"]
    later = await edit(live, job_id, image_prompt="Mira swims at night")
    assert names(later)[1] == ["Sea"]
    bare = await edit(live, job_id, references=[])
    assert names(bare)[1] == []
    again = await edit(live, job_id, image_prompt="the sea, then Mira dives")
    assert names(again)[1] == []


async def test_a_new_scene_shows_whom_it_names(live: LiveOrchestrator) -> None:
    """As the writer's own scenes do."""
    await live.api.post("/api/references", content=PNG, headers=KIND)
    job_id = (await tell(live, MIRA, review=True)).json()["job_id"]
    path = f"/api/jobs/{job_id}/script"
    scenes = (await live.api.get(path)).json()["script"]["scenes"]
    scenes.append({"narration": "The end.", "image_prompt": "Mira, asleep"})
    await live.api.put(path, json={"version": 1, "scenes": scenes})

    script = (await live.api.get(path)).json()["script"]
    assert names(script) == [["Mira"], [], ["Mira"], ["Mira"]]
