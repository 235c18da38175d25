"""A scene's words made fit for a picture: no speech, no morals, clauses, things."""

# ruff: noqa: RUF001 typographic quotes are taken out here

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import takewhile

from shared_protocol.kit.text_scenes.lexicon import (
    NOT_NAMES,
    STOP_WORDS,
    VERBS,
)

ARTICLES = frozenset({"a", "an", "the"})
#: Takes quotation marks out of a text with ``translate``.
NO_QUOTES = str.maketrans(dict.fromkeys('"“”„«»「」『』', ""))
_ACTION_WORDS = 14
_QUOTED = re.compile(r"\"[^\"]*\"?|“[^”]*”?|«[^»]*»?|„[^“”]*[“”]?|「[^」]*」?")
_CLAUSE_END = re.compile(
    r"[,;:—–()\n，、；：。]|\s-\s|\b(?:but|yet|because|although|though)\b"
)
_LEADING = re.compile(
    r"^(?:(?:and|but|so|yet|then|now|or|for|as|when|while|after|before|at last|finally|"
    r"suddenly|soon|still)\b,?\s*)+",
    re.IGNORECASE,
)
_DETERMINER = re.compile(
    r"\b(?:an?|the|his|her|its|their|this|that|these|those|some|two|three|many)\s+"
    r"((?:[^\W\d_][\w-]*\s+){0,2}[^\W\d_][\w-]*)"
)
_NOT_SHOWN = STOP_WORDS | VERBS | {name.lower() for name in NOT_NAMES}
_VERB_ENDING = re.compile(r"(?:ed|ing|ly|n't)$")
_NEGATION = re.compile(
    r"\b(?:no|not even|without|neither|nor)\s+(?:(?:an?|any|the)\s+)?[\w-]+",
    re.IGNORECASE,
)
_SIGNS = frozenset({"So", "Sk", "Cn", "Co", "Cs"})
#: Also what joined signs; between letters it shapes them.
_GAPS = re.compile(r"[ \u200d\ufe0f]{2,}")
_MORAL = re.compile(r"\b(?:can|may|should|must)\b")


def without_symbols(text: str) -> str:
    """``text`` without emoji and other signs that are not words of a prompt."""
    kept = (" " if unicodedata.category(sign) in _SIGNS else sign for sign in text)
    return _GAPS.sub(" ", "".join(kept))


def unquoted(text: str) -> str:
    """``text`` without what people say in it, nor any quotation mark."""
    lines = (_QUOTED.sub(_speech_end, line) for line in text.split("\n"))
    spaced = (re.sub(r"\s+", " ", line.translate(NO_QUOTES)) for line in lines)
    told = (line.strip(" ,") for line in spaced if line.strip(" ,."))
    return "\n".join(line if line[-1] in ".!?…" else f"{line}." for line in told)


def _speech_end(quoted: re.Match[str]) -> str:
    """What stays of a quotation: the end of a sentence, if it was one."""
    return " . " if re.search(r"[.!?…][\"”»]?$", quoted[0]) else " "


def clauses(sentence: str) -> Iterator[str]:
    """Parts of a sentence that can stand alone, short enough for a prompt."""
    whole = bare(sentence)
    if len(whole.split()) <= _ACTION_WORDS and whole.count(",") < 3:
        yield whole
    for part in _CLAUSE_END.split(sentence):
        words = bare(part).split()
        if len(words) >= 3:
            yield first_words(" ".join(words), _ACTION_WORDS)


def bare(clause: str) -> str:
    clause = clause.strip(" .,;:!?…'‘’-—")
    return _LEADING.sub("", clause)


def things(shown: str) -> Iterator[str]:
    """Nouns of the scene with their adjectives: what follows an article."""
    for match in _DETERMINER.finditer(shown):
        words = list(takewhile(shows, match[1].split()))
        if words:
            yield " ".join(words)


def shows(word: str) -> bool:
    """False for words that no picture shows, and for what looks like a verb."""
    lower = word.lower()
    return not (lower in _NOT_SHOWN or _VERB_ENDING.search(lower))


def without_morals(shown: str) -> str:
    """``shown`` without sentences of general truth, if anything else is there."""
    sentences = shown.split(". ")
    told = [sentence for sentence in sentences if not _MORAL.search(sentence)]
    return ". ".join(told or sentences)


def without_negations(told: str) -> str:
    """``told`` without what it says is not there: "no rain"."""
    return _NEGATION.sub("", told)


def first_words(text: str, most: int) -> str:
    """The first words of ``text``; when cut, not ending in a word that leads on."""
    words = text.split()
    if len(words) > most:
        words = words[:most]
        while len(words) > 1 and words[-1].lower() in STOP_WORDS | ARTICLES:
            words.pop()
    return " ".join(words).strip(" ,")
