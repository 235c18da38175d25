"""What a film is to be: its scenes in order, and the options that shape them."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from shared_protocol.dials import MAX_PROMPT_CHARS, ImageOptions
from shared_protocol.music import Music
from shared_protocol.references import Redraw, References
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
    Transition,
    VoiceId,
)
from shared_protocol.wire import Sha256, Text, Wire

MAX_SCENES = 60
MAX_NARRATION_CHARS = 20_000
#: A day as ``2026-11-24``; a film's file says when it was made.
Day = Annotated[dt.date, Field(ge=dt.date(1970, 1, 1), le=dt.date(2099, 12, 31))]


class Caption(Wire):
    """Burned-in words: the narration (automatic) or one fixed ``text``."""

    #: Shown during the whole film instead of the narration; at most 200 characters.
    text: Annotated[Text, Field(max_length=200)] | None = None
    style: CaptionStyle = "simple"
    position: CaptionPosition = "bottom"
    animation: CaptionAnimation = "none"

    @field_validator("text")
    @classmethod
    def _blank_is_none(cls, text: str | None) -> str | None:
        return text if text and text.strip() else None


class EngineChoice(Wire):
    """Engines asked for by name; ``auto`` takes the best one that the worker has."""

    image: str = "auto"
    voice: str = "auto"


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


Sources = Annotated[
    tuple[Annotated[Text, Field(min_length=1, max_length=1000)], ...],
    Field(max_length=200),
]


def picture_seed(film_seed: int, number: int) -> int:
    """The seed of a scene's picture where none of its own is given."""
    digest = hashlib.sha256(f"{film_seed}/{number}".encode()).digest()
    return int.from_bytes(digest[:4])


class FilmOptions(Wire):
    """How the scenes of a film look and sound; the same in every form of an order."""

    image_style: ImageStyle = "cinematic"
    voice_id: VoiceId = "aria"
    voice_speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
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
    aspect: Aspect = "16:9"
    quality: Quality = "standard"
    #: None: what the quality means.
    resolution: Resolution | None = None
    fps: Fps | None = None


class SceneOptions(FilmOptions):
    """What else orders and specs share: all that goes with scenes of their own."""

    scenes: Annotated[tuple[SceneSpec, ...], Field(max_length=MAX_SCENES)] = ()
    #: 6 to 30 s of somebody's voice, by hash, to speak with in place of ``voice_id``.
    voice_sample: Sha256 | None = None
    #: Whoever is heard in it has agreed; kept with the job.
    voice_consent: Annotated[bool, Field(validate_default=True)] = False
    image: ImageOptions = ImageOptions()
    #: The day that the film's file names.
    date: Day | None = None
    #: Pages that facts of the story come from; they are listed in ``script.md``.
    sources: Sources = ()

    @field_validator("voice_sample")
    @classmethod
    def _sample_speaks_alone(
        cls, sample: str | None, given: ValidationInfo
    ) -> str | None:
        for number, scene in enumerate(given.data.get("scenes", ()), start=1):
            if sample is not None and scene.voice is not None:
                raise ValueError(
                    f"scene {number} names the voice {scene.voice}, but a sample speaks "
                    "every scene of its film; leave one of both out"
                )
        return sample

    @field_validator("voice_consent")
    @classmethod
    def _voice_is_given(cls, consent: bool, given: ValidationInfo) -> bool:
        sample = given.data.get("voice_sample")
        if sample is not None and not consent:
            raise ValueError(
                "is needed with voice_sample: set it to true once whoever is heard in "
                "it has agreed"
            )
        if consent and sample is None:
            raise ValueError("does nothing without voice_sample; leave it out")
        return consent


class FilmSpec(SceneOptions):
    """A narrated film: scenes in order, and the options that shape them."""

    kind: Literal["film"] = "film"
    title: Annotated[Text, Field(min_length=1, max_length=200)] = "Untitled"
    scenes: Annotated[tuple[SceneSpec, ...], Field(min_length=1, max_length=MAX_SCENES)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")] = "en"
    music: Music | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    engine: EngineChoice = EngineChoice()
    #: More scenes will come, under a higher attempt: the film is not joined yet.
    open: bool = False

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
