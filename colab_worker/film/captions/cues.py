"""Captions as cues: a few words with the time in which they are heard."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from colab_worker.film.captions.breaks import Breaker
from colab_worker.film.captions.letters import clusters, direction_mark
from colab_worker.film.captions.measure import (
    Measure,
    by_characters,
    is_wide,
    reading_s,
)
from colab_worker.film.captions.phrases import CLOSING, phrases

#: A cue stays at least this long where the next one allows it.
MIN_CUE_S = 1.0
#: However its words are timed, it is shown this long.
LEAST_CUE_S = 0.1
#: A cue may stay this long after its last word.
LINGER_S = 0.25
#: A letter of a fixed text takes so long to be read.
_PACE_S = 1 / 15
#: A shorter gap between two cues would only flicker, so it is closed.
FLICKER_S = 0.3


@dataclass(frozen=True)
class TimedWord:
    """A word, or a part of one, and when it is heard, in seconds."""

    text: str
    start_s: float
    end_s: float
    #: No space stands before it: it goes on with the word before.
    glued: bool = False


@dataclass(frozen=True)
class Cue:
    """One or two lines of words, shown from ``start_s`` to ``end_s``."""

    lines: tuple[tuple[TimedWord, ...], ...]
    start_s: float
    end_s: float

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(joined(line) for line in self.lines)

    def later(self, offset_s: float) -> Cue:
        """The same cue ``offset_s`` later."""
        start_s, end_s = self.start_s + offset_s, self.end_s + offset_s
        return Cue(self.lines_at(lambda at: at + offset_s), start_s, end_s)

    def lines_at(
        self, moved: Callable[[float], float]
    ) -> tuple[tuple[TimedWord, ...], ...]:
        """The lines, their words at the times that ``moved`` makes of theirs."""
        return tuple(
            tuple(
                replace(word, start_s=moved(word.start_s), end_s=moved(word.end_s))
                for word in line
            )
            for line in self.lines
        )


def joined(words: tuple[TimedWord, ...] | list[TimedWord]) -> str:
    """The text of some words, with the spaces between them."""
    text = "".join(word.text if word.glued else f" {word.text}" for word in words)
    return text.lstrip()


def cues_of(
    words: dict[str, Any], measure: Measure = by_characters, language: str = "en"
) -> list[Cue]:
    """The cues of one scene from its ``words.json``, in order, never overlapping.

    ``measure`` tells how much of a line a text fills; 1 is a full line.
    """
    timed, sentences = _pieces(words, measure, language)
    if not timed:
        return []
    breaker = Breaker(measure, language)
    starts = [0, *breaker.cue_breaks(timed, sentences), len(timed)]
    groups = [timed[a:b] for a, b in itertools.pairwise(starts)]
    duration_s = float(words["duration_s"])
    begins = _begins(groups, duration_s)
    return [
        _cue(breaker, group, begin, until, language)
        for group, (begin, until) in zip(
            groups, itertools.pairwise([*begins, duration_s]), strict=True
        )
    ]


def title_cues(
    text: str, length_s: float, measure: Measure, language: str
) -> list[Cue]:
    """A fixed text for the whole clip; one of more than two lines is shown in turn.

    Each part stays for its share of the time that all take to be read. Words are timed
    at reading pace, for animations that go by words.
    """
    words, at = [], 0.0
    for token in text.split():
        words.append([token, at, at + _PACE_S * len(token)])
        at += _PACE_S * (len(token) + 1)
    read = {"words": words, "sentences": [0], "duration_s": at}
    parts = cues_of(read, measure, language)
    shares = [reading_s(part.text) for part in parts]
    ends = itertools.accumulate(shares, initial=0.0)
    times = [length_s * end / sum(shares) for end in ends]
    return [
        _within(part, begin_s, end_s)
        for part, (begin_s, end_s) in zip(parts, itertools.pairwise(times), strict=True)
    ]


def _within(cue: Cue, begin_s: float, end_s: float) -> Cue:
    """The cue at another time, its words read in the first half of it at the latest."""
    first_s, last_s = cue.lines[0][0].start_s, cue.lines[-1][-1].end_s
    scale = min((end_s - begin_s) / 2 / (last_s - first_s), 1.0)
    lines = cue.lines_at(lambda at: begin_s + scale * (at - first_s))
    return Cue(lines, begin_s, end_s)


def _pieces(
    words: dict[str, Any], measure: Measure, language: str
) -> tuple[list[TimedWord], set[int]]:
    """The words, what is written without spaces in parts, and where sentences begin."""
    sentences = set(words["sentences"])
    timed: list[TimedWord] = []
    starts = set()
    for index, (text, start, end) in enumerate(words["words"]):
        if index in sentences:
            starts.add(len(timed))
        glued = bool(timed) and _goes_on(timed[-1].text, str(text))
        word = TimedWord(str(text), float(start), float(end), glued)
        timed += _parts(word, measure, language)
    return timed, starts


def _goes_on(before: str, after: str) -> bool:
    """Whether a script without spaces goes on: a full-width mark, a wide letter."""
    return before.rstrip(_WIDE_CLOSING)[-1:] in _WIDE_ENDS and is_wide(after[0])


def _parts(word: TimedWord, measure: Measure, language: str) -> list[TimedWord]:
    """Its phrases, or what fits a line of them, each with the time of its letters."""
    pieces = [
        piece
        for phrase in phrases(word.text, language)
        for piece in _cut(phrase, measure)
    ]
    counts = [len(piece) for piece in pieces]
    step = (word.end_s - word.start_s) / sum(counts)
    ends = list(itertools.accumulate(counts, initial=0))
    return [
        TimedWord(
            "".join(piece),
            word.start_s + step * begin,
            word.start_s + step * end,
            word.glued or begin > 0,
        )
        for piece, (begin, end) in zip(pieces, itertools.pairwise(ends), strict=True)
    ]


def _cut(phrase: str, measure: Measure) -> Iterator[list[str]]:
    """The letters of a phrase; in parts if it is too long for a line."""
    letters = list(clusters(phrase))
    if measure(phrase) <= 1:
        yield letters
        return
    while letters:
        size = _fitting(letters, measure)
        yield letters[:size]
        letters = letters[size:]


_WIDE_ENDS = tuple("\u3002\uff01\uff1f")
_WIDE_CLOSING = "\u300d\u300f\u201d\u2019\uff09"
#: A part of a long word takes at most this share of a line, so that lines fill well.
_PART = 0.5


def _fitting(letters: list[str], measure: Measure) -> int:
    """How many of ``letters`` make one part."""
    for size in range(1, len(letters)):
        last, following = letters[size - 1], letters[size]
        share = measure("".join(letters[: size + 1]))
        if share > 1 or (
            following not in CLOSING and (share > _PART or last in CLOSING)
        ):
            return size
    return len(letters)


def _begins(groups: list[list[TimedWord]], duration_s: float) -> list[float]:
    """When each cue begins: with its first word, or earlier to be seen at all."""
    begins: list[float] = []
    latest = duration_s
    for group in reversed(groups):
        latest = max(0.0, min(group[0].start_s, latest - LEAST_CUE_S))
        begins.append(latest)
    return begins[::-1]


def _cue(
    breaker: Breaker,
    group: list[TimedWord],
    begin_s: float,
    until_s: float,
    language: str,
) -> Cue:
    """The cue of ``group``, which may be shown until the next one begins."""
    read_s = max(MIN_CUE_S, reading_s(joined(group)))
    end_s = max(group[-1].end_s + LINGER_S, begin_s + read_s)
    if until_s - end_s < FLICKER_S:
        end_s = until_s
    cut = breaker.line_break(group)
    lines = (group,) if cut is None else (group[:cut], group[cut:])
    return Cue(tuple(_directed(line, language) for line in lines), begin_s, end_s)


def _directed(line: list[TimedWord], language: str) -> tuple[TimedWord, ...]:
    """The line, with an invisible mark where it would run the wrong way."""
    mark = direction_mark(joined(line), language)
    return (replace(line[0], text=mark + line[0].text), *line[1:])
