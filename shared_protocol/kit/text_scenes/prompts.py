"""One image prompt a scene, 20-30 words, drawn from the scene's own words."""

# ruff: noqa: RUF001 typographic quotes are taken out here

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from shared_protocol.kit.text_scenes.cast import Cast
from shared_protocol.kit.text_scenes.lexicon import (
    CHARACTERS,
    PLACES,
    SAYING,
    STOP_WORDS,
    TIMES,
    WEATHER,
)
from shared_protocol.kit.text_scenes.sentences import split_sentences

SHOTS = (
    "establishing shot",
    "wide shot",
    "medium shot",
    "close-up",
    "low-angle shot",
    "over-the-shoulder shot",
    "high-angle shot",
    "detail shot",
    "tracking shot",
    "silhouette shot",
)
LEAST_WORDS, MOST_WORDS = 20, 30
_ACTION_WORDS, _CONTEXT_WORDS, _SETTING_WORDS = 14, 6, 6
_QUOTED = re.compile(r"\"[^\"]*\"?|“[^”]*”?|«[^»]*»?|„[^“”]*[“”]?|「[^」]*」?")
_PLACED = re.compile(
    r"\b(?P<where>(?:in|on|over|beside|inside|under|at|across|through|near|along|"
    r"beneath|behind|above|by|around|beyond|below)\s+"
    r"(?:(?:the|an?|his|her|their|its|this|that)\s+)?(?:[\w-]+\s+){0,2}?)"
    r"(?P<place>[\w-]+)\b"
)
_CLAUSE = re.compile(r"[,;:—–()]|\s-\s|\b(?:but|yet|because|although|though)\b")
_LEADING = re.compile(
    r"^(?:and|but|so|yet|then|now|or|for|at last|finally|suddenly|soon|still)\b,?\s*",
    re.IGNORECASE,
)
_DETERMINER = re.compile(
    r"\b(?:an?|the|his|her|its|their|this|that|these|those|some|two|three|many)\s+"
    r"((?:[^\W\d_][\w-]*\s+){0,1}[^\W\d_][\w-]*)"
)
_VERB_ENDING = re.compile(r"(?:ed|ing|ly|n't)$")
_FILLERS = (
    "rich background detail",
    "natural textures",
    "clear focal point",
    "expressive composition",
    "sense of depth",
    "layered foreground",
)
_DEFAULT_LIGHT = "soft natural light"


class PromptWriter:
    """Writes the prompts of one film in order; what a scene leaves unsaid is carried."""

    def __init__(self, text: str, language: str, context: str) -> None:
        self._language = language
        self._cast = Cast(_unquoted(text) if language == "en" else "")
        self._context = " ".join(_unquoted(context).split()[:_CONTEXT_WORDS])
        self._setting = ""
        self._time = ""
        self._weather = ""

    def write(self, narration: str, shot: str, place: str | None) -> str:
        """The prompt of the next scene; ``place`` is where a screenplay puts it."""
        shown = _unquoted(narration) or narration.translate(_NO_QUOTES)
        self._observe(shown, place)
        action = self._action(shown)
        parts = [action, self._setting, self._light(action), self._context]
        parts = [part for part in parts if part and part.lower() not in action.lower()]
        return _worded(shot, [action, *parts], chain(_keywords(shown), _FILLERS))

    def _observe(self, shown: str, place: str | None) -> None:
        """Takes over what this scene says of place, time and weather."""
        if place:
            self._setting = _words_of(place.lower(), _SETTING_WORDS)
        self._setting = self._place_in(shown) or self._setting
        words = set(re.findall(r"[a-z]+", f"{shown} {place or ''}".lower()))
        time = next((light for light, of in TIMES if of & words), "")
        weather = next((sky for sky, of in WEATHER if of & words), "")
        if time and time != self._time:
            self._weather = weather
        self._time = time or self._time
        self._weather = weather or self._weather

    def _place_in(self, shown: str) -> str:
        for match in _PLACED.finditer(shown):
            if match["place"].lower() in PLACES:
                return _words_of(match[0], _SETTING_WORDS)
        for name in self._cast.place_names:
            if name in shown:
                return f"at {name}"
        words = re.findall(r"[a-z]+", shown.lower())
        return next((word for word in words if word in PLACES), "")

    def _light(self, action: str) -> str:
        lights = [light for light in (self._time, self._weather) if light]
        return ", ".join(lights) or _DEFAULT_LIGHT

    def _action(self, shown: str) -> str:
        """The most visible clause of the scene, with names for its pronouns."""
        best, best_score = "", -1.0
        for sentence in split_sentences(shown, self._language):
            for clause in _clauses(sentence):
                score = self._score(clause)
                if score > best_score:
                    best, best_score = self._named(clause), score
            self._cast.follow(sentence)
        return best

    def _score(self, clause: str) -> float:
        words = re.findall(r"[\w’'-]+", clause)
        lower = [word.lower() for word in words]
        seen = sum(word in PLACES or word in CHARACTERS for word in lower)
        named = len(self._cast.mentioned(clause))
        content = sum(word not in STOP_WORDS and len(word) > 2 for word in lower)
        said = any(word in SAYING for word in lower)
        return 1.5 * seen + 2 * named + min(content, 8) - 3 * said

    def _named(self, clause: str) -> str:
        """``clause`` with its first pronoun or name told in full."""
        words = clause.split()
        for place, word in enumerate(words):
            shown = self._shown(word)
            if shown:
                before = words[:place]
                if place and words[place - 1].lower() in {"the", "a", "an"}:
                    before = words[: place - 1]
                return _words_of(" ".join([*before, shown, *words[place + 1 :]]), 18)
        return clause

    def _shown(self, word: str) -> str | None:
        bare = word.strip(".,;:!?'’")
        if bare.lower() in {"he", "she"}:
            meant = self._cast.meant_by(bare.lower())
            return meant.shown if meant else None
        if bare.lower() == "they" and len(self._cast.pair()) == 2:
            return " and ".join(one.name for one in reversed(self._cast.pair()))
        if bare == "I":
            return "a lone figure"
        named = self._cast.name_of(bare)
        return named.shown if named else None


_NO_QUOTES = str.maketrans(dict.fromkeys('"“”„«»「」『』', ""))


def _unquoted(text: str) -> str:
    """``text`` without what people say in it, nor any quotation mark."""
    without = " ".join(_QUOTED.sub(" ", paragraph) for paragraph in text.split("\n"))
    return re.sub(r"\s+", " ", without.translate(_NO_QUOTES)).strip(" ,")


def _clauses(sentence: str) -> Iterator[str]:
    """Parts of a sentence that can stand alone, short enough for a prompt."""
    whole = _bare(sentence)
    if len(whole.split()) <= _ACTION_WORDS:
        yield whole
    for part in _CLAUSE.split(sentence):
        words = _bare(part).split()
        if len(words) >= 3:
            yield " ".join(words[:_ACTION_WORDS])


def _bare(clause: str) -> str:
    clause = clause.strip(" .,;:!?…'‘’-—")
    return _LEADING.sub("", clause)


def _keywords(shown: str) -> Iterator[str]:
    """Things that the scene names: nouns after an article first, then long words."""
    for match in _DETERMINER.finditer(shown):
        words = [word for word in match[1].split() if word.lower() not in STOP_WORDS]
        while words and _VERB_ENDING.search(words[-1]):
            words.pop()
        if words:
            yield " ".join(words)
    for word in re.findall(r"[^\W\d_]{4,}", shown):
        if word.lower() not in STOP_WORDS and not _VERB_ENDING.search(word):
            yield word


def _worded(shot: str, parts: Sequence[str], more: Iterable[str]) -> str:
    """Shot and parts as one line; ``more`` is added until there are enough words."""
    chosen = [f"{shot[0].upper()}{shot[1:]} of {_lower_article(parts[0])}"]
    for part in parts[1:]:
        room = MOST_WORDS - sum(len(one.split()) for one in chosen)
        if part and room > 0:
            chosen.append(_words_of(part, room))
    for extra in more:
        count = sum(len(one.split()) for one in chosen)
        if count >= LEAST_WORDS:
            break
        if extra.lower() not in ", ".join(chosen).lower():
            chosen.append(_words_of(extra, MOST_WORDS - count))
    line = ", ".join(part.strip(" ,") for part in chosen)
    return re.sub(r"\s+", " ", re.sub(r"(?:,\s*)+,", ",", line)).strip(" ,")


def _lower_article(action: str) -> str:
    first, _, rest = action.partition(" ")
    if first.lower() in STOP_WORDS or first.lower() in {"a", "an", "the"}:
        first = first.lower()
    return f"{first} {rest}".strip()


def _words_of(text: str, most: int) -> str:
    return " ".join(text.split()[:most]).strip(" ,")
