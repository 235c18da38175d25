"""When each token of an utterance sounds, from espeak-ng's events."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from colab_worker.engines.espeak.child import Event
from colab_worker.engines.espeak.utterances import Utterance

#: Start and end in seconds.
Span = tuple[float, float]


def token_times(
    utterance: Utterance, events: Sequence[Event], onset_s: float, end_s: float
) -> list[Span]:
    """One span a token, in order, between ``onset_s`` and ``end_s`` of the sound.

    espeak names the starts of words, several for a number, one for a pair such as "on
    the"; a word ends at the next pause or word. Silent tokens get no width.
    """
    sounding = [index for index, said in enumerate(utterance.said) if said]
    pauses, phonemes = _times(events, "pause"), _times(events, "phoneme")
    starts, lasts = _word_starts(utterance, sounding, events)
    starts[sounding[0]] = onset_s
    times: dict[int, Span] = {}
    for group, until in _groups(sounding, starts, end_s):
        start = starts[group[0]]
        end = _sound_end(pauses, max(lasts.get(group[0], onset_s), start), until)
        if group[-1] == sounding[-1]:
            end = end_s
        times.update(_shared(utterance, group, phonemes, (start, end)))
    return _in_order(len(utterance.tokens), times, onset_s, end_s)


def _times(events: Sequence[Event], kind: str) -> list[float]:
    return [event.at_s for event in events if event.kind == kind]


def _word_starts(
    utterance: Utterance, sounding: list[int], events: Sequence[Event]
) -> tuple[dict[int, float], dict[int, float]]:
    """First and last word event of each token that has any."""
    ends = [span[1] for span in utterance.spans if span is not None]
    starts: dict[int, float] = {}
    lasts: dict[int, float] = {}
    reached = 0
    for event in events:
        if event.kind == "word":
            place = min(bisect_right(ends, event.position), len(ends) - 1)
            reached = max(reached, place)
            starts.setdefault(sounding[reached], event.at_s)
            lasts[sounding[reached]] = event.at_s
    return starts, lasts


def _groups(
    sounding: list[int], starts: dict[int, float], end_s: float
) -> list[tuple[list[int], float]]:
    """Each token with a start and those after it without, and when the next begins."""
    groups: list[tuple[list[int], float]] = []
    group: list[int] = []
    for index in sounding:
        if index in starts and group:
            groups.append((group, starts[index]))
            group = []
        group.append(index)
    return [*groups, (group, end_s)]


def _sound_end(pauses: list[float], after_s: float, until_s: float) -> float:
    """The first pause within a word's time, or the end of that time."""
    place = bisect_right(pauses, after_s)
    return min(pauses[place], until_s) if place < len(pauses) else until_s


def _shared(
    utterance: Utterance, group: list[int], phonemes: list[float], span: Span
) -> dict[int, Span]:
    """The time of a group by the letters of its tokens, cut where a phoneme begins."""
    start_s, end_s = span
    inside = phonemes[bisect_left(phonemes, start_s) : bisect_left(phonemes, end_s)]
    letters = sum(len(utterance.said[index]) for index in group)
    cuts = [start_s]
    said = 0
    for index in group[:-1]:
        said += len(utterance.said[index])
        cuts.append(_cut(inside, said / letters, span))
    cuts.append(end_s)
    return {index: (cuts[place], cuts[place + 1]) for place, index in enumerate(group)}


def _cut(phonemes: list[float], share: float, span: Span) -> float:
    place = round(share * len(phonemes))
    if 0 < place < len(phonemes):
        return phonemes[place]
    return span[0] + share * (span[1] - span[0])


def _in_order(
    count: int, times: dict[int, Span], onset_s: float, end_s: float
) -> list[Span]:
    """All tokens' spans, within the sound and never going back."""
    ordered: list[Span] = []
    reached = onset_s
    for index in range(count):
        start, end = times.get(index, (reached, reached))
        start = min(max(start, reached), end_s)
        reached = min(max(end, start), end_s)
        ordered.append((start, reached))
    return ordered
