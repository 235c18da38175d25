"""The sound of the film: made as soon as all is spoken, while pictures are drawn."""

from __future__ import annotations

import itertools
import json
import tempfile
from pathlib import Path

from colab_worker.engines.base import BadInput, Tick, UnitCall, UnitFile, UnitOutput
from colab_worker.film.loudness import SAMPLE_RATE
from colab_worker.film.music import Music
from colab_worker.film.narration import Voice
from colab_worker.film.quality import frames_for
from colab_worker.film.soundtrack import write_soundtrack


def run(call: UnitCall, tick: Tick) -> UnitOutput:
    """Writes ``sound.m4a``, as long as the clips of all scenes."""
    voices = _voices(call)
    with tempfile.TemporaryDirectory(dir=call.out_dir, prefix="work-") as name:
        level = write_soundtrack(
            voices, _music(call), call.out_dir / "sound.m4a", Path(name), tick
        )
    facts: dict[str, float] = {
        "duration_s": sum(voice.samples for voice in voices) / SAMPLE_RATE
    }
    if not level.silent:
        facts |= {"loudness_lufs": level.loudness_lufs, "peak_db": level.peak_db}
    return UnitOutput((UnitFile("sound.m4a", "audio/mp4"),), facts)


def _voices(call: UnitCall) -> list[Voice]:
    """Samples are counted from the film's beginning, so that nothing adds up."""
    fps = call.params["fps"]
    names = sorted(name for name in call.inputs if name.startswith("words/"))
    ends = itertools.accumulate(_frames(call.inputs[name], fps) for name in names)
    marks = [end * SAMPLE_RATE // fps for end in (0, *ends)]
    return [
        Voice(call.inputs[name.replace("words/", "voices/")], end - begin)
        for name, (begin, end) in zip(names, itertools.pairwise(marks), strict=True)
    ]


def _frames(words: Path, fps: int) -> int:
    return frames_for(json.loads(words.read_text(encoding="utf-8"))["duration_s"], fps)


def _music(call: UnitCall) -> Music | None:
    asked = call.params["music"]
    if asked is None:
        return None
    if not call.inputs["music"].is_file():
        raise BadInput(
            "music: the file is not on this worker any more",
            hint="send it again, or leave music out",
        )
    return Music(call.inputs["music"], asked["volume"])
