"""How many tokens of CLIP a text is, by the rules and the merges of CLIP's tokenizer.

Picture models read prompts in windows of so many. ``merges.txt.xz`` is the part of OpenAI's
``bpe_simple_vocab_16e6.txt`` that CLIP uses, under the licence beside it.
"""

from __future__ import annotations

import lzma
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby, pairwise

#: What CLIP reads at once, without the marks for begin and end.
WINDOW = 75

_PIECE = re.compile(r"'(?:s|t|re|ve|m|ll|d)|[^\W\d_]+|\d|(?:[^\s\w]|_)+")


@lru_cache(maxsize=1024)
def count_tokens(text: str) -> int:
    """The tokens of ``text``, without the marks for begin and end."""
    plain = unicodedata.normalize("NFC", text).lower()
    return sum(_tokens_of(piece) for piece in _pieces(plain))


def _pieces(text: str) -> Iterator[str]:
    """Runs of letters, single digits, runs of everything else; spaces divide."""
    for piece in _PIECE.findall(text):
        if piece.isalpha() or not piece.isalnum():
            yield piece
            continue
        for letters, run in groupby(piece, str.isalpha):  # as in H₂O
            if letters:
                yield "".join(run)
            else:
                yield from run


@lru_cache(maxsize=4096)
def _tokens_of(piece: str) -> int:
    """Joins neighbours, those first that CLIP learned first, until none are left."""
    ranks = _ranks()
    letters = _letters()
    parts = [letters[byte] for byte in piece.encode()]
    parts[-1] += "</w>"
    while len(parts) > 1:
        best = min(pairwise(parts), key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        parts = list(_joined(parts, best))
    return len(parts)


def _joined(parts: list[str], pair: tuple[str, str]) -> Iterator[str]:
    at = 0
    while at < len(parts):
        if tuple(parts[at : at + 2]) == pair:
            yield "".join(pair)
            at += 2
        else:
            yield parts[at]
            at += 1


@cache
def _ranks() -> dict[tuple[str, str], int]:
    packed = files(__name__).joinpath("merges.txt.xz").read_bytes()
    lines = lzma.decompress(packed).decode().splitlines()
    pairs = (line.split(" ") for line in lines)
    return {(first, second): rank for rank, (first, second) in enumerate(pairs)}


@cache
def _letters() -> list[str]:
    """A printable letter for every byte, as the merges are written with."""
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return [
        chr(byte) if byte in shown else chr(256 + hidden.index(byte))
        for byte in range(256)
    ]
