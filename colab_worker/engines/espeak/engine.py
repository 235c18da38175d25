"""The draft voice: espeak-ng from a wheel, sentence by sentence, times exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from colab_worker.engines.base import Speech, Tick, VoiceRequest, Word
from colab_worker.engines.espeak.child import SAMPLE_RATE, Child, Samples, Sound
from colab_worker.engines.espeak.japanese import can_read_kanji, has_kanji
from colab_worker.engines.espeak.languages import espeak_name, espeak_voice
from colab_worker.engines.espeak.pace import Pace, fit_pace
from colab_worker.engines.espeak.sound import sounding_part, speech_gain, write_wav
from colab_worker.engines.espeak.stretch import stretched
from colab_worker.engines.espeak.timing import Span, token_times
from colab_worker.engines.espeak.utterances import Utterance, plan_utterances

#: Characters of the text on which the pace is tried out.
_TRIAL_CHARS = 1_500
_TRIAL_WORDS = "Ready."
_SPELLED = (
    "The draft voice cannot read kanji and spells them out: install moonreel[japanese] "
    "where the worker runs, or choose another voice."
)
_UNKNOWN = (
    "The draft voice does not know some of the kanji and spells them out: write them in "
    "kana, or choose another voice."
)


@dataclass(frozen=True)
class _Sentence:
    """An utterance spoken and trimmed; times count from its first sample."""

    samples: Samples
    times: list[Span]
    utterance: Utterance


@dataclass(frozen=True)
class _Narrator:
    """A child that says each sentence in the sentence's own language."""

    child: Child
    voice_id: str

    def say(self, utterance: Utterance, rate: int) -> Sound:
        voice = espeak_name(self.voice_id, utterance.language)
        return self.child.speak(utterance.text, rate, voice)


class EspeakEngine:
    """Speaks with espeak-ng; the same request gives the same bytes every time."""

    def load(self) -> None:
        """Says a word to nobody, so that a broken installation shows at once.

        Raises EngineError when espeak-ng cannot speak here.
        """
        with Child("gmw/en", 50, 50) as child:
            child.speak(_TRIAL_WORDS, 170)

    def unload(self) -> None:
        """Nothing is held between speeches."""

    def speak(self, request: VoiceRequest, out: Path, tick: Tick) -> Speech:
        """Writes the speech to ``out``: mono, 16 bits, 22050 Hz.

        Raises BadInput for an unknown voice or language and for text without anything
        to say, EngineError when espeak fails, and lets ``Stopped`` of ``tick`` through.
        """
        name = espeak_name(request.voice_id, request.language)
        voice = espeak_voice(request.voice_id)
        utterances = plan_utterances(request.text, request.language)
        tick(0.0, f"sentence 1 of {len(utterances)}")
        with Child(name, voice.pitch, voice.range) as child:
            narrator = _Narrator(child, request.voice_id)
            pace = _pace(narrator, utterances, voice.rate, request.speed)
            sentences = []
            for done, utterance in enumerate(utterances, start=1):
                sentences.append(_speak(narrator, utterance, pace))
                tick(done / len(utterances), f"sentence {done} of {len(utterances)}")
        speech = _assemble(sentences, request, out)
        japanese = (u.text for u in utterances if u.language.startswith("ja"))
        spells = any(map(has_kanji, japanese))
        warning = _UNKNOWN if can_read_kanji() else _SPELLED
        return replace(speech, warnings=(warning,) if spells else ())


def _pace(
    narrator: _Narrator, utterances: Sequence[Utterance], base: int, speed: float
) -> Pace:
    trial: list[Utterance] = []
    for utterance in utterances:
        trial.append(utterance)
        if sum(len(chosen.text) for chosen in trial) >= _TRIAL_CHARS:
            break
    return fit_pace(lambda rate: _spoken_s(narrator, trial, rate), base, speed)


def _spoken_s(narrator: _Narrator, utterances: Sequence[Utterance], rate: int) -> float:
    """Seconds of sound at ``rate``, the silence around each sentence left out."""
    samples = 0
    for utterance in utterances:
        onset, end = sounding_part(narrator.say(utterance, rate).samples)
        samples += end - onset
    return samples / SAMPLE_RATE


def _speak(narrator: _Narrator, utterance: Utterance, pace: Pace) -> _Sentence:
    sound = narrator.say(utterance, pace.rate)
    onset, end = sounding_part(sound.samples)
    onset_s, end_s = onset / SAMPLE_RATE, end / SAMPLE_RATE
    times = token_times(utterance, sound.events, onset_s, end_s)
    samples = sound.samples[onset:end]
    if pace.stretch != 1.0:
        samples = stretched(samples, pace.stretch)
    scale = pace.stretch if len(samples) != end - onset else 1.0
    spans = [
        ((start - onset_s) * scale, (stop - onset_s) * scale) for start, stop in times
    ]
    return _Sentence(samples, spans, utterance)


def _assemble(
    sentences: Sequence[_Sentence], request: VoiceRequest, out: Path
) -> Speech:
    """The sentences with their pauses into one file, and their words' times."""
    parts: list[tuple[Samples, int]] = []
    words: list[Word] = []
    starts: list[int] = []
    at = 0
    for index, sentence in enumerate(sentences):
        silence = _silence_after(sentence, index == len(sentences) - 1, request)
        starts.append(len(words))
        words.extend(_words(sentence, at / SAMPLE_RATE))
        parts.append((sentence.samples, silence))
        at += len(sentence.samples) + silence
    gain = speech_gain([sentence.samples for sentence in sentences])
    total = write_wav(out, parts, gain, SAMPLE_RATE)
    return Speech(total / SAMPLE_RATE, SAMPLE_RATE, tuple(words), tuple(starts))


def _silence_after(sentence: _Sentence, is_last: bool, request: VoiceRequest) -> int:
    if is_last:
        pause_s = request.tail_s
    elif sentence.utterance.ends_paragraph:
        pause_s = request.paragraph_pause_s
    else:
        pause_s = request.sentence_pause_s
    return round(pause_s * SAMPLE_RATE)


def _words(sentence: _Sentence, at_s: float) -> list[Word]:
    return [
        Word(token, round(at_s + start, 4), round(at_s + end, 4))
        for token, (start, end) in zip(
            sentence.utterance.tokens, sentence.times, strict=True
        )
    ]
