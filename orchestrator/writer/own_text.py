"""The writer for the user's own words: splits them into scenes and pictures."""

from __future__ import annotations

from orchestrator.writer.looks import (
    length_warnings,
    likenesses,
    named_in,
    unseen_warnings,
    with_looks,
)
from orchestrator.writer.moods import MOODS
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import Script, ScriptScene

#: Options that shape a script which is written for the user, and cannot shape theirs.
_FOR_WRITTEN_SCRIPTS = {
    "hook_intensity": "your own text is told as you wrote it",
}


def write_from_text(request: GenerateRequest, text: str) -> Script:
    """The script for ``text``; takes some milliseconds for each thousand words.

    Raises ApiError 422 naming the field when nothing in the text can be spoken, or too
    much for the scenes asked for.
    """
    from shared_protocol.kit.text_scenes import (
        TooFewScenes,
        UnspeakableText,
        split_text,
    )

    given = request.model_fields_set
    try:
        split = split_text(
            text,
            num_scenes=request.num_scenes if "num_scenes" in given else None,
            duration_s=request.duration * 60 if "duration" in given else None,
            title=request.title or request.topic,
            language=None if request.language == "auto" else request.language,
            read_headings=request.read_headings,
            prompt_context=MOODS[request.story_type] if "story_type" in given else "",
        )
    except UnspeakableText as error:
        raise ApiError(Code.INVALID_FIELD, str(error), param="script") from error
    except TooFewScenes as error:
        raise ApiError(Code.INVALID_FIELD, str(error), param="num_scenes") from error
    cast = request.characters
    casts = [named_in(cast, s.narration, s.image_prompt) for s in split.scenes]
    script = Script(
        title=split.title,
        language=split.language,
        characters=cast,
        scenes=tuple(
            ScriptScene(
                narration=scene.narration,
                image_prompt=with_looks(scene.image_prompt, shown, cast),
                references=likenesses(shown, cast),
                title=scene.heading,
            )
            for scene, shown in zip(split.scenes, casts, strict=True)
        ),
    )
    long = length_warnings([scene.image_prompt for scene in script.scenes], cast)
    unseen = unseen_warnings(script.scenes, cast)
    warnings = (*split.warnings, *_unused(given), *long, *unseen)
    return script.model_copy(update={"warnings": warnings})


def _unused(given: set[str]) -> list[str]:
    return [
        f"{name} is not used: {why}."
        for name, why in _FOR_WRITTEN_SCRIPTS.items()
        if name in given
    ]
