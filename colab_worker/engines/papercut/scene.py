"""From what a prompt names to a composition: one setting, hour, light and framing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from colab_worker.engines.papercut.description import Cast
from colab_worker.engines.papercut.dice import Dice
from colab_worker.engines.papercut.looks import Described, pick
from colab_worker.engines.papercut.reading import Reading, Thing, is_removed
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS


@dataclass(frozen=True)
class Setting:
    """What a place is built from."""

    far: tuple[str, ...] = ()
    middle: tuple[str, ...] = ()
    ground: str = "grass"
    #: "", "calm" or "waves".
    water: str = ""
    enclosed: str = ""


@dataclass(frozen=True)
class Scene:
    """A composition, ready to be drawn."""

    setting: Setting
    time: str
    weathers: tuple[str, ...]
    moods: tuple[str, ...]
    seasons: tuple[str, ...]
    shot: str
    mars: bool = False


SETTINGS = {
    "mountain": Setting(("mountains",), ("treeline",), "rock"),
    "hills": Setting(("hills",), (), "meadow"),
    "forest": Setting((), ("treeline",), "forest"),
    "sea": Setting((), (), "none", "waves"),
    "coast": Setting(("headland",), (), "sand", "waves"),
    "desert": Setting((), ("dunes",), "sand"),
    "canyon": Setting((), ("mesas",), "sand"),
    "city": Setting(("skyline",), (), "stone"),
    "village": Setting(("hills",), ("houses",), "grass"),
    "street": Setting(enclosed="street"),
    "castle": Setting(("hills",), ("castle",), "grass"),
    "lake": Setting(("mountains",), ("treeline",), "bank", "calm"),
    "river": Setting(("hills",), ("treeline",), "river"),
    "meadow": Setting(("hills",), (), "meadow"),
    "farm": Setting(("hills",), (), "field"),
    "garden": Setting(("hills",), (), "garden"),
    "road": Setting(("hills",), (), "road"),
    "harbor": Setting((), ("masts",), "quay", "waves"),
    "snowfield": Setting(("mountains",), (), "snow"),
    "space": Setting(enclosed="space"),
    "planet": Setting((), ("mesas",), "dust"),
    "cave": Setting(enclosed="cave"),
    "battlefield": Setting(("hills",), ("smoke",), "mud"),
    "swamp": Setting((), ("treeline",), "marsh"),
    "island": Setting((), ("islet",), "sand", "waves"),
    "ruins": Setting(("hills",), ("columns",), "stone"),
    "graveyard": Setting(("chapel",), ("graves",), "grass"),
    "underwater": Setting(enclosed="underwater"),
    "sky": Setting((), (), "clouds"),
    "volcano": Setting(("volcano",), (), "rock"),
    "room": Setting(enclosed="room"),
    "hall": Setting(enclosed="hall"),
    "library": Setting(enclosed="library"),
    "bridge_deck": Setting(enclosed="bridge_deck"),
    "station": Setting(("skyline",), ("rails",), "stone"),
}

#: Where things are at home when no place is named.
_HOMES = {
    "ship": "sea", "sailboat": "sea", "steamer": "sea", "whale": "sea", "boat": "lake",
    "lighthouse": "coast", "gull": "coast", "anchor": "harbor", "swan": "lake", "fish": "underwater",
    "camel": "desert", "pyramid": "desert", "cactus": "desert", "palm": "island", "castle": "castle",
    "skyscraper": "city", "car": "road", "cart": "road", "lamp": "street", "rocket": "planet",
    "starship": "space", "satellite": "space", "saucer": "hills", "dome": "planet",
    "bed": "room", "table": "room", "chair": "room", "clock": "room", "candle": "room",
    "book": "library", "mirror": "room", "window": "room", "door": "room", "computer": "room",
    "throne": "hall", "gravestone": "graveyard", "cross": "graveyard", "owl": "forest", "wolf": "forest",
    "bear": "forest", "fox": "meadow", "deer": "forest", "squirrel": "forest", "frog": "swamp",
    "cow": "farm", "sheep": "meadow", "rooster": "farm", "pig": "farm", "barn": "farm",
    "scarecrow": "farm", "well": "farm", "pitcher": "farm", "windmill": "hills", "elephant": "meadow", "lion": "meadow",
    "monkey": "forest", "snake": "forest", "dragon": "mountain", "train": "hills", "temple": "ruins",
    "ruin": "ruins", "pine": "forest", "mushroom": "forest", "spider": "cave", "bat": "cave",
    "chest": "cave", "plane": "sky", "tower": "mountain", "church": "village", "house": "village",
    "cottage": "meadow", "bridge": "river", "sword": "forest", "tent": "mountain", "fire": "forest",
    "telescope": "hills", "pagoda": "mountain", "key": "room", "tree": "hills", "bare_tree": "hills",
}  # fmt: skip
_ROLE_HOMES = {
    "soldier": "battlefield", "knight": "castle", "king": "hall", "queen": "hall", "emperor": "hall",
    "prince": "castle", "princess": "castle", "fisherman": "coast", "sailor": "harbor", "captain": "sea",
    "pirate": "sea", "astronaut": "space", "robot": "city", "detective": "street", "thief": "street",
    "cowboy": "canyon", "farmer": "farm", "shepherd": "meadow", "monk": "mountain", "witch": "forest",
    "wizard": "forest", "ghost": "graveyard", "scientist": "library", "scribe": "library",
    "teacher": "library", "doctor": "room", "priest": "hall", "hunter": "forest", "woodcutter": "forest",
    "warrior": "hills", "guard": "castle", "traveler": "road", "angel": "sky", "demon": "cave",
}  # fmt: skip

#: Where a mood is at home when nothing else is named.
_MOOD_HOMES = {
    "dark": ("forest", "graveyard", "cave", "swamp"), "fear": ("forest", "graveyard", "swamp", "street"),
    "lonely": ("hills", "desert", "snowfield", "road"), "sad": ("lake", "road", "coast", "hills"),
    "hopeful": ("hills", "mountain", "sky", "coast"), "joy": ("meadow", "garden", "hills", "village"),
    "calm": ("lake", "meadow", "coast", "snowfield"), "love": ("garden", "lake", "hills", "coast"),
    "anger": ("volcano", "battlefield", "sea", "canyon"), "mystery": ("forest", "ruins", "lake", "library"),
    "magic": ("forest", "sky", "mountain", "garden"), "tense": ("street", "canyon", "sea", "forest"),
    "time": ("ruins", "road", "desert", "library"),
}  # fmt: skip
_MOOD_TIMES = {
    "dark": "night", "fear": "night", "lonely": "dusk", "sad": "dusk", "hopeful": "dawn",
    "joy": "noon", "calm": "morning", "love": "dusk", "anger": "dusk", "mystery": "night",
    "magic": "night", "tense": "dusk", "time": "afternoon",
}  # fmt: skip
_MOOD_WEATHER = {"sad": "rain", "fear": "fog", "mystery": "fog", "anger": "storm"}
_ANY_PLACE = (
    "hills",
    "mountain",
    "lake",
    "meadow",
    "coast",
    "forest",
    "road",
    "desert",
    "village",
)
_ANY_TIME = ("dawn", "morning", "noon", "afternoon", "dusk", "afternoon", "morning")
#: Settings within four walls.
WALLED = frozenset(("room", "hall", "library", "bridge_deck"))

#: What stands in no room, and what hangs on no tree, as long as there is anything else.
_OUTDOORS = frozenset((
    "tree", "pine", "bare_tree", "palm", "cypress", "cactus", "reed", "rock", "fence", "well",
    "gravestone", "scarecrow", "car", "cart",
))  # fmt: skip
_INDOORS = frozenset(("window",))

#: mood: (role, thing) pairs, one of which stands for it.
_MOTIFS: dict[str, tuple[tuple[str, str], ...]] = {
    "dark": (("", "crow"), ("", "bare_tree"), ("traveler", "")),
    "fear": (("child", "bare_tree"), ("", "house"), ("woman", "bat")),
    "lonely": (("person", ""), ("", "tree"), ("traveler", "bare_tree")),
    "sad": (("woman", ""), ("person", "bare_tree")),
    "hopeful": (("person", "bird"), ("child", "balloon"), ("woman", "")),
    "joy": (("child", "balloon"), ("girl", "butterfly"), ("boy", "dog")),
    "calm": (("", "sailboat"), ("", "deer"), ("", "tree")),
    "love": (("person", ""), ("person", "tree")),
    "anger": (("", "dragon"), ("warrior", ""), ("", "bare_tree")),
    "mystery": (("", "gate"), ("detective", ""), ("", "key"), ("", "owl")),
    "magic": (("wizard", ""), ("", "mushroom"), ("girl", "butterfly")),
    "tense": (("thief", ""), ("person", ""), ("", "wolf")),
    "time": (("", "clock"), ("person", "tree"), ("", "statue")),
}


def compose(reading: Reading, dice: Dice) -> Scene:
    """The scene of a reading; what it leaves open follows things, moods, then chance."""
    places = reading.places or _guess_places(reading, dice)
    time = _time(reading, dice)
    weathers = list(reading.weathers)
    if not (weathers or reading.places or reading.cast or reading.things):
        weathers += [
            _MOOD_WEATHER[mood] for mood in reading.moods[:1] if mood in _MOOD_WEATHER
        ]
    weathers = [
        w
        for w in weathers
        if w not in reading.removed and not (w == "clear" and len(weathers) > 1)
    ]
    if (
        places[0] == "snowfield"
        and "snow" not in reading.removed
        and "snow" not in weathers
    ):
        weathers.append("clear")
    return Scene(
        setting=_setting(places, reading),
        time=time,
        weathers=tuple(weathers),
        moods=tuple(reading.moods),
        seasons=tuple(reading.seasons),
        shot=_shot(reading),
        mars="planet" in places,
    )


def furnish(reading: Reading, scene: Scene, dice: Dice) -> None:
    """Adds a motif where only a mood is named; takes away what the setting excludes."""
    bare = not (reading.cast or reading.things)
    if bare and scene.moods:
        options = _MOTIFS[scene.moods[0]]
        role, name = options[int(dice.of("motif").integers(len(options)))]
        if role and "figures" not in reading.removed:
            pose = "raise" if scene.moods[0] in {"joy", "hopeful"} else "stand"
            count = 2 if scene.moods[0] == "love" else 1
            reading.cast.append(Cast(Described(role, f"{role} {name}"), count, pose))
        if name and not is_removed(name, reading.removed):
            reading.things.append(Thing(name))
    walled = scene.setting.enclosed in WALLED
    if walled:
        reading.things = [t for t in reading.things if _fits_inside(t.name)]
    elsewhere = _OUTDOORS if walled else _INDOORS
    others = [thing for thing in reading.things if thing.name not in elsewhere]
    if reading.cast or others:
        reading.things = others
    if scene.setting.ground in {"garden", "meadow"}:
        reading.things = [t for t in reading.things if t.name != "flower"]


def _fits_inside(name: str) -> bool:
    item = ITEMS.get(name)
    if item is None or name == "window":
        return False
    return item.where not in {"far", "water"} and (
        item.where != "sky" or item.metres < 1
    )


def _guess_places(reading: Reading, dice: Dice) -> list[str]:
    for thing in reading.things:
        if thing.name in _HOMES and _HOMES[thing.name] not in reading.removed:
            return [_HOMES[thing.name]]
    chance = float(dice.of("place").random())
    for mood in reading.moods:
        options = tuple(p for p in _MOOD_HOMES[mood] if p not in reading.removed)
        if options and not reading.cast:
            return [pick(options, chance)]
    for member in reading.cast:
        if member.described.role in _ROLE_HOMES:
            return [_ROLE_HOMES[member.described.role]]
    for mood in reading.moods:
        return [pick(_MOOD_HOMES[mood], chance)]
    return [pick(tuple(p for p in _ANY_PLACE if p not in reading.removed), chance)]


def _time(reading: Reading, dice: Dice) -> str:
    if reading.times:
        return reading.times[-1]
    stars = {"moon", "stars"} & {thing.name for thing in reading.things}
    if stars:
        return "night"
    for mood in reading.moods:
        return _MOOD_TIMES[mood]
    if "clear" in reading.weathers:
        return "noon"
    return pick(_ANY_TIME, float(dice.of("time").random()))


def _setting(places: list[str], reading: Reading) -> Setting:
    """The first place's setting, with the far and middle land of the others."""
    if "bridge_deck" in places or ("space" in places and places[0] == "planet"):
        places = ["bridge_deck" if "bridge_deck" in places else "space"]
    if "street" in places and places[0] in {"city", "village"}:
        places = ["street"]
    settings = [SETTINGS[place] for place in places if place in SETTINGS]
    enclosed = [setting for setting in settings if setting.enclosed]
    if enclosed and settings[0].enclosed:
        return enclosed[0]
    open_air = [setting for setting in settings if not setting.enclosed]
    first = open_air[0]
    far = _merged(setting.far for setting in open_air)
    middle = _merged(setting.middle for setting in open_air)
    waters = [setting.water for setting in open_air if setting.water]
    afloat = any(
        ITEMS[t.name].where == "water" for t in reading.things if t.name in ITEMS
    )
    if afloat and not waters and first.ground != "marsh":
        waters = ["calm" if "river" in places or "forest" in places else "waves"]
    ground = next((s.ground for s in open_air if s.ground != "none"), "none")
    if "river" in places and ground in {"grass", "meadow", "field"}:
        ground = "river"
    if waters and ground in {"meadow", "field", "forest", "river"}:
        ground = "bank"
    if "castle" in middle and any(t.name == "castle" for t in reading.things):
        middle = tuple(name for name in middle if name != "castle")
    if "treeline" in middle and len(middle) > 1:
        middle = tuple(name for name in middle if name != "treeline")
        far = (*far[:1], "treeline")
    return Setting(far[:2], middle[:2], ground, waters[0] if waters else "")


def _merged(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    names: list[str] = []
    for group in groups:
        names += [name for name in group if name not in names]
    return tuple(names)


def _shot(reading: Reading) -> str:
    return reading.shots[0] if reading.shots else "wide"


def sun_place(scene: Scene, rng: np.random.Generator) -> float:
    """Where the sun stands, as a share of the width: off the middle."""
    return float(rng.choice([rng.uniform(0.2, 0.36), rng.uniform(0.64, 0.8)]))
