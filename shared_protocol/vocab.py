"""The words that options may take, with their aliases; anything else is refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema


@dataclass(frozen=True)
class Vocabulary:
    """A closed set of ids under one name, and other spellings of them."""

    name: str
    ids: tuple[str, ...]
    aliases: Mapping[str, str]

    def resolve(self, word: str) -> str:
        """The id that ``word`` means; ValueError lists the valid ids otherwise."""
        key = word.strip().lower().replace("-", "_").replace(" ", "_")
        for candidate in (word, key):
            if candidate in self.ids:
                return candidate
            if candidate in self.aliases:
                return self.aliases[candidate]
        raise ValueError(
            f"{self.name} {word!r} is not known; choose one of: {', '.join(self.ids)}"
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, word: object) -> bool:
        return word in self.ids


def _words(name: str, ids: str, **aliases: str) -> Vocabulary:
    return Vocabulary(name, tuple(ids.split()), aliases)


STORY_TYPES = _words(
    "story_type",
    "emotional_heartwarming scary_horror surprising_twist tragic_sad "
    "motivational_inspiring true_crime mystery_thriller historical_documentary "
    "supernatural_paranormal adventure_survival sci_fi_future fantasy_magical "
    "comedy_funny romantic_love war_military biographical_life conspiracy_mystery "
    "anime_style psychological_mind nature_wildlife",
    scifi_future="sci_fi_future",
    fantasy_epic="fantasy_magical",
    biographical="biographical_life",
    conspiracy="conspiracy_mystery",
    psychological="psychological_mind",
    paranormal="supernatural_paranormal",
    documentary_real="historical_documentary",
)

IMAGE_STYLES = _words(
    "image_style",
    "cinematic documentary anime horror comic historical scifi noir fantasy "
    "3d_render sketch watercolor oil_painting retro realistic abstract",
    cinematic_film="cinematic",
    oilpainting="oil_painting",
    vintage="retro",
)

COLOR_FILTERS = _words(
    "color_filter",
    "none cinematic warm cool vibrant vintage noir dramatic horror anime sunset "
    "soft sharp",
)

CAPTION_STYLES = _words("caption.style", "simple bold minimal cinematic horror elegant")
CAPTION_POSITIONS = _words(
    "caption.position",
    "bottom top center top_left top_right bottom_left bottom_right",
    centre="center",
    middle="center",
)
CAPTION_ANIMATIONS = _words(
    "caption.animation",
    "none fade_in fade_out slide_up slide_down typewriter pulse karaoke",
)
HOOK_INTENSITIES = _words("hook_intensity", "mild medium extreme")
PACINGS = _words("pacing", "slow medium dynamic fast")
ASPECTS = _words("aspect", "16:9 9:16 1:1")
QUALITIES = _words("quality", "draft fast standard high")
#: By the short side of the picture in pixels.
RESOLUTIONS = _words(
    "resolution",
    "480p 720p 1080p 1440p 2160p",
    **{f"{lines}": f"{lines}p" for lines in (480, 720, 1080, 1440, 2160)},
    **{"4k": "2160p", "full_hd": "1080p"},
)
MOTIONS = _words(
    "motion",
    "auto zoom_in zoom_out zoom_left zoom_right zoom_up zoom_down "
    "pan_left pan_right pan_up pan_down",
)
TRANSITIONS = _words("transition", "cut crossfade", cross_fade="crossfade")
SCHEDULERS = _words(
    "image.scheduler",
    "dpmpp_2m_karras euler_a euler euler_trailing ddim unipc flow_euler",
)


@dataclass(frozen=True)
class Voice:
    """A narrator: the VCTK speaker it stands for, and how it is described to people."""

    speaker: str
    name: str
    gender: str
    style: str


VOICES: Mapping[str, Voice] = {
    "guy": Voice("p226", "Guy", "male", "calm storyteller"),
    "brian": Voice("p227", "Brian", "male", "deep and steady"),
    "michael": Voice("p232", "Michael", "male", "warm"),
    "andrew": Voice("p243", "Andrew", "male", "clear and friendly"),
    "george": Voice("p254", "George", "male", "measured"),
    "christopher": Voice("p259", "Christopher", "male", "earnest"),
    "davis_deep": Voice("p273", "Davis", "male", "very deep"),
    "roger": Voice("p256", "Roger", "male", "old and dry"),
    "jenny": Voice("p228", "Jenny", "female", "bright"),
    "aria": Voice("p229", "Aria", "female", "clear narrator"),
    "emma": Voice("p230", "Emma", "female", "lively"),
    "sarah": Voice("p231", "Sarah", "female", "professional"),
    "nicole": Voice("p233", "Nicole", "female", "soft"),
    "emma_british": Voice("p236", "Emma (British)", "female", "British"),
    "isabella": Voice("p244", "Isabella", "female", "expressive"),
    "nancy": Voice("p238", "Nancy", "female", "mature"),
}

VOICE_IDS = Vocabulary(
    "voice_id",
    tuple(VOICES),
    {
        "adam": "guy",
        "adam_narration": "guy",
        "matthew": "guy",
        "sarah_pro": "sarah",
        "sara": "sarah",
    },
)


#: Every vocabulary, as pages and programs are told of them.
ALL = (
    STORY_TYPES,
    IMAGE_STYLES,
    COLOR_FILTERS,
    CAPTION_STYLES,
    CAPTION_POSITIONS,
    CAPTION_ANIMATIONS,
    HOOK_INTENSITIES,
    PACINGS,
    ASPECTS,
    QUALITIES,
    RESOLUTIONS,
    MOTIONS,
    TRANSITIONS,
    SCHEDULERS,
    VOICE_IDS,
)


def _field(vocabulary: Vocabulary) -> tuple[AfterValidator, WithJsonSchema]:
    schema = {"type": "string", "enum": [*vocabulary.ids, *vocabulary.aliases]}
    return AfterValidator(vocabulary.resolve), WithJsonSchema(schema)


StoryType = Annotated[str, *_field(STORY_TYPES)]
ImageStyle = Annotated[str, *_field(IMAGE_STYLES)]
ColorFilter = Annotated[str, *_field(COLOR_FILTERS)]
CaptionStyle = Annotated[str, *_field(CAPTION_STYLES)]
CaptionPosition = Annotated[str, *_field(CAPTION_POSITIONS)]
CaptionAnimation = Annotated[str, *_field(CAPTION_ANIMATIONS)]
HookIntensity = Annotated[str, *_field(HOOK_INTENSITIES)]
Pacing = Annotated[str, *_field(PACINGS)]
Aspect = Annotated[str, *_field(ASPECTS)]
Quality = Annotated[str, *_field(QUALITIES)]
Scheduler = Annotated[str, *_field(SCHEDULERS)]
VoiceId = Annotated[str, *_field(VOICE_IDS)]
Resolution = Annotated[str, *_field(RESOLUTIONS)]
Motion = Annotated[str, *_field(MOTIONS)]
Transition = Annotated[str, *_field(TRANSITIONS)]


def _number(value: object) -> object:
    """Digits from a form or a command line as the number that they spell."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


Fps = Annotated[Literal[24, 25, 30], BeforeValidator(_number)]
