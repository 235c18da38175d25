"""What of a film a changed script or option makes anew; pure functions, no I/O.

The worker finds equal work by its content keys, whatever is said here. Keys hold engine
versions that only a worker knows, so this compares what is asked of it. A field that is
not listed below counts for everything: too much may be announced, never too little.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from shared_protocol.jobs import JobState, JobView, UnitState, UnitView
from shared_protocol.scripts import RenderPlan, SceneRedo, Script
from shared_protocol.specs import FilmSpec, SceneSpec, picture_seed
from shared_protocol.wire import canonical_json

Kind = Literal["image", "voice", "clip"]
#: A unit of a scene: the number of the scene, and its kind.
Place = tuple[int, Kind]

KINDS: tuple[Kind, ...] = ("image", "voice", "clip")
_WORDS: dict[Kind, Literal["picture", "voice", "clip"]] = {
    "image": "picture",
    "voice": "voice",
    "clip": "clip",
}
#: Fields that only the film itself has, or that are compared scene by scene.
_NO_UNITS = frozenset(
    [
        *("kind", "title", "scenes", "voice_id", "engine", "music", "soft_captions"),
        *("date", "sources", "open"),
    ]
)
_ONLY_VOICES = frozenset(
    ["voice_speed", "voice_sample", "voice_consent", "language", "pacing"]
)
_ONLY_PICTURES = frozenset(["image_style", "aspect", "quality", "resolution", "image"])
_ONLY_CLIPS = frozenset(
    [
        *("zoom_effect", "zoom_intensity", "motion", "transition", "fps", "seed"),
        *("auto_captions", "caption", "color_filter"),
    ]
)
#: Fields of a film that one kind of unit never looks at; clips show and hear the others.
_NOT_FOR: dict[Kind, frozenset[str]] = {
    "image": _NO_UNITS | _ONLY_VOICES | _ONLY_CLIPS,
    "voice": _NO_UNITS | _ONLY_PICTURES | _ONLY_CLIPS,
    "clip": _NO_UNITS,
}


def plan_redo(
    version: int,
    script: Script,
    after: FilmSpec,
    before: FilmSpec,
    view: JobView | None,
) -> RenderPlan:
    """What rendering ``after`` would make at most; ``view`` is of ``before``."""
    kept = _kept(after, before, view)
    redo = tuple(
        SceneRedo(
            scene=number,
            id=scene.id or number,
            redo=tuple(_WORDS[k] for k in KINDS if (number, k) not in kept),
        )
        for number, scene in enumerate(script.scenes, start=1)
    )
    counts = {kind: len(after.scenes) - _count(kept, kind) for kind in KINDS}
    same = after == before and _film_is_there(view)
    nothing = same and not any(counts.values())
    return RenderPlan(
        version=version,
        nothing_to_do=nothing,
        pictures=counts["image"],
        voices=counts["voice"],
        clips=counts["clip"],
        film=not nothing,
        scenes=tuple(scene for scene in redo if scene.redo),
        message=_message(counts, nothing=nothing),
    )


def carried(
    view: JobView | None, after: FilmSpec, before: FilmSpec, attempt: int
) -> JobView | None:
    """The view that the changed film begins with: what is kept of it is done."""
    if view is None:
        return None
    kept = _kept(after, before, view)
    units = tuple(_carried_units(view, kept, len(after.scenes)))
    stay = {
        (unit.scene, file.sha256)
        for unit in units
        if unit.result is not None
        for file in unit.result.files
    }
    return view.model_copy(
        update={
            "title": after.title,
            "status": "starting",
            "state": JobState.QUEUED,
            "terminal": False,
            "progress": 0,
            "message": "Waiting for the worker to take the change.",
            "attempt": attempt,
            "error": None,
            "finished_at": None,
            "units": units,
            "artifacts": tuple(
                a for a in view.artifacts if (a.scene, a.sha256) in stay
            ),
        }
    )


def _carried_units(
    view: JobView, kept: dict[Place, Place], scenes: int
) -> Iterator[UnitView]:
    units = _by_place(view)
    for number in range(1, scenes + 1):
        for kind in KINDS:
            old = units.get(kept.get((number, kind), (0, kind)))
            unit_id = f"scene-{number:03}/{kind}"
            if old is not None:
                yield old.model_copy(update={"id": unit_id, "scene": number})
                continue
            needs = ("image", "voice") if kind == "clip" else ()
            yield UnitView(
                id=unit_id,
                kind=kind,
                scene=number,
                needs=tuple(f"scene-{number:03}/{need}" for need in needs),
            )
    clips = tuple(f"scene-{n:03}/{k}" for n in range(1, scenes + 1) for k in KINDS[1:])
    yield UnitView(id="film", kind="film", needs=clips)


def _kept(
    after: FilmSpec, before: FilmSpec, view: JobView | None
) -> dict[Place, Place]:
    """Units of ``after`` that are finished in ``before``, and where they are there."""
    done = {
        place: unit
        for place, unit in (_by_place(view) if view else {}).items()
        if unit.state is UnitState.DONE
    }
    known = {text: place for place, text in _prints(before).items() if place in done}
    return {
        place: known[text] for place, text in _prints(after).items() if text in known
    }


def _by_place(view: JobView) -> dict[Place, UnitView]:
    return {
        (unit.scene, kind): unit
        for unit in view.units
        for kind in KINDS
        if unit.scene is not None and unit.kind == kind
    }


def _prints(spec: FilmSpec) -> dict[Place, str]:
    """Everything that each unit is made from, as one text."""
    whole = spec.model_dump(mode="json")
    shared = {
        kind: {k: v for k, v in whole.items() if k not in _NOT_FOR[kind]}
        for kind in KINDS
    }
    found: dict[Place, str] = {}
    # References anywhere may lead to another engine, for every picture.
    whoever = spec.engine.image == "auto"
    for number, scene in enumerate(spec.scenes, start=1):
        seed = picture_seed(spec.seed, number) if scene.seed is None else scene.seed
        own: dict[Kind, object] = {
            "image": [
                scene.image_prompt,
                scene.negative_prompt,
                seed,
                spec.engine.image,
                [reference.model_dump() for reference in scene.references],
                scene.redraw.model_dump() if scene.redraw else None,
                whoever and any(other.references for other in spec.scenes),
            ],
            "voice": [scene.narration, spec.engine.voice, _voice(spec, scene)],
        }
        for kind in KINDS[:2]:
            found[number, kind] = canonical_json([kind, shared[kind], own[kind]])
        sources = [found[number, "image"], found[number, "voice"]]
        if spec.transition != "cut" and number > 1:  # it fades out of the one before
            sources += [found[number - 1, "image"], found[number - 1, "voice"]]
        found[number, "clip"] = canonical_json([shared["clip"], number, sources])
    return found


def _voice(spec: FilmSpec, scene: SceneSpec) -> str | None:
    """Who speaks a scene; None: whoever the sample is of."""
    return None if spec.voice_sample is not None else scene.voice or spec.voice_id


def _film_is_there(view: JobView | None) -> bool:
    units = view.units if view else ()
    return any(u.kind == "film" and u.state is UnitState.DONE for u in units)


def _count(kept: dict[Place, Place], kind: Kind) -> int:
    return sum(place[1] == kind for place in kept)


def _message(counts: dict[Kind, int], *, nothing: bool) -> str:
    if nothing:
        return "Nothing has changed since this film was made."
    parts = [
        f"{number} {_WORDS[kind]}{'' if number == 1 else 's'}"
        for kind, number in counts.items()
        if number
    ]
    return (
        f"To be made: {', '.join([*parts, 'and the film' if parts else 'the film'])}."
    )
