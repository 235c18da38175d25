"""``moonreel make`` with real engines on tiny models, the whole way, as people run it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from colab_worker.film.probe import probe
from tests.workers import WorkerProcess, film

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]


def make(folder: Path, shelf: Path, *words: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and events of the command in ``folder``."""
    story = folder / "story.txt"
    story.write_text("A crow was thirsty.\n\nIt found a pitcher.\n", "utf-8")
    done = subprocess.run(
        [
            sys.executable, "-m", "orchestrator", "make", "story.txt", "--json",
            "--quality", "draft", "-o", "a.mp4", "--all-files", "parts", *words,
        ],
        cwd=folder,
        env=os.environ | {
            "MOONREEL_HOME": str(folder / "home"),
            "MOONREEL_URL_FILE": str(folder / "url.txt"),
            "MOONREEL_MODELS": str(shelf),
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=240,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_film_with_real_engines(shelf: Path, tmp_path: Path) -> None:
    """Pictures near the model's area, a film at the size of its quality, no draft."""
    engines = ("--engine", "image=sdxl,voice=vits", "--steps", "2", "--scenes", "2")
    code, events = make(tmp_path, shelf, *engines)
    assert code == 0, events[-1]

    made = probe(tmp_path / "a.mp4")
    assert (made.width, made.height, made.has_audio) == (854, 480, True)
    pictures = sorted((tmp_path / "parts").glob("scene-*-picture.png"))
    assert len(pictures) == 2
    with Image.open(pictures[0]) as picture:
        assert picture.size == (88, 48)
    assert events[-1]["draft"] is False
    words = json.loads((tmp_path / "parts" / "scene-001-words.json").read_text("utf-8"))
    assert words["sample_rate"] == 22_050
    assert [word for word, _, _ in words["words"]] == ["A", "crow", "was", "thirsty."]


def test_a_worker_keeps_a_likeness_from_blob_to_picture(
    shelf: Path, tmp_path: Path
) -> None:
    """The file goes there first; only the scene that names it is drawn with it."""
    face = tmp_path / "face.png"
    Image.effect_noise((48, 48), 80).convert("RGB").save(face)
    sha256 = hashlib.sha256(face.read_bytes()).hexdigest()
    spec = film("the cat", "the dog", engine={"image": "sdxl"}, image={"steps": 2})
    spec["scenes"][1]["references"] = [{"sha256": sha256, "name": "Ann"}]
    with WorkerProcess(
        tmp_path, engines="[]", env={"MOONREEL_MODELS": str(shelf)}
    ) as worker:
        worker.client.put(f"/blobs/sha256/{sha256}", content=face.read_bytes())
        view = worker.finish(worker.submit(spec), within_s=240)

    assert view["state"] == "complete", view["error"]
    facts = [u["result"]["facts"] for u in view["units"] if u["kind"] == "image"]
    assert [told.get("likeness") for told in facts] == [None, "plus"]


def test_a_picture_of_a_job_is_drawn_again_from_itself(
    shelf: Path, tmp_path: Path
) -> None:
    """The worker has the file already; the same order again is known by its key."""
    spec = film("the cat", engine={"image": "sdxl"}, image={"steps": 4})
    with WorkerProcess(
        tmp_path, engines="[]", env={"MOONREEL_MODELS": str(shelf)}
    ) as worker:
        first = worker.finish(worker.submit(spec), within_s=240)
        sha256 = picture_of(first)["result"]["files"][0]["sha256"]
        again = {"sha256": sha256, "strength": 0.5}
        scenes = [scene | {"redraw": again} for scene in spec["scenes"]]
        second = worker.finish(worker.submit(spec | {"scenes": scenes}), within_s=240)
        third = spec | {"scenes": scenes, "title": "Another"}
        known = worker.finish(worker.submit(third), within_s=240)

    assert second["state"] == "complete", second["error"]
    files = [picture_of(v)["result"]["files"][0]["sha256"] for v in (second, known)]
    assert files[0] == files[1] != sha256
    assert [picture_of(v)["reused"] for v in (second, known)] == [False, True]


def test_a_model_killed_in_the_middle_of_a_picture_is_loaded_anew(
    shelf: Path, tmp_path: Path
) -> None:
    """As the system does when memory runs out: the picture is drawn again, the job goes on."""
    spec = film("the cat", engine={"image": "sdxl"}, image={"steps": 100})
    with WorkerProcess(
        tmp_path, engines="[]", env={"MOONREEL_MODELS": str(shelf)}
    ) as worker:
        job_id = worker.submit(spec)
        drawing = picture_of(worker.status(job_id))
        while not 0.05 < drawing["progress"] < 1:
            assert drawing["state"] in ("pending", "queued", "running"), worker.log()
            time.sleep(0.05)
            drawing = picture_of(worker.status(job_id))
        os.kill(largest_child(worker), signal.SIGKILL)
        view = worker.finish(job_id, within_s=240)

    assert view["state"] == "complete", view["error"]
    assert picture_of(view)["attempt"] == 2
    assert picture_of(view)["result"]["facts"]["steps"] == 100


def picture_of(view: dict[str, Any]) -> dict[str, Any]:
    """The unit that draws; before there is a plan, one that waits."""
    waits = {"state": "pending", "progress": 0.0}
    return next((u for u in view["units"] if u["kind"] == "image"), waits)


def largest_child(worker: WorkerProcess) -> int:
    """The process that holds the model."""
    assert worker.process is not None
    pid = worker.process.pid
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    sizes = {
        int(child): int(Path(f"/proc/{child}/statm").read_text("ascii").split()[1])
        for child in found
    }
    return max(sizes, key=sizes.__getitem__)


def test_a_dial_that_the_engine_lacks_is_refused(shelf: Path, tmp_path: Path) -> None:
    """The option is named; nothing is drawn without it in silence."""
    engines = ("--engine", "image=papercut", "--steps", "9")
    code, events = make(tmp_path, shelf, *engines)

    assert code != 0
    assert "image.steps: papercut has no such dial" in events[-1]["message"]
