"""What takes too much memory is done by one process at a time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from colab_worker.film.turns import turn

HOLDER = """
import sys
from colab_worker.film.turns import turn
with turn("trial", lambda part, words: None, "waiting"):
    print("held", flush=True)
    sys.stdin.read()
"""


class Canceled(Exception):
    """What a tick raises."""


def test_a_turn_waits_for_another_process_and_can_be_canceled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins once the other one is dead, however that came."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)  # it is looked up only once
    heard: list[str] = []

    def canceled(_part: float, words: str) -> None:
        heard.append(words)
        raise Canceled

    def kill(_part: float, words: str) -> None:
        heard.append(words)
        holder.kill()

    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Canceled), turn("trial", canceled, "waiting"):
            heard.append("in spite of the other one")
        with turn("other", canceled, "waiting"):
            heard.append("another name")
        with turn("trial", kill, "still waiting"):
            assert holder.wait() != 0
    assert heard[:3] == ["waiting", "another name", "still waiting"]
    assert set(heard[3:]) <= {"still waiting"}
