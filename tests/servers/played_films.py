"""The films of the fake orchestrator: how they are played, and what is told of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from shared_protocol.clock import utc_now
from shared_protocol.films import FilmState, FilmView, WorkerLink
from shared_protocol.jobs import JobState, JobView, UnitView, WorkerStamp
from shared_protocol.orders import GenerateRequest
from shared_protocol.studio import TunnelQuota

WORKER = WorkerLink(kind="local", url="http://127.0.0.1:5001", reachable=True)
TRAFFIC = TunnelQuota(
    host="127.0.0.1:5001", month="2026-11", requests=7, bytes=2_000_000
)


@dataclass
class Script:
    """How the server behaves."""

    scenes: int = 3
    #: Seconds between two finished units.
    step_s: float = 0.01
    #: Units finished before the job stands still, fails or waits; None: all.
    units: int | None = None
    #: What happens then: ``stay``, ``error`` or ``away`` (no worker).
    then: str = "stay"
    #: Bytes after which a download breaks, once for each entry.
    breaks: list[int] = field(default_factory=list)
    #: Bytes served instead of the film's own (their number is the same).
    corrupt: int = 0
    #: Downloads that answer 404.
    missing: set[str] = field(default_factory=set)
    warnings: tuple[str, ...] = ()


@dataclass
class Job:
    """One job as the fake keeps it."""

    view: FilmView
    request: GenerateRequest
    key: str
    done: int = 0
    task: asyncio.Task[None] | None = None
    #: What the last retry asked for.
    retried: dict[str, Any] = field(default_factory=dict)


def units_of(script: Script) -> list[UnitView]:
    """The units of the film, none of them done."""
    return [
        UnitView(id=f"scene-{scene:03}/{kind}", kind=kind, scene=scene)
        for scene in range(1, script.scenes + 1)
        for kind in ("image", "voice", "clip")
    ] + [UnitView(id="film", kind="film")]


def first_view(job_id: str, request: GenerateRequest, script: Script) -> FilmView:
    """The film as it is when it was just ordered."""
    return FilmView(
        job_id=job_id,
        title=request.title or "The Crow & the Pitcher",
        state=FilmState.STARTING,
        terminal=False,
        version=1,
        progress=0,
        message="starting",
        stage="script",
        attempt=1,
        created_at=utc_now(),
        warnings=script.warnings,
    )


def render_of(job: Job, units: tuple[UnitView, ...]) -> JobView:
    """What the worker tells of the film."""
    return JobView(
        job_id=job.view.job_id,
        kind="film",
        title=job.view.title,
        status="processing",
        state=JobState.RUNNING,
        terminal=False,
        version=1,
        progress=0,
        message="",
        stage="images",
        stage_index=1,
        stage_total=4,
        attempt=job.view.attempt,
        created_at=job.view.created_at,
        worker=WorkerStamp(id="w", boot_id="b", gpu="Tesla T4"),
        units=units,
        spec_sha256="0" * 64,
    )
