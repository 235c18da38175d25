"""From a request and its script to the spec that a worker is given."""

from __future__ import annotations

import hashlib

from pydantic import ValidationError

from orchestrator.writer.given_scenes import script_of_scenes
from orchestrator.writer.own_text import write_from_text
from orchestrator.writer.services.choice import needs_key
from shared_protocol.clock import today
from shared_protocol.errors import Code, describe_validation
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import Script, ScriptScene
from shared_protocol.specs import (
    EngineChoice,
    FilmSpec,
    SceneOptions,
    SceneSpec,
    picture_seed,
)


def write_film(request: GenerateRequest) -> tuple[Script, FilmSpec]:
    """The script and the spec of the user's own words; for a thread, it computes.

    Raises ApiError 422 naming the field.
    """
    if request.scenes:
        return _film(request, script_of_scenes(request))
    if request.script is None:
        raise needs_key()
    if not request.script.strip():
        raise ApiError(
            Code.INVALID_FIELD,
            "script: the text is empty; send the words that are to be told.",
            param="script",
        )
    return _film(request, write_from_text(request, request.script))


def _film(request: GenerateRequest, script: Script) -> tuple[Script, FilmSpec]:
    return script, film_spec(request, script)


def film_spec(request: GenerateRequest, script: Script) -> FilmSpec:
    """The spec of a script with the options of its order; ApiError 422 names a field."""
    try:
        return _spec(request, script)
    except ValidationError as error:
        param, sentence = describe_validation(error.errors(include_url=False))
        raise ApiError(Code.INVALID_FIELD, sentence, param=param) from error


def _spec(request: GenerateRequest, script: Script) -> FilmSpec:
    seed = _seed(request)
    # All that both forms have, so that no option of an order can be forgotten here.
    shared = {name: getattr(request, name) for name in SceneOptions.model_fields}
    told = shared | {
        "scenes": tuple(
            _scene(scene, number, seed)
            for number, scene in enumerate(script.scenes, start=1)
        ),
        "date": request.date or today(),
        "sources": request.sources
        or tuple(f"{source.title}: {source.url}"[:1000] for source in script.sources),
    }
    return FilmSpec(
        **told,
        title=script.title[:200],
        language=script.language,
        music=request.music,
        seed=seed,
        engine=EngineChoice(image=request.engine.image, voice=request.engine.voice),
    )


def _scene(scene: ScriptScene, number: int, seed: int) -> SceneSpec:
    return SceneSpec(
        narration=scene.narration,
        image_prompt=scene.image_prompt,
        negative_prompt=scene.negative_prompt,
        title=scene.title[:200] if scene.title else None,
        seed=scene.seed if scene.id == number else _own_seed(scene, seed),
        references=scene.references,
        redraw=scene.redraw,
        voice=scene.voice,
    )


def _own_seed(scene: ScriptScene, seed: int) -> int:
    """The seed that the scene had where it was written: its picture moves with it."""
    return picture_seed(seed, scene.id or 0) if scene.seed is None else scene.seed


def _seed(request: GenerateRequest) -> int:
    """The seed asked for, or one that the same words always give."""
    if request.seed is not None:
        return request.seed
    words = request.script or request.topic or ""
    words += "\n\n".join(scene.narration for scene in request.scenes)
    digest = hashlib.sha256(words.encode()).digest()
    return int.from_bytes(digest[:4])
