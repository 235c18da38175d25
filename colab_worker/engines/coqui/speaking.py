"""What a voice model of this package does: one sentence at a time, and always the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from colab_worker.engines.base import VoiceRequest
from colab_worker.engines.coqui.timing import Span
from colab_worker.engines.espeak.child import Samples
from colab_worker.engines.espeak.sound import sounding_part
from colab_worker.engines.espeak.stretch import stretched

#: A difference of speed that nobody hears.
_CLOSE = 0.01


@dataclass(frozen=True)
class Said:
    """One sentence as the model speaks it, and when its words sound, if it knows."""

    samples: Samples
    words: list[Span]


class SpeakingModel(Protocol):
    """A loaded model."""

    #: Samples a second.
    rate: int
    #: ``cpu`` or ``cuda``.
    device: str
    #: Whether its own speed is only about the one that was asked for.
    is_rough: bool

    def say(self, text: str, request: VoiceRequest, seed: int) -> Said:
        """Speaks one sentence; the same text, request and seed give the same sound."""

    def slow_down(self) -> bool:
        """Leaves the GPU for the CPU; False when it is there already."""


def at_speed(model: SpeakingModel, text: str, request: VoiceRequest, seed: int) -> Said:
    """The sentence in 1/speed of its time: by the model, the little rest by stretching."""
    said = model.say(text, request, seed)
    if request.speed == 1.0 or not model.is_rough:
        return said
    plain = model.say(text, replace(request, speed=1.0), seed)
    wanted = _heard(plain.samples) / request.speed
    heard = _heard(said.samples)
    if not heard or not wanted or abs(wanted / heard - 1) < _CLOSE:
        return said
    factor = wanted / heard
    words = [(begin * factor, end * factor) for begin, end in said.words]
    return Said(stretched(said.samples, factor), words)


def _heard(samples: Samples) -> int:
    onset, end = sounding_part(samples)
    return end - onset
