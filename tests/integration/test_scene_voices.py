"""A voice for one scene, from the script on the desk to the sound that a worker makes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli.entry import main
from shared_protocol.clock import new_id
from shared_protocol.errors import Code, ErrorBody
from tests.servers.fake_worker import FakeWorker
from tests.servers.gemini import KEY, FakeGemini
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.servers.worker_thread import WorkerThread
from tests.unit.espeak_sound import median_pitch, read_wav
from tests.workers import TOKEN, WorkerProcess, hashes

SAID = "The moon rose over the quiet lake, and nobody was there to see it."
#: Real draft engines and one that has two voices only.
DUO = [
    {"name": "duo", "kind": "voice", "factory": "benchmarks.simulated:SimulatedVoice",
     "version": "1", "preference": -1, "voices": ["aria", "guy"]},
]  # fmt: skip


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """A worker with the engines that everybody has."""
    folder = tmp_path_factory.mktemp("drafts")
    with WorkerProcess(folder, engines=json.dumps(DUO)) as process:
        yield process


def film(*voices: str | None, **options: Any) -> dict[str, Any]:
    """A small film that says the same in each scene."""
    scenes = [
        {"narration": SAID, "image_prompt": f"a lake {n}"}
        | ({"voice": voice} if voice else {})
        for n, voice in enumerate(voices)
    ]
    return {"title": "Lake", "quality": "draft", "scenes": scenes, **options}


def put(worker: WorkerProcess, job_id: str, spec: dict[str, Any], attempt: int) -> Any:
    """The reply to a spec under an attempt."""
    body = {"spec": spec, "attempt": attempt}
    return worker.client.put(f"/jobs/{job_id}", json=body)


def fresh(view: dict[str, Any]) -> set[str]:
    """The units that were made and not found."""
    return {unit["id"] for unit in view["units"] if not unit["reused"]}


def pitch(worker: WorkerProcess, job_id: str, scene: int, folder: Path) -> float:
    """Of a scene's voice, in Hz."""
    path = folder / f"{scene}.wav"
    name = f"scene-{scene:03}-voice.wav"
    path.write_bytes(worker.client.get(f"/download/{job_id}/{name}").content)
    return median_pitch(*read_wav(path))


async def script(studio: LiveOrchestrator, job_id: str) -> dict[str, Any]:
    """The script as it is now."""
    return dict((await studio.api.get(f"/api/jobs/{job_id}/script")).json())


def test_scenes_sound_as_those_who_speak_them(
    drafts: WorkerProcess, tmp_path: Path
) -> None:
    """The same words in three voices; another one redoes its scene and the film alone."""
    job_id = new_id()
    assert put(drafts, job_id, film(None, "davis_deep", None), 1).status_code == 202
    before = drafts.finish(job_id)
    assert before["state"] == "complete", before["error"]
    heard = [pitch(drafts, job_id, n, tmp_path) for n in (1, 2, 3)]
    told = drafts.client.get(f"/download/{job_id}/script.md").text
    assert put(drafts, job_id, film(None, "guy", None), 2).status_code == 200
    after = drafts.finish(job_id)

    assert heard[0] == heard[2] > 1.3 * heard[1]
    files = hashes(before)
    assert files["scene-001-voice.wav"] == files["scene-003-voice.wav"]
    assert told.count("> Voice: davis_deep") == told.count("> Voice") == 1
    assert fresh(after) == {"scene-002/voice", "scene-002/clip", "sound", "film"}
    assert hashes(after)["scene-001-voice.wav"] == files["scene-001-voice.wav"]
    assert hashes(after)["scene-002-voice.wav"] != files["scene-002-voice.wav"]


def test_the_films_voice_by_name_is_found_again(drafts: WorkerProcess) -> None:
    """Whether a scene names it or not, nothing is made anew."""
    first = drafts.finish(drafts.submit(film(None, None, voice_id="emma")))
    again = drafts.finish(drafts.submit(film("emma", None, voice_id="emma")))

    assert first["state"] == "complete"
    assert fresh(again) == set()


def test_what_the_engine_cannot_speak_is_refused_with_the_scene(
    drafts: WorkerProcess,
) -> None:
    """By field and number, before the job exists; and what it has is told."""
    engine = {"engine": {"voice": "duo"}}
    reply = put(drafts, new_id(), film(None, "nancy", **engine), 1)
    unknown = put(drafts, new_id(), film(None, "bob"), 1)
    sample = {"voice_sample": "a" * 64, "voice_consent": True}
    both = put(drafts, new_id(), film(None, "guy", **sample), 1)
    told = drafts.client.get("/capabilities").json()["engines"]

    assert reply.status_code == unknown.status_code == both.status_code == 422
    assert reply.json()["error"]["param"] == "scenes.1.voice"
    assert "duo has no voice nancy for scene 2" in reply.json()["message"]
    assert unknown.json()["error"]["param"] == "spec.scenes.1.voice"
    assert "scene 2 names the voice guy" in both.json()["message"]
    voices = {engine["name"]: engine["voices"] for engine in told}
    assert (voices["duo"], voices["espeak"]) == (["aria", "guy"], None)


async def test_a_refused_voice_is_the_films_error(
    drafts: WorkerProcess, tmp_path: Path
) -> None:
    """The sentence names the scene; with another voice the film is made."""
    async with LiveOrchestrator(tmp_path / "home") as live:
        await live.connect(str(drafts.client.base_url).rstrip("/"), TOKEN)
        scenes = film("guy", "nancy")["scenes"]
        body = {"scenes": scenes, "quality": "draft", "engine": {"voice": "duo"}}
        reply = await live.api.post("/api/generate-video", json=body)
        job_id = reply.json()["job_id"]
        view = await live.until(job_id, "error")
        told = await script(live, job_id)
        scenes = told["script"]["scenes"]
        scenes[1]["voice"] = "aria"
        edit = {"version": told["version"], "scenes": scenes}
        await live.api.put(f"/api/jobs/{job_id}/script", json=edit)
        await live.api.post(f"/api/jobs/{job_id}/render", json={})
        await live.until(job_id, "complete")

    assert view["error"]["param"] == "scenes.1.voice"
    assert "duo has no voice nancy for scene 2" in view["message"]
    assert told["narrator"] == {
        "voice_id": "aria", "voice_speed": 1.0, "pacing": "medium", "engine": "duo",
    }  # fmt: skip


async def test_a_voice_is_chosen_in_the_script(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """It is said what that redoes, exactly that is done, and a project has it."""
    job_id = await studio.order()
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    worker.made.clear()
    told = await script(studio, job_id)
    scenes = told["script"]["scenes"]
    assert [scene["voice"] for scene in scenes] == [None] * 3
    scenes[1]["voice"] = "sara"
    edit = {"version": 1, "scenes": scenes}
    view = (await studio.api.put(f"/api/jobs/{job_id}/script", json=edit)).json()
    await studio.api.post(f"/api/jobs/{job_id}/render", json={})
    await studio.until(job_id, "sent_to_colab", attempt=2)
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    path = f"/api/download/{job_id}/project.zip"
    with zipfile.ZipFile(io.BytesIO((await studio.api.get(path)).content)) as archive:
        project = json.loads(archive.read("project.json"))
    again = await studio.api.post("/api/generate-video", json=project["request"])
    second = await script(studio, again.json()["job_id"])

    assert view["script"]["scenes"][1]["voice"] == "sarah"
    assert view["render"]["scenes"] == [
        {"scene": 2, "id": 2, "redo": ["voice", "clip"]}
    ]
    assert view["render"]["message"] == "To be made: 1 voice, 1 clip, and the film."
    assert worker.made == ["voice-002", "clip-002", "film"]
    voices = [scene["voice"] for scene in second["script"]["scenes"]]
    assert voices == [None, "sarah", None]


async def test_the_films_voice_leaves_a_scene_of_its_own_alone(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Another narrator redoes the other scenes; moved, the voice goes along."""
    job_id = await studio.order(review=True)
    await studio.until(job_id, "review")
    scenes = (await script(studio, job_id))["script"]["scenes"]
    scenes[0]["voice"] = "guy"
    path = f"/api/jobs/{job_id}"
    await studio.api.put(f"{path}/script", json={"version": 1, "scenes": scenes})
    await studio.api.post(f"{path}/render", json={})
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    other = {"preview": True, "options": {"voice_id": "brian"}}
    plan = (await studio.api.post(f"{path}/render", json=other)).json()["plan"]
    moved = {"version": 2, "scenes": [scenes[1], scenes[0], scenes[2]]}
    after = (await studio.api.put(f"{path}/script", json=moved)).json()

    assert {scene["scene"] for scene in plan["scenes"]} == {2, 3}
    assert (plan["pictures"], plan["voices"], plan["clips"]) == (0, 2, 2)
    assert after["render"]["voices"] == 0
    assert [s["voice"] for s in after["script"]["scenes"]] == [None, "guy", None]


async def test_a_sample_and_a_voice_are_refused_on_the_desk(
    studio: LiveOrchestrator,
) -> None:
    """In the script of a film with a sample, and in an option that would bring one."""
    job_id = await studio.order(review=True)
    await studio.until(job_id, "review")
    scenes = (await script(studio, job_id))["script"]["scenes"]
    scenes[2]["voice"] = "guy"
    path = f"/api/jobs/{job_id}"
    await studio.api.put(f"{path}/script", json={"version": 1, "scenes": scenes})
    sample = {"voice_sample": "a" * 64, "voice_consent": True}
    reply = await studio.api.post(f"{path}/render", json={"options": sample})
    scenes[2]["voice"] = "bob"
    edit = {"version": 2, "scenes": scenes}
    unknown = await studio.api.put(f"{path}/script", json=edit)

    assert reply.status_code == unknown.status_code == 422
    assert "scene 3 names the voice guy" in reply.json()["message"]
    assert unknown.json()["error"]["param"] == "scenes.2.voice"


async def test_a_worker_that_does_not_know_them_is_said_to_be_older(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Its sentence names the field, and what to do stands beside it."""
    message = "spec.scenes.0.voice: is not a known field (1 more)"
    worker.refusal = 422, ErrorBody(code=Code.INVALID_FIELD, message=message)
    order = {"scenes": film("guy", "aria")["scenes"]}
    reply = await studio.api.post("/api/generate-video", json=order)
    view = await studio.until(reply.json()["job_id"], "error")

    assert "scenes.0.voice" in view["message"]
    assert "is of an earlier version than this machine" in view["error"]["hint"]


async def test_a_rewritten_scene_keeps_its_voice(
    tmp_path: Path, gemini: FakeGemini
) -> None:
    """Words are told otherwise by the service, and spoken by whoever was chosen."""
    async with LiveOrchestrator(
        tmp_path / "home", gemini_keys=(KEY,), gemini_url=gemini.url
    ) as live:
        job_id = await live.order(review=True)
        await live.until(job_id, "review")
        scenes = (await script(live, job_id))["script"]["scenes"]
        scenes[1]["voice"] = "nancy"
        path = f"/api/jobs/{job_id}/script"
        await live.api.put(path, json={"version": 1, "scenes": scenes})
        order = {"scene": 2, "note": "funnier", "alternatives": 2}
        told = (await live.api.post(f"{path}/rewrite", json=order)).json()

    assert [way["voice"] for way in told["alternatives"]] == ["nancy"] * 2
    assert told["alternatives"][0]["narration"] != scenes[1]["narration"]


def test_the_command_line_chooses_a_voice_in_the_form(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``make --review``, a line in the form, ``render``; the project makes it again."""
    monkeypatch.setenv("MOONREEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MOONREEL_URL_FILE", str(tmp_path / "URL.txt"))
    monkeypatch.setenv("MOONREEL_DISK_FLOOR_MB", "0")
    monkeypatch.chdir(tmp_path)
    Path("story.txt").write_text("The crow flew.\n\nShe drank.", encoding="utf-8")
    words = ["make", "story.txt", "--scenes", "2", "--review", "--worker", "remote"]
    assert main(words) == 0
    capsys.readouterr()
    assert main(["script", "latest"]) == 0
    form = capsys.readouterr().out.rstrip() + "\n> Voice: matthew\n"
    Path("form.md").write_text(form, encoding="utf-8")
    assert main(["script", "latest", "--from", "form.md"]) == 0
    assert main(["script", "latest"]) == 0
    assert "> Voice: guy\n" in capsys.readouterr().out

    with WorkerThread() as worker:
        monkeypatch.setenv("COLAB_API_URL", worker.connect_line)
        assert main(["render", "latest", "-o", "film.mp4"]) == 0
        fetch = ["fetch", "latest", "--name", "project.zip", "-o", "project.zip"]
        assert main(fetch) == 0
        assert main(["make", "project.zip", "--fresh", "-o", "again.mp4"]) == 0
        jobs = list(worker.worker.jobs.values())
    voices = [[scene.voice for scene in job.spec.scenes] for job in jobs]
    assert voices == [[None, "guy"], [None, "guy"]]
