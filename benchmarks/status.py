"""What ``/status`` costs while films render and hundreds of clients hold a request."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]  # its stubs are not needed for two calls

from benchmarks.bare import Bare, bare_server
from benchmarks.figures import Outcome, at_least, at_most, percentile
from benchmarks.films import film_spec, view_once
from benchmarks.load import LoadProcess, Source, pollers
from shared_protocol import routes
from tests.workers import TOKEN, WorkerProcess

P99_MS = at_most(100)
RATIO = at_least(0.5)
#: The engines that every installation has.
DRAFT_ENGINES = "[]"
QUALITY = "draft"
SCENES = 24
WAITING_JOBS = 20
PER_S = 50.0
CONNECTIONS = 16


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    films: int
    pollers: int
    paced_s: float
    rounds: int
    flood_s: float


FULL = Size(films=12, pollers=500, paced_s=20.0, rounds=10, flood_s=1.0)
QUICK = Size(films=3, pollers=20, paced_s=1.0, rounds=1, flood_s=0.5)


@dataclass
class _Case:
    """The measurements of one way to poll."""

    latencies_ms: list[float] = field(default_factory=list)
    errors: int = 0
    worker_per_s: list[float] = field(default_factory=list)
    bare_per_s: list[float] = field(default_factory=list)
    #: Processor milliseconds of the server for each reply.
    worker_cpu_ms: list[float] = field(default_factory=list)
    bare_cpu_ms: list[float] = field(default_factory=list)
    body_bytes: int = 0
    news: int = 0


def measure(quick: bool) -> Outcome:
    """Two cases: the pollers watch waiting jobs, or all of them the film that renders."""
    size = QUICK if quick else FULL
    outcome = Outcome()
    for name in ("waiting", "film"):
        with (
            tempfile.TemporaryDirectory() as folder,
            bare_server() as bare,
            LoadProcess() as load,
            WorkerProcess(Path(folder), engines=DRAFT_ENGINES) as worker,
        ):
            case = _measure_case(worker, bare, load, size, watch_films=name == "film")
        _add_case(outcome, name, case, size)
    return outcome


def _measure_case(
    worker: WorkerProcess,
    bare: Bare,
    load: LoadProcess,
    size: Size,
    *,
    watch_films: bool,
) -> _Case:
    films = [worker.submit(film_spec(SCENES, QUALITY)) for _ in range(size.films)]
    waiting = [worker.submit(film_spec(SCENES, QUALITY)) for _ in range(WAITING_JOBS)]
    view_once(worker, films[0], _has_pictures)
    watched = films if watch_films else waiting
    case = _Case()
    sources = [_source(worker, job_id) for job_id in watched]
    with pollers(sources, size.pollers) as held:
        _measure_latency(worker, load, size, case)
        for _ in range(size.rounds):
            _measure_throughput(worker, bare, load, size, case)
        _running(worker)  # films rendered to the end of the measurement
    case.news = held.news
    case.errors += held.errors
    return case


def _has_pictures(view: dict[str, Any]) -> bool:
    """Whether engines are loaded and the film is under way."""
    pictures = [item for item in view["artifacts"] if item["role"] == "picture"]
    return len(pictures) >= 2


def _measure_latency(
    worker: WorkerProcess, load: LoadProcess, size: Size, case: _Case
) -> None:
    source = _source(worker, _running(worker))
    paced = load.paced(source, per_s=PER_S, seconds=size.paced_s)
    case.latencies_ms += paced.latencies_ms
    case.errors += paced.errors


def _measure_throughput(
    worker: WorkerProcess, bare: Bare, load: LoadProcess, size: Size, case: _Case
) -> None:
    """The worker, then the bare handler with the very bytes that the worker sent."""
    assert worker.process is not None
    source = _source(worker, _running(worker))
    rate, cpu_ms = _flood(load, source, worker.process.pid, size, case)
    case.worker_per_s.append(rate)
    case.worker_cpu_ms.append(cpu_ms)
    case.body_bytes = _copy_body(source, bare)
    rate, cpu_ms = _flood(load, Source(bare.url), bare.pid, size, case)
    case.bare_per_s.append(rate)
    case.bare_cpu_ms.append(cpu_ms)


def _flood(
    load: LoadProcess, source: Source, pid: int, size: Size, case: _Case
) -> tuple[float, float]:
    """Replies a second, and processor milliseconds of the server for each."""
    process = psutil.Process(pid)
    before = process.cpu_times()
    flood = load.flood(source, connections=CONNECTIONS, seconds=size.flood_s)
    after = process.cpu_times()
    case.errors += flood.errors
    spent = after.user - before.user + after.system - before.system
    return flood.per_s, spent * 1000 / max(flood.replies, 1)


def _copy_body(source: Source, bare: Bare) -> int:
    headers = source.headers | {"Accept-Encoding": "gzip"}
    with httpx.stream("GET", source.url, headers=headers) as reply:
        body = b"".join(reply.iter_raw())
        encoding = reply.headers.get("Content-Encoding", "")
    httpx.put(bare.url, content=body, headers={"X-Encoding": encoding})
    return len(body)


def _running(worker: WorkerProcess) -> str:
    """A job that renders now; RuntimeError when none does."""
    jobs = worker.client.get(routes.JOBS, params={"state": "running"}).json()["jobs"]
    if not jobs:
        raise RuntimeError("All films ended before the measurement did.")
    return str(jobs[0]["job_id"])


def _source(worker: WorkerProcess, job_id: str) -> Source:
    url = str(worker.client.base_url).rstrip("/") + routes.STATUS.format(job_id=job_id)
    return Source(url, {"Authorization": f"Bearer {TOKEN}"})


def _add_case(outcome: Outcome, name: str, case: _Case, size: Size) -> None:
    n, rounds = len(case.latencies_ms), size.rounds
    note = f"{size.pollers} pollers, {PER_S:g} requests/s on schedule"
    for percent in (50, 99):
        value = percentile(case.latencies_ms, percent)
        target = P99_MS if percent == 99 else None
        outcome.add(f"{name}_p{percent}", value, "ms", n, target, note)
    ours, bare = fmean(case.worker_per_s), fmean(case.bare_per_s)
    note = f"{CONNECTIONS} connections, {case.body_bytes} bytes of gzip"
    outcome.add(f"{name}_throughput", ours, "replies/s", rounds, note=note)
    outcome.add(f"{name}_bare_throughput", bare, "replies/s", rounds, note=note)
    outcome.add(f"{name}_to_bare", ours / bare, "x", rounds, RATIO)
    cpu = fmean(case.worker_cpu_ms) / fmean(case.bare_cpu_ms)
    note = "server's processor time for a reply, to the bare handler's"
    outcome.add(f"{name}_cpu_to_bare", cpu, "x", rounds, note=note)
    outcome.add(f"{name}_errors", case.errors, "", n, at_most(0))
    note = f"replies to the {size.pollers} pollers meanwhile"
    outcome.add(f"{name}_news", case.news, "", 1, note=note)
    outcome.series[f"status_{name}_ms"] = [round(ms, 2) for ms in case.latencies_ms]
