"""A machine that sleeps in the middle of a film, as laptops and rented ones do."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.workers import WorkerProcess, film

#: Silence after which a child counts as frozen, and how long the machine sleeps.
SILENCE_S, ASLEEP_S = 6.0, 9.0


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[WorkerProcess]:
    """A worker with little patience, whose pictures take a moment."""
    flags = ("--beat-timeout-s", str(SILENCE_S))
    with WorkerProcess(tmp_path, *flags, seconds={"image": 2.0}) as process:
        yield process


def test_what_slept_with_the_worker_is_not_frozen(worker: WorkerProcess) -> None:
    """After the machine has woken up everything goes on: nothing is tried again."""
    job_id = worker.submit(film("a pitcher"))
    view = worker.status(job_id)
    while not any(unit["state"] == "running" for unit in view["units"]):
        view = worker.status(job_id, wait=2, since=view["version"])
    assert worker.process is not None
    host = psutil.Process(worker.process.pid)
    everybody = [host, *host.children(recursive=True)]
    for process in everybody:
        process.send_signal(signal.SIGSTOP)
    time.sleep(ASLEEP_S)
    for process in everybody:
        process.send_signal(signal.SIGCONT)
    view = worker.finish(job_id)

    assert view["state"] == "complete"
    assert {unit["attempt"] for unit in view["units"]} == {1}
    assert "no sign of life" not in worker.log()
