"""The smaller commands against a server that plays jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.__main__ import main
from shared_protocol.films import FilmState
from tests.servers.fake_orchestrator import FakeOrchestrator, write_serve_file
from tests.servers.played_films import Script
from tests.waiting import when

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOrchestrator]:
    """A server that runs on the home folder, and an empty folder to stand in."""
    home = tmp_path / "home"
    monkeypatch.setenv("MOONREEL_HOME", str(home))
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    Path("story.txt").write_text("A crow was thirsty.", encoding="utf-8")
    with FakeOrchestrator(tmp_path / "served", Script(step_s=0.001)) as server:
        write_serve_file(home, server.url)
        yield server


@pytest.fixture
def job_id(fake: FakeOrchestrator, capsys: Capture) -> str:
    """A finished job."""
    assert main(["make", "story.txt", "-o", "first.mp4"]) == 0
    capsys.readouterr()
    return fake.only_job.view.job_id


def events(capsys: Capture) -> list[dict[str, Any]]:
    """The JSON lines on standard output."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_jobs_as_table_and_as_json(job_id: str, capsys: Capture) -> None:
    """One line a job, tab-separated where nobody watches."""
    assert main(["jobs"]) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert head.split("\t")[:2] == ["JOB", "STATE"]
    assert line.split("\t")[:3] == [job_id, "complete", "100%"]
    assert main(["jobs", "--json"]) == 0
    (event,) = events(capsys)
    assert (event["event"], event["job_id"]) == ("job", job_id)


def test_status_of_the_newest(job_id: str, capsys: Capture) -> None:
    """Without an id the newest job is shown, with its files."""
    assert main(["status"]) == 0
    lines = dict(line.split("\t", 1) for line in capsys.readouterr().out.splitlines())
    assert lines["JOB"] == job_id
    assert lines["pictures"] == "3/3"
    assert lines["length"] == "0:41"
    assert lines["tunnel"] == "7 requests, 2.0 MB in 2026-11"
    assert main(["status", "--json"]) == 0
    assert events(capsys)[0]["state"] == "complete"


def test_status_follow_ends_as_the_job_does(
    fake: FakeOrchestrator, capsys: Capture
) -> None:
    """A job under way is watched to its end, whose exit code is the command's."""
    fake.script = Script(step_s=0.001, units=2, then="away")
    assert main(["make", "story.txt", "--worker-wait", "0"]) == 3
    fake.calls.clear()
    thread = when(lambda: len(fake.calls) >= 4, fake.go_on)  # health, list, job, held
    assert main(["status", "--follow"]) == 0
    thread.join()
    assert "100% complete" in capsys.readouterr().err


@pytest.mark.parametrize("part", ["head", "tail", "latest", "full"])
def test_a_part_of_the_id_is_enough(job_id: str, capsys: Capture, part: str) -> None:
    """The beginning, the end, ``latest`` and the whole id mean the job."""
    names = {"head": job_id[:8], "tail": job_id[-6:], "latest": part, "full": job_id}
    assert main(["status", names[part], "--json"]) == 0
    assert events(capsys)[0]["job_id"] == job_id


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("nothing-like-it", 1, "there is no job"),
        ("abc", 2, "too short"),
        ("00000000-0000-7000-8000-000000000000", 1, "There is no such job."),
    ],
)
def test_a_job_that_is_not_there(
    job_id: str, capsys: Capture, text: str, code: int, says: str
) -> None:
    """One sentence, the server's own where it has one."""
    assert main(["status", text]) == code
    assert says in capsys.readouterr().err


def test_two_jobs_that_fit_are_refused(
    fake: FakeOrchestrator, job_id: str, capsys: Capture
) -> None:
    """A part that fits two jobs means neither."""
    assert main(["make", "story.txt", "--seed", "2", "-o", "second.mp4"]) == 0
    assert main(["cancel", job_id[:4]]) == 2
    assert "fits 2 jobs" in capsys.readouterr().err


def test_fetch_the_film_one_file_or_all(
    fake: FakeOrchestrator, job_id: str, capsys: Capture
) -> None:
    """The film under its title, a file under its name, everything into a folder."""
    assert main(["fetch", job_id]) == 0
    assert Path("the-crow-the-pitcher.mp4").read_bytes() == fake.film_bytes()
    assert main(["fetch", job_id, "--name", "captions.srt"]) == 0
    assert Path("captions.srt").is_file()
    capsys.readouterr()
    assert main(["fetch", job_id, "--all", "-o", "all", "--json"]) == 0
    (event,) = events(capsys)
    assert [file["name"] for file in event["files"]] == ["film.mp4", "captions.srt"]
    assert Path("all/film.mp4").read_bytes() == fake.film_bytes()


def test_fetch_a_name_that_is_not_there(job_id: str, capsys: Capture) -> None:
    """The names that there are stand in the answer."""
    assert main(["fetch", job_id, "--name", "poster.png"]) == 1
    assert "it has: film.mp4, captions.srt" in capsys.readouterr().err


def test_fetch_all_of_an_unfinished_job_is_partial(
    fake: FakeOrchestrator, capsys: Capture
) -> None:
    """What there is comes, and exit code 4 says that it is not all."""
    fake.script = Script(step_s=0.001, units=2, then="error")
    assert main(["make", "story.txt"]) == 1
    job_id = fake.only_job.view.job_id
    assert main(["fetch", job_id, "--all", "-o", "all"]) == 4
    assert Path("all/captions.srt").is_file()
    assert main(["fetch", job_id]) == 1
    assert "Scene 2 failed; try again." in capsys.readouterr().err


def test_cancel_retry_delete(fake: FakeOrchestrator, capsys: Capture) -> None:
    """Each does one thing to one job, and says so."""
    fake.script = Script(step_s=0.001, units=2, then="away")
    assert main(["make", "story.txt", "--worker-wait", "0.05"]) == 3
    job = fake.only_job
    assert main(["cancel", "latest"]) == 0
    assert job.view.state is FilmState.CANCELED
    assert main(["retry", job.view.job_id, "--json"]) == 0
    assert job.view.attempt == 2
    assert main(["delete", job.view.job_id]) == 0
    assert not fake.jobs
    said = capsys.readouterr().out
    assert "asked to stop; what is finished stays" in said
    assert f'{{"event": "retry", "job_id": "{job.view.job_id}"}}' in said
    assert "forgotten" in said


def test_retry_of_a_scene(fake: FakeOrchestrator, job_id: str, capsys: Capture) -> None:
    """Scene, keep and seed go to the server; what makes no sense is refused here."""
    words = ["--scene", "2", "--keep", "0.6", "--seed", "7"]
    assert main(["retry", job_id, *words]) == 0
    assert "scene 2 is drawn again" in capsys.readouterr().out
    assert fake.only_job.retried == {"scene": 2, "keep": 0.6, "seed": 7}
    assert main(["retry", job_id, "--keep", "0.6"]) == 2
    assert "name the scene" in capsys.readouterr().err
    assert main(["retry", job_id, "--scene", "x"]) == 2
    assert "scene" in capsys.readouterr().err


def test_errors_are_events_with_json(job_id: str, capsys: Capture) -> None:
    """A program reads the same error as a person, on standard output."""
    missing = "00000000-0000-7000-8000-000000000000"
    assert main(["retry", missing, "--json"]) == 1
    said = capsys.readouterr()
    event = json.loads(said.out)
    assert said.err == ""
    assert (event["event"], event["code"]) == ("error", "not_found")
    assert (event["hint"], event["exit_code"]) == ("List them.", 1)


def test_connect_says_whether_the_worker_answers(
    fake: FakeOrchestrator, capsys: Capture
) -> None:
    """Connected is 0; saved without an answer is 3."""
    words = ["connect", "Public", "URL:", "https://x.ngrok-free.app", "--token"]
    assert main([*words, "good"]) == 0
    assert "connected" in capsys.readouterr().out
    assert main([*words, "bad"]) == 3
    assert "401 from the worker" in capsys.readouterr().err


def test_a_stranger_on_the_port_is_no_server(
    fake: FakeOrchestrator, capsys: Capture
) -> None:
    """Something else that speaks HTTP is named as such."""
    assert main(["jobs", "--server", f"{fake.url}/nowhere"]) == 1
    assert "There is nothing at /nowhere" in capsys.readouterr().err
