"""Requests and bytes: what it takes to watch a job from its start to its end."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.figures import Outcome, Target, at_most
from benchmarks.films import (
    film_spec,
    has_only_pictures_left,
    is_drawing,
    view_once,
)
from benchmarks.relay import Bytes, relay
from shared_protocol import routes
from shared_protocol.kit.tasks import end_tasks
from tests.workers import TOKEN, WorkerProcess

PER_CHANGE = at_most(1.0)
PER_STRETCH = at_most(2)
SECONDS = {"image": 0.6, "voice": 0.2, "clip": 0.4, "sound": 0.2, "film": 0.3}
#: One picture that takes an hour: nothing visible changes meanwhile.
STILL = {"image": 3600.0}
SCENES, QUICK_SCENES = 12, 2


@dataclass(frozen=True)
class Stretch:
    """A time without changes, and how long one request is held in it."""

    seconds: float
    hold_s: float


FULL = Stretch(30.0, routes.HOLD_S)
QUICK = Stretch(3.0, 2.5)


@dataclass
class Traffic(Bytes):
    """What one client sent and saw."""

    requests: int = 0
    #: Versions that the client came to see.
    seen: list[int] = field(default_factory=list)


def measure(quick: bool) -> Outcome:
    """A page and a mirror watch one job, each through a relay that counts bytes."""
    scenes, stretch = (QUICK_SCENES, QUICK) if quick else (SCENES, FULL)
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        with WorkerProcess(Path(folder), seconds=SECONDS) as worker:
            page, mirror, view = asyncio.run(_watch_job(worker, scenes))
            plain = len(worker.client.get(f"/status/{view['job_id']}").content)
        _add_job(outcome, page, mirror, view, plain)
    with (
        tempfile.TemporaryDirectory() as folder,
        WorkerProcess(Path(folder), seconds=STILL) as worker,
    ):
        quiet = asyncio.run(_watch_nothing(worker, scenes, stretch))
    _add_stretch(outcome, quiet, stretch)
    return outcome


async def _watch_job(
    worker: WorkerProcess, scenes: int
) -> tuple[Traffic, Traffic, dict[str, Any]]:
    job_id = await asyncio.to_thread(worker.submit, film_spec(scenes))
    page, mirror = Traffic(), Traffic()
    async with _counted(worker, page) as first, _counted(worker, mirror) as second:
        await asyncio.gather(
            _watch_as_page(first, job_id, page, routes.HOLD_S),
            _watch_as_mirror(second, job_id, mirror, routes.HOLD_S),
        )
    return page, mirror, await asyncio.to_thread(worker.status, job_id)


async def _watch_nothing(
    worker: WorkerProcess, scenes: int, stretch: Stretch
) -> tuple[Traffic, Traffic]:
    job_id = await asyncio.to_thread(worker.submit, film_spec(scenes))
    version = await asyncio.to_thread(_settled, worker, job_id)
    page, mirror = Traffic(seen=[version]), Traffic(seen=[version])
    async with _counted(worker, page) as first, _counted(worker, mirror) as second:
        watching = asyncio.gather(
            _watch_as_page(first, job_id, page, stretch.hold_s),
            _watch_as_mirror(second, job_id, mirror, stretch.hold_s),
        )
        done, _ = await asyncio.wait([watching], timeout=stretch.seconds)
        await end_tasks([watching])
        if done:
            raise RuntimeError("The job ended in a stretch that was to be quiet.")
    return page, mirror


def _settled(worker: WorkerProcess, job_id: str) -> int:
    """The job's version once only its first picture is left to do, for a long time."""
    view = view_once(
        worker, job_id, lambda view: has_only_pictures_left(view) and is_drawing(view)
    )
    version: int = view["version"]
    return version


async def _watch_as_page(
    session: aiohttp.ClientSession, job_id: str, traffic: Traffic, hold_s: float
) -> None:
    """As the browser page does: the whole view, held until it is a new one."""
    headers = {"Prefer": f"wait={hold_s:g}"}
    if traffic.seen:
        headers["If-None-Match"] = f'W/"{traffic.seen[-1]}"'
    while True:
        traffic.requests += 1
        path = routes.STATUS.format(job_id=job_id)
        async with session.get(path, headers=headers) as reply:
            reply.raise_for_status()
            if reply.status == 304:
                continue
            view = await reply.json()
        headers["If-None-Match"] = reply.headers["ETag"]
        traffic.seen.append(view["version"])
        if view["terminal"]:
            return


async def _watch_as_mirror(
    session: aiohttp.ClientSession, job_id: str, traffic: Traffic, hold_s: float
) -> None:
    """As the orchestrator does: only what changed, of all jobs in one request."""
    known = traffic.seen[-1] if traffic.seen else -1
    while True:
        traffic.requests += 1
        body = {"jobs": {job_id: known}, "wait_s": hold_s}
        async with session.post(routes.JOBS_WAIT, json=body) as reply:
            reply.raise_for_status()
            views = (await reply.json())["jobs"]
        if job_id in views:
            known = views[job_id]["version"]
            traffic.seen.append(known)
            if views[job_id]["terminal"]:
                return


@asynccontextmanager
async def _counted(
    worker: WorkerProcess, traffic: Traffic
) -> AsyncIterator[aiohttp.ClientSession]:
    """A client whose only way to the worker is a relay that counts into ``traffic``."""
    base = worker.client.base_url
    async with relay(base.host, base.port or 80, traffic) as url:
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept-Encoding": "gzip"}
        async with aiohttp.ClientSession(url, headers=headers) as session:
            yield session


def _add_job(
    outcome: Outcome,
    page: Traffic,
    mirror: Traffic,
    view: dict[str, Any],
    plain_bytes: int,
) -> None:
    changes = view["version"] - min(page.seen[0], mirror.seen[0]) + 1
    scenes = sum(unit["kind"] == "clip" for unit in view["units"])
    outcome.add("changes", changes, "", 1, note=f"versions of a job of {scenes} scenes")
    for name, traffic in (("page", page), ("mirror", mirror)):
        outcome.add(f"{name}_requests", traffic.requests, "", 1)
        per_change = traffic.requests / changes
        outcome.add(f"{name}_requests_per_change", per_change, "x", 1, PER_CHANGE)
        outcome.add(f"{name}_up", traffic.up_bytes / 1024, "KiB", 1)
        outcome.add(f"{name}_down", traffic.down_bytes / 1024, "KiB", 1)
    outcome.add("view", plain_bytes / 1024, "KiB", 1, note="the last view, not packed")
    outcome.series["wire"] = {
        "changes": changes,
        "page": vars(page) | {"seen": len(page.seen)},
        "mirror": vars(mirror) | {"seen": len(mirror.seen)},
    }


def _add_stretch(
    outcome: Outcome, quiet: tuple[Traffic, Traffic], stretch: Stretch
) -> None:
    target: Target = PER_STRETCH
    note = f"{stretch.seconds:g} s without a change, held for {stretch.hold_s:g} s"
    for name, traffic in zip(("page", "mirror"), quiet, strict=True):
        if len(traffic.seen) > 1:
            raise RuntimeError("Something changed in a stretch that was to be quiet.")
        outcome.add(f"{name}_quiet_requests", traffic.requests, "", 1, target, note)
