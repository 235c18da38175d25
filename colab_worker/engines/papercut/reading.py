"""From a prompt to what it names: places, time, weather, moods, shot, cast, things."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from colab_worker.engines.papercut import lexicon
from colab_worker.engines.papercut.description import (
    Cast,
    describe,
    figure,
    pose_of,
    words_after,
)
from colab_worker.engines.papercut.looks import COLOURS
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.tokens import (
    Token,
    count_at,
    is_denied,
    match,
    tokenize,
)
from colab_worker.engines.papercut.wardrobe import (
    NAMES,
    PROPS,
)


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


def _walk(tokens: list[Token], reading: Reading) -> set[str]:
    denied: set[str] = set()
    at = 0
    while at < len(tokens):
        length, plural, pairs = match(tokens, at)
        if not pairs:
            _read_name(tokens, at, reading)
            at += 1
            continue
        if is_denied(tokens, at):
            denied.update(_with_groups(tokens[at].word, pairs))
        else:
            for kind, concept in pairs:
                _note(tokens, at, length, plural, kind, concept, reading)
        at += length
    return denied


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
    count = count_at(tokens, at, plural)
    if kind == "item":
        _note_thing(tokens, at, concept, count, reading)
    elif not (reading.cast and _is_apposition(tokens, at, reading)):
        reading.cast.append(figure(tokens, at, length, concept, count))


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


def _read_name(tokens: list[Token], at: int, reading: Reading) -> None:
    """A capitalised word that nothing else explains is a person called so."""
    token = tokens[at]
    if (
        not token.name
        or token.word not in NAMES
        or any(c.described.who == token.word for c in reading.cast)
    ):
        return
    after = words_after(tokens, at + 1)
    gender = NAMES[token.word]
    described = describe("person", token.word, [], after, token.word)
    described = dataclasses.replace(described, gender=described.gender or gender)
    reading.cast.append(Cast(described, 1, pose_of(after) or "stand"))


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
    pairs = match(tokens, at)[2]
    role = next(concept for kind, concept in pairs if kind == "figure")
    told = figure(tokens, at, 1, role, 1)
    described = dataclasses.replace(told.described, who=last.described.who)
    reading.cast[-1] = dataclasses.replace(told, described=described)
    return True


def _concepts_of(tokens: list[Token]) -> set[str]:
    removed: set[str] = set()
    for at, token in enumerate(tokens):
        removed |= _with_groups(token.word, match(tokens, at)[2])
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
