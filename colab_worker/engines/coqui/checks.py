"""Whether a sentence was spoken well: models stutter, fall silent, or go on and on."""

from __future__ import annotations

import numpy as np

from colab_worker.engines.espeak.child import Samples

#: Below -50 dB of full scale nobody hears a word.
_SILENT = 104
_FULL = 32_767
#: A share of samples at full scale that is no accident.
_CLIPPED_SHARE = 0.01
#: Slow speakers need an eighth of a second a letter; models that stutter, far more.
_LONGEST_S, _LONGEST_LETTER_S = 4.0, 0.3


def fault(samples: Samples, rate: int, letters: int, speed: float) -> str | None:
    """What is wrong with the sound of a sentence, in a word or two; None if nothing."""
    level = np.abs(samples.astype(np.int32))
    if level.max(initial=0) < _SILENT:
        return "silent"
    if float((level >= _FULL).mean()) > _CLIPPED_SHARE:
        return "clipped"
    if len(samples) / rate > (_LONGEST_S + letters * _LONGEST_LETTER_S) / speed:
        return "far too long for its words"
    return None
