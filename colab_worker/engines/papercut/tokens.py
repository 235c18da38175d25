"""Words of a prompt, and what each means where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from colab_worker.engines.papercut import lexicon
from colab_worker.engines.papercut.looks import COLOURS

_TOKEN = re.compile(r"[A-Za-z']+(?:-[A-Za-z']+)*|\d+|[.,;:!?]")


_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "several": 4, "many": 6, "couple": 2, "pair": 2, "few": 3, "dozen": 9}  # fmt: skip


_MANY = frozenset((
    "crowd", "crowded", "busy", "people", "army", "troop", "mob", "audience", "fleet", "flock", "team",
    "herd", "villagers", "townsfolk", "folk", "everyone", "caravan",
))  # fmt: skip


_ARTICLES = frozenset((
    "a", "an", "the", "his", "her", "their", "its", "my", "our", "this", "that", "old",
    "ancient", "stone", "wooden", "no", "little", "big", "great", "tiny", "of",
))  # fmt: skip


_COUNTED = _ARTICLES | frozenset(_NUMBERS) | {"and", "with"} - {"a", "an"}


#: Between "rose" and its article; after another word it is what the sun and bread do.
_OF_FLOWERS = frozenset(COLOURS) | {"single", "lone", "wild", "withered", "thorny"}


_DENIALS = frozenset(("no", "without", "never", "nobody", "not"))


PAUSES = frozenset(".,;:!?")


@dataclass(frozen=True)
class Token:
    """A word of the prompt in lower case; ``name`` if it is written like a name."""

    word: str
    name: bool


def tokenize(text: str) -> list[Token]:
    """Words and punctuation marks, in order."""
    found, start = [], True
    for match in _TOKEN.finditer(text.replace("\u2019", "'")):
        word = match[0]
        plain = word.lower().removesuffix("'s")
        known = plain in lexicon.meanings() and start
        found.append(Token(plain, word[:1].isupper() and len(word) > 1 and not known))
        start = word in ".!?:"
    return found


def match(
    tokens: list[Token], at: int
) -> tuple[int, bool, tuple[tuple[str, str], ...]]:
    """(words used, plural, meanings) of the longest phrase that starts at ``at``."""
    known = lexicon.meanings()
    for length in (3, 2):
        words = [token.word for token in tokens[at : at + length]]
        last, many = lexicon.lemma(words[-1])
        for phrase in ("-".join(words), "-".join([*words[:-1], last])):
            if len(words) == length and phrase in known:
                return length, many, known[phrase]
    word, plural = lexicon.lemma(tokens[at].word)
    pairs = known.get(word, ())
    if pairs or "-" not in word:
        before = {token.word for token in tokens[max(0, at - 2) : at]}
        after = tokens[at + 1].word if at + 1 < len(tokens) else "."
        if plural:
            last = tokens[at - 1].word if at else "."
            noun = last in _COUNTED | PAUSES and after not in _ARTICLES - {"of"}
        else:
            noun = bool(before & _ARTICLES)
            if word == "rose" and at:
                noun &= tokens[at - 1].word in _ARTICLES | _OF_FLOWERS
        if word in lexicon.AMBIGUOUS and not noun:
            pairs = ()
        return 1, plural, pairs
    found = [pair for part in word.split("-") for pair in known.get(part, ())]
    return 1, False, tuple(found[:1])


def count_at(tokens: list[Token], at: int, plural: bool) -> int:
    """How many the noun at ``at`` stands for."""
    if tokens[at].word in _MANY:
        return 7
    for token in reversed(tokens[max(0, at - 3) : at]):
        if token.word in _NUMBERS and plural:
            return _NUMBERS[token.word]
        if token.word in _MANY and plural:
            return 8
    return 3 if plural else 1


def is_denied(tokens: list[Token], at: int) -> bool:
    """Whether ``no``, ``without`` and the like stand shortly before ``at``."""
    near = tokens[max(0, at - 3) : at]
    for token in reversed(near):
        if token.word in _DENIALS:
            return True
        if token.word in PAUSES or token.word in {"but", "with"}:
            return False
    return False
