"""Passages cut into the smallest parts that a scene may be made of."""

# ruff: noqa: RUF001 other scripts' punctuation is recognised here

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared_protocol.kit.text_scenes.model import Gap, Passage, Piece
from shared_protocol.kit.text_scenes.sentences import split_sentences

#: Only longer sentences are ever cut inside.
LONG_SENTENCE_CHARS = 400
#: What has no space for so long is cut anywhere, but not before a mark on a letter.
_LONGEST_WORD_CHARS = 2_000
#: A character of a script without spaces takes the time of so many English words.
_WIDE_WORDS = 0.6
_WIDE = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]"
)
_CLAUSE_END = re.compile(r"[,;:—–](?=\s)|[，、；：]|[.!?](?=\s)")
_SPOKEN = re.compile(r"[^\W_]")
_SPACE = re.compile(r"\s")


def pieces_of(passages: Sequence[Passage], language: str) -> list[Piece]:
    """The sentences of all passages in order; joined by their joints they are the text.

    A sentence of more than 400 characters falls into clauses; what cannot be spoken
    ("…", an emoji) stays with the sentence after it, or at the end with the one before.
    """
    pieces: list[Piece] = []
    for passage in passages:
        for piece in _passage(passage, language):
            if pieces and not pieces[-1].words:
                piece = _together(pieces.pop(), piece)
            pieces.append(piece)
    if len(pieces) > 1 and not pieces[-1].words:
        last = pieces.pop()
        pieces.append(_together(pieces.pop(), last))
    return pieces


def by_lines(pieces: Sequence[Piece]) -> list[Piece]:
    """``pieces`` with verse cut into its lines, for more scenes than it has sentences."""
    lines: list[Piece] = []
    for piece in pieces:
        begun = piece
        for text in piece.text.split("\n"):
            line = replace(begun, text=text, words=spoken_words(text))
            if lines and not lines[-1].words:
                line = _together(lines.pop(), line)
            lines.append(line)
            begun = Piece("", 0, Gap.CLAUSE, "\n")
    if len(lines) > 1 and not lines[-1].words:
        last = lines.pop()
        lines.append(_together(lines.pop(), last))
    return lines


def spoken_words(text: str) -> float:
    """How many words of English take as long to say as ``text``."""
    wide = len(_WIDE.findall(text))
    spaced = _WIDE.sub(" ", text) if wide else text
    words = list(filter(_SPOKEN.search, spaced.split()))
    return len(words) + wide * _WIDE_WORDS


def _together(first: Piece, second: Piece) -> Piece:
    return Piece(
        first.text + second.joint + second.text,
        first.words + second.words,
        max(first.gap, second.gap),
        first.joint,
        second.heading or first.heading,
        second.place or first.place,
    )


def _passage(passage: Passage, language: str) -> Iterator[Piece]:
    offset = 0
    for sentence in split_sentences(passage.text, language):
        for place, clause in enumerate(_clauses(sentence)):
            begin = passage.text.index(clause, offset)
            is_first = begin == 0
            gap = passage.gap if is_first else Gap.CLAUSE if place else Gap.SENTENCE
            yield Piece(
                clause,
                spoken_words(clause),
                gap,
                "\n\n" if is_first else passage.text[offset:begin],
                passage.heading if is_first else None,
                passage.place if is_first else None,
            )
            offset = begin + len(clause)


def _clauses(sentence: str) -> Iterator[str]:
    """Parts of at most 400 characters, cut at punctuation or else between words.

    What has none of both for long enough is cut all the same.
    """
    while len(sentence) > LONG_SENTENCE_CHARS:
        cut = _cut(sentence)
        if cut is None:
            break
        yield sentence[:cut].rstrip()
        sentence = sentence[cut:].lstrip()
    yield sentence


def _cut(sentence: str) -> int | None:
    """Where to cut: the punctuation nearest to the middle of the allowed length."""
    head = sentence[:LONG_SENTENCE_CHARS]
    for pattern in (_CLAUSE_END, _SPACE):
        cuts = [match.end() for match in pattern.finditer(head)]
        good = [cut for cut in cuts if cut >= LONG_SENTENCE_CHARS // 4]
        if good:
            return min(good, key=lambda cut: abs(cut - LONG_SENTENCE_CHARS // 2))
    following = _SPACE.search(sentence, LONG_SENTENCE_CHARS, _LONGEST_WORD_CHARS)
    if following:
        return following.end()
    if len(sentence) <= _LONGEST_WORD_CHARS:
        return None
    cut = _LONGEST_WORD_CHARS
    while (
        unicodedata.category(sentence[cut]).startswith("M") and cut < len(sentence) - 1
    ):
        cut += 1
    return cut
