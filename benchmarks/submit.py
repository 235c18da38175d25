"""How long a client waits for its job id: one durable commit, against a bare handler."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]  # its stubs are not needed for two calls

from benchmarks.bare import bare_server
from benchmarks.figures import Outcome, at_most, median, percentile
from benchmarks.films import (
    film_spec,
    has_only_pictures_left,
    legacy_form,
    view_once,
)
from shared_protocol import routes
from shared_protocol.clock import new_id
from tests.workers import WorkerProcess

P99_MS = at_most(50)
SCENES = 12
JOBS, QUICK_JOBS = 300, 20
WARM_UP = 5
#: A picture that takes an hour, so that nothing but submitting happens.
LONG = {"image": 3600.0}


@dataclass
class _Times:
    put: list[float] = field(default_factory=list)
    post: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    #: Processor time of the worker for all of them.
    cpu_ms: float = 0.0


def measure(quick: bool) -> Outcome:
    """Submits jobs one after another, in turn by PUT, by POST, and to the bare handler."""
    jobs = QUICK_JOBS if quick else JOBS
    capacity = ("--queue-capacity", str(4 * jobs + 4 * WARM_UP))
    with (
        tempfile.TemporaryDirectory() as folder,
        bare_server() as bare,
        WorkerProcess(Path(folder), *capacity, seconds=LONG) as worker,
        httpx.Client() as other,
    ):
        _occupy(worker)
        before = _cpu_ms(worker)
        times = _submit_all(worker.client, other, bare.url, jobs)
        times.cpu_ms = _cpu_ms(worker) - before
    return _outcome(times, jobs)


def _occupy(worker: WorkerProcess) -> None:
    """Two jobs that draw for ever, so that what comes after them waits."""
    for job_id in [worker.submit(film_spec(SCENES)) for _ in range(2)]:
        view_once(worker, job_id, has_only_pictures_left)


def _cpu_ms(worker: WorkerProcess) -> float:
    assert worker.process is not None
    spent = psutil.Process(worker.process.pid).cpu_times()
    return 1000 * float(spent.user + spent.system)


def _submit_all(
    worker: httpx.Client, other: httpx.Client, bare: str, jobs: int
) -> _Times:
    times = _Times()
    for number in range(-WARM_UP, jobs):
        path = routes.JOB.format(job_id=new_id())
        body = {"spec": film_spec(SCENES)}
        put_ms, _ = _timed(worker, "PUT", path, body)
        post_ms, accepted = _timed(
            worker, "POST", routes.GENERATE_FILM, legacy_form(SCENES)
        )
        if number == -WARM_UP:
            other.put(bare, content=accepted.content)
        bare_ms, _ = _timed(other, "POST", bare, body)
        if number >= 0:
            times.put.append(put_ms)
            times.post.append(post_ms)
            times.bare.append(bare_ms)
    return times


def _timed(
    client: httpx.Client, method: str, url: str, body: dict[str, Any]
) -> tuple[float, httpx.Response]:
    """Milliseconds from the call to the whole reply, and the reply."""
    begun = time.perf_counter()
    reply = client.request(method, url, json=body)
    took = (time.perf_counter() - begun) * 1000
    reply.raise_for_status()
    return took, reply


def _outcome(times: _Times, jobs: int) -> Outcome:
    outcome = Outcome()
    bare = median(times.bare)
    for name, values in (("put", times.put), ("post", times.post)):
        for percent in (50, 95, 99):
            target = P99_MS if percent == 99 else None
            value = percentile(values, percent)
            outcome.add(f"{name}_p{percent}", value, "ms", jobs, target)
        ratio = median(values) / bare
        outcome.add(f"{name}_to_bare", ratio, "x", jobs, note="ratio of medians")
    for percent in (50, 99):
        outcome.add(f"bare_p{percent}", percentile(times.bare, percent), "ms", jobs)
    each = times.cpu_ms / (2 * (jobs + WARM_UP))
    note = "processor time of the worker for a job"
    outcome.add("cpu", each, "ms", 2 * (jobs + WARM_UP), note=note)
    tenth = max(jobs // 10, 1)
    growth = median(times.put[-tenth:]) / median(times.put[:tenth])
    note = f"last tenth to first tenth; {2 * jobs} jobs wait at the end"
    outcome.add("put_growth_with_queue", growth, "x", 2 * tenth, note=note)
    shown = {"put": times.put, "post": times.post, "bare": times.bare}
    outcome.series["submit_ms"] = _rounded(shown)
    return outcome


def _rounded(times: dict[str, list[float]]) -> dict[str, list[float]]:
    return {name: [round(ms, 2) for ms in values] for name, values in times.items()}
