"""One image prompt a scene, 20-30 words, drawn from the scene's own words."""

# ruff: noqa: RUF001 apostrophes of all kinds stand in words

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from shared_protocol.kit.text_scenes.cast import Cast
from shared_protocol.kit.text_scenes.keywords import Keywords
from shared_protocol.kit.text_scenes.lexicon import (
    CHARACTERS,
    DOUBTFUL_PLACES,
    PLACES,
    SAYING,
    STOP_WORDS,
)
from shared_protocol.kit.text_scenes.sentences import split_sentences
from shared_protocol.kit.text_scenes.surroundings import DEFAULT_LIGHT, Surroundings
from shared_protocol.kit.text_scenes.wording import (
    ARTICLES,
    NO_QUOTES,
    bare,
    clauses,
    first_words,
    shows,
    things,
    unquoted,
    without_morals,
    without_negations,
    without_symbols,
)

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
_CONTEXT_WORDS = 6
#: The action with its names told in full.
_NAMED_WORDS = 18
_CARRIED_THINGS = 4
_SHORT_CLAUSE = 5
#: Scripts without spaces have no words to count.
_MOST_CHARS = 400
#: Words after which a name stands alone: "then crow" never happens, "and crow" does.
_STARTS = frozenset({"and", "or"})
_PLURAL = re.compile(r"\b((?:the|some|many|two|three)\s+[a-z]{3,}[^s\W]s)\b")
_HANDLED = re.compile(
    r"\b(carried|dropped|threw|put|placed|gathered|collected|picked|laid|took|held|"
    r"washed|planted|counted|brought) them\b"
)
_GENERAL = re.compile(r"\b(?:can|may|should|must|would|will|always|never)\b")
_FILLERS = (
    "rich background detail",
    "natural textures",
    "clear focal point",
    "expressive composition",
    "sense of depth",
    "layered foreground",
)


class PromptWriter:
    """Writes the prompts of one film in order; what a scene leaves unsaid is carried."""

    def __init__(self, text: str, language: str, context: str) -> None:
        self._language = language
        self._english = language.partition("-")[0] == "en"
        self._keywords = Keywords(language)
        self._cast = Cast(text.translate(NO_QUOTES) if self._english else "")
        self._context = first_words(context.translate(NO_QUOTES), _CONTEXT_WORDS)
        self._around = Surroundings(self._cast.place_names)
        self._things: list[str] = []
        #: What "them" means to a hand.
        self._plural = "them"
        self._counts = Counter(re.findall(r"[^\W\d_]+", text.lower()))

    def write(self, narration: str, shot: str, place: str | None) -> str:
        """The prompt of the next scene; ``place`` is where a screenplay puts it."""
        narration = without_symbols(narration)
        shown = unquoted(narration) or narration.translate(NO_QUOTES)
        action = self._action(shown)
        told = without_negations(without_morals(shown))
        self._around.observe(told, action, place)
        light = self._around.light
        if light == DEFAULT_LIGHT and "light" in self._context:
            light = ""
        parts = [self._around.setting, light, self._context]
        line = _Line(shot, action)
        line.add_all(part for part in parts if part.lower() not in action.lower())
        if self._english:
            own = list(things(told))
            line.add_up_to(GOOD_WORDS, own)
            line.add_up_to(GOOD_WORDS - 1, self._things)
            self._things = self._props(own)
        telling = self._telling(told)
        line.add_up_to(LEAST_WORDS if self._english else GOOD_WORDS, telling)
        line.add_up_to(LEAST_WORDS, _FILLERS)
        return line.text

    def _telling(self, told: str) -> Iterator[str]:
        """Keywords of a scene; of English ones, those that a picture can show."""
        for phrase in self._keywords.of(told):
            shown = all(map(shows, phrase.split()))
            if not self._english or (shown and phrase.lower() not in DOUBTFUL_PLACES):
                yield phrase

    def _props(self, things: Sequence[str]) -> list[str]:
        """The things of a scene that the story names most often."""
        single = {thing.split()[-1].lower(): None for thing in things}
        often = sorted(single, key=lambda thing: -self._counts[thing])
        return often[:_CARRIED_THINGS]

    def _action(self, shown: str) -> str:
        """The most visible clause of the scene, with names for its pronouns."""
        best, best_score = "", float("-inf")
        for sentence in split_sentences(shown, self._language):
            whole = bare(sentence)
            for clause in clauses(sentence):
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
                    if place and words[place - 1].lower() not in ARTICLES | _STARTS:
                        return clause
                    before = (
                        before[:-1]
                        if place and before[-1].lower() in ARTICLES
                        else before
                    )
                while after and after[0].strip(".,") in shown.split():
                    after = after[1:]
                return first_words(" ".join([*before, shown, *after]), _NAMED_WORDS)
        return " ".join(words)

    def _shown(self, word: str, clause: str) -> str | None:
        plain = word.strip(".,;:!?'’")
        if plain.lower() in {"he", "she"}:
            meant = self._cast.meant_by(plain.lower())
            return meant.shown if meant else None
        if plain.lower() == "they" and len(self._cast.pair()) == 2:
            return " and ".join(one.name for one in reversed(self._cast.pair()))
        if plain == "I":
            return "a lone figure"
        named = self._cast.name_of(plain)
        if named is None or (named.look and named.look in clause):
            return None
        return named.shown


class _Line:
    """A prompt as it grows, never longer than it may be."""

    def __init__(self, shot: str, action: str) -> None:
        first, _, rest = action.partition(" ")
        if first.lower() in STOP_WORDS | ARTICLES:
            first = first.lower()
        begin = f"{shot[0].upper()}{shot[1:]} of {first} {rest}"
        self._parts = [first_words(begin, MOST_WORDS)]

    @property
    def text(self) -> str:
        """All parts, cut where a script without spaces has no words to count."""
        return ", ".join(self._parts).replace(",,", ",")[:_MOST_CHARS].strip(" ,")

    def add_all(self, parts: Iterable[str]) -> None:
        """Adds each part as far as there is room."""
        self.add_up_to(MOST_WORDS, parts)

    def add_up_to(self, enough: int, parts: Iterable[str]) -> None:
        """Adds parts that say something new until there are enough words."""
        more = iter(parts)
        while (count := len(self.text.split())) < enough:
            part = next(more, None)
            if part is None:
                return
            words = first_words(part, MOST_WORDS - count)
            if words and words.lower() not in self.text.lower():
                self._parts.append(words)
