"""Where sentences end."""

# ruff: noqa: RUF001 other scripts' punctuation is the subject here

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: A word with a dot that no sentence ends on; what follows belongs to it.
_TITLES = _words(
    "mr mrs ms mx dr prof st sr jr fr rev hon capt cpt lt col gen maj sgt gov pres "
    "sen rep mt ft hr herr fra frau sra sig mme mlle mgr vs e.g i.e z.b d.h cf approx ca tel"
)
#: Words with a dot that a number follows.
_BEFORE_NUMBERS = _words("no nos vol vols pp p fig figs art sec ch nr bd s")
#: Languages that write ordinals with a dot: "am 5. Tag".
_DOTTED_ORDINALS = _words("de da nb nn no fi cs sk sl hr sr bs pl hu tr et lv lt is")
#: After "St." or an initial these begin a new sentence.
_STARTERS = _words(
    "a an the he she it they we you i his her its their this that these there then "
    "but and so when"
)
_WIDE_ENDS = "。！？｡…」』”）"
_LAST_WORD = re.compile(r"([\w.]+)\.[\"'”’)\]]*\s*$")
_INITIAL = re.compile(r"(?:^|[\s.(\"“])[^\W\d_]\.\s*$")
_OPENING = re.compile(r"[^\W_]")
_INNER_END = re.compile(r"[.!?…][\"'”’»)]*(\s+)(?=[\"'“‘«(]*[^\W\d_a-zß-öø-ÿ])")
_DOTS_END = re.compile(r"(?<=…)[\"'”’»)]*(\s+)(?=[\"'“‘«(]*[^\W\d_a-zß-öø-ÿ])")
#: sentencex takes quadratic time where nearly every character could end a sentence.
_SEGMENT_CHARS = 5_000
_CUT_AFTER = re.compile(r"[.!?][\"'”’»)]*\s+|[。！？]")
#: Quoted speech stays one sentence up to this many characters.
LONG_SENTENCE_CHARS = 300


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of one paragraph; together they hold all of its words.

    Abbreviations, initials, ellipses and quoted speech do not end a sentence. Text
    without whitespace is only cut where the script writes none.
    """
    return [
        piece
        for sentence in _joined(text, language)
        for piece in _inner_sentences(sentence)
    ]


def _joined(text: str, language: str) -> list[str]:
    sentences: list[str] = []
    pieces = (
        piece for part in _parts(text) for piece in sentencex.segment(language, part)
    )
    for piece in pieces:
        if sentences and _belongs(sentences[-1], piece, language):
            sentences[-1] += piece
        else:
            sentences.append(piece)
    stripped = (sentence.strip() for sentence in sentences)
    return [sentence for sentence in stripped if sentence]


def _parts(text: str) -> Iterator[str]:
    """Parts cut after sentence ends, or anywhere if there are none for too long."""
    while len(text) > _SEGMENT_CHARS:
        ends = [end.end() for end in _CUT_AFTER.finditer(text[:_SEGMENT_CHARS])]
        cut = ends[-1] if ends else _SEGMENT_CHARS
        yield text[:cut]
        text = text[cut:]
    yield text


def _belongs(before: str, piece: str, language: str) -> bool:
    """True when ``piece`` goes on with the sentence ``before``."""
    if not _OPENING.search(piece) or not _OPENING.search(before):
        return True
    if piece[0] in ")]}”’»」』,;:":
        return True
    if not before[-1].isspace() and not piece[0].isspace():
        return before[-1] not in _WIDE_ENDS
    return _is_abbreviation(before, piece, language)


def _is_abbreviation(before: str, piece: str, language: str) -> bool:
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    last = word[1].lower()
    if last == "st" or _INITIAL.search(before):
        return last != "i" and _first_word(piece) not in _STARTERS
    if last in _TITLES:
        return True
    if last in _BEFORE_NUMBERS and piece[:1].isdigit():
        return True
    return last.isdigit() and len(last) < 3 and language in _DOTTED_ORDINALS


def _first_word(piece: str) -> str:
    return next(iter(re.findall(r"[\w’']+", piece)), "").lower()


def _inner_sentences(sentence: str) -> Iterator[str]:
    """Cut where "…" ends a sentence, and a long speech in quotes at its sentences."""
    ends = _INNER_END if len(sentence) > LONG_SENTENCE_CHARS else _DOTS_END
    begin = 0
    for end in ends.finditer(sentence):
        if not _is_abbreviation(sentence[begin : end.start(1)], "", "en"):
            yield sentence[begin : end.start(1)]
            begin = end.end()
    yield sentence[begin:]
