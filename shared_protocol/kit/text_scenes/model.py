"""What a text becomes: scenes, and the smaller parts on the way there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum


class UnspeakableText(ValueError):
    """The text has no words that could be read aloud."""


class TooFewScenes(ValueError):
    """So many words find no room in so few scenes."""


@dataclass(frozen=True)
class SplitScene:
    """One picture and the words over it; ``heading`` stands where a chapter begins."""

    narration: str
    image_prompt: str
    heading: str | None
    shot: str


@dataclass(frozen=True)
class SplitText:
    """A film's scenes; ``language`` is an ISO 639-1 code, guessed from the text."""

    title: str
    scenes: tuple[SplitScene, ...]
    warnings: tuple[str, ...]
    language: str


class Gap(IntEnum):
    """How strongly the text itself breaks before a passage or a piece."""

    CLAUSE = 0
    SENTENCE = 1
    PARAGRAPH = 2
    BREAK = 3
    CHAPTER = 4


@dataclass(frozen=True)
class Passage:
    """A paragraph of clean, speakable text and what stood before it."""

    text: str
    gap: Gap
    heading: str | None = None
    #: Where it plays, from a screenplay's scene line.
    place: str | None = None


@dataclass
class CleanText:
    """The speakable passages of a text, its own title, and what was left out."""

    passages: list[Passage] = field(default_factory=list)
    title: str | None = None
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Piece:
    """A sentence, or a part of a very long one: the smallest part of a scene.

    ``joint`` is the whitespace before it when it follows another piece.
    """

    text: str
    words: float
    gap: Gap
    joint: str
    heading: str | None = None
    place: str | None = None
