"""The narration of a film: all voices in order, each as long as its clip to the sample.

The voice of each scene is resampled to 48 kHz and followed by silence to exactly the
frames of its clip, so that picture and sound of the last scene meet as in the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ffmpeg

from colab_worker.engines.base import Tick
from colab_worker.film.ffmpeg import INPUT
from colab_worker.film.loudness import (
    SAMPLE_RATE,
    Level,
    part,
    sized,
    wav,
    write_leveled,
    write_measured,
)


class Voice(NamedTuple):
    """One scene's voice, and the samples at 48 kHz that its clip lasts."""

    path: Path
    samples: int


def write_narration(
    voices: Sequence[Voice], out: Path, folder: Path, tick: Tick
) -> Level:
    """Writes stereo 16-bit WAV of 48 kHz to ``out``, as loud as a film should be."""
    samples = sum(voice.samples for voice in voices)
    joined = folder / "joined.wav"
    level = write_measured(_joined(voices), joined, samples, folder, part(tick, 0))
    told = _rest(tick)
    return write_leveled(wav(joined), level, out, samples, folder, told)


def _rest(tick: Tick) -> Tick:
    return lambda share, words: tick(0.5 + share / 2, words)


def _joined(voices: Sequence[Voice]) -> Any:
    """All voices one after another on both sides, each as long as its clip to the sample."""
    parts = []
    for number, voice in enumerate(voices):
        # Two scenes may share a file; ffmpeg-python tells inputs apart by options only.
        own = {"thread_queue_size": 8 + number}
        sound = ffmpeg.input(str(voice.path), format="wav", **own, **INPUT).audio
        sound = sound.filter("aresample", SAMPLE_RATE)
        parts.append(sized(sound, voice.samples))
    mono = ffmpeg.concat(*parts, v=0, a=1)
    return mono.filter("channelmap", "FC-FL|FC-FR", "stereo")
