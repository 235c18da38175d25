"""Brings sound to the loudness that platforms play films at, without a peak too high."""

from __future__ import annotations

import math
import re
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
GATE_LUFS = -69.0
#: Peaks between samples show at four times the rate (BS.1770, annex 2).
_OVERSAMPLED = 4 * SAMPLE_RATE


class Level(NamedTuple):
    """How loud a sound is as a whole, and its highest peak between samples."""

    loudness_lufs: float
    peak_db: float

    @property
    def silent(self) -> bool:
        """Whether there is nothing to hear."""
        return not math.isfinite(self.loudness_lufs) or self.loudness_lufs <= GATE_LUFS

    @property
    def gain_db(self) -> float:
        """What is missing to the target."""
        if self.silent:
            return 0.0
        return min(TARGET_LUFS - self.loudness_lufs, MAX_GAIN_DB)


def wav(path: Path) -> Any:
    """The sound of a WAV file of ours."""
    return ffmpeg.input(str(path), format="wav", **INPUT).audio


def sized(sound: Any, samples: int) -> Any:
    """The sound with exactly so many samples, silence at its end if it is shorter."""
    return sound.filter("apad", whole_len=samples).filter("atrim", end_sample=samples)


def write_leveled(
    sound: Any, level: Level, out: Path, samples: int, folder: Path, tick: Tick
) -> Level:
    """Writes ``sound``, as loud as ``level``, to a WAV at the target; its level then."""
    gain_db = level.gain_db
    for number in range(MAX_PASSES):
        louder = _amplified(sound, gain_db, samples)
        level = write_measured(louder, out, samples, folder, part(tick, number))
        error = TARGET_LUFS - level.loudness_lufs
        if level.silent or abs(error) <= TOLERANCE_LU:
            break
        gain_db = min(gain_db + error, MAX_GAIN_DB)
    return level


def write_measured(
    sound: Any, out: Path, samples: int, folder: Path, tick: Tick
) -> Level:
    """Writes ``sound`` as 16-bit WAV and says how loud it is."""
    measured = sound.filter("ebur128", framelog="quiet", peak="true")
    log = run(
        measured.output(str(out), acodec="pcm_s16le", format="wav", fflags="+bitexact"),
        folder=folder,
        tick=tick,
        words="leveling the sound",
        length_s=samples / SAMPLE_RATE,
        level="info",
    )
    told = " ".join(log)
    loudness = re.findall(r"I:\s+(-?[\d.]+|-inf) LUFS", told)
    peak = re.findall(r"Peak:\s+(-?[\d.]+|-inf) dBFS", told)
    if not loudness or not peak:
        raise EngineError("ffmpeg did not say how loud the sound is.")
    return Level(float(loudness[-1]), float(peak[-1]))


def part(tick: Tick, number: int) -> Tick:
    """Progress of one pass of several: few sounds need more than two."""
    begin = 1 - 0.5**number
    return lambda share, words: tick(begin + share * 0.5 ** (number + 1), words)


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
    return sized(sound.filter("aresample", SAMPLE_RATE), samples)
