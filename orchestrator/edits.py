"""From a script and what shall be changed to the changed script; pure functions.

Pictures of the cast follow the names in image prompts, as the writer has them; whoever
chooses a scene's pictures in the same edit has the last word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from orchestrator.writer.looks import likenesses, named_in, unseen_warnings
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.references import MAX_REFERENCES
from shared_protocol.scripts import Script, ScriptEdit, ScriptScene, numbered


def edited(
    script: Script, edit: ScriptEdit, left_out: Sequence[ScriptScene] = ()
) -> Script:
    """The script after ``edit``; ApiError 422 names the scene that cannot be so.

    Scenes of ``left_out`` may come back; their ids are given to no other.
    """
    scenes = script.scenes if edit.scenes is None else edit.scenes
    known = (*script.scenes, *left_out)
    _check_ids(known, scenes)
    _check_locks(script.scenes, scenes)
    fresh = max(scene.id or 0 for scene in (*known, *scenes))
    before = {scene.id: scene for scene in known}
    shown = [_with_cast(scene, before.get(scene.id), script) for scene in scenes]
    return script.model_copy(
        update={
            "title": edit.title or script.title,
            "scenes": tuple(numbered(shown, after=fresh)),
            "warnings": _warnings(script, shown),
        }
    )


def restored(script: Script, earlier: Script) -> Script:
    """The title and the scenes of an earlier version; locks of today hold."""
    _check_locks(script.scenes, earlier.scenes)
    return script.model_copy(
        update={
            "title": earlier.title,
            "scenes": earlier.scenes,
            "warnings": _warnings(script, earlier.scenes),
        }
    )


def _with_cast(
    scene: ScriptScene, before: ScriptScene | None, script: Script
) -> ScriptScene:
    """The scene with the pictures of those who are named anew, without those of whom
    the prompt does not speak any more."""
    if scene.references != (before.references if before else ()):
        return scene
    cast = script.characters
    named = set(named_in(cast, scene.image_prompt))
    named_before = set(named_in(cast, before.image_prompt)) if before else set()
    gone = likenesses(named_before - named, cast)
    kept = [found for found in scene.references if found not in gone]
    there = {found.name for found in kept}
    new = likenesses(named - named_before - there, cast)
    return scene.model_copy(update={"references": (*new, *kept)[:MAX_REFERENCES]})


def _warnings(script: Script, scenes: Sequence[ScriptScene]) -> tuple[str, ...]:
    """Those of the script, but for pictures that are not used as it is now."""
    before = unseen_warnings(script.scenes, script.characters)
    kept = [warning for warning in script.warnings if warning not in before]
    return (*kept, *unseen_warnings(scenes, script.characters))


def _check_ids(before: Sequence[ScriptScene], after: Sequence[ScriptScene]) -> None:
    known = {scene.id for scene in before}
    counts = Counter(scene.id for scene in after if scene.id is not None)
    for place, scene in enumerate(after):
        if scene.id is None:
            continue
        if scene.id not in known:
            raise _wrong(
                place,
                "id",
                f"there is no scene {scene.id}; leave the id of a new one out",
            )
        if counts[scene.id] > 1:
            raise _wrong(
                place,
                "id",
                f"scene {scene.id} is there twice; leave the id of a copy out",
            )


def _check_locks(before: Iterable[ScriptScene], after: Sequence[ScriptScene]) -> None:
    places = {scene.id: place for place, scene in enumerate(after)}
    for scene in before:
        if not scene.locked:
            continue
        place = places.get(scene.id)
        if place is None:
            raise ApiError(
                Code.INVALID_FIELD,
                f"scenes: scene {scene.id} is locked and would be gone; unlock it first.",
                param="scenes",
            )
        now = after[place]
        if now.locked and _told(now) != _told(scene):
            raise _wrong(
                place, "locked", f"scene {scene.id} is locked; unlock it to change it"
            )


def _told(scene: ScriptScene) -> ScriptScene:
    """The scene but for its lock: all that a lock protects."""
    return scene.model_copy(update={"locked": True})


def _wrong(place: int, field: str, why: str) -> ApiError:
    param = f"scenes.{place}.{field}"
    return ApiError(Code.INVALID_FIELD, f"{param}: {why}.", param=param)
