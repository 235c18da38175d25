"""``make --review``, ``script`` and ``render``, as a person uses them one after another."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from orchestrator.cli.entry import main
from tests.servers.worker_thread import WorkerThread

STORY = "The crow was thirsty.\n\nShe dropped stones.\n\nAt last she drank."


@pytest.fixture
def reviewed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    """A job that waits to be read; what was said of it is in ``capsys``."""
    capsys.readouterr()
    monkeypatch.setenv("MOONREEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MOONREEL_URL_FILE", str(tmp_path / "URL.txt"))
    monkeypatch.setenv("MOONREEL_DISK_FLOOR_MB", "0")
    monkeypatch.chdir(tmp_path)
    Path("story.txt").write_text(STORY, encoding="utf-8")
    words = ["make", "story.txt", "--scenes", "3", "--review", "--worker", "remote"]
    assert main(words) == 0
    return "latest"


def editor(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that runs ``sed`` over the file."""
    path = Path("editor.sh")
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("EDITOR", str(path.absolute()))


@contextmanager
def gemini_by_hand(*words: str) -> Iterator[dict[str, str]]:
    """The service as people run it; the variables that it prints."""
    command = [sys.executable, "-m", "tests.servers.gemini", "--port", "0", *words]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        yield dict(pair.split("=", 1) for pair in run.stdout.readline().split())
        run.terminate()


def test_a_script_is_read_edited_and_rendered(
    reviewed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From the text to the film, with one word changed on the way."""
    assert "moonreel render" in capsys.readouterr().out
    assert main(["script", reviewed]) == 0
    assert "## Scene 2\n\nShe dropped stones.\n" in capsys.readouterr().out

    editor("sed -i 's/dropped stones/dropped many stones/' \"$1\"", monkeypatch)
    assert main(["script", reviewed, "--edit"]) == 0
    assert "version 2 is saved" in capsys.readouterr().out
    assert main(["render", reviewed, "--preview"]) == 0
    assert "3 pictures, 3 voices, 3 clips" in capsys.readouterr().out

    with WorkerThread() as worker:
        monkeypatch.setenv("COLAB_API_URL", worker.connect_line)
        assert main(["render", reviewed, "-o", "film.mp4"]) == 0
        (job,) = worker.worker.jobs.values()
    assert job.spec.scenes[1].narration == "She dropped many stones."
    assert Path("film.mp4").stat().st_size > 0


def test_what_a_script_costs_is_told_with_the_film_and_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A topic, made in one go: who wrote it, tokens, and what that costs about."""
    monkeypatch.setenv("MOONREEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MOONREEL_URL_FILE", str(tmp_path / "URL.txt"))
    monkeypatch.setenv("MOONREEL_DISK_FLOOR_MB", "0")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    words = ["make", "--topic", "a well", "--minutes", "1", "--scenes", "3"]
    with gemini_by_hand("--fault", "malformed") as variables, WorkerThread() as worker:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("COLAB_API_URL", worker.connect_line)
        assert main([*words, "-o", "film.mp4"]) == 0
        told = "gemini-2.5-flash: 1000 tokens, about $0.002"
        assert f"script by {told}" in capsys.readouterr().out
        assert main(["status", "latest"]) == 0
        assert told in capsys.readouterr().out


def test_a_character_keeps_its_picture(
    reviewed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the file to every scene that shows it; a stranger is refused by name."""
    Image.new("RGB", (8, 8)).save("crow.png")
    words = ["make", "story.txt", "--scenes", "3", "--review", "--worker", "remote"]
    words += ["--character", "Crow: a black bird with a blue beak"]
    assert main([*words, "--reference", "Otto=crow.png"]) == 2
    assert "Otto is no --character" in capsys.readouterr().err
    assert main([*words, "--reference", "crow=crow.png"]) == 0

    with WorkerThread() as worker:
        monkeypatch.setenv("COLAB_API_URL", worker.connect_line)
        assert main(["render", reviewed, "-o", "film.mp4"]) == 0
        (job,) = worker.worker.jobs.values()
        sent = list(worker.worker.uploaded)
    names = [[r.name for r in scene.references] for scene in job.spec.scenes]
    assert names == [["Crow"]] * 3  # "she" in the narration, the crow in the picture
    assert sent == [hashlib.sha256(Path("crow.png").read_bytes()).hexdigest()]


def test_nothing_is_saved_when_nothing_is_changed(
    reviewed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The editor was closed without a change."""
    editor("true", monkeypatch)
    assert main(["script", reviewed, "--edit"]) == 0

    assert "nothing is changed" in capsys.readouterr().out


def test_a_form_that_cannot_be_read_is_not_lost(
    reviewed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence says where it is, and --from takes it after the correction."""
    editor("sed -i 's/^## Scene 2/## Akt 2/' \"$1\"", monkeypatch)
    assert main(["script", reviewed, "--edit"]) == 2
    said = capsys.readouterr().err
    kept = Path(said.split("What you wrote is in ")[1].split(";")[0])
    text = kept.read_text(encoding="utf-8").replace("## Akt 2", "## New scene")
    kept.write_text(text, encoding="utf-8")

    assert main(["script", reviewed, "--from", str(kept), "--json"]) == 0
    kept.unlink()
    told = json.loads(capsys.readouterr().out)
    assert [scene["id"] for scene in told["script"]["scenes"]] == [1, 4, 3]
    assert main(["script", reviewed, "--restore", "1"]) == 0
    assert "version 3 is saved" in capsys.readouterr().out
    assert main(["script", reviewed, "--leave-out", "2"]) == 0
    assert "version 4 is saved" in capsys.readouterr().out
    assert main(["script", reviewed, "--leave-out", "2"]) == 0
    assert "nothing is changed" in capsys.readouterr().out
    assert main(["script", reviewed, "--take-back", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [scene["id"] for scene in told["script"]["scenes"]] == [1, 2, 3]


def test_an_editor_that_fails_changes_nothing(
    reviewed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own exit code is told; one that is not there is named."""
    editor("exit 3", monkeypatch)
    assert main(["script", reviewed, "--edit"]) == 1
    assert "ended with 3" in capsys.readouterr().err
    monkeypatch.setenv("EDITOR", "/nowhere/editor")
    assert main(["script", reviewed, "--edit"]) == 2
    assert "set EDITOR" in capsys.readouterr().err


def test_an_option_of_the_writing_is_refused(
    reviewed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The script stands; the sentence names the option."""
    assert main(["render", reviewed, "--preview", "--minutes", "3"]) == 2

    assert "options.duration" in capsys.readouterr().err
