"""Word times from a model's durations, and faults of a spoken sentence; no model."""

from __future__ import annotations

import numpy as np
import pytest

from colab_worker.engines.coqui.checks import fault
from colab_worker.engines.coqui.timing import token_spans, word_spans
from colab_worker.engines.espeak.utterances import plan_utterances

RATE = 22_050


def test_words_are_runs_of_letters_between_spaces() -> None:
    """Blanks between the letters belong to nobody, marks alone are no word."""
    letters = ["", "a", "", "b", " ", "", ",", " ", "c", "!"]
    assert word_spans(letters, [1.0] * 10) == [(1.0, 4.0), (8.0, 9.0)]


def test_times_of_the_model_are_taken_where_the_counts_agree() -> None:
    """Counted from the first sound; never before it, nor behind the last."""
    (utterance,) = plan_utterances("Two crows - flew.", "en")
    spans = token_spans(utterance, [(0.1, 0.5), (0.6, 0.9), (1.0, 1.7)], 0.2, 1.5)
    rounded = [(round(begin, 6), round(end, 6)) for begin, end in spans]
    assert rounded == [(0, 0.3), (0.4, 0.7), (0.7, 0.7), (0.8, 1.3)]


def test_else_letters_share_the_time() -> None:
    """``42`` is two words to a model and one token here."""
    (utterance,) = plan_utterances("Now 42 sing.", "en")
    spans = token_spans(utterance, [(0, 1)] * 4, 0.0, 1.0)
    assert spans[0][0] == 0 and spans[-1][1] == pytest.approx(1.0)
    assert [end for _, end in spans[:-1]] == [begin for begin, _ in spans[1:]]


@pytest.mark.parametrize(
    ("level", "seconds", "wrong"),
    [
        (0, 1, "silent"),
        (50, 1, "silent"),
        (9_000, 1, None),
        (32_767, 1, "clipped"),
        (9_000, 8, "far too long for its words"),
    ],
)
def test_faults_of_a_sentence(level: int, seconds: int, wrong: str | None) -> None:
    """Ten letters take no eight seconds."""
    samples = np.full(seconds * RATE, level, "<i2")
    assert fault(samples, RATE, letters=10, speed=1.0) == wrong


def test_slow_speech_may_take_its_time() -> None:
    """What is too long at full speed is not at half of it."""
    samples = np.full(8 * RATE, 9_000, "<i2")
    assert fault(samples, RATE, letters=10, speed=0.5) is None
