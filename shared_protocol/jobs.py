"""What is asked of a worker (specs) and what it tells about it (views)."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from shared_protocol.artifacts import Artifact, MemoEntry, UnitResult
from shared_protocol.errors import ErrorBody
from shared_protocol.models import ModelInfo
from shared_protocol.music import Music
from shared_protocol.references import Likeness, Redraw, References
from shared_protocol.vocab import (
    Aspect,
    CaptionAnimation,
    CaptionPosition,
    CaptionStyle,
    ColorFilter,
    Fps,
    ImageStyle,
    Motion,
    Pacing,
    Quality,
    Resolution,
    Scheduler,
    Transition,
    VoiceId,
)
from shared_protocol.wire import JobId, Origin, Sha256, Text, View, Wire

MAX_SCENES = 60
MAX_NARRATION_CHARS = 20_000
MAX_PROMPT_CHARS = 2_000
#: Enough for a long sentence; a preview is to be heard at once.
MAX_SPOKEN_CHARS = 400

#: A day as ``2026-11-24``; a film's file says when it was made.
Day = Annotated[dt.date, Field(ge=dt.date(1970, 1, 1), le=dt.date(2099, 12, 31))]


class Caption(Wire):
    """Burned-in words: the narration (automatic) or one fixed ``text``."""

    #: Shown during the whole film instead of the narration; at most 200 characters.
    text: Annotated[Text, Field(max_length=200)] | None = None
    style: CaptionStyle = "simple"
    position: CaptionPosition = "bottom"
    animation: CaptionAnimation = "none"


class EngineChoice(Wire):
    """Engines asked for by name; ``auto`` takes the best one that the worker has."""

    image: str = "auto"
    voice: str = "auto"


_SECRET_IN_ADDRESS = re.compile(
    r"(?i)[?&#][\w.-]*(?:token|key|secret|signature|password)[\w.-]*="
)


class Lora(Wire):
    """A LoRA that stands on the worker's shelf; several may be worn at once.

    For services that fetch LoRAs: an https address, or ``owner/model`` of Hugging Face.
    """

    name: Annotated[
        Text,
        Field(
            max_length=500,
            pattern=r"^(\w[\w .+-]{0,99}|\w[\w.-]*/\w[\w./-]*|https://[^\s@]+)$",
        ),
    ]
    weight: Annotated[float, Field(ge=-2, le=2)] = 1.0

    @field_validator("name")
    @classmethod
    def _holds_no_secret(cls, name: str) -> str:
        if _SECRET_IN_ADDRESS.search(name):
            raise ValueError(
                "holds a key or token, and an order is kept and handed on with its "
                "film; give an address that needs none"
            )
        return name

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is an address, and no file of the shelf."""
        return "/" in self.name


class ImageOptions(Wire):
    """Dials of a picture model; what is left out is the model's own choice.

    A dial that the chosen engine does not have, or not so far, is refused by name.
    """

    #: Denoising steps; left out, ``quality`` decides.
    steps: Annotated[int, Field(ge=1, le=100)] | None = None
    #: How strictly the words are followed.
    guidance: Annotated[float, Field(ge=0, le=30)] | None = None
    scheduler: Scheduler | None = None
    loras: Annotated[tuple[Lora, ...], Field(max_length=8)] = ()
    #: What no picture shall show, added to a scene's own ``negative_prompt``.
    negative_prompt: Annotated[Text, Field(max_length=MAX_PROMPT_CHARS)] = ""
    #: How closely scenes keep to their references; 0 is not at all.
    ip_adapter_scale: Annotated[float, Field(ge=0, le=1)] | None = None
    #: What of the references is kept.
    likeness: Likeness | None = None
    #: Compile the model first; left off, and told, where that would not pay.
    compile: bool = False


class SceneSpec(Wire):
    """One picture with the words spoken over it."""

    narration: Annotated[Text, Field(min_length=1, max_length=MAX_NARRATION_CHARS)]
    image_prompt: Annotated[Text, Field(min_length=1, max_length=MAX_PROMPT_CHARS)]
    negative_prompt: Annotated[Text, Field(max_length=MAX_PROMPT_CHARS)] = ""
    title: Annotated[Text, Field(max_length=200)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    #: Pictures whose likeness it keeps; characters stand from left to right.
    references: References = ()
    #: The picture that it is drawn from, in place of noise alone.
    redraw: Redraw | None = None
    #: Who speaks it; None: whoever speaks the film.
    voice: VoiceId | None = Field(
        default=None, validation_alias=AliasChoices("voice", "voice_id")
    )

    @model_serializer(mode="wrap")
    def _without_no_voice(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Left out where there is none: the spec keeps the hash that it had before
        scenes had voices, and a worker of that time takes it.
        """
        told: dict[str, Any] = write(self)
        if self.voice is None:
            told.pop("voice", None)
        return told


def check_consent(consent: bool, sample: str | None) -> bool:
    """``voice_consent`` beside ``voice_sample``: both or none; ValueError."""
    if sample is not None and not consent:
        raise ValueError(
            "is needed with voice_sample: set it to true once whoever is heard in it "
            "has agreed"
        )
    if consent and sample is None:
        raise ValueError("does nothing without voice_sample; leave it out")
    return consent


def check_sample_alone(sample: str | None, scenes: Sequence[SceneSpec]) -> str | None:
    """``voice_sample`` beside voices of scenes, which are none of its; ValueError."""
    for number, scene in enumerate(scenes, start=1):
        if sample is not None and scene.voice is not None:
            raise ValueError(
                f"scene {number} names the voice {scene.voice}, but a sample speaks "
                "every scene of its film; leave one of both out"
            )
    return sample


Sources = Annotated[
    tuple[Annotated[Text, Field(min_length=1, max_length=1000)], ...],
    Field(max_length=200),
]


def picture_seed(film_seed: int, number: int) -> int:
    """The seed of a scene's picture where none of its own is given."""
    digest = hashlib.sha256(f"{film_seed}/{number}".encode()).digest()
    return int.from_bytes(digest[:4])


class FilmSpec(Wire):
    """A narrated film: scenes in order, and the options that shape them."""

    kind: Literal["film"] = "film"
    title: Annotated[Text, Field(min_length=1, max_length=200)] = "Untitled"
    scenes: Annotated[tuple[SceneSpec, ...], Field(min_length=1, max_length=MAX_SCENES)]
    image_style: ImageStyle = "cinematic"
    voice_id: VoiceId = "aria"
    voice_speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
    #: 6 to 30 s of somebody's voice, by hash, to speak with in place of ``voice_id``.
    voice_sample: Sha256 | None = None
    #: Whoever it is of has agreed; kept with the job.
    voice_consent: Annotated[bool, Field(validate_default=True)] = False
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")] = "en"
    #: Length of the pauses between sentences and scenes.
    pacing: Pacing = "medium"
    zoom_effect: bool = True
    #: Percent between the first and the last frame of a scene.
    zoom_intensity: Annotated[float, Field(ge=1.0, le=10.0)] = 5.0
    #: How the camera moves; ``auto`` moves neighbours differently.
    motion: Motion = "auto"
    #: From one scene to the next.
    transition: Transition = "cut"
    #: Show the narration as captions, in the look of ``caption``.
    auto_captions: bool = False
    #: Put the narration into the film as a track that players show or hide.
    soft_captions: bool = False
    caption: Caption | None = None
    color_filter: ColorFilter = "none"
    music: Music | None = None
    aspect: Aspect = "16:9"
    quality: Quality = "standard"
    #: None: what the quality means.
    resolution: Resolution | None = None
    fps: Fps | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    engine: EngineChoice = EngineChoice()
    image: ImageOptions = ImageOptions()
    #: The day that the film's file names; without one it names none.
    date: Day | None = None
    #: Pages that facts of the story come from; they are listed in ``script.md``.
    sources: Sources = ()
    #: More scenes will come, under a higher attempt: the film is not joined yet.
    open: bool = False

    @field_validator("voice_sample")
    @classmethod
    def _sample_speaks_alone(
        cls, sample: str | None, given: ValidationInfo
    ) -> str | None:
        return check_sample_alone(sample, given.data.get("scenes", ()))

    @field_validator("voice_consent")
    @classmethod
    def _voice_is_given(cls, consent: bool, given: ValidationInfo) -> bool:
        return check_consent(consent, given.data.get("voice_sample"))

    @model_validator(mode="after")
    def _caption_is_used(self) -> FilmSpec:
        caption = self.caption
        if caption is not None and not caption.text and not self.auto_captions:
            raise ValueError(
                "caption has no text and auto_captions is false, so nothing would be "
                "shown; set auto_captions or caption.text"
            )
        if caption is not None and caption.text and self.auto_captions:
            raise ValueError(
                "caption.text and auto_captions exclude each other; leave one out"
            )
        if self.auto_captions and self.soft_captions:
            raise ValueError(
                "auto_captions and soft_captions exclude each other: the same words "
                "would be shown twice; leave one out"
            )
        return self

    @field_validator("motion")
    @classmethod
    def _motion_is_used(cls, motion: str, given: ValidationInfo) -> str:
        if motion != "auto" and given.data.get("zoom_effect") is False:
            raise ValueError(
                f"{motion} does nothing while zoom_effect is false; leave one out"
            )
        return motion


#: Later kinds (images, storyboards, transcripts) join here as a tagged union.
JobSpec = FilmSpec


class JobSubmission(Wire):
    """Body of ``PUT /jobs/{job_id}``."""

    spec: JobSpec
    #: Fence: a higher number asks a finished, failed or canceled job to go on.
    attempt: Annotated[int, Field(ge=1, le=10_000)] = 1
    #: Finished units from a mirror; used where their files are on this worker.
    memo: Annotated[tuple[MemoEntry, ...], Field(max_length=10_000)] = ()


class SpeakRequest(Wire):
    """Body of ``POST /speak``: how the narration would sound, on one sentence."""

    text: Annotated[Text, Field(min_length=1, max_length=MAX_SPOKEN_CHARS)]
    voice_id: VoiceId = "aria"
    voice_speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")] = "en"
    pacing: Pacing = "medium"
    engine: EngineChoice = EngineChoice()


class Spoken(View):
    """Reply of ``POST /speak``: where the sound is, and how long."""

    sha256: Sha256
    bytes: int
    media_type: str
    duration_s: float
    engine: str
    #: What is said when, as WebVTT.
    captions: str = ""


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
    error: ErrorBody | None = None
    started_at: str | None = None
    finished_at: str | None = None


class WorkerStamp(View):
    """Which worker speaks: the machine, this run of it, its GPU."""

    id: str
    boot_id: str
    gpu: str | None = None


class JobView(View):
    """Everything a client can know of a job; the reply of ``GET /status/{job_id}``."""

    job_id: JobId
    kind: str
    title: str
    #: The word that old clients know: starting, processing, complete, error.
    status: str
    state: JobState
    terminal: bool
    version: int
    #: Set when ``units`` and ``artifacts`` hold only what changed after this version.
    since: int | None = None
    progress: int
    message: str
    stage: str
    stage_index: int
    stage_total: int
    eta_s: float | None = None
    queue_position: int | None = None
    attempt: int
    created_at: str
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


class JobSummary(View):
    """One line of ``GET /jobs``."""

    job_id: JobId
    title: str
    status: str
    state: JobState
    terminal: bool
    version: int
    progress: int
    created_at: str


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


class BlobQuery(Wire):
    """Body of ``POST /blobs/missing``."""

    sha256: Annotated[tuple[Sha256, ...], Field(max_length=10_000)]


class BundleRequest(Wire):
    """Body of ``POST /artifacts/bundle``: files that come one after another."""

    sha256: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=1000)]


class BlobReply(View):
    """Which of the asked blobs the worker does not have."""

    missing: tuple[Sha256, ...]


class Dials(View):
    """What of ``ImageOptions`` a picture engine takes."""

    least_steps: int
    most_steps: int
    #: What each quality means; None: it has no such dial, nor those of LoRAs.
    steps: dict[str, int] | None = None
    #: Taken when none is asked for; None: it has no such dial.
    guidance: float | None = None
    most_guidance: float
    #: The first is taken when none is asked for.
    schedulers: tuple[str, ...] = ()
    #: Whether it hears what shall not be shown.
    negative: bool
    #: The LoRAs on the shelf that are made for it.
    loras: tuple[str, ...] = ()


class EngineInfo(View):
    """An engine that a worker offers."""

    name: str
    kind: str
    draft: bool
    #: Why it cannot be used here; None when it can.
    unavailable: str | None = None
    #: Whether a film that names no engine may be made with it.
    automatic: bool = False
    #: The paid service behind it, and about what one picture at standard quality costs.
    service: str | None = None
    price_usd: float | None = None
    #: Of picture models: what of a reference they can keep.
    likenesses: tuple[Likeness, ...] = ()
    #: Of picture models; None: it has none, and draws at the film's own size.
    dials: Dials | None = None
    #: Whether it can draw a picture again from itself.
    redraws: bool = False
    #: Whether it can be watched while it draws, where ``live_previews`` of health is on.
    shows: bool = False
    #: Of voices: it speaks with a sample (``voice_sample``), and not without one.
    clones: bool = False
    #: Of voices: the ids that it can speak as; None: all that there are.
    voices: tuple[str, ...] | None = None


class TunnelState(StrEnum):
    """How a public address of a worker is."""

    OPENING = "opening"
    UP = "up"
    #: Lost; it is being opened again.
    DOWN = "down"
    #: Given up, because trying again cannot help.
    REFUSED = "refused"


class TunnelView(View):
    """A public address of a worker; several lead to the same one."""

    name: str
    state: TunnelState
    url: str | None = None
    #: Why it is not well, as the middle of a sentence.
    trouble: str | None = None
    restarts: int = 0
    since: str | None = None
    #: What came through it since the worker started.
    requests: int = 0
    bytes_out: int = 0
    #: When somebody with the token last came through it.
    used_at: str | None = None


class Health(View):
    """Reply of ``GET /health``; without a token only the first five fields are sent."""

    ok: bool = True
    status: str = "healthy"
    device: str = "cpu"
    gpu: str | Literal[False] = False
    protocol: int
    model: str | None = None
    tts: str | None = None
    worker_id: str | None = None
    boot_id: str | None = None
    version: str | None = None
    uptime_s: float | None = None
    ready: bool | None = None
    accepting: bool | None = None
    queue: dict[str, int] | None = None
    disk: dict[str, int] | None = None
    engines: tuple[EngineInfo, ...] | None = None
    versions: dict[str, str] | None = None
    #: Of the first GPU: ``total_bytes`` and ``used_bytes``, by whomever.
    gpu_memory: dict[str, int] | None = None
    #: The models that the engines' processes keep in memory.
    loaded: tuple[str, ...] | None = None
    #: Whether pictures can be watched while they are drawn, as the worker was started.
    live_previews: bool | None = None
    #: Pictures in one call: ``asked``, auto or a number, and as many as it would be ``now``.
    batch: dict[str, str | int] | None = None
    tunnels: tuple[TunnelView, ...] | None = None


class PairRequest(Wire):
    """Body of ``POST /pair``: an orchestrator proves that it knows the token."""

    nonce: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
    #: Its own pages, which may then read replies of the worker.
    origins: Annotated[tuple[Origin, ...], Field(max_length=16)] = ()
    proof: Annotated[str, Field(max_length=128)]


class PairReply(View):
    """Reply of ``POST /pair``: the worker proves the same in return."""

    protocol: int
    worker_id: str
    boot_id: str
    #: The worker's clock, in Unix seconds.
    now: int
    proof: str


class Capabilities(View):
    """Reply of ``GET /capabilities``."""

    protocol: int
    job_kinds: dict[str, dict[str, Any]]
    engines: tuple[EngineInfo, ...]
    vocabularies: dict[str, tuple[str, ...]]
    limits: dict[str, int]
    models: tuple[ModelInfo, ...] = ()
