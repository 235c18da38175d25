"""Scenes that were taken out of a film, to be brought back as they were."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from orchestrator.store.scripts import SavedScript
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.scripts import Script, ScriptScene

#: What such a version is said to be made by.
LEAVING_OUT = "leave_out"


def left_out(history: Sequence[SavedScript]) -> tuple[ScriptScene, ...]:
    """Scenes that are out of the newest version, as they were when they left."""
    gone = {
        scene.id: scene
        for before, after in _departures(history)
        for scene in before.scenes
        if scene.id not in _ids(after)
    }
    here = _ids(history[-1].script)
    return tuple(scene for scene in gone.values() if scene.id not in here)


def without(history: Sequence[SavedScript], scene_id: int) -> tuple[ScriptScene, ...]:
    """The scenes but for that one; the same when it is out already.

    Raises ApiError 422 for one that never was there, and for the only one.
    """
    scenes = history[-1].script.scenes
    rest = tuple(scene for scene in scenes if scene.id != scene_id)
    if rest == scenes and all(gone.id != scene_id for gone in left_out(history)):
        raise _wrong("leave_out", f"there is no scene {scene_id}")
    if not rest:
        raise _wrong("leave_out", "it is the only scene; cancel the film instead")
    return rest


def with_again(
    history: Sequence[SavedScript], scene_id: int
) -> tuple[ScriptScene, ...]:
    """The scenes with that one after those that it followed; the same if it is there.

    Raises ApiError 422 for one that was never left out.
    """
    scenes = history[-1].script.scenes
    if scene_id in _ids(history[-1].script):
        return scenes
    found = next((one for one in left_out(history) if one.id == scene_id), None)
    if found is None:
        raise _wrong("take_back", f"no scene {scene_id} was left out")
    order = next(
        [scene.id for scene in before.scenes]
        for before, after in reversed(_departures(history))
        if scene_id in _ids(before) - _ids(after)
    )
    earlier = set(order[: order.index(scene_id)])
    place = 1 + max((n for n, s in enumerate(scenes) if s.id in earlier), default=-1)
    return (*scenes[:place], found, *scenes[place:])


def _departures(history: Sequence[SavedScript]) -> list[tuple[Script, Script]]:
    """Each version that left a scene out, after the one before it."""
    return [
        (before.script, after.script)
        for before, after in pairwise(history)
        if after.made_by == LEAVING_OUT
    ]


def _ids(script: Script) -> set[int | None]:
    return {scene.id for scene in script.scenes}


def _wrong(field: str, why: str) -> ApiError:
    return ApiError(Code.INVALID_FIELD, f"{field}: {why}.", param=field)
