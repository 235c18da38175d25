"""What is finished of a job, counted by stage and by scene; a pure view of its units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared_protocol.films import FilmState, FilmView
from shared_protocol.jobs import UnitState, UnitView

#: Units of a scene by kind, with the word that people read for them, in film order.
SCENE_STAGES = {"image": "pictures", "voice": "voices", "clip": "clips"}
_WRITING = frozenset(
    {
        FilmState.GENERATING_SCRIPT,
        FilmState.GENERATING_IMAGE_PROMPTS,
    }
)


@dataclass(frozen=True)
class Count:
    """One stage of the strip: ``done`` of ``total`` units; no total while unknown."""

    name: str
    done: int
    total: int
    active: bool = False
    failed: bool = False

    @property
    def complete(self) -> bool:
        """Whether nothing of this stage is left to do."""
        return 0 < self.total <= self.done


@dataclass(frozen=True)
class Cell:
    """One scene: how many of its picture, voice and clip are finished."""

    scene: int
    done: int
    total: int
    failed: bool = False


def stages(view: FilmView) -> tuple[Count, ...]:
    """Script, pictures, voices, clips, film: counted."""
    units = _units(view)
    scripted = view.state not in _WRITING and (bool(units) or not view.terminal)
    script = Count("script", int(scripted), 1, active=view.state in _WRITING)
    scenes = [_count(word, units, kind) for kind, word in SCENE_STAGES.items()]
    film = _count("film", units, "film")
    return (script, *scenes, film)


def cells(view: FilmView) -> tuple[Cell, ...]:
    """The scenes in order."""
    scenes: dict[int, list[UnitView]] = {}
    for unit in _units(view):
        if unit.scene is not None and unit.kind in SCENE_STAGES:
            scenes.setdefault(unit.scene, []).append(unit)
    return tuple(_cell(scene, scenes[scene]) for scene in sorted(scenes))


def film_seconds(view: FilmView) -> float | None:
    """Length of the finished film, if the worker said it."""
    for unit in _units(view):
        if unit.kind == "film" and unit.result:
            value = unit.result.facts.get("duration_s")
            return float(value) if isinstance(value, (int, float)) else None
    return None


def _units(view: FilmView) -> tuple[UnitView, ...]:
    """The units; failures of an earlier attempt are work to do again."""
    if view.render is None:
        return ()
    if view.render.attempt >= view.attempt:
        return view.render.units
    again = {"state": UnitState.PENDING}
    return tuple(
        unit.model_copy(update=again) if unit.state is UnitState.ERROR else unit
        for unit in view.render.units
    )


def _count(word: str, units: Iterable[UnitView], kind: str) -> Count:
    mine = [unit for unit in units if unit.kind == kind]
    return Count(
        name=word,
        done=sum(unit.state is UnitState.DONE for unit in mine),
        total=len(mine),
        active=any(
            unit.state in (UnitState.RUNNING, UnitState.RETRYING) for unit in mine
        ),
        failed=any(unit.state is UnitState.ERROR for unit in mine),
    )


def _cell(scene: int, units: list[UnitView]) -> Cell:
    return Cell(
        scene=scene,
        done=sum(unit.state is UnitState.DONE for unit in units),
        total=len(units),
        failed=any(unit.state is UnitState.ERROR for unit in units),
    )
