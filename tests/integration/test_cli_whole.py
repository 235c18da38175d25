"""``moonreel make`` as people run it: its own server, a real local worker, signals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulated import SECONDS_VARIABLE
from tests.gated_pictures import GATE_VARIABLE, GATED_ENGINES, Gate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
LIMIT_S = 120.0


class Shell:
    """A folder to stand in, and the command as a person types it there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.gate = Gate(folder / "gate")
        seconds = {"image": 0.1, "voice": 0.1, "clip": 0.1}
        self._environ = os.environ | {
            "MOONREEL_HOME": str(self.home),
            "MOONREEL_URL_FILE": str(folder / "url.txt"),
            "MOONREEL_DISK_FLOOR_MB": "0",
            "MOONREEL_ENGINES": GATED_ENGINES,
            GATE_VARIABLE: str(self.gate.path),
            SECONDS_VARIABLE: json.dumps(seconds),
            "PYTHONPATH": str(ROOT),
        }
        (folder / "story.txt").write_text(
            "A crow was thirsty.\n\nIt found a pitcher.\n\nThe water was low.\n",
            encoding="utf-8",
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Begins a command in a terminal of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "orchestrator", *words],
            cwd=self.folder,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def events(self, *words: str) -> list[dict[str, Any]]:
        """The JSON lines of a command that succeeds."""
        process = self.start(*words, "--json")
        out, _ = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0, out
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A fresh home with simulated engines, whose pictures come when the test says so."""
    return Shell(tmp_path)


def read_until(process: subprocess.Popen[str], pictures: int) -> str:
    """Follows the events of ``make --json`` until so many pictures are done; the job."""
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        done = event.get("units", {}).get("pictures", {}).get("done", 0)
        if done >= pictures:
            return str(event["job_id"])
    raise AssertionError("the command ended before the pictures were there")


def test_ctrl_c_in_a_terminal_then_the_same_line_again(shell: Shell) -> None:
    """The signal goes to the whole terminal; only the command hears it, and rests."""
    words = ("make", "story.txt", "--scenes", "3", "-o", "a.mp4")
    shell.gate.let(1)
    process = shell.start(*words, "--json")
    job_id = read_until(process, pictures=1)
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130
    last = json.loads(out.splitlines()[-1])
    assert (last["event"], last["code"]) == ("error", "canceled")
    log = (shell.home / "server.log").read_text("utf-8")
    assert len(re.findall("local worker listens", log)) == 1
    shell.gate.let(1000)
    *_, done = shell.events(*words)
    assert (done["event"], done["job_id"]) == ("done", job_id)
    assert (shell.folder / "a.mp4").stat().st_size == done["bytes"]


def test_kill_then_the_same_line_again(shell: Shell) -> None:
    """Nothing is lost when the command is killed: the job goes on, its parts stay."""
    words = ("make", "story.txt", "--scenes", "3", "-o", "a.mp4")
    shell.gate.let(2)
    process = shell.start(*words, "--json")
    job_id = read_until(process, pictures=2)
    os.killpg(process.pid, signal.SIGKILL)
    shell.gate.let(1000)
    process.communicate(timeout=LIMIT_S)
    accepted, *_, done = shell.events(*words)
    assert accepted["resumed"] is True
    assert (done["event"], done["job_id"]) == ("done", job_id)
    assert (shell.folder / "a.mp4").stat().st_size == done["bytes"]
