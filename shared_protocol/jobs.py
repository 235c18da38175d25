"""Jobs of a worker: how they are sent, and all that it tells about them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared_protocol.artifacts import Artifact, MemoEntry, UnitResult
from shared_protocol.errors import ErrorBody
from shared_protocol.specs import JobSpec
from shared_protocol.wire import JobId, Sha256, View, Wire


class JobSubmission(Wire):
    """Body of ``PUT /jobs/{job_id}``."""

    spec: JobSpec
    #: Fence: a higher number asks a finished, failed or canceled job to go on.
    attempt: Annotated[int, Field(ge=1, le=10_000)] = 1
    #: Finished units from a mirror; used where their files are on this worker.
    memo: Annotated[tuple[MemoEntry, ...], Field(max_length=10_000)] = ()


class JobState(StrEnum):
    """The precise state of a job on a worker."""

    QUEUED = "queued"
    PREPARING = "preparing"
    RUNNING = "running"
    FINALIZING = "finalizing"
    CANCELING = "canceling"
    COMPLETE = "complete"
    ERROR = "error"
    CANCELED = "canceled"

    @property
    def terminal(self) -> bool:
        """True once nothing will change any more within this attempt."""
        return self in _TERMINAL


_TERMINAL = frozenset({JobState.COMPLETE, JobState.ERROR, JobState.CANCELED})


class UnitState(StrEnum):
    """The state of one unit of a job."""

    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"
    DONE = "done"
    ERROR = "error"


class UnitView(View):
    """One unit of work of a job: a picture, a voice, a clip, the film."""

    id: str
    kind: str
    scene: int | None = None
    needs: tuple[str, ...] = ()
    state: UnitState = UnitState.PENDING
    #: 0-1 within the running attempt.
    progress: float = 0.0
    attempt: int = 0
    #: Known before the job came: remembered or mirrored, no work was done.
    reused: bool = False
    #: The job's version at this unit's last visible change.
    version: int = 0
    key: Sha256 | None = None
    engine: str | None = None
    result: UnitResult | None = None
    #: Where a small WebP of what is being drawn is, another path for each; never kept.
    live: str | None = None
    #: What a running unit waits for, as ``loading sdxl``.
    note: str | None = None
    error: ErrorBody | None = None
    started_at: str | None = None
    finished_at: str | None = None


class WorkerStamp(View):
    """Which worker speaks: the machine, this run of it, its GPU."""

    id: str
    boot_id: str
    gpu: str | None = None


class JobSummary(View):
    """One line of ``GET /jobs``."""

    job_id: JobId
    title: str
    #: The word that old clients know: starting, processing, complete, error.
    status: str
    state: JobState
    terminal: bool
    version: int
    progress: int
    created_at: str


class JobView(JobSummary):
    """Everything a client can know of a job; the reply of ``GET /status/{job_id}``."""

    kind: str
    #: Set when ``units`` and ``artifacts`` hold only what changed after this version.
    since: int | None = None
    message: str
    stage: str
    stage_index: int
    stage_total: int
    eta_s: float | None = None
    queue_position: int | None = None
    attempt: int
    started_at: str | None = None
    finished_at: str | None = None
    heartbeat_at: str | None = None
    worker: WorkerStamp
    draft: bool = False
    #: US dollars that paid services took for it so far, about; None: none was asked.
    cost_usd: float | None = None
    warnings: tuple[str, ...] = ()
    error: ErrorBody | None = None
    artifacts: tuple[Artifact, ...] = ()
    units: tuple[UnitView, ...] = ()
    links: dict[str, str] = Field(default_factory=dict)
    #: Hash of the spec, so that a client can see whether its request is this job.
    spec_sha256: Sha256


class JobAccepted(View):
    """Reply to a submit in any form."""

    success: bool = True
    job_id: JobId
    message: str
    status: str = "starting"
    state: JobState = JobState.QUEUED
    links: dict[str, str] = Field(default_factory=dict)


class JobList(View):
    """Reply of ``GET /jobs``, newest first."""

    jobs: tuple[JobSummary, ...]


class WaitRequest(Wire):
    """Body of ``POST /jobs/wait``: the versions already known, by job."""

    jobs: Annotated[dict[JobId, int], Field(min_length=1, max_length=500)]
    #: Seconds to hold the reply when nothing has changed.
    wait_s: Annotated[float, Field(ge=0, le=60)] = 25.0
    #: News are let gather for so long, unless a job ends; never longer than ``wait_s``.
    settle_s: Annotated[float, Field(ge=0, le=60)] = 0.0


class WaitReply(View):
    """The jobs that changed; ids this worker has never seen stand in ``unknown``.

    A job asked with a version above 0 is a delta: see ``JobView.since``.
    """

    jobs: dict[str, JobView]
    unknown: tuple[str, ...] = ()
