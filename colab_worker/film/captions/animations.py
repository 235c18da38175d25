"""How captions come, go and move: one function for each animation of the vocabulary.

Each gives the text of an ASS event; letters are already escaped.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from colab_worker.film.captions.cues import Cue, TimedWord
from colab_worker.film.captions.letters import INVISIBLE, clusters, leftward
from colab_worker.film.captions.looks import Frame, Look

#: Seconds that a caption takes to come or go.
MOTION_S = 0.35
#: Karaoke: what changes at once, but not with the word before.
_INSTANT_S = 0.01
#: A pulse: seconds from beat to beat, percent of the size at its height.
BEAT_S, BEAT_PERCENT = 1.0, 112
#: Scripts whose letters change with their neighbours come word by word; these do not:
#: Latin, Greek, Cyrillic and Armenian, Hebrew, Thai, Chinese, Japanese and Korean.
_LAST_SIMPLE_LETTER = "\u058f"
_UNJOINED = ("HEBREW ", "THAI ", "LATIN ", "GREEK ")


@dataclass(frozen=True)
class Stage:
    """What an animation needs to know besides its cue."""

    frame: Frame
    look: Look
    #: A text as ASS shows it, escaped: its stretches of one font, each with its width.
    runs: Callable[[str], list[tuple[float, str]]]
    #: Tags that hide letters, and those that give them the style's own opacity again.
    hidden: str
    visible: str

    def plain(self, cue: Cue) -> str:
        """All lines, without any motion."""
        return self.lines(cue, lambda word: self.show(word.text))

    def lines(self, cue: Cue, shown: Callable[[TimedWord], str]) -> str:
        """All lines, each word as ``shown`` gives it."""
        return r"\N".join(
            "".join(
                ("" if word.glued or not number else " ") + shown(word)
                for number, word in enumerate(line)
            )
            for line in cue.lines
        )

    def show(self, text: str) -> str:
        """A text as ASS shows it."""
        return "".join(shown for _, shown in self.runs(text))


def animated(cue: Cue, stage: Stage) -> str:
    """The text of the event of ``cue``; KeyError for an unknown animation."""
    return _ANIMATIONS[stage.look.animation](cue, stage)


def _none(cue: Cue, stage: Stage) -> str:
    return stage.plain(cue)


def _fade_in(cue: Cue, stage: Stage) -> str:
    return rf"{{\fad({_motion(cue)},0)}}" + stage.plain(cue)


def _fade_out(cue: Cue, stage: Stage) -> str:
    return rf"{{\fad(0,{_motion(cue)})}}" + stage.plain(cue)


def _slide_up(cue: Cue, stage: Stage) -> str:
    return _slide(cue, stage, 1)


def _slide_down(cue: Cue, stage: Stage) -> str:
    return _slide(cue, stage, -1)


def _slide(cue: Cue, stage: Stage, side: int) -> str:
    """Comes from below (1) or above (-1) to its place."""
    across, down = stage.frame.anchor(stage.look.position)
    start = round(down + side * 2.5 * stage.frame.letter_px)
    span = _motion(cue)
    move = rf"\move({across},{start},{across},{down},0,{span})\fad({span},0)"
    return f"{{{move}}}" + stage.plain(cue)


def _pulse(cue: Cue, stage: Stage) -> str:
    """Grows quickly and shrinks slowly, again and again."""
    beats = []
    for beat in range(int((cue.end_s - cue.start_s) / BEAT_S) + 1):
        begin = _millis(beat * BEAT_S)
        top, end = begin + 180, begin + 650
        beats.append(rf"\t({begin},{top},\fscx{BEAT_PERCENT}\fscy{BEAT_PERCENT})")
        beats.append(rf"\t({top},{end},\fscx100\fscy100)")
    return f"{{{''.join(beats)}}}" + stage.plain(cue)


def _karaoke(cue: Cue, stage: Stage) -> str:
    """Each word takes another colour as it is heard: from left to right within it.

    Libass sweeps no other way, so words written from right to left change at once. It
    would give all of a word's time to the part in its first font, so each has its own.
    """
    clock = _Centis(cue.start_s)

    def sing(word: TimedWord) -> str:
        wait = clock.until(word.start_s)
        parts = stage.runs(word.text)
        at_once = leftward(word.text)
        step = (word.end_s - word.start_s) / (sum(width for width, _ in parts) or 1)
        at, sung = word.start_s, [rf"{{\k{wait}}}"] if wait else []
        for number, (width, shown) in enumerate(parts, start=1):
            at += width * step
            if number == len(parts):
                at = word.end_s
            elif at_once:
                at = word.start_s + number * _INSTANT_S
            sweep = r"\k" if at_once else r"\kf"
            sung.append(f"{{{sweep}{clock.until(at)}}}{shown}")
        return "".join(sung)

    return stage.lines(cue, sing)


class _Centis:
    """Hundredths of seconds that add up: rounding one span is made good in the next."""

    def __init__(self, start_s: float) -> None:
        self._start_s = start_s
        self._told = 0

    def until(self, seconds: float) -> int:
        span = max(round((seconds - self._start_s) * 100) - self._told, 0)
        self._told += span
        return span


def _typewriter(cue: Cue, stage: Stage) -> str:
    """Every letter appears within the time of its word."""

    def typed(word: TimedWord) -> str:
        begin = word.start_s - cue.start_s
        parts = list(clusters(word.text)) if _separable(word.text) else [word.text]
        step = (word.end_s - word.start_s) / max(len(parts), 1)
        return "".join(
            _appear(begin + step * n, stage) + stage.show(part)
            for n, part in enumerate(parts)
        )

    return stage.lines(cue, typed)


def _separable(text: str) -> bool:
    """Whether the letters may be shown one by one, with the marks on them."""
    return all(_stands_alone(letter) for letter in clusters(text))


def _stands_alone(letter: str) -> bool:
    """Whether its shape does not hang on its neighbours."""
    first = next((c for c in letter if c not in INVISIBLE), " ")
    return (
        first <= _LAST_SIMPLE_LETTER
        or unicodedata.east_asian_width(first) in "WF"
        or unicodedata.category(first).startswith("P")
        or unicodedata.name(first, "").startswith(_UNJOINED)
    )


def _appear(seconds: float, stage: Stage) -> str:
    millis = _millis(max(seconds, 0.0))
    return rf"{{{stage.hidden}\t({millis},{millis + 1},{stage.visible})}}"


_ANIMATIONS: dict[str, Callable[[Cue, Stage], str]] = {
    "none": _none,
    "fade_in": _fade_in,
    "fade_out": _fade_out,
    "slide_up": _slide_up,
    "slide_down": _slide_down,
    "typewriter": _typewriter,
    "pulse": _pulse,
    "karaoke": _karaoke,
}


def _motion(cue: Cue) -> int:
    return _millis(min(MOTION_S, (cue.end_s - cue.start_s) / 2))


def _millis(seconds: float) -> int:
    return round(seconds * 1000)
