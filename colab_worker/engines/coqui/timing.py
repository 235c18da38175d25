"""When each token of a sentence sounds: from the model's own durations, else by weight."""

from __future__ import annotations

from collections.abc import Sequence

from colab_worker.engines.espeak.utterances import Utterance

#: Start and end in seconds.
Span = tuple[float, float]


def word_spans(letters: Sequence[str], seconds: Sequence[float]) -> list[Span]:
    """One span for each run of letters between spaces; marks alone make none."""
    spans: list[Span] = []
    at, begin, end = 0.0, -1.0, -1.0
    for letter, length in zip(letters, seconds, strict=True):
        if letter == " " and begin >= 0:
            spans.append((begin, end))
            begin = -1.0
        elif letter != " " and any(part.isalpha() for part in letter):
            begin = at if begin < 0 else begin
            end = at + length
        at += length
    return [*spans, (begin, end)] if begin >= 0 else spans


def token_spans(
    utterance: Utterance, words: Sequence[Span], onset_s: float, end_s: float
) -> list[Span]:
    """One span a token, in order, counted from ``onset_s``.

    The model says words, a token may be several ("42") or none. Where the counts agree
    its times are taken; else each token gets its share by its letters.
    """
    counts = [len(said.split()) for said in utterance.said]
    if sum(counts) != len(words):
        return _by_weight(utterance, end_s - onset_s)
    spans: list[Span] = []
    place, reached = 0, onset_s
    for count in counts:
        if count:
            begin = min(max(words[place][0], reached), end_s)
            reached = min(max(words[place + count - 1][1], begin), end_s)
            spans.append((begin - onset_s, reached - onset_s))
        else:
            spans.append((reached - onset_s, reached - onset_s))
        place += count
    return spans


def _by_weight(utterance: Utterance, length_s: float) -> list[Span]:
    letters = [len(said) for said in utterance.said]
    a_letter = length_s / sum(letters)
    spans: list[Span] = []
    told = 0
    for count in letters:
        spans.append((told * a_letter, (told + count) * a_letter))
        told += count
    return spans
