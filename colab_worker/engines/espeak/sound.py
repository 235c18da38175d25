"""Speech as samples: silence trimmed, loudness evened, WAV written."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from colab_worker.engines.espeak.child import SAMPLE_RATE, Samples

#: Speech is brought to this level where it sounds, unless its peaks would pass theirs.
SPEECH_DBFS = -20.0
PEAK_DBFS = -1.2
#: Quieter than this share of the loudest sample is espeak's own silence (-50 dB).
_SILENCE_SHARE = 0.003
_FRAME = SAMPLE_RATE // 50
#: Frames quieter than this share of the loudest do not count as speech (-40 dB).
_PAUSE_SHARE = 0.01
_FULL_SCALE = 32_768.0


def sounding_part(samples: Samples) -> tuple[int, int]:
    """First and last-plus-one sample that can be heard; (0, 0) for silence."""
    level = np.abs(samples.astype(np.int32))
    heard = np.flatnonzero(level > max(level.max(initial=0) * _SILENCE_SHARE, 1))
    return (int(heard[0]), int(heard[-1]) + 1) if heard.size else (0, 0)


def speech_gain(parts: Sequence[Samples]) -> float:
    """The factor that brings all parts together to the wanted loudness."""
    powers = np.concatenate([_frame_powers(part) for part in parts])
    loudest = float(powers.max(initial=0.0))
    if loudest == 0.0:
        return 1.0
    speech = powers[powers > loudest * _PAUSE_SHARE**2]
    peak = max(float(np.abs(part.astype(np.int32)).max(initial=0)) for part in parts)
    return min(
        _amplitude(SPEECH_DBFS) / float(np.sqrt(speech.mean())),
        _amplitude(PEAK_DBFS) / peak,
    )


def write_wav(
    out: Path, parts: Sequence[tuple[Samples, int]], gain: float, rate: int
) -> int:
    """Writes each part, then its silence of that many samples; returns all samples."""
    with wave.open(str(out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for samples, silence in parts:
            file.writeframes(_scaled(samples, gain).tobytes())
            file.writeframes(bytes(2 * silence))
        return file.getnframes()


def _frame_powers(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    whole = len(samples) // _FRAME * _FRAME
    frames = samples[:whole].astype(np.float64).reshape(-1, _FRAME)
    return np.asarray((frames**2).mean(axis=1))


def _amplitude(dbfs: float) -> float:
    return float(_FULL_SCALE * 10.0 ** (dbfs / 20.0))


def _scaled(samples: Samples, gain: float) -> Samples:
    return np.rint(samples.astype(np.float64) * gain).astype("<i2")
