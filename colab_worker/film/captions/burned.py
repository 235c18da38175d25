"""The captions of a clip or a film as an ASS file: which cues, in which look."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from colab_worker.film.captions.ass import document
from colab_worker.film.captions.cues import Cue, cues_of, title_cues
from colab_worker.film.captions.fonts import FontBook
from colab_worker.film.captions.looks import STYLES, Frame, Look, line_measure

#: The look of the subtitle file when no captions are burned in.
_PLAIN = Look("simple", "bottom", "none")


def look_of(captions: dict[str, Any] | None) -> Look:
    """The look that the parameter ``captions`` asks for."""
    if captions is None:
        return _PLAIN
    return Look(captions["style"], captions["position"], captions["animation"])


def write_clip_captions(
    captions: dict[str, Any],
    words: dict[str, Any],
    language: str,
    frame: Frame,
    length_s: float,
    folder: Path,
) -> tuple[str, list[str]]:
    """Writes an ASS file and its ``fonts`` into ``folder``.

    Gives the file's name, and the characters that no font can draw.
    """
    look = look_of(captions)
    book = _book(look, language)
    measure = line_measure(frame, look, book)
    if captions["mode"] == "fixed":
        cues = title_cues(str(captions["text"]), length_s, measure, language)
    else:
        cues = cues_of(words, measure, language)
    text = document(cues, frame, look, book)
    (folder / "captions.ass").write_text(text, encoding="utf-8")
    book.place(folder / "fonts")
    return "captions.ass", book.missing


def film_cues(
    scenes: Iterable[tuple[dict[str, Any], float]],
    language: str,
    frame: Frame,
    look: Look,
) -> list[Cue]:
    """The cues of a whole film, from each scene's words and the time it begins.

    They are those that are burned in, or would be: lines fit a frame of this shape.
    """
    measure = line_measure(frame, look, _book(look, language))
    return [
        cue.later(begin_s)
        for words, begin_s in scenes
        for cue in cues_of(words, measure, language)
    ]


def film_document(cues: Iterable[Cue], language: str, frame: Frame, look: Look) -> str:
    """The ASS file of a whole film."""
    return document(cues, frame, look, _book(look, language))


def _book(look: Look, language: str) -> FontBook:
    return FontBook(STYLES[look.style].face, language=language)
