"""A script as it is kept, shown and edited, and what a change of it will redo."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, model_validator

from shared_protocol.dials import MAX_PROMPT_CHARS
from shared_protocol.orders import MAX_TEXT_CHARS, Character
from shared_protocol.references import Redraw, References
from shared_protocol.specs import MAX_NARRATION_CHARS, MAX_SCENES
from shared_protocol.vocab import Pacing, VoiceId
from shared_protocol.wire import JobId, Text, View, Wire


class ScriptScene(Wire):
    """One picture and the words spoken over it; directions never mix with words."""

    #: Names the scene for as long as it exists, wherever it is moved; None for a new one.
    id: Annotated[int, Field(ge=1)] | None = None
    narration: Annotated[Text, Field(min_length=1, max_length=MAX_NARRATION_CHARS)]
    image_prompt: Annotated[Text, Field(min_length=1, max_length=MAX_PROMPT_CHARS)]
    title: Annotated[Text, Field(max_length=200)] | None = None
    negative_prompt: Annotated[Text, Field(max_length=MAX_PROMPT_CHARS)] = ""
    #: Of its picture; None draws one from the film's seed and the scene's id.
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    #: Pictures whose likeness it keeps.
    references: References = ()
    #: The picture that it is drawn from, in place of noise alone.
    redraw: Redraw | None = None
    #: Who speaks it; None: whoever speaks the film.
    voice: VoiceId | None = Field(
        default=None, validation_alias=AliasChoices("voice", "voice_id")
    )
    #: It stays as it is until it is unlocked.
    locked: bool = False


Scenes = Annotated[tuple[ScriptScene, ...], Field(min_length=1, max_length=MAX_SCENES)]


class Source(View):
    """A page that facts of the story come from."""

    title: str
    url: str


class Usage(View):
    """What the writing service was asked for, and what that costs about."""

    model: str
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    #: US dollars by the list price; None when the price of the model is not known.
    price_usd: float | None = None


class Script(View):
    """The story as it will be told; saved before anything else happens."""

    title: Text
    language: str
    characters: tuple[Character, ...] = ()
    scenes: Annotated[tuple[ScriptScene, ...], Field(min_length=1)]
    #: What the user should know about how the script came about.
    warnings: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    usage: Usage | None = None

    @model_validator(mode="before")
    @classmethod
    def _number(cls, data: Any) -> Any:
        """Scenes without an id get the next free one, in order."""
        if not isinstance(data, dict) or "scenes" not in data:
            return data
        return data | {"scenes": numbered(data["scenes"])}


def numbered(scenes: Any, after: int = 0) -> Any:
    """The scenes, each with an id above ``after``; those that have one keep it."""
    given = [_id_of(scene) for scene in scenes]
    free = max((number or 0 for number in given), default=0)
    free = max(free, after)
    result: list[Any] = []
    for scene, number in zip(scenes, given, strict=True):
        if number is None:
            free += 1
            number = free
        result.append(_with_id(scene, number))
    return result


def _id_of(scene: Any) -> int | None:
    found = scene.get("id") if isinstance(scene, dict) else scene.id
    return found if isinstance(found, int) else None


def _with_id(scene: Any, number: int) -> Any:
    if isinstance(scene, dict):
        return scene | {"id": number}
    return scene.model_copy(update={"id": number})


class ScriptVersion(View):
    """One line of the history of a script."""

    version: int
    #: ``writer``, ``edit``, ``rewrite`` or ``leave_out``.
    made_by: str
    created_at: str
    scenes: int
    words: int


class SceneRedo(View):
    """What of one scene has to be made anew."""

    #: Its place in the film, from 1.
    scene: int
    id: int
    redo: tuple[Literal["picture", "voice", "clip"], ...]


class RenderPlan(View):
    """What rendering the script now would make; at most, as equal work is found again."""

    #: The version of the script that it is about.
    version: int
    #: True when the film of exactly this script is already there.
    nothing_to_do: bool
    pictures: int
    voices: int
    clips: int
    film: bool
    scenes: tuple[SceneRedo, ...] = ()
    #: One sentence for people.
    message: str


class Narrator(View):
    """How a film is spoken, where a scene does not say otherwise."""

    #: None: somebody whose sample was given, in every scene.
    voice_id: str | None
    voice_speed: float
    pacing: Pacing
    #: The voice engine that was asked for.
    engine: str


class ScriptView(View):
    """Reply of ``GET`` and ``PUT /api/jobs/{job_id}/script``."""

    job_id: JobId
    version: int
    script: Script
    words: int
    #: Seconds of speech at the speed asked for, about.
    narration_s: float
    narrator: Narrator | None = None
    versions: tuple[ScriptVersion, ...] = ()
    render: RenderPlan | None = None
    #: Scenes that ``ScriptEdit.take_back`` brings back, as they were.
    left_out: tuple[ScriptScene, ...] = ()


class ScriptEdit(Wire):
    """Body of ``PUT /api/jobs/{job_id}/script``: the scenes as they shall be, in order.

    Leaving a scene out deletes it, one without ``id`` is new, another order moves them.
    """

    #: The version that was edited; 409 when somebody else was quicker.
    version: Annotated[int, Field(ge=1)]
    title: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    scenes: Scenes | None = None
    #: An earlier version whose title and scenes are taken back, in place of scenes.
    restore: Annotated[int, Field(ge=1)] | None = None
    #: The id of a scene that the film shall be made without.
    leave_out: Annotated[int, Field(ge=1)] | None = None
    #: The id of a scene that was left out, and comes back as it was.
    take_back: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ScriptEdit:
        alone = ("restore", "leave_out", "take_back")
        given = [name for name in alone if getattr(self, name) is not None]
        others = self.title is not None or self.scenes is not None
        if given and (others or len(given) > 1):
            raise ValueError(f"{given[0]} stands alone; leave all else out")
        if not given and not others:
            raise ValueError(
                "send title, scenes, restore, leave_out or take_back: there is "
                "nothing to change"
            )
        return self


class RenderOrder(Wire):
    """Body of ``POST /api/jobs/{job_id}/render``."""

    #: The version of the script that was seen; None takes the newest.
    version: Annotated[int, Field(ge=1)] | None = None
    #: Fields of the order that shall be otherwise, as ``{"quality": "high"}``.
    options: dict[str, Any] = Field(default_factory=dict)
    #: Only tell what would be made.
    preview: bool = False


class RenderReply(View):
    """Reply to it: 202 when the film is under way, 200 to a preview."""

    success: bool = True
    message: str
    job_id: JobId
    plan: RenderPlan
    links: dict[str, str] = Field(default_factory=dict)


class RetryOrder(Wire):
    """Body of ``POST /api/jobs/{job_id}/retry``; empty: the film goes on.

    With ``scene`` the picture of that scene is drawn again, and the film made with it.
    """

    #: Its place in the film, from 1.
    scene: Annotated[int, Field(ge=1)] | None = None
    #: How much of its picture stays; 0 is a picture without it.
    keep: Annotated[float, Field(ge=0, lt=1)] | None = None
    #: Of the new picture; None takes another than before.
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None

    @model_validator(mode="after")
    def _names_a_scene(self) -> RetryOrder:
        for name in ("keep", "seed"):
            if self.scene is None and getattr(self, name) is not None:
                raise ValueError(f"{name} is about a scene's picture; name the scene")
        return self


class PrepareOrder(Wire):
    """Body of ``POST /api/writer/prepare``."""

    #: Which service will be asked.
    script: Literal["auto", "gemini", "openai"] = "auto"


class RewriteOrder(Wire):
    """Body of ``POST /api/jobs/{job_id}/script/rewrite``."""

    #: The id of the scene.
    scene: Annotated[int, Field(ge=1)]
    #: What shall be otherwise, in plain words.
    note: Annotated[Text, Field(max_length=1000)] = ""
    #: How many ways to choose from.
    alternatives: Annotated[int, Field(ge=1, le=4)] = 1


class RewriteReply(View):
    """Reply to it: take one of them with ``PUT …/script``."""

    job_id: JobId
    version: int
    alternatives: tuple[ScriptScene, ...]
    usage: Usage


class AnalyzeRequest(Wire):
    """Body of ``POST /api/analyze-script``; the reply is a ``ScriptTemplate``."""

    script_content: Annotated[Text, Field(min_length=1, max_length=MAX_TEXT_CHARS)] = (
        Field(validation_alias=AliasChoices("scriptContent", "script_content"))
    )
    script_type: Annotated[Text, Field(max_length=200)] = Field(
        default="", validation_alias=AliasChoices("scriptType", "script_type")
    )
