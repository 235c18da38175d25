"""How a token of the text is handed to espeak-ng: the words to say for it."""

# ruff: noqa: RUF001 quotes and dashes of all kinds are the subject here

from __future__ import annotations

import re
import string
import unicodedata

from colab_worker.engines.espeak import english, japanese

_QUOTES = str.maketrans(
    dict.fromkeys('"“”„‟«»‹›「」『』', "")
    | dict.fromkeys("’‘‛´`ʼ", "'")
    | {"…": "...", "\u00a0": " ", "‐": "-", "‑": "-"}
    # Full-width figures and letters are silent; marks stay, they end sentences.
    | {0xFEE0 + ord(c): c for c in string.digits + string.ascii_letters}
)
_DASHES = re.compile(r"\s*(?:[—–―]|--+)\s*")
_ELLIPSIS = re.compile(r"\.{2,}(?=\w)")
_SLASH = re.compile(r"(?<=[^\W\d])/(?=[^\W\d])")
#: One before a number is a minus, which espeak says.
_LEADING_HYPHEN = re.compile(r"^-+(?!\d)|^-+(?=-)")
_MARKS = re.compile(r"[*_~^|\\{}<>\[\]]+|#(?!\d)")
_ADDRESS = re.compile(r"(?:https?://|www\.)(?:www\.)?([^\s/?#]+)(\S*)", re.IGNORECASE)
#: Symbols that espeak says a word for, though they are neither letter nor digit.
_SAID_SYMBOLS = frozenset("&%+=@§°$€£¥×÷±≤≥≠∞")
_JOINERS = frozenset("\u200c\u200d")
_PAUSES = ",.;:!?"


def spoken_form(token: str, before: str, after: str, language: str) -> str:
    """What to say for ``token``, or "" when it has no sound of its own.

    ``before`` and ``after`` are the neighbouring tokens ("" at the ends): they decide
    whether "St." is a saint or a street.
    """
    said = _ADDRESS.sub(_spoken_address, token.translate(_QUOTES))
    if language.startswith("en"):
        said = english.expand(said, before, after)
    elif language.startswith("ja"):
        said = japanese.in_kana(said)
    said = _DASHES.sub(", ", said)
    said = _SLASH.sub(" ", _ELLIPSIS.sub("... ", _MARKS.sub(" ", said)))
    said = "".join(filter(_kept, unicodedata.normalize("NFC", said)))
    said = " ".join(said.split()).rstrip("-").lstrip(_PAUSES + " ")
    said = _LEADING_HYPHEN.sub("", said)
    return said if is_speakable(said) else ""


def is_speakable(text: str) -> bool:
    """True when ``text`` has a letter, a digit or a symbol that is read out."""
    return any(
        character in _SAID_SYMBOLS or unicodedata.category(character)[0] in "LN"
        for character in text
    )


def pauses_after(token: str) -> bool:
    """True when a silent token (a dash, dots) stands for a short break."""
    return bool(re.search(r"[—–―\-.…,;:|/]", token))


def ends_with_pause(said: str) -> bool:
    """True when ``said`` already ends in punctuation that espeak pauses at."""
    return said.rstrip("'\")").endswith(tuple(_PAUSES + "。！？、।؟،"))


def _spoken_address(match: re.Match[str]) -> str:
    """A web address as people say it: without protocol, query and path."""
    tail = re.search(r"[.,;:!?)]+$", match[2] or match[1])
    host = match[1].rstrip(".,;:!?)")
    return host.replace(".", " dot ") + (tail[0] if tail else "")


def _kept(character: str) -> bool:
    """False for emoji, other pictures and control characters."""
    if character in _SAID_SYMBOLS or character in _JOINERS:
        return True
    return unicodedata.category(character) not in {"So", "Sk", "Cn", "Co", "Cs", "Cf"}
