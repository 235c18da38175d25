"""Speech made longer or shorter at the same pitch, for what espeak's rate leaves over.

WSOLA (Verhelst and Roelands, 1993): overlapping windows, each taken from where the
sound goes on most like the window before it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from colab_worker.engines.espeak.child import SAMPLE_RATE, Samples

_HOP = SAMPLE_RATE * 15 // 1000
_WINDOW = 2 * _HOP
#: A period of the deepest voice (60 Hz) must fit.
_SEARCH = SAMPLE_RATE * 9 // 1000
#: Every so many samples are enough to compare two windows.
_STEP = 2

Floats = npt.NDArray[np.float64]


def stretched(samples: Samples, factor: float) -> Samples:
    """``samples`` at ``factor`` times their length; times scale by the same factor."""
    if len(samples) < _WINDOW:
        return samples
    length = round(len(samples) * factor)
    windows = length // _HOP + 1
    margin = np.zeros(_SEARCH + _WINDOW)
    source = np.concatenate([margin, samples.astype(np.float64), margin, margin])
    result = np.zeros((windows + 1) * _HOP)
    fade = np.hanning(_WINDOW + 1)[:_WINDOW]
    before = len(margin) - _HOP
    for index in range(windows):
        ideal = len(margin) - _HOP + round(index * _HOP / factor)
        begin = _best_match(source, ideal, before + _HOP) if index else ideal
        result[index * _HOP :][:_WINDOW] += source[begin : begin + _WINDOW] * fade
        before = begin
    return np.rint(result[_HOP : _HOP + length]).clip(-32768, 32767).astype("<i2")


def _best_match(source: Floats, ideal: int, natural: int) -> int:
    """Where near ``ideal`` the sound is most like that at ``natural``."""
    wanted = source[natural : natural + _WINDOW : _STEP]
    around = source[ideal - _SEARCH : ideal + _SEARCH + _WINDOW : _STEP]
    likeness = np.correlate(around, wanted, mode="valid")
    return ideal - _SEARCH + int(likeness.argmax()) * _STEP
