"""Captions as cues: a few words with the time in which they are heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: What broadcasters take for readable: lines of a cue, characters of a line.
MAX_LINES = 2
MAX_LINE_CHARS = 42
#: A cue stays at least this long where the next one allows it.
MIN_CUE_S = 1.0
#: A cue may stay this long after its last word.
LINGER_S = 0.25
_CLAUSE_ENDS = (",", ";", ":", "\u2014", "\u2013")


@dataclass(frozen=True)
class TimedWord:
    """A word and when it is heard, in seconds."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Cue:
    """One or two lines of words, shown from ``start_s`` to ``end_s``."""

    lines: tuple[tuple[TimedWord, ...], ...]
    start_s: float
    end_s: float

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(" ".join(word.text for word in line) for line in self.lines)

    def later(self, offset_s: float) -> Cue:
        """The same cue ``offset_s`` later."""
        lines = tuple(
            tuple(
                TimedWord(w.text, w.start_s + offset_s, w.end_s + offset_s)
                for w in line
            )
            for line in self.lines
        )
        return Cue(lines, self.start_s + offset_s, self.end_s + offset_s)


def cues_of(words: dict[str, Any], line_chars: int = MAX_LINE_CHARS) -> list[Cue]:
    """The cues of one scene from its ``words.json``, in order, never overlapping."""
    timed = [TimedWord(str(text), start, end) for text, start, end in words["words"]]
    starts = {*words["sentences"], len(timed)}
    groups: list[list[TimedWord]] = []
    sentence: list[TimedWord] = []
    for index, word in enumerate(timed):
        if index in starts and sentence:
            groups += _groups(sentence, line_chars)
            sentence = []
        sentence.append(word)
    if sentence:
        groups += _groups(sentence, line_chars)
    return _timed(groups, float(words["duration_s"]), line_chars)


def _groups(sentence: list[TimedWord], line_chars: int) -> list[list[TimedWord]]:
    """Cuts a sentence into parts that fit two lines, as even as its clauses allow."""
    room = line_chars * MAX_LINES - 6  # two lines are never filled to the last letter
    length = _length(sentence)
    if length <= room or len(sentence) == 1:
        return [sentence]
    parts = -(-length // room)
    goal, best, best_cost = length / parts, 1, float("inf")
    for cut in range(1, len(sentence)):
        part = _length(sentence[:cut])
        if part > room and cut > 1:
            break
        bonus = 12 if sentence[cut - 1].text.endswith(_CLAUSE_ENDS) else 0
        cost = abs(part - goal) - bonus
        if cost < best_cost:
            best, best_cost = cut, cost
    return [sentence[:best], *_groups(sentence[best:], line_chars)]


def _timed(
    groups: list[list[TimedWord]], duration_s: float, line_chars: int
) -> list[Cue]:
    cues = []
    for index, group in enumerate(groups):
        last = index + 1 == len(groups)
        until = duration_s if last else groups[index + 1][0].start_s
        start = group[0].start_s
        end = max(group[-1].end_s + LINGER_S, start + MIN_CUE_S)
        cues.append(Cue(_lines(group, line_chars), start, max(min(end, until), start)))
    return cues


def _lines(
    group: list[TimedWord], line_chars: int
) -> tuple[tuple[TimedWord, ...], ...]:
    if _length(group) <= line_chars or len(group) == 1:
        return (tuple(group),)
    cut = min(
        range(1, len(group)),
        key=lambda at: max(_length(group[:at]), _length(group[at:])),
    )
    return tuple(group[:cut]), tuple(group[cut:])


def _length(words: list[TimedWord]) -> int:
    return sum(len(word.text) + 1 for word in words) - 1
