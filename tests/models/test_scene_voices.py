"""Voices of scenes with a VITS model, from the job to the sound."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from shared_protocol.vocab import VOICES
from tests.workers import WorkerProcess, film, hashes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_scenes_are_spoken_by_speakers_of_their_own(
    shelf: Path, tmp_path: Path
) -> None:
    """Two scenes of the same words differ, and one without a voice is the film's."""
    spec = film("a hill", "a lake", "a tree", engine={"voice": "vits"})
    for scene in spec["scenes"]:
        scene["narration"] = "The crow was thirsty."
    spec["scenes"][1]["voice"] = "guy"
    with WorkerProcess(
        tmp_path, engines="[]", env={"MOONREEL_MODELS": str(shelf)}
    ) as worker:
        view = worker.finish(worker.submit(spec), within_s=240)

    assert view["state"] == "complete", view["error"]
    engines = {u["engine"] for u in view["units"] if u["kind"] == "voice"}
    assert engines == {"vits"}
    sounds = [hashes(view)[f"scene-{n:03}-voice.wav"] for n in (1, 2, 3)]
    assert sounds[0] == sounds[2] != sounds[1]


def test_a_speaker_that_the_model_lacks_is_refused(shelf: Path, tmp_path: Path) -> None:
    """Before the job exists; what the model has is told with the engine."""
    models = tmp_path / "models"
    shutil.copytree(shelf / "vits", models / "vits")
    file = models / "vits" / "speaker_ids.json"
    speakers = json.loads(file.read_text("utf-8"))
    del speakers[VOICES["guy"].speaker]
    file.write_text(json.dumps(speakers), "utf-8")
    spec = film("a hill", "a lake", engine={"voice": "vits"})
    spec["scenes"][1]["voice"] = "guy"
    with WorkerProcess(
        tmp_path, engines="[]", env={"MOONREEL_MODELS": str(models)}
    ) as worker:
        reply = worker.client.put("/jobs/01900000-0000", json={"spec": spec})
        engines = worker.client.get("/capabilities").json()["engines"]

    assert reply.status_code == 422
    assert reply.json()["error"]["param"] == "scenes.1.voice"
    assert "vits has no voice guy for scene 2" in reply.json()["message"]
    (vits,) = (engine for engine in engines if engine["name"] == "vits")
    assert set(vits["voices"]) == set(VOICES) - {"guy"}
