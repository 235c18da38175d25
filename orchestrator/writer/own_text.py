"""The writer for the user's own words: splits them into scenes and pictures."""

from __future__ import annotations

import re

from orchestrator.writer.moods import MOODS
from shared_protocol.api import Character, GenerateRequest
from shared_protocol.errors import Code
from shared_protocol.jobs import MAX_PROMPT_CHARS
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.scripts import Script, ScriptScene

#: Options that shape a script which is written for the user, and cannot shape theirs.
_FOR_WRITTEN_SCRIPTS = {
    "hook_intensity": "your own text is told as you wrote it",
}


def write_from_text(request: GenerateRequest, text: str) -> Script:
    """The script for ``text``; takes some milliseconds for each thousand words.

    Raises ApiError 422 naming the field when nothing in the text can be spoken.
    """
    from shared_protocol.kit.text_scenes import UnspeakableText, split_text

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
    return Script(
        title=split.title,
        language=split.language,
        characters=request.characters,
        scenes=tuple(
            ScriptScene(
                narration=scene.narration,
                image_prompt=_with_characters(
                    scene.image_prompt, scene.narration, request.characters
                ),
                title=scene.heading,
            )
            for scene in split.scenes
        ),
        warnings=(*split.warnings, *_unused(given)),
    )


def _unused(given: set[str]) -> list[str]:
    return [
        f"{name} is not used: {why}."
        for name, why in _FOR_WRITTEN_SCRIPTS.items()
        if name in given
    ]


def _with_characters(
    prompt: str, narration: str, characters: tuple[Character, ...]
) -> str:
    """The prompt with the looks of everybody whom the scene names."""
    for character in characters:
        named = re.compile(rf"(?i)(?<!\w){re.escape(character.name)}(?!\w)")
        if named.search(narration) or named.search(prompt):
            looks = f"{character.name}: {character.description}"
            prompt = f"{prompt.rstrip(' .,')}, {looks}"
    return prompt[:MAX_PROMPT_CHARS]
