"""From a spec to its units: a pure function, so that the same film is the same plan.

A unit's key is the SHA-256 of everything that its result depends on: its kind, the
version of the code that does it, the engine, its parameters and the hashes of its inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from colab_worker.engines.hosted.pricing import bill
from colab_worker.engines.registry import EngineEntry, Registry
from colab_worker.film.quality import (
    Canvas,
    Encoder,
    canvas,
    crossfade_frames,
    move_for,
)
from colab_worker.model_plan import model_warnings
from colab_worker.models.loras import LoraFile
from colab_worker.picture_plan import (
    choose_engine,
    given_pictures,
    picture_params,
)
from colab_worker.voice_plan import (
    choose_voice,
    other_voices,
    voice_files,
    voice_id,
    voice_options,
)
from shared_protocol.specs import FilmSpec, SceneSpec, picture_seed
from shared_protocol.wire import content_key

#: Raise a number when the code of that stage gives another result for the same input.
CODE_VERSIONS = {"image": 3, "voice": 1, "clip": 9, "sound": 1, "film": 9}

X264_ALONE = Encoder()

#: Seconds of silence after a sentence, after a paragraph, at the end of a scene.
PAUSES_S = {
    "slow": (0.60, 1.10, 1.20),
    "medium": (0.38, 0.75, 0.80),
    "dynamic": (0.28, 0.55, 0.55),
    "fast": (0.18, 0.35, 0.40),
}


@dataclass(frozen=True)
class Input:
    """A file of an earlier unit, and the name under which this unit reads it."""

    name: str
    unit_id: str
    file: str


@dataclass(frozen=True)
class Unit:
    """One unit of work: what to do, with which engine, from which files."""

    id: str
    kind: str
    lane: str
    engine: EngineEntry
    params: dict[str, Any]
    scene: int | None = None
    inputs: tuple[Input, ...] = ()
    #: SHA-256 by name of files that came with the job.
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[str, ...]:
        """The units whose files this one reads."""
        return tuple(dict.fromkeys(item.unit_id for item in self.inputs))

    def key(self, hashes: Mapping[str, str]) -> str:
        """The content key, from the SHA-256 of each input by its name."""
        return content_key(
            {
                "kind": self.kind,
                "code": CODE_VERSIONS[self.kind],
                "engine": [self.engine.name, self.engine.version],
                "params": self.params,
                "inputs": {
                    name: hashes[name]
                    for name in (*(item.name for item in self.inputs), *self.files)
                },
            }
        )


@dataclass(frozen=True)
class Plan:
    """The units of a job in an order in which each comes after what it needs."""

    units: tuple[Unit, ...]
    goal: str
    draft: bool
    #: More scenes will come, so there is no film yet.
    open: bool = False
    warnings: tuple[str, ...] = field(default=())


def plan(spec: FilmSpec, registry: Registry, encoder: Encoder = X264_ALONE) -> Plan:
    """The units of ``spec``; PlanRefused for what the engines here cannot do."""
    image, warnings = choose_engine(spec, registry)
    voice = choose_voice(spec, registry)
    video = registry.get("video", "auto")
    frame = canvas(spec.aspect, spec.quality, spec.resolution, spec.fps)
    frame = encoder.encodes(frame)
    units: list[Unit] = []
    for number, scene in enumerate(spec.scenes, start=1):
        units += [
            _picture(spec, number, scene, image, frame, registry.loras),
            _voice(spec, number, scene, voice),
            _clip(spec, number, video, frame),
        ]
    pictures = [unit.params for unit in units if unit.kind == "image"]
    automatic = spec.engine.image == "auto"
    warnings = (
        *warnings,
        *bill(pictures, image, automatic=automatic),
        *model_warnings(spec, pictures[0].get("steps")),
    )
    if not spec.open:
        units.append(_sound(spec, video, frame))
        units.append(_film(spec, image, voice, video, frame))
    return Plan(
        tuple(units),
        goal="film",
        draft=image.draft or voice.draft,
        open=spec.open,
        warnings=warnings,
    )


def scene_seed(spec: FilmSpec, number: int, scene: SceneSpec) -> int:
    """The seed of a scene's picture: its own, or one drawn from the job's."""
    if scene.seed is not None:
        return scene.seed
    return picture_seed(spec.seed, number)


def _picture(
    spec: FilmSpec,
    number: int,
    scene: SceneSpec,
    engine: EngineEntry,
    frame: Canvas,
    loras: Mapping[str, LoraFile],
) -> Unit:
    return Unit(
        id=_scene_id(number, "image"),
        kind="image",
        lane=engine.lane or "gpu",
        engine=engine,
        params=picture_params(
            spec, number, scene_seed(spec, number, scene), engine, frame, loras
        ),
        scene=number,
        files=given_pictures(scene, engine),
    )


def _voice(spec: FilmSpec, number: int, scene: SceneSpec, engine: EngineEntry) -> Unit:
    sentence_s, paragraph_s, tail_s = PAUSES_S[spec.pacing]
    params = {
        "text": scene.narration,
        **voice_options(spec, scene),
        "sentence_pause_s": sentence_s,
        "paragraph_pause_s": paragraph_s,
        "tail_s": tail_s,
    }
    return Unit(
        id=_scene_id(number, "voice"),
        kind="voice",
        lane=engine.lane or "cpu",
        engine=engine,
        params=params,
        scene=number,
        files=voice_files(spec),
    )


def _clip(spec: FilmSpec, number: int, video: EngineEntry, frame: Canvas) -> Unit:
    params = {
        "width": frame.width,
        "height": frame.height,
        "fps": frame.fps,
        "preset": frame.preset,
        "crf": frame.crf,
        "encoder": frame.encoder,
        "zoom_effect": spec.zoom_effect,
        "zoom_intensity": spec.zoom_intensity,
        "move": move_for(number - 1, spec.seed, spec.motion),
        "crossfade_frames": crossfade_frames(spec.transition, frame.fps),
        "before": _before(spec, number),
        "color_filter": spec.color_filter,
        "captions": _captions(spec),
        "language": spec.language,
    }
    return Unit(
        id=_scene_id(number, "clip"),
        kind="clip",
        lane="cpu",
        engine=video,
        params=params,
        scene=number,
        inputs=(
            Input("picture", _scene_id(number, "image"), "picture.png"),
            Input("words", _scene_id(number, "voice"), "words.json"),
            *_inputs_before(spec, number),
        ),
    )


def _before(spec: FilmSpec, number: int) -> dict[str, Any] | None:
    """How the scene moves that a clip fades out of; None where there is no fade."""
    if spec.transition == "cut" or number == 1:
        return None
    return {"move": move_for(number - 2, spec.seed, spec.motion)}


def _inputs_before(spec: FilmSpec, number: int) -> tuple[Input, ...]:
    if spec.transition == "cut" or number == 1:
        return ()
    return (
        Input("before/picture", _scene_id(number - 1, "image"), "picture.png"),
        Input("before/words", _scene_id(number - 1, "voice"), "words.json"),
    )


def _sound(spec: FilmSpec, video: EngineEntry, frame: Canvas) -> Unit:
    numbers = range(1, len(spec.scenes) + 1)
    music = spec.music
    inputs = [
        item
        for n in numbers
        for item in (
            Input(f"voices/{n:03}", _scene_id(n, "voice"), "voice.wav"),
            Input(f"words/{n:03}", _scene_id(n, "voice"), "words.json"),
        )
    ]
    return Unit(
        id="sound",
        kind="sound",
        lane="cpu",
        engine=video,
        params={
            "fps": frame.fps,
            "music": {"volume": music.volume} if music else None,
        },
        inputs=tuple(inputs),
        files={"music": music.sha256} if music else {},
    )


def _film(
    spec: FilmSpec,
    image: EngineEntry,
    voice: EngineEntry,
    video: EngineEntry,
    frame: Canvas,
) -> Unit:
    numbers = range(1, len(spec.scenes) + 1)
    params = {
        "title": spec.title,
        "fps": frame.fps,
        "width": frame.width,
        "height": frame.height,
        "scene_titles": [scene.title for scene in spec.scenes],
        "narrations": [scene.narration for scene in spec.scenes],
        "image_prompts": [scene.image_prompt for scene in spec.scenes],
        "draft": image.draft or voice.draft,
        "engines": {"image": image.name, "voice": voice.name},
        "seed": spec.seed,
        "seeds": [scene_seed(spec, n, spec.scenes[n - 1]) for n in numbers],
        "image_style": spec.image_style,
        "voice_id": voice_id(spec),
        **other_voices(spec),
        "date": spec.date.isoformat() if spec.date else None,
        "captions": _captions(spec),
        "soft_captions": spec.soft_captions,
        "language": spec.language,
        "sources": list(spec.sources),
        "crossfade_frames": crossfade_frames(spec.transition, frame.fps),
    }
    inputs = [
        item
        for n in numbers
        for item in (
            Input(f"clips/{n:03}", _scene_id(n, "clip"), "clip.mp4"),
            Input(f"words/{n:03}", _scene_id(n, "voice"), "words.json"),
        )
    ]
    inputs.append(Input("sound", "sound", "sound.m4a"))
    return Unit(
        id="film",
        kind="film",
        lane="cpu",
        engine=video,
        params=params,
        inputs=tuple(inputs),
    )


def _captions(spec: FilmSpec) -> dict[str, Any] | None:
    if spec.caption is None and not spec.auto_captions:
        return None
    look = spec.caption.model_dump() if spec.caption else {}
    return {
        "mode": "auto" if spec.auto_captions else "fixed",
        "text": look.get("text"),
        "style": look.get("style", "simple"),
        "position": look.get("position", "bottom"),
        "animation": look.get("animation", "none"),
    }


def _scene_id(number: int, kind: str) -> str:
    return f"scene-{number:03}/{kind}"
