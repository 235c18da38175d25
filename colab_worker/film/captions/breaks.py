"""Where captions break: at natural places, into even and readable parts.

Both cuts minimise a cost; its weights are relative, their order is what counts: first
never too long, then after sentences, after clauses, before small words, and evenly.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from colab_worker.film.captions.measure import Measure, reading_s

if TYPE_CHECKING:
    from colab_worker.film.captions.cues import TimedWord

MAX_LINES = 2
#: Longest time that one cue is shown, in seconds.
MAX_CUE_S = 7.0
#: A pause of the voice that asks for a new cue.
PAUSE_S = 0.6
#: Shorter cues are hard to read; they join a neighbour where they can.
SHORT_S = 1.0
#: Also the full-width marks of Chinese and Japanese.
_SENTENCE_ENDS = tuple(".!?\u2026\u3002\uff01\uff1f")
_CLAUSE_ENDS = tuple(',;:\u2014\u2013)"\u201d\u3001\uff0c\uff1b\uff1a')
_QUOTES = "\"'\u201c\u201d\u2018\u2019("


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that begin a part of a sentence.
_OPENERS = _words(
    "and or but nor so yet because although while when where who which that if as "
    "than then until unless before after since though"
)
_PREPOSITIONS = _words(
    "in on at by for from with without of to into onto over under about between "
    "through during against across behind beyond near"
)
#: Words that belong to what follows them.
_CLINGING = _words(
    "a an the my your his her its our their this these those no very not mr mrs ms dr"
)


class Breaker:
    """Cuts words into cues and lines; English by its small words, others evenly."""

    def __init__(self, measure: Measure, language: str) -> None:
        self._measure = measure
        self._english = language.split("-")[0] == "en"

    def cue_breaks(
        self, words: Sequence[TimedWord], sentence_starts: set[int]
    ) -> list[int]:
        """Indices at which a new cue begins, besides 0; the cheapest way of cutting."""
        row = _Row(words, self._measure)
        best = [0.0] + [float("inf")] * len(words)
        came_from = [0] * (len(words) + 1)
        for end in range(1, len(words) + 1):
            for begin in range(end - 1, -1, -1):
                if begin < end - 1 and not row.fits(begin, end):
                    break
                cost = best[begin] + self._cue_cost(row, begin, end, sentence_starts)
                if cost < best[end]:
                    best[end], came_from[end] = cost, begin
        breaks, at = [], len(words)
        while at > 0:
            at = came_from[at]
            breaks.append(at)
        return sorted(breaks)[1:]

    def line_break(self, words: Sequence[TimedWord]) -> int | None:
        """Index of the first word of the second line; None if one line is enough."""
        row = _Row(words, self._measure)
        count = len(words)
        if row.share(0, count) <= 1 or count == 1:
            return None

        def cost(cut: int) -> float:
            first, second = row.share(0, cut), row.share(cut, count)
            over = max(0.0, first - 1) + max(0.0, second - 1)
            return over * 1000 + abs(first - second) * 12 + self._hurt(words, cut)

        return min(range(1, count), key=cost)

    def _cue_cost(
        self, row: _Row, begin: int, end: int, sentence_starts: set[int]
    ) -> float:
        words = row.words
        seconds = words[end - 1].end_s - words[begin].start_s
        inside = sum(start in sentence_starts for start in range(begin + 1, end))
        pauses = sum(
            words[n].start_s - words[n - 1].end_s > PAUSE_S
            for n in range(begin + 1, end)
        )
        at_end = end == len(words) or end in sentence_starts
        filled = row.share(begin, end) / MAX_LINES
        until_s = words[end].start_s if end < len(words) else words[-1].end_s
        hurry_s = row.reading_s(begin, end) - (until_s - words[begin].start_s)
        return (
            2.0
            + 9 * inside
            + 6 * pauses
            + (0.0 if at_end else 3 + self._hurt(words, end))
            + 6 * max(0.0, SHORT_S - seconds) / SHORT_S
            + 5 * max(0.0, seconds - MAX_CUE_S)
            + 4 * max(0.0, 0.35 - filled)
            + 4 * max(0.0, hurry_s)
        )

    def _hurt(self, words: Sequence[TimedWord], at: int) -> float:
        """How much a break before word ``at`` hurts, from 0."""
        before = words[at - 1].text
        if before.endswith(_SENTENCE_ENDS):
            return 0.0
        if before.endswith(_CLAUSE_ENDS):
            return 1.0
        if words[at].glued:
            return 7.0
        if words[at - 1].glued:  # without spaces between words, one ends a clause
            return 1.0
        return _english_hurt(before, words[at].text) if self._english else 5.0


def _english_hurt(before: str, after: str) -> float:
    before, after = before.lower().strip(_QUOTES), after.lower().strip(_QUOTES)
    if before in _CLINGING | _PREPOSITIONS:
        return 8.0
    if after in _OPENERS:
        return 2.5
    return 3.5 if after in _PREPOSITIONS else 5.0


class _Row:
    """Words side by side, and how much of a line any stretch of them fills."""

    def __init__(self, words: Sequence[TimedWord], measure: Measure) -> None:
        self.words = words
        self._space = measure("a a") - measure("aa")
        shares = (
            measure(word.text) + (0.0 if word.glued else self._space) for word in words
        )
        self._up_to = [0.0, *itertools.accumulate(shares)]
        read_s = (reading_s(w.text if w.glued else f" {w.text}") for w in words)
        self._read_up_to = [0.0, *itertools.accumulate(read_s)]

    def reading_s(self, begin: int, end: int) -> float:
        """Seconds that a stretch takes to be read."""
        return self._read_up_to[end] - self._read_up_to[begin]

    def share(self, begin: int, end: int) -> float:
        """The share of a line; a stretch begins without a space."""
        first = 0.0 if self.words[begin].glued else self._space
        return self._up_to[end] - self._up_to[begin] - first

    def fits(self, begin: int, end: int) -> bool:
        """Whether the words find room on the lines of one cue."""
        lines = 0
        while begin < end and lines < MAX_LINES:
            cut = begin + 1
            while cut < end and self.share(begin, cut + 1) <= 1:
                cut += 1
            begin, lines = cut, lines + 1
        return begin == end
