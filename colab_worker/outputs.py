"""Whether a unit's files are what was asked: an engine is not believed on its word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from colab_worker.engine_wire import Done
from colab_worker.film.headers import check_png, check_wav
from colab_worker.film.probe import Probe, audio_length_s, probe
from colab_worker.film.quality import frames_for
from shared_protocol.wire import canonical_json

#: The files that each kind of unit must make; more are welcome.
EXPECTED = {
    "image": {"picture.png"},
    "voice": {"voice.wav", "words.json"},
    "clip": {"clip.mp4"},
    "sound": {"sound.m4a"},
    "film": {"film.mp4"},
}


class WrongOutput(Exception):
    """The engine said it was done, and its files say otherwise."""


def verify(kind: str, params: dict[str, Any], folder: Path, done: Done) -> None:
    """Checks names, sizes, shapes and lengths; raises WrongOutput in one sentence."""
    _check_files(kind, folder, done)
    _check_facts(done.facts)
    try:
        _CHECKS[kind](params, folder, done.facts)
    except (ValueError, KeyError, TypeError) as error:
        raise WrongOutput(f"made a file that is not usable: {error}") from error


def _check_files(kind: str, folder: Path, done: Done) -> None:
    names = {made.name for made in done.files}
    missing = EXPECTED[kind] - names
    if missing:
        raise WrongOutput(f"did not make {', '.join(sorted(missing))}")
    for name in names:
        path = folder / name
        if Path(name).name != name or path.is_symlink() or not path.is_file():
            raise WrongOutput(f"named {name!r}, which is no file that it made")
        if path.stat().st_size == 0:
            raise WrongOutput(f"made {name} without any content")


def _check_facts(facts: dict[str, Any]) -> None:
    try:
        canonical_json(facts)
    except ValueError as error:
        raise WrongOutput(f"reported facts that are no JSON: {error}") from error


def _image(params: dict[str, Any], folder: Path, _facts: dict[str, Any]) -> None:
    size = check_png(folder / "picture.png")
    asked = (params["width"], params["height"])
    if size != asked:
        raise WrongOutput(
            f"drew {size[0]}x{size[1]} pixels instead of {asked[0]}x{asked[1]}"
        )


def _voice(_params: dict[str, Any], folder: Path, facts: dict[str, Any]) -> None:
    seconds = check_wav(folder / "voice.wav")
    said = float(facts["duration_s"])
    if not abs(seconds - said) <= 0.001:  # so that NaN does not pass
        raise WrongOutput(f"spoke for {seconds:.3f} s and reported {said:.3f} s")


def _clip(params: dict[str, Any], folder: Path, facts: dict[str, Any]) -> None:
    found = probe(folder / "clip.mp4")
    _check_video(params, facts, found)


def _sound(params: dict[str, Any], folder: Path, facts: dict[str, Any]) -> None:
    seconds, said = audio_length_s(folder / "sound.m4a"), float(facts["duration_s"])
    if not abs(seconds - said) <= 0.01:
        raise WrongOutput(f"made {seconds:.3f} s of sound and reported {said:.3f} s")


def _film(params: dict[str, Any], folder: Path, facts: dict[str, Any]) -> None:
    found = probe(folder / "film.mp4")
    _check_video(params, facts, found)
    if not found.has_audio:
        raise WrongOutput("made a film without sound")
    wanted = facts["frames"] / params["fps"]
    if frames_for(found.duration_s, params["fps"]) - facts["frames"] > 1:
        raise WrongOutput(f"made {found.duration_s:.3f} s instead of {wanted:.3f} s")


_CHECKS = {
    "image": _image,
    "voice": _voice,
    "clip": _clip,
    "sound": _sound,
    "film": _film,
}


def _check_video(params: dict[str, Any], facts: dict[str, Any], found: Probe) -> None:
    if (found.width, found.height) != (params["width"], params["height"]):
        raise WrongOutput(
            f"made {found.width}x{found.height} pixels instead of "
            f"{params['width']}x{params['height']}"
        )
    if found.frames != facts["frames"]:
        raise WrongOutput(f"made {found.frames} frames and reported {facts['frames']}")
