"""Reading sound for the tests: samples, stretches that can be heard, pitch, timbre."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def read_wav(path: Path) -> tuple[Floats, int]:
    """Samples in -1..1 and their rate, of a mono 16-bit file."""
    with wave.open(str(path)) as file:
        assert (1, 2) == (file.getnchannels(), file.getsampwidth())
        frames = file.readframes(file.getnframes())
        rate = file.getframerate()
    return np.frombuffer(frames, dtype="<i2") / 32_768, rate


def sounding_stretches(
    samples: Floats, rate: int, pause_s: float = 0.08
) -> list[tuple[float, float]]:
    """Start and end in s of every stretch without a pause longer than ``pause_s``."""
    heard = np.flatnonzero(np.abs(samples) > 0.004)
    breaks = np.flatnonzero(np.diff(heard) > pause_s * rate)
    starts = heard[np.concatenate([[0], breaks + 1])]
    ends = heard[np.concatenate([breaks, [len(heard) - 1]])]
    return [(a / rate, b / rate) for a, b in zip(starts, ends, strict=True)]


def median_pitch(samples: Floats, rate: int) -> float:
    """Hz: the median over 50 ms frames of the autocorrelation's strongest period."""
    size = rate // 20
    loud = np.abs(samples).max() * 0.05
    pitches = []
    for begin in range(0, len(samples) - size, size // 2):
        frame = samples[begin : begin + size]
        if np.sqrt((frame**2).mean()) < loud:
            continue
        spectrum = np.fft.rfft((frame - frame.mean()) * np.hanning(size), 4 * size)
        likeness = np.fft.irfft(np.abs(spectrum) ** 2)[:size]
        shortest = rate // 400
        lag = shortest + int(likeness[shortest : rate // 45].argmax())
        if likeness[lag] > 0.4 * likeness[0]:
            pitches.append(rate / lag)
    return float(np.median(pitches))


def spectral_centroid(samples: Floats, rate: int) -> float:
    """Hz: the mean frequency, weighted by power."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float((power * np.fft.rfftfreq(len(samples), 1 / rate)).sum() / power.sum())
