"""What a figure looks like: from its own words, so it is the same in every scene."""

from __future__ import annotations

from dataclasses import dataclass

from colab_worker.engines.papercut.colour import Colour, rgb
from colab_worker.engines.papercut.dice import roll


@dataclass(frozen=True)
class Look:
    """Outline and colours of a figure."""

    garment: str
    cloth: Colour
    age: str = "adult"
    gender: str = "m"
    headgear: str = ""
    hair: str = "short"
    hair_colour: Colour = (0.23, 0.16, 0.13)
    skin: Colour = (0.85, 0.64, 0.48)
    beard: float = 0.0
    prop: str = ""
    cape: bool = False
    build: float = 1.0
    tall: float = 1.0
    #: Features of the profile, 0-1: nose, chin, brow.
    nose: float = 0.5
    chin: float = 0.5


@dataclass(frozen=True)
class Described:
    """What a prompt says of a figure; empty where it says nothing."""

    role: str
    #: The words that the look hangs on when nothing is said: a name or the noun.
    who: str
    age: str = ""
    gender: str = ""
    garment: str = ""
    cloth: str = ""
    headgear: str = ""
    hair: str = ""
    hair_colour: str = ""
    beard: bool = False
    prop: str = ""
    stout: float = 0.0
    tall: float = 0.0


#: role: garment, gender (n: from the name), age, headgear, prop, colour ("" = by chance)
_ROLES: dict[str, tuple[str, str, str, str, str, str]] = {
    "person": ("coat", "n", "adult", "", "", ""),
    "man": ("coat", "m", "adult", "", "", ""),
    "woman": ("dress", "f", "adult", "", "", ""),
    "child": ("shirt", "n", "child", "", "", ""),
    "boy": ("shirt", "m", "child", "", "", ""),
    "girl": ("dress", "f", "child", "", "", ""),
    "baby": ("robe", "n", "child", "", "", "white"),
    "soldier": ("uniform", "m", "adult", "steel", "rifle", "olive"),
    "knight": ("armour", "m", "adult", "helmet", "sword", ""),
    "warrior": ("armour", "m", "adult", "helmet", "spear", ""),
    "guard": ("uniform", "m", "adult", "helmet", "spear", ""),
    "king": ("robe", "m", "old", "crown", "staff", "crimson"),
    "queen": ("gown", "f", "adult", "crown", "", "purple"),
    "prince": ("coat", "m", "young", "crown", "sword", "blue"),
    "princess": ("gown", "f", "young", "tiara", "", "pink"),
    "wizard": ("robe", "m", "old", "wizard", "staff", "indigo"),
    "witch": ("robe", "f", "old", "wizard", "broom", "black"),
    "monk": ("robe", "m", "adult", "hood", "", "brown"),
    "nun": ("robe", "f", "adult", "veil", "", "black"),
    "priest": ("robe", "m", "adult", "", "book", "black"),
    "farmer": ("shirt", "m", "adult", "straw", "pitchfork", ""),
    "shepherd": ("cloak", "m", "adult", "hood", "crook", "brown"),
    "fisherman": ("coat", "m", "adult", "sailor", "rod", "yellow"),
    "sailor": ("coat", "m", "adult", "cap", "", "navy"),
    "captain": ("coat", "m", "adult", "tricorn", "", "navy"),
    "pirate": ("coat", "m", "adult", "tricorn", "sword", "crimson"),
    "detective": ("coat", "m", "adult", "fedora", "", "tan"),
    "doctor": ("coat", "n", "adult", "", "bag", "white"),
    "scientist": ("coat", "n", "adult", "", "", "white"),
    "teacher": ("coat", "n", "adult", "", "book", ""),
    "hunter": ("cloak", "m", "adult", "hood", "bow", "green"),
    "woodcutter": ("shirt", "m", "adult", "cap", "axe", ""),
    "thief": ("cloak", "n", "adult", "hood", "", "black"),
    "traveler": ("cloak", "n", "adult", "hat", "staff", ""),
    "beggar": ("cloak", "n", "old", "hood", "cane", "brown"),
    "ghost": ("sheet", "n", "adult", "", "", "white"),
    "angel": ("gown", "f", "adult", "halo", "", "white"),
    "demon": ("cloak", "m", "adult", "horns", "", "crimson"),
    "astronaut": ("suit", "n", "adult", "glass", "", "white"),
    "robot": ("suit", "n", "adult", "metal", "", "silver"),
    "cowboy": ("shirt", "m", "adult", "hat", "", ""),
    "gentleman": ("coat", "m", "adult", "top", "cane", "black"),
    "worker": ("shirt", "m", "adult", "cap", "", ""),
    "emperor": ("robe", "m", "adult", "crown", "", "crimson"),
    "scribe": ("robe", "m", "adult", "", "book", ""),
    "musician": ("coat", "n", "adult", "", "violin", ""),
}  # fmt: skip

#: Clothing colours by name; kept clear of black so that they show on dark paper.
COLOURS: dict[str, str] = {
    "red": "#c8372d", "crimson": "#a3202f", "scarlet": "#d8321f", "maroon": "#7a2230",
    "orange": "#e07a2c", "amber": "#e0962c", "yellow": "#e8bc3a", "gold": "#d9a830",
    "golden": "#d9a830", "mustard": "#c99a2e", "green": "#3f8a4d", "emerald": "#1f9464",
    "olive": "#6d7440", "teal": "#218a8c", "turquoise": "#35b3ad", "cyan": "#3cb6cf",
    "blue": "#2f68b4", "navy": "#2c4272", "indigo": "#42408f", "violet": "#7350a8",
    "purple": "#7d459c", "lavender": "#a596cf", "pink": "#e08aa6", "magenta": "#c23b86",
    "brown": "#7a4f34", "tan": "#b08d62", "beige": "#cbb594", "cream": "#ecdfc2",
    "white": "#ece8de", "silver": "#b9bec6", "grey": "#848a92", "gray": "#848a92",
    "black": "#26262e", "copper": "#b5683c", "rusty": "#9c5230", "ginger": "#cf7a35",
    "blonde": "#dcb766", "blond": "#dcb766", "pale": "#dcd6c8", "dark": "#3a3540",
}  # fmt: skip

_CAPED = frozenset(("knight", "king", "queen", "emperor", "warrior"))
_SHAVEN = frozenset(("monk", "astronaut", "robot", "soldier"))
_CLOTHS = (
    "red",
    "mustard",
    "teal",
    "blue",
    "green",
    "orange",
    "purple",
    "pink",
    "cream",
    "brown",
)
_SKINS = ("#e3b48e", "#d9a27a", "#c48a60", "#a26d48", "#7f5236", "#eec6a6")
_HAIRS = ("#2a211f", "#3a2a22", "#5d3f2a", "#8a5a32", "#b98a4a", "#201c22")


def look_of(described: Described) -> Look:
    """The look of a figure: what is said of it, then its role, then its own words' hash."""
    garment, gender, age, headgear, prop, cloth = _ROLES[described.role]
    chance = _chances(described.who)
    gender = described.gender or (
        gender if gender != "n" else pick(("f", "m"), chance["gender"])
    )
    age = described.age or age
    old = age == "old"
    if gender == "f" and garment == "coat" and chance["cut"] < 0.5:
        garment = "dress"
    grey = "#cfcac4" if old else pick(_HAIRS, chance["hair"])
    return Look(
        garment=described.garment or garment,
        cloth=rgb(COLOURS[described.cloth or cloth or pick(_CLOTHS, chance["cloth"])]),
        age=age,
        gender=gender,
        headgear=described.headgear or headgear,
        hair=described.hair
        or ("bald" if headgear == "metal" else _cut(gender, age, chance["cut"])),
        hair_colour=rgb(COLOURS.get(described.hair_colour, grey)),
        skin=rgb(pick(_SKINS, chance["skin"])),
        beard=_beard(described, gender, age, chance["chin"]),
        prop=described.prop or prop or ("cane" if old and gender == "m" else ""),
        cape=described.role in _CAPED,
        build=described.stout or 0.9 + 0.25 * chance["build"],
        tall=described.tall or 0.97 + 0.06 * chance["nose"],
        nose=chance["nose"],
        chin=chance["chin"],
    )


def _chances(who: str) -> dict[str, float]:
    rng = roll("look", who)
    features = ("gender", "cloth", "skin", "hair", "cut", "nose", "chin", "build")
    return {feature: float(rng.random()) for feature in features}


def _beard(described: Described, gender: str, age: str, chance: float) -> float:
    """Length of the beard; 0 is shaven."""
    length = 1.4 if age == "old" else 0.6
    if described.beard:
        return length
    grown = gender == "m" and (age == "old" or (age == "adult" and chance < 0.35))
    return length if grown and described.role not in _SHAVEN else 0.0


def pick(options: tuple[str, ...], chance: float) -> str:
    """One of ``options``, by a number in 0-1."""
    return options[min(int(chance * len(options)), len(options) - 1)]


def _cut(gender: str, age: str, chance: float) -> str:
    if gender == "f":
        return pick(
            ("bun", "short", "bun")
            if age == "old"
            else ("long", "bun", "braid", "curly", "long"),
            chance,
        )
    return pick(
        ("bald", "short", "short")
        if age == "old"
        else ("short", "short", "curly", "short"),
        chance,
    )
