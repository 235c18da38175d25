"""How long until each program answers, and the memory that it takes while idle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # its stubs are not needed for two calls

from benchmarks.bare import bare_server
from benchmarks.figures import Outcome, Target, at_most, median
from benchmarks.films import film_spec
from shared_protocol import routes
from tests.workers import WorkerProcess

HELP_S = at_most(0.4)
SERVE_S = at_most(1.5)
SERVE_MB = at_most(120)
RUNS, QUICK_RUNS = 7, 1
SETTLE_S, QUICK_SETTLE_S = 3.0, 0.2
PATIENCE_S = 60.0
_PAUSE_S = 0.005
#: The engines that every installation has.
DRAFT_ENGINES = "[]"


@dataclass(frozen=True)
class Memory:
    """Megabytes of a process: with shared pages counted whole (RSS) and in part (PSS)."""

    rss: float
    pss: float


@dataclass
class Life:
    """One start of one program."""

    ready_s: float
    #: Processor time of the process until it was ready: other work does not count.
    cpu_s: float
    own: Memory
    #: With all processes that it started.
    tree: Memory
    children: int


def measure(quick: bool) -> Outcome:
    """Starts each program some times, each time in new folders."""
    runs, settle_s = (QUICK_RUNS, QUICK_SETTLE_S) if quick else (RUNS, SETTLE_S)
    outcome = Outcome()
    _add_times(outcome, "python", [_run_s("-c", "pass") for _ in range(runs)])
    _add_times(outcome, "help", [_help_s() for _ in range(runs)], HELP_S)
    _add_lives(outcome, "bare", [_bare(settle_s) for _ in range(runs)])
    lives = [_serve(settle_s) for _ in range(runs)]
    _add_lives(outcome, "serve", lives, SERVE_S, SERVE_MB)
    lives = [_worker(settle_s) for _ in range(runs)]
    _add_lives(outcome, "worker", lives)
    _add_warm(outcome)
    outcome.series["startup"] = {f.name: f.value for f in outcome.figures}
    return outcome


def _run_s(*arguments: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - begun


def _help_s() -> float:
    begun = time.perf_counter()
    subprocess.run([moonreel(), "--help"], check=True, capture_output=True)
    return time.perf_counter() - begun


def moonreel() -> str:
    return str(Path(sysconfig.get_path("scripts")) / "moonreel")


def _bare(settle_s: float) -> Life:
    begun = time.perf_counter()
    with bare_server() as bare:
        httpx.get(bare.url).raise_for_status()
        return _life(bare.pid, time.perf_counter() - begun, settle_s)


def _serve(settle_s: float) -> Life:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        command = [moonreel(), "serve", "--port", "0"]
        begun = time.perf_counter()
        with program(command, {"MOONREEL_HOME": str(home)}, Path(folder)) as process:
            url = url_in(home / "serve.json", process)
            ready_s = _first_reply(url, begun)
            return _life(process.pid, ready_s, settle_s)


def _worker(settle_s: float) -> Life:
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [
            *(sys.executable, "-m", "colab_worker", "--port", "0"),
            *("--data-dir", str(Path(folder) / "data"), "--ready-file", str(ready)),
        ]
        begun = time.perf_counter()
        with program(command, {"MOONREEL_TOKEN": "benchmark"}, Path(folder)) as process:
            ready_s = _first_reply(url_in(ready, process), begun)
            return _life(process.pid, ready_s, settle_s)


@contextmanager
def program(
    command: list[str], env: Mapping[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **env},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
    with process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def url_in(file: Path, process: subprocess.Popen[bytes]) -> str:
    """The address in a file that a program writes when it listens."""
    _wait_until(file.exists, process)
    url: str = json.loads(file.read_text(encoding="utf-8"))["url"]
    return url


def _first_reply(url: str, begun: float) -> float:
    httpx.get(url + routes.HEALTH).raise_for_status()
    return time.perf_counter() - begun


def _wait_until(done: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + PATIENCE_S
    while not done():
        if process.poll() is not None or time.perf_counter() > deadline:
            raise RuntimeError(f"{process.args!r} did not start.")
        time.sleep(_PAUSE_S)


def _life(pid: int, ready_s: float, settle_s: float) -> Life:
    process = psutil.Process(pid)
    spent = process.cpu_times()
    time.sleep(settle_s)
    children = process.children(recursive=True)
    tree = _memory([process, *children])
    cpu_s = spent.user + spent.system
    return Life(ready_s, cpu_s, _memory([process]), tree, len(children))


def _memory(processes: list[psutil.Process]) -> Memory:
    facts = [process.memory_full_info() for process in processes]
    rss = sum(fact.rss for fact in facts) / 1e6
    # Only Linux tells PSS; elsewhere the whole of the shared pages is counted.
    return Memory(rss, sum(getattr(fact, "pss", fact.rss) for fact in facts) / 1e6)


def _add_times(
    outcome: Outcome, name: str, times: list[float], target: Target | None = None
) -> None:
    outcome.add(f"{name}_s", median(times), "s", len(times), target)


def _add_lives(
    outcome: Outcome,
    name: str,
    lives: list[Life],
    ready: Target | None = None,
    memory: Target | None = None,
) -> None:
    n = len(lives)
    ready_s = median([life.ready_s for life in lives])
    outcome.add(f"{name}_ready", ready_s, "s", n, ready, "first 200")
    cpu_s = median([life.cpu_s for life in lives])
    outcome.add(f"{name}_cpu", cpu_s, "s", n, note="processor time until then")
    rss = median([life.own.rss for life in lives])
    outcome.add(f"{name}_rss", rss, "MB", n, memory, "idle, its own process")
    pss = median([life.own.pss for life in lives])
    outcome.add(f"{name}_pss", pss, "MB", n, note="idle, its own process")
    if any(life.children for life in lives):
        note = f"with its {lives[-1].children} child processes"
        rss = median([x.tree.rss for x in lives])
        outcome.add(f"{name}_tree_rss", rss, "MB", n, note=note)
        pss = median([x.tree.pss for x in lives])
        outcome.add(f"{name}_tree_pss", pss, "MB", n, note=note)


def _add_warm(outcome: Outcome) -> None:
    """A worker after a film: its engine children are there and loaded."""
    with (
        tempfile.TemporaryDirectory() as folder,
        WorkerProcess(Path(folder), engines=DRAFT_ENGINES) as worker,
    ):
        view = worker.finish(worker.submit(film_spec(2)))
        if view["state"] != "complete":
            raise RuntimeError(f"The film ended as {view['state']}: {view['message']}")
        assert worker.process is not None
        life = _life(worker.process.pid, 0.0, 0.0)
    note = f"after a film, with its {life.children} engine processes"
    outcome.add("worker_warm_rss", life.own.rss, "MB", 1, note="after a film")
    outcome.add("worker_warm_tree_rss", life.tree.rss, "MB", 1, note=note)
    outcome.add("worker_warm_tree_pss", life.tree.pss, "MB", 1, note=note)
