"""What clients say to the orchestrator, and what it answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from shared_protocol.artifacts import Artifact
from shared_protocol.errors import ErrorBody
from shared_protocol.holds import Pace
from shared_protocol.jobs import (
    MAX_SCENES,
    Caption,
    Day,
    EngineChoice,
    EngineInfo,
    Health,
    ImageOptions,
    JobView,
    SceneSpec,
    Sources,
    SpeakRequest,
    check_consent,
    check_sample_alone,
)
from shared_protocol.music import Music
from shared_protocol.vocab import (
    Aspect,
    ColorFilter,
    Fps,
    HookIntensity,
    ImageStyle,
    Motion,
    Pacing,
    Quality,
    Resolution,
    StoryType,
    Transition,
    VoiceId,
)
from shared_protocol.wire import JobId, Sha256, Text, View, Wire

#: 60 minutes at 150 words a minute, with room for long words and Markdown.
MAX_TEXT_CHARS = 120_000
#: Fields that say how a text becomes scenes; they do nothing for given scenes.
FOR_TEXT = (
    *("topic", "script", "num_scenes", "duration", "story_type", "hook_intensity"),
    "characters",
    "read_headings",
)


def _by_hash(value: Any) -> Any:
    return {"sha256": value} if isinstance(value, str) else value


MusicChoice = Annotated[Music, BeforeValidator(_by_hash)]

MAX_CHARACTERS = 5
#: Story types that tell of what really was.
FACT_BASED = (
    "true_crime",
    "historical_documentary",
    "biographical_life",
    "war_military",
    "nature_wildlife",
    "conspiracy_mystery",
)


class Character(Wire):
    """Somebody who appears in the story and looks the same wherever shown."""

    name: Annotated[Text, Field(min_length=1, max_length=80)]
    description: Annotated[Text, Field(min_length=1, max_length=400)]
    #: A picture of it that ``POST /api/references`` took, by its hash: every scene that
    #: shows the character keeps its likeness.
    reference: Sha256 | None = None


class RequestedEngines(EngineChoice):
    """Engines by kind; ``script`` is ``text`` (the user's own words) or a service."""

    script: Literal["auto", "text", "gemini", "openai"] = "auto"


class ScriptTemplate(Wire):
    """How a script is made; the reply of ``POST /api/analyze-script``."""

    hook_example: Annotated[Text, Field(max_length=2000)] = ""
    hook_style: Annotated[Text, Field(max_length=500)] = ""
    #: Words.
    setup_length: Annotated[int, Field(ge=0)] = 0
    rise_length: Annotated[int, Field(ge=0)] = 0
    climax_length: Annotated[int, Field(ge=0)] = 0
    end_length: Annotated[int, Field(ge=0)] = 0
    tone: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    key_patterns: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    sentence_variation: Annotated[Text, Field(max_length=1000)] = ""


class GenerateRequest(Wire):
    """Body of ``POST /api/generate-video``; old spellings of fields are accepted."""

    topic: Annotated[Text, Field(min_length=1, max_length=2000)] | None = None
    script: Annotated[Text, Field(max_length=MAX_TEXT_CHARS)] | None = Field(
        default=None, validation_alias=AliasChoices("script", "text")
    )
    #: Scenes as they are told and shown, in place of a text: an edited or saved film.
    scenes: Annotated[tuple[SceneSpec, ...], Field(max_length=MAX_SCENES)] = ()
    title: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    story_type: StoryType = Field(
        default="scary_horror",
        validation_alias=AliasChoices("story_type", "storytype"),
    )
    #: Minutes.
    duration: Annotated[float, Field(ge=1, le=60)] = 5
    #: Read the headings of the own text aloud; they are the chapters' titles anyway.
    read_headings: bool = False
    num_scenes: Annotated[int, Field(ge=1, le=60)] = 10
    image_style: ImageStyle = Field(
        default="cinematic", validation_alias=AliasChoices("image_style", "style")
    )
    voice_id: VoiceId = Field(
        default="aria", validation_alias=AliasChoices("voice_id", "voice")
    )
    voice_speed: Annotated[float, Field(ge=0.5, le=2.0)] = Field(
        default=1.0, validation_alias=AliasChoices("voice_speed", "speed")
    )
    #: A file that ``POST /api/voice-samples`` took, by its hash: somebody's voice.
    voice_sample: Sha256 | None = None
    #: Whoever is heard in it has agreed to be spoken with.
    voice_consent: Annotated[bool, Field(validate_default=True)] = False
    #: ``auto`` takes the language of the text.
    language: Annotated[str, Field(pattern=r"^(auto|[a-z]{2,3}(-[a-z0-9]{2,8})*)$")] = (
        "auto"
    )
    zoom_effect: bool = True
    #: Percent.
    zoom_intensity: Annotated[float, Field(ge=1.0, le=10.0)] = 5.0
    motion: Motion = "auto"
    transition: Transition = "cut"
    auto_captions: bool = False
    #: The narration as a track that players show or hide, not burned in.
    soft_captions: bool = False
    caption: Caption | None = None
    color_filter: ColorFilter = "none"
    #: A file that ``POST /api/music`` took: its hash, or hash and volume.
    music: MusicChoice | None = None
    hook_intensity: HookIntensity = "medium"
    pacing: Pacing = "medium"
    characters: Annotated[tuple[Character, ...], Field(max_length=MAX_CHARACTERS)] = ()
    #: The manner in which a script is written for a topic.
    template: ScriptTemplate | None = None
    #: Facts are looked up on the web first; for fact-based story types.
    grounding: bool = False
    #: Ask the writer anew, though it was asked the same before.
    new_script: bool = False
    image_mode: Literal["ai_only"] = "ai_only"
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    aspect: Aspect = "16:9"
    quality: Quality = "standard"
    #: None: what the quality means.
    resolution: Resolution | None = None
    fps: Fps | None = None
    #: Stop after the script, so that it can be read and edited first.
    review: bool = False
    engine: RequestedEngines = RequestedEngines()
    image: ImageOptions = ImageOptions()
    #: The day that the film's file names; today if left out.
    date: Day | None = None

    #: Pages that facts of the story come from; they are listed in ``script.md``.
    sources: Sources = ()

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

    @field_validator("zoom_intensity")
    @classmethod
    def _zoom_is_used(cls, percent: float, given: ValidationInfo) -> float:
        usual = cls.model_fields["zoom_intensity"].default
        if percent != usual and given.data.get("zoom_effect") is False:
            raise ValueError(
                f"{percent:g} does nothing while zoom_effect is false; leave one out"
            )
        return percent

    @model_validator(mode="after")
    def _has_one_voice(self) -> GenerateRequest:
        if self.voice_sample is not None and "voice_id" in self.model_fields_set:
            raise ValueError(
                "voice_id does nothing with voice_sample; leave one of both out"
            )
        return self

    @model_validator(mode="after")
    def _has_words(self) -> GenerateRequest:
        if self.topic is None and self.script is None and not self.scenes:
            raise ValueError("topic or script is required: there is nothing to tell")
        if self.read_headings and self.script is None:
            raise ValueError(
                "read_headings is for a script of your own: a topic has no headings"
            )
        return self

    @model_validator(mode="after")
    def _writing_has_a_topic(self) -> GenerateRequest:
        if self.grounding and self.story_type not in FACT_BASED:
            raise ValueError(
                "grounding is for fact-based story types; choose one of: "
                f"{', '.join(FACT_BASED)}"
            )
        if self.script is None and not self.scenes:
            if self.engine.script == "text":
                raise ValueError("engine.script is text, so send your text as script")
            return self
        for name in ("grounding", "new_script", "template"):
            if getattr(self, name):
                raise ValueError(
                    f"{name} does nothing with your own text; leave it out"
                )
        if self.engine.script not in ("auto", "text"):
            raise ValueError(
                "engine.script writes about a topic, and your own text is told as it "
                "stands; leave one of both out"
            )
        return self

    @model_validator(mode="after")
    def _scenes_stand_as_they_are(self) -> GenerateRequest:
        useless = [name for name in FOR_TEXT if name in self.model_fields_set]
        if self.scenes and useless:
            raise ValueError(
                f"{useless[0]} does nothing when scenes are given; leave one of both out"
            )
        if sum(len(scene.narration) for scene in self.scenes) > MAX_TEXT_CHARS:
            raise ValueError(
                f"scenes have more than the {MAX_TEXT_CHARS} characters of one film"
            )
        return self


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


class FilmView(View):
    """A film job on the user's machine; ``GET /api/jobs/{job_id}``."""

    job_id: JobId
    title: str
    state: FilmState
    terminal: bool
    version: int
    #: 0-100 over everything; 100 only when the film can be downloaded here.
    progress: int
    message: str
    stage: str
    eta_s: float | None = None
    attempt: int
    created_at: str
    finished_at: str | None = None
    worker: WorkerLink | None = None
    #: Finished files that are safe on this machine, of all that the job has so far.
    mirrored: int = 0
    draft: bool = False
    warnings: tuple[str, ...] = ()
    error: ErrorBody | None = None
    #: Its files are more than its tunnel has left this month; ``allow`` fetches them.
    over_quota: bool = False
    #: Files that ``/api/download/{job_id}/{name}`` serves from this machine.
    artifacts: tuple[Artifact, ...] = ()
    #: The worker's own view, as last heard.
    render: JobView | None = None
    links: dict[str, str] = Field(default_factory=dict)


class FilmSummary(View):
    """One line of ``GET /api/jobs``."""

    job_id: JobId
    title: str
    state: FilmState
    terminal: bool
    version: int
    progress: int
    message: str
    created_at: str
    finished_at: str | None = None
    #: The name of a picture of it under ``/api/download/{job_id}/``, if one is here.
    poster: str | None = None
    image_style: str | None = None
    voice_id: str | None = None
    aspect: str | None = None
    seed: int | None = None
    #: Of pictures and voice, once they are known.
    engines: tuple[str, ...] = ()
    draft: bool = False
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


class SetWorkerUrl(Wire):
    """Body of ``POST /api/set-colab-url``; ``url`` may be any pasted text."""

    url: Annotated[Text, Field(max_length=20_000)]
    token: Annotated[Text, Field(max_length=500)] | None = None


class WorkerConnection(View):
    """Reply of ``POST /api/set-colab-url``."""

    success: bool
    raw_input: str | None = None
    clean_url: str
    connected: bool
    message: str
    health: Health | None = None
    warnings: tuple[str, ...] = ()


class WorkerAccess(View):
    """Reply of ``GET /api/worker``: where a page polls, with a token that only reads."""

    worker: WorkerLink | None
    read_token: str | None = None
    #: How often to ask, where a tunnel's requests are counted.
    pace: Pace | None = None


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


class VoicePreview(SpeakRequest):
    """Body of ``POST /api/voices/preview``; ``auto`` takes the language of the text."""

    language: Annotated[str, Field(pattern=r"^(auto|[a-z]{2,3}(-[a-z0-9]{2,8})*)$")] = (
        "auto"
    )


class StudioCapabilities(View):
    """Reply of ``GET /api/capabilities``: what a film ordered now can be made of."""

    vocabularies: dict[str, tuple[str, ...]]
    engines: tuple[EngineInfo, ...] = ()
    #: The worker that it would go to; None: nobody answers, and it would wait.
    worker: WorkerLink | None = None
    health: Health | None = None
    #: Why the remote worker, or any worker, cannot be used.
    trouble: str | None = None


class CheckStep(View):
    """One thing that was checked, how it is, and what to do about it."""

    name: str
    ok: bool
    message: str
    advice: str | None = None


class WorkerCheck(View):
    """Reply of ``POST /api/worker/check``; ``ok`` when films can be made."""

    ok: bool
    steps: tuple[CheckStep, ...]


class TunnelQuota(View):
    """What went through one tunnel this month, of its vendor's allowance."""

    host: str
    #: ``2026-11``.
    month: str
    requests: int
    bytes: int
    requests_limit: int | None = None
    bytes_limit: int | None = None
    #: The larger share of both, 0-1 and over.
    used: float = 0.0
    #: A sentence for people, once little is left.
    warning: str | None = None


class OrchestratorHealth(View):
    """Reply of ``GET /health``."""

    status: str = "ok"
    message: str
    script_engine: str
    colab_connected: bool
    colab_url: str | None
    version: str
    protocol: int
    workers: tuple[WorkerLink, ...] = ()
    tunnels: tuple[TunnelQuota, ...] = ()


class VoicesReply(View):
    """Reply of ``GET /api/voices``."""

    voices: dict[str, dict[str, Any]]
    engine: str
    total: int
    location: str
