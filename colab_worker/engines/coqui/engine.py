"""The voice engine on coqui-tts: sentence by sentence, checked, joined with pauses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from colab_worker.engines.base import EngineError, Speech, Tick, VoiceRequest, Word
from colab_worker.engines.coqui.alignment import Aligner
from colab_worker.engines.coqui.checks import fault
from colab_worker.engines.coqui.speaking import Said, SpeakingModel, at_speed
from colab_worker.engines.coqui.steadiness import steady
from colab_worker.engines.coqui.timing import Span, token_spans
from colab_worker.engines.coqui.vits import VitsModel
from colab_worker.engines.coqui.xtts import XttsModel
from colab_worker.engines.cuda import is_out_of_memory
from colab_worker.engines.espeak.child import Samples
from colab_worker.engines.espeak.sound import sounding_part, speech_gain, write_wav
from colab_worker.engines.espeak.utterances import Utterance, plan_utterances

#: A sentence that came out badly is spoken again with another seed.
_TRIES = 3


@dataclass(frozen=True)
class _Sentence:
    """An utterance spoken and trimmed; times count from its first sample."""

    samples: Samples
    spans: list[Span]
    utterance: Utterance


class _CoquiEngine:
    """Speaks with one model; ``about`` is JSON with its folder, and that of an aligner."""

    #: Builds the model from its folder.
    model_of: Callable[[Path], SpeakingModel]

    def __init__(self, about: str) -> None:
        told = json.loads(about)
        self._folder = Path(told["model"])
        self._aligner = Aligner(Path(told["aligner"])) if told.get("aligner") else None
        self._model: SpeakingModel | None = None

    def load(self) -> None:
        """Brings the model into memory."""
        self._model = type(self).model_of(self._folder)

    def speak(self, request: VoiceRequest, out: Path, tick: Tick) -> Speech:
        """Writes mono 16-bit WAV at the model's rate, pauses and tail included."""
        if self._model is None:
            raise EngineError("the voice model is not loaded")
        utterances = plan_utterances(request.text, request.language)
        sentences: list[_Sentence] = []
        warnings: list[str] = []
        for done, utterance in enumerate(utterances):
            tick(done / len(utterances), f"sentence {done + 1} of {len(utterances)}")
            with steady():
                said = _spoken(self._model, utterance, request, warnings)
            said = self._timed(said, utterance, request.language)
            sentences.append(_trimmed(said, utterance, self._model.rate))
        device, told = self._model.device, tuple(warnings)
        return _joined(sentences, request, out, self._model.rate, told, device)

    def unload(self) -> None:
        """Gives the memory back."""
        self._model = None

    def _timed(self, said: Said, utterance: Utterance, language: str) -> Said:
        """With the times of its words, where the model does not know them."""
        if said.words or self._aligner is None or self._model is None:
            return said
        words = utterance.text.split()
        spans = self._aligner.spans(said.samples, self._model.rate, words, language)
        return Said(said.samples, spans)


class VitsEngine(_CoquiEngine):
    """Speaks with a VITS model."""

    model_of = VitsModel


class XttsEngine(_CoquiEngine):
    """Speaks with XTTS v2, in the voice of a sample."""

    model_of = XttsModel


def _spoken(
    model: SpeakingModel,
    utterance: Utterance,
    request: VoiceRequest,
    warnings: list[str],
) -> Said:
    """The first try without a fault; one that can be heard is taken with a warning."""
    heard: tuple[Said, str] | None = None
    for number in range(_TRIES):
        seed = _seed(utterance.text, request.voice_id, number)
        said = _on_some_device(model, utterance.text, request, seed, warnings)
        wrong = fault(said.samples, model.rate, len(utterance.text), request.speed)
        if wrong is None:
            return said
        heard = heard if wrong == "silent" else heard or (said, wrong)
    shown = " ".join(utterance.tokens)[:60]
    if heard is None:
        raise EngineError(
            f"the voice stayed silent at {shown!r}, {_TRIES} times",
            "write the sentence in other words, or choose another voice",
        )
    warnings.append(f"The voice came out {heard[1]} at {shown!r}, {_TRIES} times.")
    return heard[0]


def _on_some_device(
    model: SpeakingModel,
    text: str,
    request: VoiceRequest,
    seed: int,
    warnings: list[str],
) -> Said:
    """On the GPU while it has room, else on the CPU from then on."""
    try:
        return at_speed(model, text, request, seed)
    except RuntimeError as error:
        if not is_out_of_memory(error) or not model.slow_down():
            raise
    warnings.append("The GPU had no memory left for the voice, so it goes on without.")
    return at_speed(model, text, request, seed)


def _seed(text: str, voice_id: str, number: int) -> int:
    digest = hashlib.sha256(f"{voice_id}/{number}/{text}".encode()).digest()
    return int.from_bytes(digest[:4])


def _trimmed(said: Said, utterance: Utterance, rate: int) -> _Sentence:
    onset, end = sounding_part(said.samples)
    spans = token_spans(utterance, said.words, onset / rate, end / rate)
    return _Sentence(said.samples[onset:end], spans, utterance)


def _joined(
    sentences: Sequence[_Sentence],
    request: VoiceRequest,
    out: Path,
    rate: int,
    warnings: tuple[str, ...],
    device: str,
) -> Speech:
    parts: list[tuple[Samples, int]] = []
    words: list[Word] = []
    starts: list[int] = []
    at = 0
    for index, sentence in enumerate(sentences):
        starts.append(len(words))
        words.extend(
            Word(token, round(at / rate + begin, 4), round(at / rate + end, 4))
            for token, (begin, end) in zip(
                sentence.utterance.tokens, sentence.spans, strict=True
            )
        )
        silence = _silence(sentence, index == len(sentences) - 1, request, rate)
        parts.append((sentence.samples, silence))
        at += len(sentence.samples) + silence
    gain = speech_gain([sentence.samples for sentence in sentences])
    total = write_wav(out, parts, gain, rate)
    return Speech(total / rate, rate, tuple(words), tuple(starts), warnings, device)


def _silence(
    sentence: _Sentence, is_last: bool, request: VoiceRequest, rate: int
) -> int:
    pause_s = request.sentence_pause_s
    if sentence.utterance.ends_paragraph:
        pause_s = request.paragraph_pause_s
    return round((request.tail_s if is_last else pause_s) * rate)
