"""What every way is given: photographs, narration, and captions with their times."""

from __future__ import annotations

import json
import shutil
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import font_roboto

from benchmarks.compose.peers.environments import LOCAL, photographs
from colab_worker.engines.base import UnitCall
from colab_worker.engines.espeak import EspeakEngine
from colab_worker.film.captions.cues import cues_of
from colab_worker.stages import voice

SECONDS = 5.0
NARRATIONS = (
    "She had trained nine years for a morning like this one.",
    "Before that there was a small red cup in a kitchen.",
    "And a cat that never once believed in space.",
    "Then the tower let go, and the ground fell away.",
    "Half the world passed under her, roof by golden roof.",
    "What she missed most of all was one flower.",
)


@dataclass(frozen=True)
class Material:
    """Six scenes; times of cues count from the beginning of the film."""

    pictures: list[Path]
    voices: list[Path]
    words: list[Path]
    sound: Path
    cues: list[tuple[float, float, str]]
    font: Path


def material(width: int, height: int, count: int | None = None) -> Material:
    """The first ``count`` scenes, or all; the narration is spoken once and kept."""
    pictures = photographs(width, height)[:count]
    folders = [_spoken(n) for n in range(len(pictures))]
    voices = [folder / "voice.wav" for folder in folders]
    words = [folder / "words.json" for folder in folders]
    sound = LOCAL / "voices" / f"narration-{len(pictures)}.wav"
    _join(voices, sound)
    return Material(pictures, voices, words, sound, _cues(words), _font())


def _spoken(number: int) -> Path:
    """The folder with a scene's ``voice.wav`` and ``words.json``, ``SECONDS`` long."""
    folder = LOCAL / "voices" / str(number)
    if (folder / "words.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    params: dict[str, Any] = {
        "text": NARRATIONS[number],
        "voice_id": "aria",
        "speed": 1.0,
        "language": "en",
        "sentence_pause_s": 0.4,
        "paragraph_pause_s": 0.8,
        "tail_s": 0.5,
    }
    engine = EspeakEngine()
    engine.load()
    call = UnitCall("voice", "espeak", params, {}, folder)
    voice.run(call, engine, lambda *_: None)
    engine.unload()
    _stretch_to(SECONDS, folder)
    return folder


def _stretch_to(seconds: float, folder: Path) -> None:
    """Silence behind the voice until the scene is as long as it should be."""
    with wave.open(str(folder / "voice.wav")) as file:
        params, data = file.getparams(), file.readframes(file.getnframes())
    wanted = round(seconds * params.framerate) * params.sampwidth
    if len(data) > wanted:
        raise RuntimeError(f"The narration in {folder} is longer than {seconds} s.")
    with wave.open(str(folder / "voice.wav"), "wb") as file:
        file.setparams(params)
        file.writeframes(data.ljust(wanted, b"\0"))
    told = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    told["duration_s"] = seconds
    (folder / "words.json").write_text(json.dumps(told), encoding="utf-8")


def _join(voices: list[Path], out: Path) -> None:
    with wave.open(str(out), "wb") as whole:
        for number, path in enumerate(voices):
            with wave.open(str(path)) as file:
                if number == 0:
                    whole.setparams(file.getparams())
                whole.writeframes(file.readframes(file.getnframes()))


def _cues(words: list[Path]) -> list[tuple[float, float, str]]:
    """Moonreel's own cues, so that all show the same words at the same time."""
    cues = []
    for number, path in enumerate(words):
        for cue in cues_of(json.loads(path.read_text(encoding="utf-8"))):
            moved = cue.later(number * SECONDS)
            cues.append((moved.start_s, moved.end_s, moved.text.replace("\n", " ")))
    return cues


def _font() -> Path:
    folder = Path(font_roboto.__file__).parent / "files"
    return next(folder.glob("Roboto-Bold.ttf"))
