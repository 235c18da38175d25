"""What clients order of the orchestrator: a film, and how its script is made."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from shared_protocol.music import Music
from shared_protocol.specs import EngineChoice, SceneOptions
from shared_protocol.vocab import HookIntensity, ImageStyle, StoryType, VoiceId
from shared_protocol.wire import Sha256, Text, Wire

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
#: Of one scene that is written: its words have to fit into a narration.
MAX_SCENE_MINUTES = 12
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


#: Characters of a text, or entries of a list, that a template may have.
TEMPLATE_LIMITS = {
    "hook_example": 2000,
    "hook_style": 500,
    "tone": 20,
    "key_patterns": 50,
    "sentence_variation": 1000,
}


class ScriptTemplate(Wire):
    """How a script is made; the reply of ``POST /api/analyze-script``."""

    hook_example: Annotated[Text, Field(max_length=TEMPLATE_LIMITS["hook_example"])] = (
        ""
    )
    hook_style: Annotated[Text, Field(max_length=TEMPLATE_LIMITS["hook_style"])] = ""
    #: Words.
    setup_length: Annotated[int, Field(ge=0)] = 0
    rise_length: Annotated[int, Field(ge=0)] = 0
    climax_length: Annotated[int, Field(ge=0)] = 0
    end_length: Annotated[int, Field(ge=0)] = 0
    tone: Annotated[tuple[Text, ...], Field(max_length=TEMPLATE_LIMITS["tone"])] = ()
    key_patterns: Annotated[
        tuple[Text, ...], Field(max_length=TEMPLATE_LIMITS["key_patterns"])
    ] = ()
    sentence_variation: Annotated[
        Text, Field(max_length=TEMPLATE_LIMITS["sentence_variation"])
    ] = ""


class GenerateRequest(SceneOptions):
    """Body of ``POST /api/generate-video``; old spellings of fields are accepted.

    ``scenes`` are told and shown as they are, in place of a text: an edited or saved
    film. ``date`` is today if left out.
    """

    topic: Annotated[Text, Field(min_length=1, max_length=2000)] | None = None
    script: Annotated[Text, Field(max_length=MAX_TEXT_CHARS)] | None = Field(
        default=None, validation_alias=AliasChoices("script", "text")
    )
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
    #: ``auto`` takes the language of the text.
    language: Annotated[str, Field(pattern=r"^(auto|[a-z]{2,3}(-[a-z0-9]{2,8})*)$")] = (
        "auto"
    )
    #: A file that ``POST /api/music`` took: its hash, or hash and volume.
    music: MusicChoice | None = None
    hook_intensity: HookIntensity = "medium"
    characters: Annotated[tuple[Character, ...], Field(max_length=MAX_CHARACTERS)] = ()
    #: The manner in which a script is written for a topic.
    template: ScriptTemplate | None = None
    #: Facts are looked up on the web first; for fact-based story types.
    grounding: bool = False
    #: Ask the writer anew, though it was asked the same before.
    new_script: bool = False
    image_mode: Literal["ai_only"] = "ai_only"
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    #: Stop after the script, so that it can be read and edited first.
    review: bool = False
    engine: RequestedEngines = RequestedEngines()

    @field_validator("num_scenes")
    @classmethod
    def _scenes_hold_the_words(cls, number: int, given: ValidationInfo) -> int:
        if given.data.get("script") is not None or given.data.get("scenes"):
            return number
        minutes = given.data.get("duration", 1)
        least = math.ceil(minutes / MAX_SCENE_MINUTES)
        if number < least:
            raise ValueError(
                f"a topic told for {minutes:g} minutes needs {least} scenes or more, "
                f"as one is {MAX_SCENE_MINUTES} minutes at most"
            )
        return number

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
