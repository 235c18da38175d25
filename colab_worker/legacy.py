"""The body of ``/generate_complete_video`` that older clients send, as a film spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AliasChoices, Field, ValidationError, model_validator

from shared_protocol.dials import MAX_PROMPT_CHARS
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError, invalid_field
from shared_protocol.specs import (
    MAX_SCENES,
    Caption,
    EngineChoice,
    FilmOptions,
    FilmSpec,
    SceneSpec,
)
from shared_protocol.vocab import ColorFilter, ImageStyle, VoiceId
from shared_protocol.wire import Text, Wire

if TYPE_CHECKING:
    from shared_protocol.kit.text_scenes import SplitText

MAX_SCRIPT_CHARS = 120_000


class Effects(Wire):
    """The same options in the nested form; they win over the flat ones."""

    zoom_effect: bool | None = None
    zoom_intensity: Annotated[float, Field(ge=1, le=10)] | None = None
    auto_captions: bool | None = None
    soft_captions: bool | None = None
    color_filter: ColorFilter | None = None
    caption: Caption | None = None


class LegacyFilm(FilmOptions):
    """A whole script with one prompt a picture."""

    script: Annotated[Text, Field(max_length=MAX_SCRIPT_CHARS)]
    image_prompts: tuple[
        Annotated[Text, Field(min_length=1, max_length=MAX_PROMPT_CHARS)], ...
    ] = ()
    num_images: Annotated[int, Field(ge=1, le=MAX_SCENES)] | None = None
    image_style: ImageStyle = Field(
        "cinematic", validation_alias=AliasChoices("style", "image_style")
    )
    voice_id: VoiceId = Field(
        "aria", validation_alias=AliasChoices("voice", "voice_id")
    )
    voice_speed: Annotated[float, Field(ge=0.5, le=2.0)] = Field(
        1.0, validation_alias=AliasChoices("voice_speed", "speed")
    )
    topic: Annotated[Text, Field(min_length=1, max_length=2000)] = "Untitled"
    story_type: str = "story"
    duration: Annotated[float, Field(ge=0, le=60)] = 10
    effects: Effects = Effects()
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    engine: EngineChoice = EngineChoice()

    @model_validator(mode="after")
    def _one_count(self) -> LegacyFilm:
        count = len(self.image_prompts)
        if count > MAX_SCENES:
            raise ValueError(f"image_prompts: {count} are more than {MAX_SCENES}")
        if self.num_images and count and self.num_images != count:
            raise ValueError(
                f"num_images is {self.num_images} and image_prompts has {count}; "
                "leave num_images out or make them equal"
            )
        return self


def film_spec(form: LegacyFilm) -> tuple[FilmSpec, tuple[str, ...]]:
    """The spec that the form means, and warnings; ApiError 422 for one that is none."""
    # Only old clients need it, so that start-up does not pay for it.
    from shared_protocol.kit.text_scenes import (
        TooFewScenes,
        UnspeakableText,
        split_text,
    )

    wanted = len(form.image_prompts) or form.num_images
    try:
        split = split_text(form.script, num_scenes=wanted, title=form.topic[:200])
    except UnspeakableText as error:
        raise ApiError(
            Code.INVALID_FIELD, f"script: {error}", param="script"
        ) from error
    except TooFewScenes as error:
        raise ApiError(Code.INVALID_FIELD, str(error), param="num_images") from error
    effects = form.effects.model_dump(exclude_none=True, exclude={"caption"})
    effects["caption"] = form.effects.caption or form.caption
    flat = form.model_dump(include=set(FilmOptions.model_fields), exclude={"caption"})
    try:
        spec = FilmSpec(
            **(flat | effects),
            title=split.title[:200],
            language=split.language,
            scenes=_scenes(form, split),
            seed=form.seed,
            engine=form.engine,
        )
    except ValidationError as error:
        raise invalid_field(error) from error
    return spec, (*split.warnings, *_unused(form, split))


def _scenes(form: LegacyFilm, split: SplitText) -> tuple[SceneSpec, ...]:
    prompts = dict(enumerate(form.image_prompts))
    return tuple(
        SceneSpec(
            narration=scene.narration,
            image_prompt=prompts.get(number, scene.image_prompt),
            title=scene.heading,
        )
        for number, scene in enumerate(split.scenes)
    )


def _unused(form: LegacyFilm, split: SplitText) -> list[str]:
    """What the request asked for and a given script cannot use, in words."""
    unused = [
        f"{name} was not used: the script is given, and the film is as long as its "
        "narration."
        for name in ("duration", "story_type")
        if name in form.model_fields_set
    ]
    spare = len(form.image_prompts) - len(split.scenes)
    if spare > 0:
        unused.append(
            f"The last {spare} image_prompts were not used: the script has only "
            f"{len(split.scenes)} sentences to show."
        )
    return unused
