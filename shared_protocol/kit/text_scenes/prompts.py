"""One image prompt a scene, 20-30 words, drawn from the scene's own words."""

# ruff: noqa: RUF001 typographic quotes are taken out here

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from shared_protocol.kit.text_scenes.cast import Cast
from shared_protocol.kit.text_scenes.lexicon import (
    CHARACTERS,
    DOUBTFUL_PLACES,
    NOT_NAMES,
    PLACES,
    SAYING,
    STOP_WORDS,
    TIMES,
    VERBS,
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
LEAST_WORDS, GOOD_WORDS, MOST_WORDS = 20, 25, 30
_ACTION_WORDS, _CONTEXT_WORDS, _SETTING_WORDS = 14, 6, 6
#: "Establishing shot of", and the action with its names told in full.
_SHOT_WORDS, _NAMED_WORDS = 3, 18
_CARRIED_THINGS = 4
_SHORT_CLAUSE = 5
#: Scripts without spaces have no words to count.
_MOST_CHARS = 400
_QUOTED = re.compile(r"\"[^\"]*\"?|“[^”]*”?|«[^»]*»?|„[^“”]*[“”]?|「[^」]*」?")
_PLACED = re.compile(
    r"\b(?P<where>(?:in|on|over|beside|inside|under|at|across|through|near|along|"
    r"beneath|behind|above|by|around|beyond|below)\s+"
    r"(?:(?:the|an?|his|her|their|its|this|that)\s+)?(?:[\w-]+\s+){0,2}?)"
    r"(?P<place>[\w-]+)\b"
)
_CLAUSE = re.compile(
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
_ARTICLES = frozenset({"a", "an", "the"})
#: Words after which a name stands alone: "then crow" never happens, "and crow" does.
_STARTS = frozenset({"and", "or"})
_NOT_SHOWN = STOP_WORDS | VERBS | {name.lower() for name in NOT_NAMES}
_PLURAL = re.compile(r"\b((?:the|some|many|two|three)\s+[a-z]{3,}[^s\W]s)\b")
_HANDLED = re.compile(
    r"\b(carried|dropped|threw|put|placed|gathered|collected|picked|laid|took|held|"
    r"washed|planted|counted|brought) them\b"
)
_VERB_ENDING = re.compile(r"(?:ed|ing|ly|n't)$")
_GENERAL = re.compile(r"\b(?:can|may|should|must|would|will|always|never)\b")
_NEGATION = re.compile(
    r"\b(?:no|not even|without|neither|nor)\s+(?:(?:an?|any|the)\s+)?[\w-]+",
    re.IGNORECASE,
)
_MORAL = re.compile(r"\b(?:can|may|should|must)\b")
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
        self._cast = Cast(text.translate(_NO_QUOTES) if language == "en" else "")
        self._context = " ".join(_unquoted(context).split()[:_CONTEXT_WORDS])
        self._setting = ""
        self._time = ""
        self._weather = ""
        self._things: list[str] = []
        #: What "them" means to a hand.
        self._plural = "them"
        self._counts = Counter(re.findall(r"[^\W\d_]+", text.lower()))

    def write(self, narration: str, shot: str, place: str | None) -> str:
        """The prompt of the next scene; ``place`` is where a screenplay puts it."""
        shown = _unquoted(narration) or narration.translate(_NO_QUOTES)
        action = self._action(shown)
        told = _without_negations(_without_morals(shown))
        self._observe(told, action, place)
        parts = [self._setting, self._light(), self._context]
        parts = [part for part in parts if part and part.lower() not in action.lower()]
        things = list(_things(told))
        carried, self._things = self._things, self._props(things)
        line = _filled([action, *parts], things, GOOD_WORDS)
        line = _filled(line, carried, GOOD_WORDS - 1)
        return _joined(
            shot, _filled(line, [*_long_words(told), *_FILLERS], LEAST_WORDS)
        )

    def _props(self, things: Sequence[str]) -> list[str]:
        """The things of a scene that the story names most often."""
        single = {thing.split()[-1].lower(): None for thing in things}
        often = sorted(single, key=lambda thing: -self._counts[thing])
        return often[:_CARRIED_THINGS]

    def _observe(self, told: str, action: str, place: str | None) -> None:
        """Takes over what this scene says of place, time and weather."""
        if place:
            self._setting = _words_of(place.lower(), _SETTING_WORDS)
        self._setting = self._place_in(told, action) or self._setting
        words = set(re.findall(r"[a-z]+", f"{told} {place or ''}".lower()))
        time = next((light for light, of in TIMES if of & words), "")
        weather = next((sky for sky, of in WEATHER if of & words), "")
        if time and time != self._time:
            self._weather = weather
        self._time = time or self._time
        self._weather = weather or self._weather

    def _place_in(self, told: str, action: str) -> str:
        """Where a sentence says that it is, a named place, or any word for one."""
        for match in _PLACED.finditer(told):
            if match["place"].lower() in PLACES:
                following = told[match.end() :].split(" ", 2)[1:2]
                more = [word for word in following if word.strip(".,") in PLACES]
                where = " ".join([match[0], *more]).strip(".,")
                return _words_of(where, _SETTING_WORDS)
        for name in self._cast.place_names:
            if name in told:
                return name
        for text in (action, told):
            words: set[str] = set(re.findall(r"[a-z]+", text.lower()))
            named = sorted(words & (PLACES - DOUBTFUL_PLACES))
            if named:
                return max(named, key=len)
        return ""

    def _light(self) -> str:
        lights = [light for light in (self._time, self._weather) if light]
        return ", ".join(lights) or _DEFAULT_LIGHT

    def _action(self, shown: str) -> str:
        """The most visible clause of the scene, with names for its pronouns."""
        best, best_score = "", float("-inf")
        for sentence in split_sentences(shown, self._language):
            whole = _bare(sentence)
            for clause in _clauses(sentence):
                score = self._score(clause)
                if score > best_score:
                    best, best_score = self._named(clause), score
                if clause != whole:
                    self._cast.follow(clause)
            self._cast.follow(sentence)
            self._plural = next(iter(_PLURAL.findall(sentence)[-1:]), self._plural)
        return best

    def _score(self, clause: str) -> float:
        words = re.findall(r"[\w’'-]+", clause)
        lower = [word.lower() for word in words]
        seen = sum(word in PLACES or word in CHARACTERS for word in lower)
        named = len(self._cast.mentioned(clause))
        content = sum(word not in STOP_WORDS and len(word) > 2 for word in lower)
        said = any(word in SAYING for word in lower)
        general = bool(_GENERAL.search(clause))
        short = len(words) < _SHORT_CLAUSE
        shown = 1.5 * seen + 2 * named + min(content, 8)
        return shown - 3 * said - 3 * general - 2 * short

    def _named(self, clause: str) -> str:
        """``clause`` with its first pronoun or name told in full."""
        words = _HANDLED.sub(rf"\1 {self._plural}", clause).split()
        for place, word in enumerate(words):
            shown = self._shown(word, clause)
            if shown and shown.lower() not in clause.lower():
                before, after = words[:place], words[place + 1 :]
                if shown.startswith("the "):
                    if place and words[place - 1].lower() not in _ARTICLES | _STARTS:
                        return clause
                    before = (
                        before[:-1] if place and _is_article(before[-1]) else before
                    )
                while after and after[0].strip(".,") in shown.split():
                    after = after[1:]
                return _words_of(" ".join([*before, shown, *after]), _NAMED_WORDS)
        return " ".join(words)

    def _shown(self, word: str, clause: str) -> str | None:
        bare = word.strip(".,;:!?'’")
        if bare.lower() in {"he", "she"}:
            meant = self._cast.meant_by(bare.lower())
            return meant.shown if meant else None
        if bare.lower() == "they" and len(self._cast.pair()) == 2:
            return " and ".join(one.name for one in reversed(self._cast.pair()))
        if bare == "I":
            return "a lone figure"
        named = self._cast.name_of(bare)
        if named is None or (named.look and named.look in clause):
            return None
        return named.shown


_NO_QUOTES = str.maketrans(dict.fromkeys('"“”„«»「」『』', ""))


def _unquoted(text: str) -> str:
    """``text`` without what people say in it, nor any quotation mark."""
    lines = (_QUOTED.sub(_speech_end, line) for line in text.split("\n"))
    spaced = (re.sub(r"\s+", " ", line.translate(_NO_QUOTES)) for line in lines)
    told = (line.strip(" ,") for line in spaced if line.strip(" ,."))
    return "\n".join(line if line[-1] in ".!?…" else f"{line}." for line in told)


def _speech_end(quoted: re.Match[str]) -> str:
    """What stays of a quotation: the end of a sentence, if it was one."""
    return " . " if re.search(r"[.!?…][\"”»]?$", quoted[0]) else " "


def _clauses(sentence: str) -> Iterator[str]:
    """Parts of a sentence that can stand alone, short enough for a prompt."""
    whole = _bare(sentence)
    if len(whole.split()) <= _ACTION_WORDS and whole.count(",") < 3:
        yield whole
    for part in _CLAUSE.split(sentence):
        words = _bare(part).split()
        if len(words) >= 3:
            yield _words_of(" ".join(words), _ACTION_WORDS)


def _bare(clause: str) -> str:
    clause = clause.strip(" .,;:!?…'‘’-—")
    return _LEADING.sub("", clause)


def _things(shown: str) -> Iterator[str]:
    """Nouns of the scene with their adjectives: what follows an article."""
    for match in _DETERMINER.finditer(shown):
        words = list(takewhile(_shows, match[1].split()))
        if words:
            yield " ".join(words)


def _long_words(shown: str) -> Iterator[str]:
    words = re.findall(r"[^\W\d_]{4,20}", shown)
    return (w for w in words if _shows(w) and w.lower() not in DOUBTFUL_PLACES)


def _shows(word: str) -> bool:
    """False for words that no picture shows, and for what looks like a verb."""
    lower = word.lower()
    return not (lower in _NOT_SHOWN or _VERB_ENDING.search(lower))


def _without_morals(shown: str) -> str:
    """``shown`` without sentences of general truth, if anything else is there."""
    sentences = shown.split(". ")
    told = [sentence for sentence in sentences if not _MORAL.search(sentence)]
    return ". ".join(told or sentences)


def _without_negations(told: str) -> str:
    """``told`` without what it says is not there: "no rain"."""
    return _NEGATION.sub("", told)


def _filled(parts: Sequence[str], more: Iterable[str], enough: int) -> list[str]:
    """``parts``, each cut to the room there is, and from ``more`` until enough."""
    chosen: list[str] = []
    count = _SHOT_WORDS
    for part in parts:
        chosen.append(_words_of(part, MOST_WORDS - count))
        count += len(chosen[-1].split())
    for extra in more:
        if count >= enough:
            break
        if extra.lower() not in " ".join(chosen).lower():
            chosen.append(_words_of(extra, MOST_WORDS - count))
            count += len(chosen[-1].split())
    return [part for part in chosen if part]


def _joined(shot: str, parts: Sequence[str]) -> str:
    first, _, rest = parts[0].partition(" ")
    if first.lower() in STOP_WORDS | _ARTICLES:
        first = first.lower()
    action = f"{first} {rest}".strip(" ,")
    line = ", ".join([f"{shot[0].upper()}{shot[1:]} of {action}", *parts[1:]])
    return line.replace(",,", ",")[:_MOST_CHARS].strip(" ,")


def _is_article(word: str) -> bool:
    return word.lower() in _ARTICLES


def _words_of(text: str, most: int) -> str:
    """The first words of ``text``; when cut, not ending in a word that leads on."""
    words = text.split()
    if len(words) > most:
        words = words[:most]
        while len(words) > 1 and words[-1].lower() in STOP_WORDS | _ARTICLES:
            words.pop()
    return " ".join(words).strip(" ,")
