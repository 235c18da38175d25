"""What the words around a noun say of a person: looks, clothes, pose, mount."""

from __future__ import annotations

from dataclasses import dataclass

from colab_worker.engines.papercut.looks import COLOURS, Described
from colab_worker.engines.papercut.tokens import PAUSES, Token, match
from colab_worker.engines.papercut.wardrobe import (
    AGES,
    GARMENTS,
    HAIRS,
    HEADGEAR,
    POSES,
    PROPS,
)

_MOUNTS = {
    "horse": "horse", "stallion": "horse", "pony": "horse", "steed": "horse",
    "camel": "camel", "donkey": "donkey", "mule": "donkey", "elephant": "elephant",
}  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """A figure in the picture."""

    described: Described
    count: int = 1
    pose: str = "stand"
    rides: str = ""


def figure(tokens: list[Token], at: int, length: int, role: str, count: int) -> Cast:
    """The figure that the noun at ``at`` and the words around it describe."""
    before = _before(tokens, at)
    after = words_after(tokens, at + length)
    who = tokens[at].word if role == "person" and count == 1 else role
    described = describe(role, who, before, after, tokens[at].word)
    return Cast(
        described,
        count,
        pose_of(after) or pose_of(before) or "stand",
        _mount(tokens, at, after),
    )


def _before(tokens: list[Token], at: int) -> list[str]:
    words = []
    for token in reversed(tokens[max(0, at - 4) : at]):
        if token.word in PAUSES or token.word in {
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


def words_after(tokens: list[Token], start: int) -> list[str]:
    """The words up to the next figure or full stop, at most sixteen."""
    words = []
    for at in range(start, min(start + 16, len(tokens))):
        kinds = {kind for kind, _ in match(tokens, at)[2]}
        if tokens[at].word in {".", ";"} or "figure" in kinds:
            break
        words.append(tokens[at].word)
    return words


def describe(
    role: str, who: str, before: list[str], after: list[str], noun: str
) -> Described:
    """What the words ``before`` (nearest first) and ``after`` a noun say of looks."""
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


def pose_of(words: list[str]) -> str:
    """The pose of the first verb that has one; "" without."""
    return next((POSES[word] for word in words if word in POSES), "")


def _mount(tokens: list[Token], at: int, after: list[str]) -> str:
    if tokens[at].word in {"rider", "horseman", "cavalry"}:
        return "horse"
    animals = [word for word in after[:8] if word in _MOUNTS]
    seated = {"riding", "rides", "rode", "horseback", "mounted"} & set(after[:5])
    if animals and not seated:
        seated = {"on", "upon", "astride"} & set(after[: after.index(animals[0])][-3:])
    return _MOUNTS[animals[0]] if seated and animals else "horse" if seated else ""
