"""Scenes that came as scenes: edited ones, or those of a saved film."""

from __future__ import annotations

from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import Script, ScriptScene


def script_of_scenes(request: GenerateRequest) -> Script:
    """The script that the given scenes are; nothing of them is changed."""
    from shared_protocol.kit.text_scenes.language import guess_language

    told = "\n\n".join(scene.narration for scene in request.scenes)
    language = request.language
    return Script(
        title=request.title or _first_words(request.scenes[0].narration),
        language=guess_language(told) if language == "auto" else language,
        scenes=tuple(
            ScriptScene(
                narration=scene.narration,
                image_prompt=scene.image_prompt,
                title=scene.title,
                negative_prompt=scene.negative_prompt,
                seed=scene.seed,
                references=scene.references,
                redraw=scene.redraw,
                voice=scene.voice,
            )
            for scene in request.scenes
        ),
    )


def _first_words(narration: str) -> str:
    words = " ".join(narration.split())
    return words if len(words) <= 60 else words[:60].rsplit(" ", 1)[0] + "…"
