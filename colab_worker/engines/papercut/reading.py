"""From a prompt to what it names: places, time, weather, moods, shot, cast, things."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field

from colab_worker.engines.papercut import lexicon
from colab_worker.engines.papercut.looks import COLOURS, Described
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.wardrobe import (
    AGES,
    GARMENTS,
    HAIRS,
    HEADGEAR,
    NAMES,
    POSES,
    PROPS,
)

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
_DENIALS = frozenset(("no", "without", "never", "nobody", "not"))
_MOUNTS = {
    "horse": "horse", "stallion": "horse", "pony": "horse", "steed": "horse",
    "camel": "camel", "donkey": "donkey", "mule": "donkey", "elephant": "elephant",
}  # fmt: skip
_PAUSES = frozenset(".,;:!?")


@dataclass(frozen=True)
class Cast:
    """A figure in the picture."""

    described: Described
    count: int = 1
    pose: str = "stand"
    rides: str = ""


@dataclass(frozen=True)
class Thing:
    """An animal, a building or a thing in the picture."""

    name: str
    count: int = 1
    colour: str = ""


@dataclass
class Reading:
    """Everything that a prompt names, in its order."""

    places: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    weathers: list[str] = field(default_factory=list)
    seasons: list[str] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    shots: list[str] = field(default_factory=list)
    cast: list[Cast] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    #: Concepts that must not appear.
    removed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Token:
    """A word of the prompt in lower case; ``name`` if it is written like a name."""

    word: str
    name: bool


def read(prompt: str, negative: str) -> Reading:
    """What ``prompt`` names, less what ``negative`` or its own denials take away."""
    tokens = tokenize(prompt)
    reading = Reading()
    denied = _walk(tokens, reading)
    mounts = {member.rides for member in reading.cast}
    reading.things = [t for t in reading.things if t.name not in mounts or t.count > 1]
    reading.removed = frozenset(denied | _concepts_of(tokenize(negative)))
    _take_away(reading)
    return reading


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


def _walk(tokens: list[Token], reading: Reading) -> set[str]:
    denied: set[str] = set()
    at = 0
    while at < len(tokens):
        length, plural, pairs = _match(tokens, at)
        if not pairs:
            _read_name(tokens, at, reading)
            at += 1
            continue
        if _is_denied(tokens, at):
            denied.update(_with_groups(tokens[at].word, pairs))
        else:
            for kind, concept in pairs:
                _note(tokens, at, length, plural, kind, concept, reading)
        at += length
    return denied


def _match(
    tokens: list[Token], at: int
) -> tuple[int, bool, tuple[tuple[str, str], ...]]:
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
            noun = last in _COUNTED and after not in _ARTICLES
        else:
            noun = bool(before & _ARTICLES)
        if word in lexicon.AMBIGUOUS and not noun:
            pairs = ()
        return 1, plural, pairs
    found = [pair for part in word.split("-") for pair in known.get(part, ())]
    return 1, False, tuple(found[:1])


def _note(
    tokens: list[Token],
    at: int,
    length: int,
    plural: bool,
    kind: str,
    concept: str,
    reading: Reading,
) -> None:
    lists = {
        "place": reading.places, "time": reading.times, "weather": reading.weathers,
        "season": reading.seasons, "mood": reading.moods, "shot": reading.shots,
    }  # fmt: skip
    if kind in lists:
        if concept not in lists[kind]:
            lists[kind].append(concept)
        return
    count = _count(tokens, at, plural)
    if kind == "item":
        _note_thing(tokens, at, concept, count, reading)
    elif not (reading.cast and _is_apposition(tokens, at, reading)):
        reading.cast.append(_figure(tokens, at, length, concept, count))


def _count(tokens: list[Token], at: int, plural: bool) -> int:
    if tokens[at].word in _MANY:
        return 7
    for token in reversed(tokens[max(0, at - 3) : at]):
        if token.word in _NUMBERS and plural:
            return _NUMBERS[token.word]
        if token.word in _MANY and plural:
            return 8
    return 3 if plural else 1


def _note_thing(
    tokens: list[Token], at: int, concept: str, count: int, reading: Reading
) -> None:
    if (
        any(
            token.word in {"carrying", "holding", "with", "lifting", "raising"}
            for token in tokens[max(0, at - 3) : at]
        )
        and tokens[at].word in PROPS
        and reading.cast
    ):
        last = reading.cast[-1]
        reading.cast[-1] = dataclasses.replace(
            last,
            described=dataclasses.replace(last.described, prop=PROPS[tokens[at].word]),
        )
        return
    same = [k for k, thing in enumerate(reading.things) if thing.name == concept]
    colour = next(
        (
            t.word
            for t in reversed(tokens[max(0, at - 2) : at])
            if t.word in COLOURS and t.word not in {"dark", "pale"}
        ),
        "",
    )
    if same:
        old = reading.things[same[0]]
        reading.things[same[0]] = Thing(
            concept, max(old.count, count), old.colour or colour
        )
    else:
        reading.things.append(Thing(concept, count, colour))


def _figure(tokens: list[Token], at: int, length: int, role: str, count: int) -> Cast:
    before = _before(tokens, at)
    after = _after(tokens, at + length)
    who = tokens[at].word if role == "person" and count == 1 else role
    described = _describe(role, who, before, after, tokens[at].word)
    return Cast(
        described,
        count,
        _pose(after) or _pose(before) or "stand",
        _mount(tokens, at, after),
    )


def _before(tokens: list[Token], at: int) -> list[str]:
    words = []
    for token in reversed(tokens[max(0, at - 4) : at]):
        if token.word in _PAUSES or token.word in {
            "and",
            "with",
            "in",
            "of",
            "the",
            "a",
            "an",
        }:
            break
        words.append(token.word)
    return words


def _after(tokens: list[Token], start: int) -> list[str]:
    """The words up to the next figure or full stop, at most sixteen."""
    words = []
    for at in range(start, min(start + 16, len(tokens))):
        kinds = {kind for kind, _ in _match(tokens, at)[2]}
        if tokens[at].word in {".", ";"} or "figure" in kinds:
            break
        words.append(tokens[at].word)
    return words


def _describe(
    role: str, who: str, before: list[str], after: list[str], noun: str
) -> Described:
    words = [*before, *after]
    cloth, hair_colour, garment, headgear = _clothing(before, after)
    hair = next((HAIRS[word] for word in words if word in HAIRS), "")
    return Described(
        role=role,
        who=who,
        age=next(
            (AGES[word] for word in [noun, *before, *after[:6]] if word in AGES), ""
        ),
        gender=_gender(role, noun, after),
        garment=garment,
        cloth=cloth,
        headgear=headgear,
        hair=hair,
        hair_colour=hair_colour,
        beard=any(word in {"beard", "bearded", "moustache"} for word in words),
        prop=_prop(after),
        stout=1.25 if {"fat", "stout", "plump", "burly", "big"} & set(before) else 0.0,
        tall=1.08
        if "tall" in before
        else 0.9
        if {"short", "small", "little", "tiny"} & set(before)
        else 0.0,
    )


def _clothing(before: list[str], after: list[str]) -> tuple[str, str, str, str]:
    """(cloth colour, hair colour, garment, headgear) from the words around a figure."""
    cloth = hair_colour = garment = headgear = ""
    colour = next((word for word in before if word in COLOURS), "")
    cloth = "" if colour in {"dark", "pale"} else colour
    recent = ""
    for k, word in enumerate(after):
        joined = word.split("-")
        if joined[0] in COLOURS:
            recent = joined[0]
            if (
                after[max(0, k - 1)] in {"in", "wearing"}
                or "dressed" in after[max(0, k - 2) : k]
            ):
                cloth = cloth or recent
        if word in {"hair", "beard", "curls", "braid"} and recent:
            hair_colour, recent = recent, ""
        if word in HEADGEAR:
            headgear, recent = HEADGEAR[word], ""
        if word in GARMENTS:
            garment = garment or GARMENTS[word]
            cloth, recent = recent or cloth, ""
    return cloth, hair_colour, garment, headgear


def _gender(role: str, noun: str, after: list[str]) -> str:
    if noun in {"widow", "nurse", "mother", "grandmother"}:
        return "f"
    if role in {
        "person",
        "child",
        "traveler",
        "doctor",
        "scientist",
        "teacher",
        "thief",
        "ghost",
        "robot",
        "astronaut",
        "musician",
    }:
        for word in after:
            if word in {"she", "her", "herself"}:
                return "f"
            if word in {"he", "his", "him", "himself"}:
                return "m"
    return ""


def _prop(after: list[str]) -> str:
    for k, word in enumerate(after):
        if word in PROPS and any(
            w
            in {
                "with",
                "carrying",
                "holding",
                "carries",
                "holds",
                "raising",
                "lifting",
                "clutching",
                "leaning",
                "reading",
                "and",
                "playing",
                "flying",
            }
            for w in after[max(0, k - 4) : k]
        ):
            return PROPS[word]
    return ""


def _pose(words: list[str]) -> str:
    return next((POSES[word] for word in words if word in POSES), "")


def _mount(tokens: list[Token], at: int, after: list[str]) -> str:
    if tokens[at].word in {"rider", "horseman", "cavalry"}:
        return "horse"
    animals = [word for word in after[:8] if word in _MOUNTS]
    seated = {"riding", "rides", "rode", "horseback", "mounted"} & set(after[:5])
    if animals and not seated:
        seated = {"on", "upon", "astride"} & set(after[: after.index(animals[0])][-3:])
    return _MOUNTS[animals[0]] if seated and animals else "horse" if seated else ""


def _read_name(tokens: list[Token], at: int, reading: Reading) -> None:
    """A capitalised word that nothing else explains is a person called so."""
    token = tokens[at]
    if (
        not token.name
        or token.word not in NAMES
        or any(c.described.who == token.word for c in reading.cast)
    ):
        return
    after = _after(tokens, at + 1)
    gender = NAMES[token.word]
    described = _describe("person", token.word, [], after, token.word)
    described = dataclasses.replace(described, gender=described.gender or gender)
    reading.cast.append(Cast(described, 1, _pose(after) or "stand"))


def _is_apposition(tokens: list[Token], at: int, reading: Reading) -> bool:
    """Whether this noun tells more of the name before it: "Mara, an old woman …"."""
    last = reading.cast[-1]
    near = [token.word for token in tokens[max(0, at - 6) : at]]
    if (
        last.described.who not in NAMES
        or last.described.who not in near
        or "and" in near[near.index(last.described.who) :]
    ):
        return False
    pairs = _match(tokens, at)[2]
    role = next(concept for kind, concept in pairs if kind == "figure")
    told = _figure(tokens, at, 1, role, 1)
    described = dataclasses.replace(told.described, who=last.described.who)
    reading.cast[-1] = dataclasses.replace(told, described=described)
    return True


def _is_denied(tokens: list[Token], at: int) -> bool:
    near = tokens[max(0, at - 3) : at]
    for token in reversed(near):
        if token.word in _DENIALS:
            return True
        if token.word in _PAUSES or token.word in {"but", "with"}:
            return False
    return False


def _concepts_of(tokens: list[Token]) -> set[str]:
    removed: set[str] = set()
    for at, token in enumerate(tokens):
        removed |= _with_groups(token.word, _match(tokens, at)[2])
        if token.word in lexicon.AMBIGUOUS:
            removed |= (
                _with_groups(token.word, lexicon.meanings()[token.word])
                if token.word in lexicon.meanings()
                else set()
            )
    return removed


def _with_groups(word: str, pairs: tuple[tuple[str, str], ...]) -> set[str]:
    groups = {group for group, words in lexicon.GROUPS.items() if word in words.split()}
    return groups | {concept for kind, concept in pairs if kind not in {"mood", "shot"}}


def _take_away(reading: Reading) -> None:
    removed = reading.removed
    for name in ("places", "times", "weathers", "seasons"):
        setattr(reading, name, [c for c in getattr(reading, name) if c not in removed])
    reading.cast = (
        []
        if "figures" in removed
        else [c for c in reading.cast if c.described.role not in removed]
    )
    reading.things = [
        thing for thing in reading.things if not is_removed(thing.name, removed)
    ]


def is_removed(name: str, removed: frozenset[str]) -> bool:
    """Whether the thing called ``name``, or its whole kind, must not appear."""
    if name in removed:
        return True
    item = ITEMS.get(name)
    if item is None:
        return False
    birds = name in {"bird", "crow", "gull", "eagle", "owl", "swan", "rooster", "birds"}
    return f"{item.kind}s" in removed or (birds and "birds" in removed)
