"""Which engine speaks a film, and what is refused by name."""

from __future__ import annotations

from typing import Any

from colab_worker.engines.entry import EngineEntry
from colab_worker.engines.registry import PlanRefused, Registry
from shared_protocol.errors import Code
from shared_protocol.specs import FilmSpec, SceneSpec

#: In place of a voice of the vocabulary, which then does nothing.
SAMPLE_VOICE = "sample"


def choose_voice(spec: FilmSpec, registry: Registry) -> EngineEntry:
    """The engine of the voices; PlanRefused names what it cannot do."""
    asked = spec.engine.voice
    if spec.voice_sample is None:
        entry = registry.get("voice", asked, spec.language)
        if entry.clones:
            raise _refused(
                f"{entry.name} speaks with the voice of a sample; give one, or choose "
                "another voice engine"
            )
        _check_voices(spec, entry)
        return entry
    if asked == "auto":
        able = [e for e in registry.of_kind("voice") if e.clones]
        usable = [e for e in able if e.unavailable is None and e.speaks(spec.language)]
        if usable:
            return usable[0]
        if not able:
            raise _refused(
                "no engine of this worker speaks with a sample; leave it out"
            )
        asked = able[0].name  # which says why not
    entry = registry.get("voice", asked, spec.language)
    if not entry.clones:
        able = [e for e in registry.of_kind("voice") if e.clones]
        names = ", ".join(e.name for e in able) or "none of this worker"
        raise _refused(
            f"{entry.name} cannot speak with the voice of a sample; choose one that "
            f"can: {names}"
        )
    return entry


def voice_id(spec: FilmSpec) -> str:
    """Who speaks: somebody of the vocabulary, or whoever the sample is of."""
    return spec.voice_id if spec.voice_sample is None else SAMPLE_VOICE


def voice_of(spec: FilmSpec, scene: SceneSpec) -> str:
    """Who speaks a scene: its own voice, or the film's."""
    return scene.voice or voice_id(spec)


def other_voices(spec: FilmSpec) -> dict[str, Any]:
    """``voices``: by scene who speaks it, None for the film's voice; else nothing.

    Without voices of scenes a film keeps the key that it had before there were any.
    """
    film = voice_id(spec)
    spoken = [voice_of(spec, scene) for scene in spec.scenes]
    others = [voice if voice != film else None for voice in spoken]
    return {"voices": others} if any(others) else {}


def voice_files(spec: FilmSpec) -> dict[str, str]:
    """The files that a voice unit reads, by their names there."""
    return {"voice_sample": spec.voice_sample} if spec.voice_sample else {}


def voice_options(spec: FilmSpec, scene: SceneSpec) -> dict[str, Any]:
    """The parameters of how a voice unit speaks."""
    return {
        "voice_id": voice_of(spec, scene),
        "speed": spec.voice_speed,
        "language": spec.language,
    }


def _check_voices(spec: FilmSpec, entry: EngineEntry) -> None:
    """PlanRefused names the scene whose voice the engine does not have."""
    if entry.voices is None:
        return
    for number, scene in enumerate(spec.scenes, start=1):
        voice = voice_of(spec, scene)
        if voice not in entry.voices:
            param = "voice_id" if scene.voice is None else f"scenes.{number - 1}.voice"
            raise PlanRefused(
                f"{param}: {entry.name} has no voice {voice} for scene {number}; choose "
                f"one of: {', '.join(entry.voices) or 'another voice engine'}.",
                Code.INVALID_FIELD,
            )


def _refused(why: str) -> PlanRefused:
    return PlanRefused(f"voice_sample: {why}.", Code.INVALID_FIELD)
