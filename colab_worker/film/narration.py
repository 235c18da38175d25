"""The sound of a film: all voices in order, padded to their clips, at one loudness.

The voice of each scene is resampled to 48 kHz and followed by silence to exactly the
frames of its clip, so that picture and sound of the last scene meet as in the first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ffmpeg

from colab_worker.engines.base import EngineError, Tick
from colab_worker.film.ffmpeg import INPUT, run

SAMPLE_RATE = 48_000
#: What video platforms play films at (measured as ITU-R BS.1770, both channels).
TARGET_LUFS = -14.0
#: Loudness is brought this near to the target, in at most so many passes.
TOLERANCE_LU = 0.1
MAX_PASSES = 4
#: Highest peak between samples, in dB; AAC adds up to about half a decibel to it.
CEILING_DB = -2.0
#: Silence and near-silence are not made loud.
MAX_GAIN_DB = 30.0
_GATE_LUFS = -69.0
#: Peaks between samples show at four times the rate (BS.1770, annex 2).
_OVERSAMPLED = 4 * SAMPLE_RATE


class Voice(NamedTuple):
    """One scene's voice, and the samples at 48 kHz that its clip lasts."""

    path: Path
    samples: int


class _Level(NamedTuple):
    loudness_lufs: float
    peak_db: float


def write_narration(
    voices: Sequence[Voice], out: Path, folder: Path, tick: Tick
) -> None:
    """Writes stereo 16-bit WAV of 48 kHz to ``out``: -14 LUFS, no peak above -2 dB."""
    samples = sum(voice.samples for voice in voices)
    joined = folder / "joined.wav"
    level = _run(_joined(voices), joined, samples, folder, _part(tick, 0))
    gain_db = _gain_db(level.loudness_lufs)
    for number in range(1, MAX_PASSES + 1):
        source = ffmpeg.input(str(joined), format="wav", **INPUT).audio
        told = _part(tick, number)
        level = _run(_amplified(source, gain_db, samples), out, samples, folder, told)
        error = TARGET_LUFS - level.loudness_lufs
        if abs(error) <= TOLERANCE_LU or level.loudness_lufs <= _GATE_LUFS:
            return
        gain_db = min(gain_db + error, MAX_GAIN_DB)


def _joined(voices: Sequence[Voice]) -> Any:
    """All voices one after another on both sides, each as long as its clip to the sample."""
    parts = []
    for number, voice in enumerate(voices):
        # Two scenes may share a file; ffmpeg-python tells inputs apart by options only.
        own = {"thread_queue_size": 8 + number}
        sound = ffmpeg.input(str(voice.path), format="wav", **own, **INPUT).audio
        sound = sound.filter("aresample", SAMPLE_RATE)
        parts.append(_sized(sound, voice.samples))
    mono = ffmpeg.concat(*parts, v=0, a=1)
    return mono.filter("channelmap", "FC-FL|FC-FR", "stereo")


def _amplified(sound: Any, gain_db: float, samples: int) -> Any:
    """Louder by ``gain_db``; what would be too loud is turned down smoothly."""
    sound = sound.filter("volume", f"{gain_db:.3f}dB", precision="float")
    sound = sound.filter("aresample", _OVERSAMPLED)
    sound = sound.filter(
        "alimiter",
        limit=f"{10 ** (CEILING_DB / 20):.6f}",
        level=0,
        attack=3,
        release=80,
        latency=1,
    )
    return _sized(sound.filter("aresample", SAMPLE_RATE), samples)


def _sized(sound: Any, samples: int) -> Any:
    return sound.filter("apad", whole_len=samples).filter("atrim", end_sample=samples)


def _run(sound: Any, out: Path, samples: int, folder: Path, tick: Tick) -> _Level:
    """Writes ``sound`` and says how loud it is."""
    measured = sound.filter("ebur128", framelog="quiet", peak="true")
    log = run(
        measured.output(str(out), acodec="pcm_s16le", format="wav", fflags="+bitexact"),
        folder=folder,
        tick=tick,
        words="leveling the narration",
        length_s=samples / SAMPLE_RATE,
        level="info",
    )
    told = " ".join(log)
    loudness = re.findall(r"I:\s+(-?[\d.]+) LUFS", told)
    peak = re.findall(r"Peak:\s+(-?[\d.]+|-inf) dBFS", told)
    if not loudness or not peak:
        raise EngineError("ffmpeg did not say how loud the narration is.")
    return _Level(float(loudness[-1]), float(peak[-1]))


def _gain_db(loudness_lufs: float) -> float:
    if not math.isfinite(loudness_lufs) or loudness_lufs <= _GATE_LUFS:
        return 0.0
    return min(TARGET_LUFS - loudness_lufs, MAX_GAIN_DB)


def _part(tick: Tick, number: int) -> Tick:
    """Progress of one pass of several: few films need more than two."""
    begin = 1 - 0.5**number
    return lambda part, words: tick(begin + part * 0.5 ** (number + 1), words)
