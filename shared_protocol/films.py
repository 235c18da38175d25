"""Films as the orchestrator tells about them, and where their files are."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from shared_protocol.artifacts import Artifact
from shared_protocol.errors import ErrorBody
from shared_protocol.jobs import JobView
from shared_protocol.scripts import Usage
from shared_protocol.wire import JobId, View


class FilmState(StrEnum):
    """Where a film is, seen from the user's machine."""

    STARTING = "starting"
    GENERATING_SCRIPT = "generating_script"
    GENERATING_IMAGE_PROMPTS = "generating_image_prompts"
    REVIEW = "review"
    WAITING_FOR_WORKER = "waiting_for_worker"
    SENDING = "sending_to_colab"
    SENT = "sent_to_colab"
    UNREACHABLE = "unreachable"
    REQUEUED = "requeued"
    CANCELING = "canceling"
    COMPLETE = "complete"
    ERROR = "error"
    CANCELED = "canceled"

    @property
    def terminal(self) -> bool:
        """True once nothing will change any more within this attempt."""
        return self in (FilmState.COMPLETE, FilmState.ERROR, FilmState.CANCELED)


class WorkerLink(View):
    """The worker that a job is on, as the orchestrator sees it."""

    #: ``local`` or ``remote``.
    kind: str
    url: str
    boot_id: str | None = None
    reachable: bool = False
    last_seen_at: str | None = None
    #: Why this worker was chosen.
    reason: str | None = None
    #: Why it is not reachable, as a sentence.
    trouble: str | None = None
    #: Not reachable, and its tunnel says so itself: the notebook has ended or is starting.
    asleep: bool = False
    #: Seconds until it is asked again for the sake of a film; None when nobody plans to.
    next_try_s: float | None = None


class Outage(View):
    """A time in which the worker of a film did not answer, by the orchestrator's clock."""

    since: str
    #: None while it lasts.
    until: str | None = None


class FilmLine(View):
    """What every account of a film begins with."""

    job_id: JobId
    title: str
    state: FilmState
    terminal: bool
    version: int
    #: 0-100 over everything; 100 only when the film can be downloaded here.
    progress: int
    message: str
    created_at: str
    finished_at: str | None = None
    draft: bool = False


class FilmView(FilmLine):
    """A film job on the user's machine; ``GET /api/jobs/{job_id}``."""

    stage: str
    eta_s: float | None = None
    attempt: int
    worker: WorkerLink | None = None
    #: Finished files that are safe on this machine, of all that the job has so far.
    mirrored: int = 0
    warnings: tuple[str, ...] = ()
    error: ErrorBody | None = None
    #: Its files are more than its tunnel has left this month; ``allow`` fetches them.
    over_quota: bool = False
    #: When its worker was away, oldest first; of more than 100 the newest.
    outages: tuple[Outage, ...] = ()
    #: What a service was asked for to write its script; None: nothing, or an own text.
    usage: Usage | None = None
    #: Files that ``/api/download/{job_id}/{name}`` serves from this machine.
    artifacts: tuple[Artifact, ...] = ()
    #: The worker's own view, as last heard.
    render: JobView | None = None
    links: dict[str, str] = Field(default_factory=dict)


class FilmSummary(FilmLine):
    """One line of ``GET /api/jobs``."""

    #: The name of a picture of it under ``/api/download/{job_id}/``, if one is here.
    poster: str | None = None
    image_style: str | None = None
    voice_id: str | None = None
    aspect: str | None = None
    seed: int | None = None
    #: Of pictures and voice, once they are known.
    engines: tuple[str, ...] = ()
    #: In the worker's queue, from 1.
    queue_position: int | None = None


class FilmList(View):
    """Reply of ``GET /api/jobs``, newest first."""

    jobs: tuple[FilmSummary, ...]


class FileOrigin(View):
    """A film that has a file of the hash that was asked for."""

    job_id: JobId
    title: str
    name: str
    scene: int | None = None


class FileOrigins(View):
    """Reply of ``GET /api/files/{hex}``, newest first; none when it is unknown here."""

    films: tuple[FileOrigin, ...]


class GenerateAccepted(View):
    """Reply (202) of ``POST /api/generate-video``."""

    success: bool = True
    message: str
    job_id: JobId
    warnings: tuple[str, ...] = ()
    links: dict[str, str] = Field(default_factory=dict)


class ProgressView(View):
    """Reply of ``GET /api/progress``: the words that old pages know, and more."""

    status: str
    progress: int
    message: str
    video_path: str | None = None
    error: str | None = None
    job_id: str | None = None
    colab_url: str | None = None
    state: str
    terminal: bool
    version: int
    stage: str
    eta_s: float | None = None
    worker: WorkerLink | None = None
    attempt: int = 0
    mirrored: int = 0


class FileLink(View):
    """Reply of ``GET /api/jobs/{job_id}/link/{name}``: a file straight from its worker.

    Whoever has the link can read this one file until it ends.
    """

    url: str
    name: str
    bytes: int
    media_type: str
    #: RFC 3339, UTC.
    expires_at: str
    #: The way there is a tunnel that counts, and shows browsers a page of its own first.
    metered: bool
