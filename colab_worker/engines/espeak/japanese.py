"""Japanese as espeak-ng can say it: it knows kana only, and spells every kanji out."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from janome.tokenizer import Token, Tokenizer

#: The package that knows how kanji are read.
READER = "janome"
_KANJI = re.compile("[\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
#: Read otherwise behind a figure.
_COUNTED = {"月": "ガツ"}


def can_read_kanji() -> bool:
    """Whether the package is installed."""
    return find_spec(READER) is not None


def has_kanji(text: str) -> bool:
    """Whether it has characters that are not kana."""
    return bool(_KANJI.search(text))


def in_kana(text: str) -> str:
    """``text`` as it is read aloud; unchanged without kanji, or without the reader.

    Readings are those of Janome (https://mocobeta.github.io/janome/), with IPADIC.
    """
    if not has_kanji(text) or not can_read_kanji():
        return text
    read = ""
    for token in cast("Iterator[Token]", _tokenizer().tokenize(text)):
        read += _reading(token, read)
    return read


def _reading(token: Token, before: str) -> str:
    if before[-1:].isdigit() and token.surface in _COUNTED:
        return _COUNTED[token.surface]
    # Unknown to the dictionary: a figure, a mark, a name in Latin letters.
    return token.surface if token.phonetic == "*" else str(token.phonetic)


@cache
def _tokenizer() -> Tokenizer:
    from janome.tokenizer import Tokenizer

    return Tokenizer()
