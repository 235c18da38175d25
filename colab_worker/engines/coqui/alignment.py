"""When known words sound: Whisper listens for them, where a voice model cannot tell.

The text is not recognised but looked for: the cross-attention of the decoder over the
known words, warped to time (Radford et al., 2022, as faster-whisper does it).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from colab_worker.engines.coqui.timing import Span
from colab_worker.engines.espeak.child import Samples

_RATE = 16_000
#: What Whisper hears at once.
_LONGEST_S = 30.0
_FRAMES_A_SECOND = 100


class Aligner:
    """A Whisper model in a folder, loaded when it is first needed; on the CPU."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model: Any = None

    def spans(
        self, samples: Samples, rate: int, words: Sequence[str], language: str
    ) -> list[Span]:
        """One span in seconds for each word, in order; none when it cannot tell."""
        seconds = len(samples) / rate
        if not words or not seconds or seconds > _LONGEST_S:
            return []
        whisper = self._loaded()
        spoken = language.partition("-")[0]
        if spoken not in whisper.supported_languages:
            return []
        found = _heard(whisper, samples, rate, " " + " ".join(words), spoken)
        return _by_word(found, words, seconds)

    def _loaded(self) -> Any:
        if self._model is None:
            from faster_whisper import WhisperModel

            self._model = WhisperModel(
                str(self._folder),
                device="cpu",
                compute_type="int8",
                local_files_only=True,
            )
        return self._model


def _heard(
    whisper: Any, samples: Samples, rate: int, text: str, language: str
) -> list[tuple[str, float, float]]:
    """Pieces of the text with start and end in seconds."""
    import librosa
    from faster_whisper.audio import pad_or_trim
    from faster_whisper.tokenizer import Tokenizer

    sound = librosa.resample(
        samples.astype(np.float32) / 32_768, orig_sr=rate, target_sr=_RATE
    )
    features = whisper.feature_extractor(sound)
    frames = min(features.shape[-1], round(len(sound) / _RATE * _FRAMES_A_SECOND))
    encoded = whisper.encode(pad_or_trim(features))
    tokenizer = Tokenizer(
        whisper.hf_tokenizer,
        whisper.model.is_multilingual,
        task="transcribe",
        language=language,
    )
    tokens = [t for t in tokenizer.encode(text) if t < tokenizer.eot]
    (aligned,) = whisper.find_alignment(tokenizer, [tokens], encoded, frames)
    return [(a["word"], float(a["start"]), float(a["end"])) for a in aligned]


def _by_word(
    found: Sequence[tuple[str, float, float]], words: Sequence[str], seconds: float
) -> list[Span]:
    """The pieces put together to words by their letters; none where those differ."""
    if "".join(p for p, _, _ in found).split() != list(words):
        return []
    letters = [
        (begin, end) for piece, begin, end in found for _ in "".join(piece.split())
    ]
    ends = np.cumsum([0, *map(len, words)]).tolist()
    spans: list[Span] = []
    reached = 0.0
    for first, last in pairwise(ends):
        begin = min(max(letters[first][0], reached), seconds)
        reached = min(max(letters[last - 1][1], begin), seconds)
        spans.append((begin, reached))
    return spans
