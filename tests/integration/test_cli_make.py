"""``moonreel make`` against a server that plays jobs: going on, stopping, fetching."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.__main__ import main
from shared_protocol.films import FilmState
from tests.servers.fake_orchestrator import FakeOrchestrator, write_serve_file
from tests.servers.played_films import Script

Lines = list[dict[str, Any]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of this test, and a folder to stand in."""
    folder = tmp_path / "home"
    monkeypatch.setenv("MOONREEL_HOME", str(folder))
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    Path("story.txt").write_text("A crow was thirsty.", encoding="utf-8")
    return folder


@pytest.fixture
def fake(home: Path, tmp_path: Path) -> Iterator[FakeOrchestrator]:
    """A server that runs on the home folder."""
    with FakeOrchestrator(tmp_path / "served") as server:
        write_serve_file(home, server.url)
        yield server


def events(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was written to standard output, line by line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def when(condition: Callable[[], bool], act: Callable[[], None]) -> threading.Thread:
    """Acts from a thread as soon as the condition holds."""
    waited = threading.Event()

    def watch() -> None:
        while not condition():
            waited.wait(0.01)
        act()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def interrupt(number: int = signal.SIGINT) -> None:
    """What the terminal does on Ctrl-C."""
    os.kill(os.getpid(), number)


def test_film_lands_under_its_title(
    fake: FakeOrchestrator, capsys: pytest.CaptureFixture[str]
) -> None:
    """The film is whole, named after its title, and said on standard output only."""
    assert main(["make", "story.txt"]) == 0
    film = Path("the-crow-the-pitcher.mp4")
    assert film.read_bytes() == fake.film_bytes()
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        str(film),
        f"  0:41, 300.0 kB, job {fake.only_job.view.job_id}, draft",
    ]
    assert "100% complete" in said.err
    assert not list(Path().glob("*.part"))


def test_same_command_is_the_same_job_and_moves_no_bytes(
    fake: FakeOrchestrator, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second run finds the film in place: one job, one download."""
    assert main(["make", "story.txt", "-o", "a.mp4"]) == 0
    capsys.readouterr()
    assert main(["make", "story.txt", "-o", "a.mp4", "--json"]) == 0
    done = events(capsys)[-1]
    assert done["event"] == "done"
    assert done["transferred"] is False
    assert len(fake.jobs) == 1
    assert len(fake.range_headers) == 1


def test_other_options_are_another_job(fake: FakeOrchestrator) -> None:
    """Idempotency looks at the whole request."""
    assert main(["make", "story.txt", "-o", "a.mp4"]) == 0
    assert main(["make", "story.txt", "-o", "a.mp4", "--style", "noir"]) == 0
    assert len(fake.jobs) == 2


def test_fresh_starts_over_and_is_then_the_one_that_goes_on(
    fake: FakeOrchestrator,
) -> None:
    """After ``--fresh`` the plain command belongs to the fresh job."""
    for words in ([], ["--fresh"], [], ["--fresh"], []):
        assert main(["make", "story.txt", "-o", "a.mp4", *words]) == 0
    assert len(fake.jobs) == 3


@pytest.mark.parametrize("state", [FilmState.ERROR, FilmState.CANCELED])
def test_an_ended_job_is_retried(fake: FakeOrchestrator, state: FilmState) -> None:
    """A job that failed or was canceled goes on by itself with the same command."""
    fake.script = Script(units=4, then="error")
    assert main(["make", "story.txt", "-o", "a.mp4"]) == 1
    job = fake.only_job
    job.view = job.view.model_copy(update={"state": state})
    assert main(["make", "story.txt", "-o", "a.mp4"]) == 0
    assert job.view.attempt == 2
    assert Path("a.mp4").read_bytes() == fake.film_bytes()


def test_a_failed_job_says_why(
    fake: FakeOrchestrator, capsys: pytest.CaptureFixture[str]
) -> None:
    """The job's own sentence, which says what to do, once, and exit code 1."""
    fake.script = Script(units=4, then="error")
    assert main(["make", "story.txt"]) == 1
    assert capsys.readouterr().err.endswith("\nmoonreel: Scene 2 failed; try again.\n")


def test_what_a_failed_job_has_is_partial(
    fake: FakeOrchestrator, capsys: pytest.CaptureFixture[str]
) -> None:
    """With ``--all-files`` the finished files of a failed job come, with exit code 4."""
    fake.script = Script(units=4, then="error")
    words = ["make", "story.txt", "--all-files", "pieces", "--json"]
    assert main(words) == 4
    assert Path("pieces/captions.srt").is_file()
    last = events(capsys)[-1]
    assert (last["event"], last["exit_code"]) == ("error", 4)
    assert last["job_id"] == fake.only_job.view.job_id


def test_a_missing_side_file_is_partial(fake: FakeOrchestrator) -> None:
    """The film is delivered although another file cannot be."""
    fake.script.missing = {"captions.srt"}
    assert main(["make", "story.txt", "-o", "a.mp4", "--all-files", "x"]) == 4
    assert Path("a.mp4").read_bytes() == fake.film_bytes()


def test_json_lines_follow_the_schema(
    fake: FakeOrchestrator, capsys: pytest.CaptureFixture[str]
) -> None:
    """accepted, then warnings and progress, then done; nothing else on the streams."""
    fake.script.warnings = ("no GPU",)
    assert main(["make", "story.txt", "-o", "a.mp4", "--json"]) == 0
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.out.splitlines()]
    kinds = [line["event"] for line in lines]
    assert said.err == ""
    assert kinds[:2] == ["accepted", "warning"]
    assert set(kinds[2:-1]) == {"progress"}
    assert kinds[-1] == "done"
    assert lines[-2]["units"]["pictures"] == {"done": 3, "total": 3}
    assert lines[-1]["duration_s"] == 41.2


def test_a_broken_download_is_resumed(fake: FakeOrchestrator) -> None:
    """Each new connection asks only for what is missing."""
    fake.script.breaks = [100_000, 50_000]
    assert main(["make", "story.txt", "-o", "a.mp4"]) == 0
    assert Path("a.mp4").read_bytes() == fake.film_bytes()
    assert fake.range_headers[0] == ""
    assert all(header.startswith("bytes=") for header in fake.range_headers[1:])
    assert len(fake.range_headers) == 3


def test_a_leftover_of_another_film_is_not_joined(fake: FakeOrchestrator) -> None:
    """A ``.part`` with other bytes shows in the hash, and the film comes anew."""
    Path("a.mp4.part").write_bytes(b"x" * 1000)
    assert main(["make", "story.txt", "-o", "a.mp4"]) == 0
    assert Path("a.mp4").read_bytes() == fake.film_bytes()
    assert fake.range_headers == ["bytes=1000-", ""]


def test_bytes_that_never_match_are_refused(
    fake: FakeOrchestrator, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that sends something else gets two chances; nothing is kept."""
    fake.script.corrupt = 2
    assert main(["make", "story.txt", "-o", "a.mp4"]) == 1
    assert "other bytes than the server announced" in capsys.readouterr().err
    assert not Path("a.mp4").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_detaches_from_a_running_server(
    fake: FakeOrchestrator, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    """The job goes on there; the person learns how to stop it, and leaves with 130."""
    fake.script = Script(units=4)
    thread = when(
        lambda: any(job.done == 4 for job in fake.jobs.values()),
        lambda: interrupt(number),
    )
    before = signal.getsignal(number)
    assert main(["make", "story.txt"]) == 130
    thread.join()
    job_id = fake.only_job.view.job_id
    said = capsys.readouterr().err
    assert f"the job goes on at {fake.url}" in said
    assert f"`moonreel cancel {job_id}`" in said
    assert not fake.only_job.view.terminal
    assert signal.getsignal(number) is before


def test_no_worker_for_too_long_is_exit_3(
    fake: FakeOrchestrator, capsys: pytest.CaptureFixture[str]
) -> None:
    """The wait for a worker ends; the job stays where it is."""
    fake.script = Script(units=2, then="away")
    assert main(["make", "story.txt", "--worker-wait", "0.2"]) == 3
    assert "no worker took the job: no worker connected" in capsys.readouterr().err
    assert not fake.only_job.view.terminal


def test_a_named_server_that_is_away_is_exit_3(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is started in its place."""
    words = ["make", "story.txt", "--server", "127.0.0.1:9"]
    assert main(words) == 3
    assert "no server answers at http://127.0.0.1:9" in capsys.readouterr().err


def test_worker_option_is_refused_where_it_does_nothing(
    fake: FakeOrchestrator, capsys: pytest.CaptureFixture[str]
) -> None:
    """A running server has its own setting."""
    assert main(["make", "story.txt", "--worker", "local"]) == 2
    assert "leave --worker out" in capsys.readouterr().err
    assert not fake.jobs


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["make"], "give a FILE"),
        (["make", "story.txt", "--topic", "crows"], "give a FILE"),
        (["make", "nothing.txt"], "cannot read nothing.txt"),
        (["make", "."], "cannot read ."),
        (["make", "latin.txt"], "not text in UTF-8 (byte 2)"),
        (["make", "blank.txt"], "blank.txt is empty"),
        (["make", "long.txt"], "longer than the 120,000 characters"),
        (["make", "story.txt", "-o", "story.txt/a.mp4"], "cannot write into"),
        (["make", "story.txt", "-o", "story.txt"], "is the text itself"),
        (["make", "story.txt", "--style", "nope"], "choose one of: cinematic"),
        (["make", "story.txt", "--server", "ftp://x"], "no http:// or https://"),
        (["mkae"], "is not a command; choose one of: make,"),
    ],
    ids=lambda value: "-".join(value)[:28] if isinstance(value, list) else "",
)
def test_usage_errors(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    """Exit code 2 and one sentence, before anything is started."""
    Path("latin.txt").write_bytes(b"sa\xe9")
    Path("blank.txt").write_text(" \n", encoding="utf-8")
    Path("long.txt").write_text("x" * 500_000, encoding="utf-8")
    assert main(words) == 2
    said = capsys.readouterr().err
    assert says in said
    assert len(said.splitlines()) == 1
    assert not home.exists()
