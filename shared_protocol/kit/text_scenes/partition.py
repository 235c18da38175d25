"""Which sentences make which scene: natural places first, lengths balanced."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from shared_protocol.kit.text_scenes.model import Gap, Piece

#: What cutting at a weaker place costs, in lengths of a scene.
_COST = {
    Gap.CLAUSE: 0.9,
    Gap.SENTENCE: 0.45,
    Gap.PARAGRAPH: 0.15,
    Gap.BREAK: 0.03,
    Gap.CHAPTER: 0.0,
}
#: A chapter shorter than this share of a scene joins the next one.
_OWN_SCENE = 0.35


def partition(pieces: Sequence[Piece], scenes: int) -> list[Sequence[Piece]]:
    """``pieces`` in exactly ``scenes`` runs; there must be at least as many pieces.

    No run crosses a chapter unless there are more chapters than scenes.
    """
    words = sum(piece.words for piece in pieces)
    chapters = chapters_of(pieces, words / scenes)
    if len(chapters) > scenes:
        chapters = [pieces]
    runs: list[Sequence[Piece]] = []
    for chapter, share in zip(chapters, _shares(chapters, scenes), strict=True):
        runs.extend(_cut(chapter, share))
    return runs


def chapters_of(pieces: Sequence[Piece], scene_words: float) -> list[Sequence[Piece]]:
    """``pieces`` by chapter; one much shorter than a scene joins the next."""
    chapters: list[list[Piece]] = [[]]
    words = 0.0
    for piece in pieces:
        if piece.gap is Gap.CHAPTER and words >= _OWN_SCENE * scene_words:
            chapters.append([])
            words = 0.0
        chapters[-1].append(piece)
        words += piece.words
    return [chapter for chapter in chapters if chapter]


def _shares(chapters: Sequence[Sequence[Piece]], scenes: int) -> list[int]:
    """Scenes for each chapter: one, then one more where scenes are the longest."""
    words = [sum(piece.words for piece in chapter) for chapter in chapters]
    shares = [1] * len(chapters)
    for _ in range(scenes - len(chapters)):
        open_ones = [i for i, part in enumerate(chapters) if shares[i] < len(part)]
        fullest = max(open_ones, key=lambda i: words[i] / shares[i])
        shares[fullest] += 1
    return shares


def _cut(pieces: Sequence[Piece], scenes: int) -> list[Sequence[Piece]]:
    """Cut in two near the proportional place, then each half again."""
    if scenes == 1:
        return [pieces]
    first = scenes // 2
    reached = list(accumulate(piece.words for piece in pieces))
    target = reached[-1] / scenes or 1.0
    wanted = reached[-1] * first / scenes

    def cost(end: int) -> float:
        return abs(reached[end - 1] - wanted) / target + _COST[pieces[end].gap]

    end = min(range(first, len(pieces) - (scenes - first) + 1), key=cost)
    return [*_cut(pieces[:end], first), *_cut(pieces[end:], scenes - first)]
