"""Commands that bring their own server, and ``serve``: the real orchestrator inside."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from orchestrator.__main__ import main
from orchestrator.cli import make, rest, watch
from shared_protocol import routes
from shared_protocol.kit.folder_lock import lock_folder
from tests.servers.fake_orchestrator import FakeOrchestrator, write_serve_file
from tests.servers.played_films import Script
from tests.servers.worker_thread import WorkerThread
from tests.waiting import when

Capture = pytest.CaptureFixture[str]
STORY = "A crow was thirsty.\n\nIt found a pitcher.\n\nThe water was low.\n"
LIMIT_S = 60.0


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of this test, and a folder with a story to stand in."""
    folder = tmp_path / "home"
    monkeypatch.setenv("MOONREEL_HOME", str(folder))
    monkeypatch.setenv("MOONREEL_URL_FILE", str(tmp_path / "url.txt"))
    monkeypatch.setenv("MOONREEL_DISK_FLOOR_MB", "0")
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    Path("story.txt").write_text(STORY, encoding="utf-8")
    return folder


@pytest.fixture
def remote(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerThread]:
    """A fake worker that is written down as the remote one."""
    with WorkerThread() as thread:
        monkeypatch.setenv("COLAB_API_URL", thread.connect_line)
        yield thread


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A server sets up the logs of its process, which here is that of all tests."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def job_of(capsys: Capture) -> str:
    """The job that the last result names."""
    found = re.search(r"job ([0-9a-f-]{36})", capsys.readouterr().out)
    assert found
    return found[1]


def spawn(*words: str, **environ: str) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "orchestrator", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environ},
    )


def killed_while_watching(remote: WorkerThread) -> None:
    """A command that ordered a film, and had heard of its worker's progress."""
    remote.limit = 1
    process = spawn("make", "story.txt")
    asked = remote.worker.asked
    when(lambda: f"POST {routes.JOBS_WAIT}" in asked, process.kill).join()
    process.communicate(timeout=LIMIT_S)


def test_make_without_a_server_and_again(
    home: Path, remote: WorkerThread, capsys: Capture
) -> None:
    """The film is made, the server is gone, and the same command finds the same job."""
    assert main(["make", "story.txt", "-o", "a.mp4"]) == 0
    first = job_of(capsys)
    film = Path("a.mp4").read_bytes()
    assert film.startswith(b"film ")
    assert not (home / "serve.json").exists()
    Path("a.mp4").unlink()
    made = list(remote.worker.made)
    assert main(["make", "story.txt", "-o", "a.mp4"]) == 0
    assert job_of(capsys) == first
    assert Path("a.mp4").read_bytes() == film
    assert remote.worker.made == made


def test_ctrl_c_cancels_and_the_same_command_goes_on(
    home: Path, remote: WorkerThread, capsys: Capture
) -> None:
    """130, the job at rest, and nothing that was finished is made again."""
    words = ["make", "story.txt", "--scenes", "3", "-o", "a.mp4"]
    remote.limit = 4
    thread = when(
        lambda: len(remote.worker.made) == 4,
        lambda: os.kill(os.getpid(), signal.SIGINT),
    )
    assert main(words) == 130
    thread.join()
    assert capsys.readouterr().err.endswith(
        "moonreel: stopped; the same command goes on where it stopped\n"
    )
    assert main(["jobs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "canceled"
    remote.limit = 10_000
    assert main(words) == 0
    assert len(remote.worker.made) == len(set(remote.worker.made))
    assert Path("a.mp4").is_file()


def test_retry_without_a_server_says_what_it_waits_for(
    home: Path, remote: WorkerThread, capsys: Capture
) -> None:
    """The server of the command ends with it, so nothing goes on yet."""
    remote.limit = 1
    thread = when(
        lambda: bool(remote.worker.made), lambda: os.kill(os.getpid(), signal.SIGINT)
    )
    assert main(["make", "story.txt"]) == 130
    thread.join()
    capsys.readouterr()
    assert main(["retry", "latest"]) == 0
    said = capsys.readouterr().out
    assert "goes on, once a server runs: `moonreel serve` starts one" in said


def test_cancel_without_a_server_reaches_the_worker(remote: WorkerThread) -> None:
    """A borrowed GPU does not go on for a command that was killed."""
    killed_while_watching(remote)
    (job,) = remote.worker.jobs.values()
    assert not job.state.terminal
    assert main(["cancel", "latest"]) == 0
    assert job.state == "canceled"


def test_cancel_without_a_server_or_a_worker_says_so(
    remote: WorkerThread, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is owed, and told by the next server."""
    monkeypatch.setattr(rest, "PATIENCE_S", 0.1)
    killed_while_watching(remote)
    remote.worker.gateway = lambda request: remote.worker._problem(
        503, "queue_full", "Later."
    )
    assert main(["cancel", "latest"]) == 0
    assert "its worker does not answer" in capsys.readouterr().out


def test_second_ctrl_c_leaves_at_once(remote: WorkerThread) -> None:
    """A worker that does not answer the cancellation cannot hold the person."""
    remote.limit = 1
    process = spawn("make", "story.txt")
    asked = remote.worker.asked
    when(lambda: bool(remote.worker.made), lambda: process.send_signal(signal.SIGINT))
    remote.worker.gateway = lambda request: (
        remote.worker._problem(503, "queue_full", "Later.")
        if request.path.endswith("/cancel")
        else None
    )
    when(
        lambda: any(line.endswith("/cancel") for line in asked),
        lambda: process.send_signal(signal.SIGINT),
    )
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err


def test_a_server_that_goes_away_is_replaced(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A found server may end; the command goes on with the next one on the home."""
    monkeypatch.setattr(make, "FOUND_PATIENCE_S", 0.0)
    monkeypatch.setattr(watch, "RETRY_FIRST_S", 0.01)
    first = FakeOrchestrator(tmp_path / "first", Script(units=2))
    with FakeOrchestrator(tmp_path / "second") as second, first:
        write_serve_file(home, first.url)

        def replace() -> None:
            write_serve_file(home, second.url)
            first.stop()

        thread = when(
            lambda: any(job.done == 2 for job in first.jobs.values()), replace
        )
        assert main(["make", "story.txt", "-o", "a.mp4"]) == 0
        thread.join()
        assert Path("a.mp4").read_bytes() == second.film_bytes()
    assert "connection to the server lost" in capsys.readouterr().err


def test_a_busy_home_is_waited_for(home: Path, remote: WorkerThread) -> None:
    """Another command that is just leaving the home is no error."""
    home.mkdir()
    with ExitStack() as stack:
        stack.enter_context(lock_folder(home))
        timer = threading.Timer(0.5, stack.close)
        timer.start()
        assert main(["make", "story.txt", "-o", "a.mp4"]) == 0
        timer.join()


def test_connect_without_a_server(
    home: Path, remote: WorkerThread, capsys: Capture
) -> None:
    """The address is kept for the next command, the token out of sight."""
    words = ["connect", f"Public URL: {remote.connect_line}"]
    assert main(words) == 0
    said = capsys.readouterr()
    assert remote.worker.url in said.out
    assert remote.worker.token not in said.out + said.err
    pasted = home.with_name("url.txt").read_text(encoding="utf-8")
    assert remote.worker.url in pasted


def test_connect_forgets_a_worker(
    home: Path, remote: WorkerThread, capsys: Capture
) -> None:
    """What is not to be used any more leaves the file; an address beside it is an error."""
    assert main(["connect", remote.connect_line]) == 0
    assert main(["connect", "--forget", remote.connect_line]) == 2
    assert main(["connect", "--forget"]) == 0
    assert "no remote worker is used any more" in capsys.readouterr().out
    assert home.with_name("url.txt").read_text(encoding="utf-8") == ""


def test_no_worker_is_exit_3_and_the_job_stays(home: Path, capsys: Capture) -> None:
    """``--worker remote`` with none connected: parked, and listed afterwards."""
    words = ["make", "story.txt", "--worker", "remote", "--worker-wait", "0.3"]
    assert main(words) == 3
    assert "no worker took the job" in capsys.readouterr().err
    assert main(["jobs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "waiting_for_worker"


def test_dry_run_splits_and_starts_nothing(home: Path, capsys: Capture) -> None:
    """The request and its scenes are shown; no home folder appears."""
    assert main(["make", "story.txt", "--dry-run", "--scenes", "3", "--json"]) == 0
    event = json.loads(capsys.readouterr().out)
    assert event["event"] == "dry_run"
    assert event["request"] == {"script": STORY, "num_scenes": 3}
    assert [scene["narration"] for scene in event["scenes"]] == [
        "A crow was thirsty.",
        "It found a pitcher.",
        "The water was low.",
    ]
    assert main(["make", "story.txt", "--dry-run"]) == 0
    assert "picture: " in capsys.readouterr().out
    assert not home.exists()


def test_a_topic_without_a_key_says_how_to_get_one(home: Path, capsys: Capture) -> None:
    """The orchestrator's own refusal, with the page that gives keys."""
    assert main(["make", "--topic", "a thirsty crow"]) == 1
    assert "https://aistudio.google.com/apikey" in capsys.readouterr().err


def test_a_home_that_cannot_be_written(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """One sentence and what to do, whichever file comes first."""
    Path("file").touch()
    monkeypatch.setenv("MOONREEL_HOME", str(Path("file/home").absolute()))
    for words in (["make", "story.txt"], ["make", "story.txt", "--fresh"]):
        assert main(words) == 1
        said = capsys.readouterr().err
        assert "Traceback" not in said
        assert "file" in said


def test_serve_says_where_and_stops_on_sigterm(home: Path) -> None:
    """The URL is on standard output; other commands find the server by its home."""
    process = spawn("serve", "--port", "0", "--worker", "remote")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert re.match(r"Moonreel is at http://127\.0\.0\.1:\d+ ", line)
    url = line.split()[3]
    assert main(["jobs", "--server", url]) == 0
    assert json.loads((home / "serve.json").read_text())["url"] == url
    assert main(["serve", "--port", "0"]) == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(LIMIT_S) == 0
    assert not (home / "serve.json").exists()
    process.communicate()


def test_a_server_with_a_password_says_that_it_wants_it(
    home: Path, capsys: Capture
) -> None:
    """It is not taken for a home folder that somebody else holds."""
    process = spawn("serve", "--port", "0", MOONREEL_PASSWORD="open sesame")
    try:
        assert process.stdout is not None
        assert "Moonreel is at" in process.stdout.readline()
        assert main(["jobs"]) == 1
        assert "wants its password, MOONREEL_PASSWORD" in capsys.readouterr().err
    finally:
        process.terminate()
        process.communicate(timeout=LIMIT_S)


def test_serve_on_a_taken_port_is_one_sentence(home: Path, capsys: Capture) -> None:
    """Exit code 1 and the way out."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert main(["serve", "--port", str(other.getsockname()[1])]) == 1
    said = capsys.readouterr().err
    assert "choose another port with --port" in said
    assert len(said.splitlines()) == 1


def test_worker_gets_all_of_its_options() -> None:
    """``moonreel worker`` is the worker's own command."""
    process = spawn("worker", "--help")
    out, _ = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    assert "--data-dir" in out
