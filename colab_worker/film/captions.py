"""The captions of a clip or a film: which cues, in which look, on which frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from colab_worker.film.ass import Frame, Look, document, line_chars
from colab_worker.film.cues import MAX_LINE_CHARS, Cue, TimedWord, cues_of
from colab_worker.film.fonts import split_drawable

#: The look of the subtitle files when no captions are burned in.
PLAIN = Look("simple", "bottom", "none")


def look_of(captions: dict[str, Any] | None) -> Look:
    """The look that ``captions`` asks for."""
    if captions is None:
        return PLAIN
    return Look(captions["style"], captions["position"], captions["animation"])


def clip_captions(
    captions: dict[str, Any], words: dict[str, Any], frame: Frame, length_s: float
) -> tuple[str, str]:
    """The ASS file of one clip, and the characters that no font can draw."""
    look = look_of(captions)
    if captions["mode"] == "fixed":
        shown = [_fixed(str(captions["text"]), length_s)]
    else:
        shown = cues_of(words, line_chars(frame, look))
    drawable, missing = _drawable(shown)
    return document(drawable, frame, look), missing


def _fixed(text: str, length_s: float) -> Cue:
    words = [TimedWord(word, 0.0, length_s) for word in text.split()]
    middle = (len(words) + 1) // 2
    long = len(text) > MAX_LINE_CHARS and len(words) > 1
    lines = (tuple(words[:middle]), tuple(words[middle:])) if long else (tuple(words),)
    return Cue(lines, 0.0, length_s)


def _drawable(cues: list[Cue]) -> tuple[list[Cue], str]:
    missing: dict[str, None] = {}
    kept = []
    for cue in cues:
        lines = []
        for line in cue.lines:
            words = []
            for word in line:
                text, absent = split_drawable(word.text)
                missing |= dict.fromkeys(absent)
                if text:
                    words.append(replace(word, text=text))
            if words:
                lines.append(tuple(words))
        if lines:
            kept.append(replace(cue, lines=tuple(lines)))
    return kept, "".join(missing)
