"""Who and what stands on the near ground: outlines, sizes and colours, not places."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from colab_worker.engines.papercut.colour import Colour, rgb
from colab_worker.engines.papercut.description import Cast
from colab_worker.engines.papercut.looks import COLOURS, Described, Look, look_of
from colab_worker.engines.papercut.reading import Reading, Thing
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS, Item
from colab_worker.engines.papercut.silhouettes.people import person
from colab_worker.engines.papercut.silhouettes.shape import Part, Shape, moved
from colab_worker.engines.papercut.stage import Stage

_METRES = 1.75
#: Sizes are drawn closer together than they are, so that a mouse can meet a lion;
#: less so beside people, whose size everybody knows.
_SQUEEZE, _BESIDE_PEOPLE = 0.58, 0.8


#: Heights of what one sits on, and of a sitting figure's seat, in shares of their own.
_SEATS = {"chair": 0.5, "throne": 0.36}
_SEAT = 0.17


@dataclass(frozen=True)
class Actor:
    """Something that stands on the near ground; ``size`` is its height 1 in pixels."""

    shape: Shape
    size: float
    body: Colour | None = None
    cloth: Colour | None = None
    look: Look | None = None
    perches: bool = False
    #: Of who sits: how high the shape's seat is; of a seat: how high one sits on it.
    sits: float = 0.0
    seats: float = 0.0

    @property
    def left(self) -> float:
        """How far it reaches to the left of its origin, in pixels."""
        return -self.size * min(float(part.points[:, 0].min()) for part in self.shape)

    @property
    def right(self) -> float:
        """How far it reaches to the right of its origin, in pixels."""
        return self.size * max(float(part.points[:, 0].max()) for part in self.shape)

    @property
    def top(self) -> float:
        """Its height in pixels."""
        return self.size * max(float(part.points[:, 1].max()) for part in self.shape)


def actors(stage: Stage, reading: Reading, shot: str) -> list[Actor]:
    """Everybody and everything near, the people first."""
    people = [
        actor for member in reading.cast[:4] for actor in _group(stage, member, shot)
    ]
    things = [
        actor
        for thing in reading.things
        if place_of(thing) in {"ground", "perch"}
        for actor in _copies(stage, thing, bool(people))
    ]
    return people + things if people else _enlarged(stage, things)


def place_of(thing: Thing) -> str:
    """Where ``thing`` belongs; "" for what the sky or a flock stands for."""
    return ITEMS[thing.name].where if thing.name in ITEMS else ""


def scale_of(stage: Stage, metres: float, squeeze: float = _SQUEEZE) -> float:
    """Pixels for something on the near ground that is so many metres high."""
    figure = stage.camera.figure * stage.unit
    return float(figure * (metres / _METRES) ** squeeze)


def colours(item: Item, thing: Thing) -> tuple[Colour | None, Colour | None]:
    """(body, coloured parts) of a thing: its own, or what the prompt says."""
    body = rgb(item.body) if item.body else None
    cloth = rgb(COLOURS.get(item.cloth, "#b0483a"))
    if not thing.colour:
        return body, cloth
    told = rgb(COLOURS[thing.colour])
    if item.kind in {"animal", "building"} or not item.cloth:
        return told, told
    return body, told


def _group(stage: Stage, member: Cast, shot: str) -> list[Actor]:
    found = []
    pose = "stand" if shot == "two_shot" else member.pose
    for n in range(min(member.count, 8)):
        look = look_of(member.described if n == 0 else _another(member, n))
        shape = _mounted(look, member.rides) if member.rides else person(look, pose)
        size = scale_of(stage, _METRES)
        sits = _SEAT if pose == "sit" and not member.rides else 0.0
        found.append(Actor(shape, size, cloth=look.cloth, look=look, sits=sits))
    return found


def _another(member: Cast, n: int) -> Described:
    """One more of a group: the same role and clothing, another face."""
    who = f"{member.described.who} {n}"
    return dataclasses.replace(member.described, who=who)


def _mounted(look: Look, animal: str) -> Shape:
    back = ITEMS[animal].metres / _METRES
    beast = moved(ITEMS[animal].draw(np.random.default_rng(0)), scale=back)
    coat = [Part(p.points, "hair" if p.tone == "body" else p.tone) for p in beast]
    return (*coat, *moved(person(look, "sit"), 0.0, back - 0.27))


def _copies(stage: Stage, thing: Thing, peopled: bool) -> list[Actor]:
    item = ITEMS[thing.name]
    body, cloth = colours(item, thing)
    small = peopled and item.metres < _METRES
    size = scale_of(stage, item.metres, _BESIDE_PEOPLE if small else _SQUEEZE)
    return [
        Actor(
            item.draw(stage.dice.of("thing", thing.name, n)),
            size,
            body,
            cloth,
            perches=item.where == "perch" and not stage.camera.portrait,
            seats=_SEATS.get(thing.name, 0.0),
        )
        for n in range(min(thing.count, 5))
    ]


def _enlarged(stage: Stage, things: list[Actor]) -> list[Actor]:
    """Without people, the tallest thing is made large enough to be the subject."""
    if not things:
        return things
    close = stage.camera.portrait
    share = 0.74 if close else min(0.85 * stage.camera.figure + 0.06, 0.62)
    factor = share * stage.unit / max(actor.top for actor in things)
    factor = min(max(factor, 0.3 if close else 1.0), 4.5)
    return [dataclasses.replace(a, size=a.size * factor) for a in things]
