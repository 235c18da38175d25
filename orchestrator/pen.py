"""Short questions to the writing service: how a script is made, a scene told otherwise."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from orchestrator.store.answers import AnswerStore
from orchestrator.store.films import Film
from orchestrator.store.scripts import ScriptStore
from orchestrator.writer import briefing
from orchestrator.writer.asking import Asker
from orchestrator.writer.moods import MOODS
from orchestrator.writer.parts import WrittenAlternatives, WrittenAnalysis
from orchestrator.writer.services.base import Nonsense, WritingError
from orchestrator.writer.services.choice import Services
from orchestrator.writer.story import is_speakable, told_scene
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.orders import Character, ScriptTemplate
from shared_protocol.references import MAX_REFERENCES
from shared_protocol.scripts import (
    AnalyzeRequest,
    RewriteOrder,
    RewriteReply,
    Script,
    ScriptScene,
)


class Pen:
    """Asks, and says in an ApiError why there is no answer."""

    def __init__(
        self, services: Services, answers: AnswerStore, scripts: ScriptStore
    ) -> None:
        self._services = services
        self._answers = answers
        self._scripts = scripts

    async def analyze(self, request: AnalyzeRequest) -> ScriptTemplate:
        """How a script is made: a template for others."""
        asker = self._asker("auto", "scriptContent")
        ask = briefing.analysis_ask(request.script_content, request.script_type)
        try:
            found = await asker.ask(ask, WrittenAnalysis)
        except WritingError as error:
            raise ApiError(error.code, str(error)) from error
        return found.template()

    async def rewrite(self, film: Film, order: RewriteOrder) -> RewriteReply:
        """One scene told otherwise, in one or several ways; nothing is saved."""
        history = await self._scripts.history(film.job_id)
        if not history:
            raise ApiError(Code.NOT_READY, f"There is no script yet. {film.message}")
        saved = history[-1]
        scene = _scene_of(saved.script, order.scene)
        asker = self._asker(_service_of(film), "scene", nonce=secrets.token_hex(8))
        ask = briefing.rewrite_ask(
            film.request, saved.script, scene, order.note, order.alternatives
        )
        try:
            found = await asker.ask(ask, WrittenAlternatives, check=_speakable)
        except WritingError as error:
            raise ApiError(error.code, str(error)) from error
        place = saved.script.scenes.index(scene) + 1
        mood = MOODS[film.request.story_type]
        told = [
            told_scene(written, place, saved.script.characters, mood)
            for written in found.alternatives[: order.alternatives]
        ]
        return RewriteReply(
            job_id=film.job_id,
            version=saved.version,
            alternatives=tuple(
                _in_place_of(scene, other, saved.script.characters) for other in told
            ),
            usage=asker.usage,
        )

    def _asker(self, asked: str, param: str, *, nonce: str | None = None) -> Asker:
        service = self._services.get(self._services.name_for(asked, param=param))
        return Asker(service, self._answers, nonce=nonce)


def _speakable(told: WrittenAlternatives) -> WrittenAlternatives:
    """Without those that have nothing to say, or far too much."""
    fit = [scene for scene in told.alternatives if is_speakable(scene)]
    if not fit:
        raise Nonsense("the answer has no words to speak")
    return told.model_copy(update={"alternatives": fit})


def _service_of(film: Film) -> str:
    """The service that the film was written by; own text has none of its own."""
    asked = film.request.engine.script
    return "auto" if asked == "text" else asked


def _scene_of(script: Script, scene_id: int) -> ScriptScene:
    for scene in script.scenes:
        if scene.id != scene_id:
            continue
        if scene.locked:
            raise ApiError(
                Code.CONFLICT,
                f"Scene {scene_id} is locked; unlock it to rewrite it.",
                param="scene",
            )
        return scene
    raise ApiError(
        Code.INVALID_FIELD,
        f"scene: there is no scene {scene_id} in this script.",
        param="scene",
    )


def _in_place_of(
    scene: ScriptScene, other: ScriptScene, cast: Iterable[Character]
) -> ScriptScene:
    """The other words under the scene's own id, ready to be put into the script.

    Pictures of the cast follow those who are shown now; others stay.
    """
    names = {person.name for person in cast}
    others = [found for found in scene.references if found.name not in names]
    return scene.model_copy(
        update={
            "narration": other.narration,
            "image_prompt": other.image_prompt,
            "references": (*other.references, *others)[:MAX_REFERENCES],
        }
    )
