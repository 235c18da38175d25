"""Who is in the story: names, looks, and whom "he" and "she" mean."""

# ruff: noqa: RUF001 typographic apostrophes are recognised here

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from shared_protocol.kit.text_scenes.lexicon import (
    ANIMALS,
    CHARACTERS,
    MEN,
    NOT_NAMES,
    STOP_WORDS,
    WOMEN,
)

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:[-’'][A-Z][a-z]+)?"
_NAME = re.compile(
    rf"(?P<title>(?:Mr|Mrs|Ms|Miss|Dr|Captain|King|Queen|Prince|Princess|Lady|Lord|"
    rf"Uncle|Aunt|Sir)\.? )?(?P<name>{_CAPITAL}(?: {_CAPITAL}){{0,2}})"
)
_PLACE_BEFORE = re.compile(r"\b(?:in|on|at|to|from|near|of|off|across|into)\s+$")
_SENTENCE_BEGIN = re.compile(r"(?:^|[.!?…:][\"'”’»)]*\s+)[\"'“‘«(]*$")
_NOUN = re.compile(
    r"\b(?P<article>an?|the|his|her|their|its|one|this|that|some)\s+"
    r"(?P<looks>(?:[a-z][a-z-]*,?\s+){0,3}?)"
    rf"(?P<noun>{'|'.join(sorted(CHARACTERS))})\b",
    re.IGNORECASE,
)
_TITLES = {
    "man": ("Mr", "King", "Prince", "Lord", "Uncle", "Sir"),
    "woman": ("Mrs", "Ms", "Miss", "Queen", "Princess", "Lady", "Aunt"),
}
_PRONOUN = {"he": "man", "she": "woman"}
_SUBJECT_WORDS = 5
_LOOK_WORDS = 4


@dataclass
class Character:
    """Someone whom pictures must show alike in every scene."""

    name: str
    look: str = ""
    #: ``man``, ``woman`` or "" while unknown.
    gender: str = ""

    @property
    def shown(self) -> str:
        """The name with the look: "the thirsty crow", "Tom Ferris, young engineer"."""
        if self.name[0].isupper():
            return f"{self.name}, {self.look}," if self.look else self.name
        return f"the {self.look} {self.name}" if self.look else f"the {self.name}"

    def may_be(self, pronoun: str) -> bool:
        return self.gender in {"", _PRONOUN[pronoun]} or self.name in ANIMALS


class Cast:
    """The characters of one text, learned from all of it, then followed in order."""

    def __init__(self, text: str) -> None:
        self._by_word: dict[str, Character] = {}
        self._recent: list[Character] = []
        self.place_names: tuple[str, ...] = ()
        self._learn_names(text)
        self._learn_nouns(text)
        self._word = _alternatives(self._by_word)

    def mentioned(self, sentence: str) -> list[Character]:
        """The characters that ``sentence`` names, in order, each once."""
        found = (self._by_word[match[1]] for match in self._word.finditer(sentence))
        return list({id(character): character for character in found}.values())

    def follow(self, sentence: str) -> None:
        """Remembers whom ``sentence`` named, for the pronouns after it."""
        subjects = self.mentioned(" ".join(sentence.split()[:_SUBJECT_WORDS]))
        for character in [*reversed(self.mentioned(sentence)), *reversed(subjects)]:
            self._recent = [other for other in self._recent if other is not character]
            self._recent.insert(0, character)
        for pronoun in re.findall(r"\b(he|she)\b", sentence.lower()):
            meant = self.meant_by(pronoun)
            if meant is not None and not meant.gender:
                meant.gender = _PRONOUN[pronoun]

    def meant_by(self, pronoun: str) -> Character | None:
        """The last named character that "he" or "she" may stand for."""
        return next((one for one in self._recent if one.may_be(pronoun)), None)

    def pair(self) -> list[Character]:
        """The two last named characters, for "they"; fewer when there are not two."""
        return self._recent[:2]

    def name_of(self, word: str) -> Character | None:
        """The character that ``word`` of a text names."""
        return self._by_word.get(word)

    @property
    def recent(self) -> Character | None:
        """The last named character."""
        return self._recent[0] if self._recent else None

    def _learn_names(self, text: str) -> None:
        inside: Counter[str] = Counter()
        places: Counter[str] = Counter()
        titles: dict[str, str] = {}
        lower_words = set(re.findall(r"\b[a-z]+\b", text))
        for match in _NAME.finditer(text):
            before = text[max(0, match.start() - 12) : match.start()]
            name = _without_leading_words(match["name"])
            if not name:
                continue
            told = match["title"] or name != match["name"] or " " in name
            after = text[match.end() : match.end() + 16]
            told = told or _acts(name, after, lower_words)
            if told or not _SENTENCE_BEGIN.search(before):
                inside[name] += 1
                places[name] += bool(_PLACE_BEFORE.search(before))
            titles.setdefault(name, (match["title"] or "").strip(" ."))
        self.place_names = tuple(
            name for name in inside if places[name] * 2 > inside[name]
        )
        names = [name for name in inside if name not in self.place_names]
        for name in sorted(names, key=len, reverse=True):
            self._add_name(name, titles.get(name, ""))
        for character in dict.fromkeys(map(id, self._by_word.values())):
            self._learn_look(text, character)

    def _add_name(self, name: str, title: str) -> None:
        words = name.split()
        known = next((self._by_word[w] for w in words if w in self._by_word), None)
        character = known or Character(name)
        for gender, of_gender in _TITLES.items():
            if title in of_gender:
                character.gender = gender
        for word in (name, *words):
            if word.lower() not in STOP_WORDS:
                self._by_word.setdefault(word, character)

    def _learn_look(self, text: str, identity: int) -> None:
        words = [w for w, one in self._by_word.items() if id(one) == identity]
        name = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
        described = r"(?:an?|the|her|his|their) ((?:[a-z-]+ ){0,3}[a-z-]+)"
        for pattern in (
            rf"\b{described} (?:named|called) (?:{name})\b",
            rf"\b(?:{name}), {described}[,.;]",
            rf"\b(?:{name}) was an? ((?:[a-z-]+ ){{0,3}}[a-z-]+)[,.;]",
            rf"\b(?:{name}) was ([a-z]+(?:-[a-z]+)? years old)\b",
        ):
            match = re.search(pattern, text)
            if match:
                look = " ".join(match[1].split()[-_LOOK_WORDS:])
                self._by_word[words[0]].look = look
                if look.split()[-1] in CHARACTERS:
                    self._by_word.setdefault(look.split()[-1], self._by_word[words[0]])
                return

    def _learn_nouns(self, text: str) -> None:
        for match in _NOUN.finditer(text):
            noun = match["noun"].lower()
            character = self._by_word.setdefault(noun, Character(noun))
            gender = "man" if noun in MEN else "woman" if noun in WOMEN else ""
            character.gender = character.gender or gender
            looks = [word.strip(",").lower() for word in match["looks"].split()]
            if looks and not character.look and not STOP_WORDS.intersection(looks):
                character.look = " ".join(looks)


def _acts(name: str, after: str, lower_words: set[str]) -> bool:
    """ "Mara, an old keeper" or "Mara climbed": a name, though it begins a sentence."""
    if name.lower() in lower_words or re.search(r"(?:ly|ing)$", name):
        return False
    return bool(re.match(r",? (?:an?|the|his|her|\w+ed|was|had)\b", after))


def _without_leading_words(name: str) -> str:
    """ "One October" is no name, of "Then Mara" the second word is one."""
    words = name.split()
    while words and (words[0].lower() in STOP_WORDS or words[0] in NOT_NAMES):
        words.pop(0)
    return " ".join(words)


def _alternatives(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest_first)) or r"(?!)"
    return re.compile(rf"\b({pattern})\b(?![’'-]\w*[a-rt-z])")
