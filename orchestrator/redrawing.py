"""One scene's picture drawn again: a little otherwise, or from another seed."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence

from orchestrator.desk import Desk, check_free
from orchestrator.library import Library
from orchestrator.store.films import Film
from shared_protocol.errors import Code
from shared_protocol.jobs import UnitView
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.references import Redraw
from shared_protocol.scripts import (
    RenderOrder,
    RetryOrder,
    ScriptEdit,
    ScriptScene,
    ScriptView,
)
from shared_protocol.workers import EngineInfo

PICTURE = "picture.png"

#: Brings a file of a film that was left at its worker, by name.
Bring = Callable[[Film, str], Awaitable[object]]


class Redrawing:
    """Turns such an order into an edit of the script, and renders it."""

    def __init__(self, desk: Desk, library: Library) -> None:
        self._desk = desk
        self._library = library

    async def redraw(
        self,
        film: Film,
        order: RetryOrder,
        engines: Sequence[EngineInfo],
        bring: Bring,
    ) -> None:
        """Makes the film with another picture of ``order.scene``.

        Raises ApiError: 409 while there is no picture, the film is on its way or the
        script has other changes, 422 for a scene that is not there and an engine that
        cannot redraw.
        """
        check_free(film)
        shown = await self._desk.show(film)
        number = order.scene or 1
        scene = _scene(shown, number)
        if not await self._desk.is_rendered(film):
            raise ApiError(
                Code.CONFLICT,
                "The script has changes that are not rendered; render them first, "
                "then redo a picture.",
            )
        again, strength = None, 1 - (order.keep or 0.0)
        if order.keep:
            unit = _drawn(film, number)
            _check_engine(unit, engines)
            sha256 = _sha256(unit, number)
            await self._fetch(film, number, sha256, bring)
            again = Redraw(sha256=sha256, strength=round(strength, 4))
        seed = _seed(scene, again, order)
        changed = scene.model_copy(update={"seed": seed, "redraw": again})
        scenes = list(shown.script.scenes)
        scenes[number - 1] = changed
        edit = ScriptEdit(version=shown.version, scenes=tuple(scenes))
        await self._desk.edit(film, edit)
        await self._desk.render(film, RenderOrder())

    async def _fetch(self, film: Film, number: int, sha256: str, bring: Bring) -> None:
        """Behind a metered tunnel the picture was left at the worker."""
        if await self._library.has(sha256):
            return
        await bring(film, f"scene-{number:03}-{PICTURE}")
        if not await self._library.has(sha256):
            raise ApiError(
                Code.NOT_READY,
                f"The picture of scene {number} is not here yet; try again in a moment.",
                param="scene",
            )


def _scene(shown: ScriptView, number: int) -> ScriptScene:
    scenes = shown.script.scenes
    if number > len(scenes):
        raise ApiError(
            Code.INVALID_FIELD,
            f"scene: there is no scene {number}; the film has {len(scenes)}.",
            param="scene",
        )
    return scenes[number - 1]


def _drawn(film: Film, number: int) -> UnitView | None:
    units = film.render.units if film.render else ()
    found = (u for u in units if u.kind == "image" and u.scene == number)
    return next(found, None)


def _sha256(unit: UnitView | None, number: int) -> str:
    files = unit.result.files if unit and unit.result else ()
    for file in files:
        if file.name == PICTURE:
            return file.sha256
    raise ApiError(
        Code.NOT_READY,
        f"Scene {number} has no picture yet of which anything could be kept.",
        param="scene",
    )


def _check_engine(unit: UnitView | None, engines: Sequence[EngineInfo]) -> None:
    """What its worker would refuse is refused before the film is touched."""
    for engine in engines:
        if unit and engine.name == unit.engine and engine.kind == "image":
            if engine.redraws:
                return
            raise ApiError(
                Code.INVALID_FIELD,
                f"keep: {engine.name} cannot draw a picture again from itself; leave "
                "it out for another picture, or use a model such as sdxl.",
                param="keep",
            )


def _seed(scene: ScriptScene, again: Redraw | None, order: RetryOrder) -> int:
    """Another than before; the same order gives the same again."""
    if order.seed is not None:
        return order.seed
    source = again.sha256 if again else ""
    text = f"{source}/{scene.id}/{scene.seed}/{order.keep}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
