"""Figures, animals and things: where each stands, how large, and its drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colab_worker.engines.papercut.colour import Colour, rgb
from colab_worker.engines.papercut.looks import COLOURS, Look, look_of
from colab_worker.engines.papercut.reading import Cast, Reading, Thing
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS, Item
from colab_worker.engines.papercut.silhouettes.creatures import soaring_bird
from colab_worker.engines.papercut.silhouettes.people import person
from colab_worker.engines.papercut.silhouettes.portraits import from_behind, portrait
from colab_worker.engines.papercut.silhouettes.shape import Shape, moved
from colab_worker.engines.papercut.stage import Stage

_METRES = 1.75
#: Sizes are drawn closer together than they are, so that a mouse can meet a lion.
_SQUEEZE = 0.58


@dataclass(frozen=True)
class Actor:
    """Something that stands on the near ground."""

    shape: Shape
    size: float
    body: Colour | None = None
    cloth: Colour | None = None
    look: Look | None = None
    perches: bool = False
    seat: float = 0.0


def draw_far_things(stage: Stage, reading: Reading, *, water: bool) -> None:
    """Buildings behind the people, ships on the water, everything in the sky."""
    far = [t for t in reading.things if _where(t) == "far"]
    afloat = [t for t in reading.things if _where(t) == "water"]
    for k, thing in enumerate(far):
        _draw_building(stage, thing, k, water)
    for k, thing in enumerate(afloat):
        _draw_afloat(stage, thing, k)
    for k, thing in enumerate(reading.things):
        if _where(thing) == "sky":
            _draw_flying(stage, thing, k)
    if any(thing.name == "birds" for thing in reading.things):
        draw_flock(stage, 9)


def draw_near(stage: Stage, reading: Reading, shot: str) -> None:
    """The cast, animals and things on the near ground."""
    if stage.camera.portrait and reading.cast:
        _draw_portraits(stage, reading.cast)
        return
    actors = [*_people(stage, reading.cast, shot), *_things(stage, reading)]
    actors = _boosted(stage, actors)
    perched = [actor for actor in actors if actor.perches]
    standing = [actor for actor in actors if not actor.perches]
    tops = _stand(stage, standing, shot)
    for k, actor in enumerate(perched):
        _perch(stage, actor, k, tops)
    if shot == "over_shoulder":
        _shoulder(stage, reading)


def draw_flock(stage: Stage, count: int) -> None:
    """Far birds in the sky."""
    rng = stage.dice.of("flock")
    at = np.array(
        [rng.uniform(0.25, 0.75) * stage.width, rng.uniform(0.2, 0.5) * stage.horizon]
    )
    for _ in range(count):
        x, y = (
            at
            + rng.normal(0, 1, 2)
            * (0.09, 0.035)
            * np.array([stage.unit, stage.unit])
            * 1.4
        )
        size = stage.unit * rng.uniform(0.012, 0.022)
        stage.place(
            soaring_bird(), x, max(y, 0.02 * stage.height), size, depth=0.75, lift=0
        )


def _where(thing: Thing) -> str:
    return ITEMS[thing.name].where if thing.name in ITEMS else ""


def scale_of(stage: Stage, metres: float) -> float:
    """Pixels for something on the near ground that is so many metres high."""
    figure = stage.camera.figure * stage.unit
    return float(figure * (metres / _METRES) ** _SQUEEZE)


def _colours(item: Item, thing: Thing) -> tuple[Colour | None, Colour | None]:
    body = rgb(item.body) if item.body else None
    cloth = rgb(COLOURS.get(item.cloth, "#b0483a"))
    if thing.colour:
        told = rgb(COLOURS[thing.colour])
        return (
            (told, told)
            if item.kind in {"animal", "building"} or not item.cloth
            else (body, told)
        )
    return body, cloth


def _draw_building(stage: Stage, thing: Thing, k: int, water: bool) -> None:
    item = ITEMS[thing.name]
    rng = stage.dice.of("building", thing.name)
    body, cloth = _colours(item, thing)
    depth = 0.62 if item.metres < 15 else 0.5
    away = 0.8 if item.metres < 12 else 0.62
    size = min(scale_of(stage, item.metres) * away, 0.85 * stage.level(0.6))
    for n in range(min(thing.count, 4)):
        side = (0.7, 0.28, 0.86, 0.14)[(k + n) % 4]
        side = side if stage.sun[0] < 0.5 * stage.width else 1 - side
        x = stage.width * (side + 0.03 * rng.uniform(-1, 1))
        y = stage.ground - 0.02 * stage.unit if not water else stage.level(0.66)
        if water:
            _islet(stage, x, y, size, depth)
        stage.place(
            item.draw(rng),
            x,
            y + 0.02 * size,
            size * (1 - 0.12 * n),
            depth=depth,
            body=body or rgb("#7d7068"),
            cloth=cloth,
            flip=x > 0.5 * stage.width,
        )
    if thing.name == "lighthouse":
        _beam(stage, x, y - 0.86 * size)


def _islet(stage: Stage, x: float, y: float, size: float, depth: float) -> None:
    bump = np.exp(-(((stage.xs - x) / (0.5 * size + 0.12 * stage.unit)) ** 2) * 1.6)
    profile = y + 0.09 * stage.unit - 0.1 * stage.unit * np.minimum(1.0, 1.3 * bump)
    rock = np.concatenate(
        [
            np.stack([stage.xs, profile], 1),
            np.stack([stage.xs, np.full_like(profile, y + 0.085 * stage.unit)], 1)[
                ::-1
            ],
        ]
    )
    keep = (
        bump[np.concatenate([np.arange(len(bump)), np.arange(len(bump))[::-1]])] > 0.02
    )
    from colab_worker.engines.papercut.canvas import Fill

    stage.canvas.lay(
        [rock[keep]], Fill(stage.palette.layer(depth + 0.1, rgb("#6d6a70"))), lift=0.4
    )


def _beam(stage: Stage, x: float, y: float) -> None:
    if stage.palette.bright > 0.8:
        return
    toward = -1 if x > 0.5 * stage.width else 1
    reach = 1.2 * stage.width
    for spread, alpha in ((0.1, 0.2), (0.05, 0.25)):
        beam = np.array(
            [
                (x, y),
                (x + toward * reach, y - (0.12 + spread) * reach),
                (x + toward * reach, y - (0.12 - spread) * reach),
            ]
        )
        stage.canvas.dab([beam], stage.palette.lamp, alpha)


def _draw_afloat(stage: Stage, thing: Thing, k: int) -> None:
    item = ITEMS[thing.name]
    rng = stage.dice.of("afloat", thing.name)
    body, cloth = _colours(item, thing)
    for n in range(min(thing.count, 4)):
        share = (0.5, 0.3, 0.4, 0.24)[n]
        y = stage.level(0.1) + share * (
            min(stage.ground, 0.96 * stage.height) - stage.level(0.1)
        )
        size = (
            scale_of(stage, item.metres)
            * (0.42 + 0.55 * share)
            * (1.0 if item.metres < 3 else 0.8)
        )
        x = stage.width * (
            (0.6, 0.25, 0.82, 0.42)[(n + k) % 4] + 0.05 * rng.uniform(-1, 1)
        )
        depth = 0.55 + 0.4 * share
        stage.place(
            item.draw(rng),
            x,
            y,
            size,
            depth=depth,
            body=body,
            cloth=cloth,
            flip=x > 0.5 * stage.width,
        )
        _wake(stage, x, y, size)


def _wake(stage: Stage, x: float, y: float, size: float) -> None:
    from colab_worker.engines.papercut import geometry

    lines = []
    for k in range(3):
        half = size * (0.7 - 0.12 * k)
        at = y + size * (0.015 + 0.035 * k)
        lines.append(
            geometry.band(
                np.array(
                    [(x - half, at, 0.1), (x, at, 0.016 * size), (x + half, at, 0.1)]
                ),
                3,
            )
        )
    stage.canvas.dab(lines, stage.palette.sky[2], 0.5)


def _draw_flying(stage: Stage, thing: Thing, k: int) -> None:
    item = ITEMS[thing.name]
    rng = stage.dice.of("flying", thing.name)
    body, cloth = _colours(item, thing)
    room = min(stage.horizon, stage.ground)
    for n in range(min(thing.count, 6)):
        x = stage.width * ((0.36 + 0.17 * k + 0.23 * n) % 0.8 + 0.1)
        y = room * (0.3 + 0.14 * ((k + n) % 3)) + stage.unit * 0.03 * rng.uniform(-1, 1)
        size = max(scale_of(stage, item.metres) * (0.95 - 0.1 * n), 0.05 * stage.unit)
        size = min(size, 0.42 * stage.unit)
        stage.place(
            item.draw(rng),
            x,
            y + 0.5 * size,
            size,
            depth=0.85,
            body=body,
            cloth=cloth,
            flip=x > 0.5 * stage.width,
        )


def _people(stage: Stage, cast: list[Cast], shot: str) -> list[Actor]:
    actors = []
    for member in cast[:4]:
        for n in range(min(member.count, 8)):
            described = member.described
            look = look_of(described) if n == 0 else _varied(member, n)
            pose = "stand" if shot == "two_shot" else member.pose
            shape, seat = person(look, pose), 0.0
            if member.rides:
                shape = _mounted(look, member.rides)
            actors.append(
                Actor(
                    shape, scale_of(stage, _METRES), None, look.cloth, look, seat=seat
                )
            )
    if shot == "two_shot" and len(actors) == 1:
        return actors
    return actors


def _varied(member: Cast, n: int) -> Look:
    """Another one of a group: the same role and clothing, another face."""
    import dataclasses

    return look_of(
        dataclasses.replace(member.described, who=f"{member.described.who} {n}")
    )


def _mounted(look: Look, animal: str) -> Shape:
    item = ITEMS[animal]
    back = item.metres / _METRES * 1.0
    beast = moved(item.draw(np.random.default_rng(0)), scale=back)
    beast = tuple(
        type(part)(part.points, "hair" if part.tone == "body" else part.tone)
        for part in beast
    )
    rider = moved(person(look, "sit"), 0.0, back - 0.27)
    return (*beast, *rider)


def _things(stage: Stage, reading: Reading) -> list[Actor]:
    actors = []
    for thing in reading.things:
        if _where(thing) not in {"ground", "perch"}:
            continue
        item = ITEMS[thing.name]
        body, cloth = _colours(item, thing)
        for n in range(min(thing.count, 5)):
            rng = stage.dice.of("thing", thing.name, n)
            size = scale_of(stage, item.metres)
            actors.append(
                Actor(item.draw(rng), size, body, cloth, perches=item.where == "perch")
            )
    return actors


def _boosted(stage: Stage, actors: list[Actor]) -> list[Actor]:
    """Without people, the largest thing is made large enough to be the subject."""
    if not actors or any(actor.look for actor in actors):
        return actors
    import dataclasses

    wanted = {True: 0.75, False: min(0.85 * stage.camera.figure + 0.06, 0.6)}[
        stage.camera.portrait
    ] * stage.unit
    tallest = max(
        actor.size
        * float(np.ptp(np.concatenate([p.points for p in actor.shape])[:, 1]))
        for actor in actors
    )
    factor = min(max(wanted / tallest, 1.0 if not stage.camera.portrait else 0.3), 4.0)
    return [dataclasses.replace(actor, size=actor.size * factor) for actor in actors]


def _stand(stage: Stage, actors: list[Actor], shot: str) -> list[tuple[float, float]]:
    """Places actors side by side around a third; returns (x, top) of the things."""
    sites = _sites(stage, len(actors), shot)
    order = sorted(range(len(actors)), key=lambda k: sites[k][1])
    tops: list[tuple[float, float]] = []
    for k in order:
        actor, (share, back) = actors[k], sites[k]
        x = share * stage.width
        foot = min(stage.floor_at(x), 1.2 * stage.height) + (
            0.05 * stage.unit * (0.5 - back)
        )
        size = actor.size * (1 - 0.28 * back)
        if shot not in {"medium", "two_shot", "close"}:
            foot = min(foot, 0.985 * stage.height)
        elif actor.look is None:
            foot = min(foot, 0.97 * stage.height)
        inward = x > 0.5 * stage.width
        _draw_actor(
            stage,
            actor,
            x,
            foot,
            size,
            inward if len(actors) > 1 or share > 0.5 else False,
        )
        if actor.look is None:
            points = np.concatenate([part.points for part in actor.shape])
            tops.append((x, foot - size * float(points[:, 1].max())))
    return tops


def _sites(stage: Stage, count: int, shot: str) -> list[tuple[float, float]]:
    """(x share, how far back 0-1) of every actor."""
    left = stage.sun[0] > 0.5 * stage.width
    if shot == "two_shot" and count >= 2:
        return [(0.34, 0.0), (0.66, 0.0), *[(0.5, 0.9)] * (count - 2)]
    if count == 1:
        return [(0.36 if left else 0.64, 0.0)]
    spread = np.array([0.34, 0.63, 0.48, 0.8, 0.2, 0.56, 0.9, 0.1, 0.42, 0.72, 0.27])
    spread = spread if left else 1 - spread
    tall = stage.height > 1.2 * stage.width
    share = 0.5 + (spread - 0.5) * (1.15 if tall else 0.9)
    return [
        (float(share[k % 11]), 0.0 if k < 2 else 0.25 + 0.6 * ((k * 0.618) % 1))
        for k in range(count)
    ]


def _draw_actor(
    stage: Stage, actor: Actor, x: float, y: float, size: float, flip: bool
) -> None:
    look = actor.look
    stage.place(
        actor.shape, x, y, size, flip=flip, body=actor.body, cloth=actor.cloth,
        skin=look.skin if look else None, hair=look.hair_colour if look else None,
    )  # fmt: skip


def _perch(stage: Stage, actor: Actor, k: int, tops: list[tuple[float, float]]) -> None:
    """A bird sits on a thing, or on a branch that reaches in from the side."""
    size = actor.size * (0.8 if tops else 1.0)
    if tops and k < len(tops):
        x, y = tops[k]
        _draw_actor(
            stage,
            actor,
            x,
            y + 0.03 * size,
            min(size, 0.2 * stage.unit),
            x > 0.5 * stage.width,
        )
        return
    from colab_worker.engines.papercut import geometry
    from colab_worker.engines.papercut.canvas import Fill

    side = 1 if stage.sun[0] < 0.5 * stage.width else -1
    edge = stage.width * (1.03 if side > 0 else -0.03)
    y, u = stage.height * (0.4 + 0.16 * k), stage.unit
    reach = 0.36 * stage.width
    twigs = [
        np.array(
            [
                (edge, y + 0.05 * u, 0.05 * u),
                (edge - side * 0.5 * reach, y + 0.01 * u, 0.03 * u),
                (edge - side * reach, y - 0.03 * u, 0.006 * u),
            ]
        ),
        np.array(
            [
                (edge - side * 0.55 * reach, y + 0.01 * u, 0.02 * u),
                (edge - side * 0.75 * reach, y - 0.08 * u, 0.012 * u),
                (edge - side * 0.9 * reach, y - 0.14 * u, 0.003 * u),
            ]
        ),
        np.array(
            [
                (edge - side * 0.3 * reach, y + 0.03 * u, 0.02 * u),
                (edge - side * 0.5 * reach, y + 0.09 * u, 0.012 * u),
                (edge - side * 0.6 * reach, y + 0.14 * u, 0.003 * u),
            ]
        ),
    ]
    stage.canvas.lay(
        [geometry.band(twig) for twig in twigs],
        Fill(stage.palette.layer(1.0)),
        lift=0.8,
    )
    _draw_actor(stage, actor, edge - side * 0.42 * reach, y + 0.012 * u, size, side > 0)


def _draw_portraits(stage: Stage, cast: list[Cast]) -> None:
    several = len(cast) > 1
    size = stage.camera.figure * stage.unit * (0.6 if several else 0.72)
    size = min(size, 0.84 * stage.height)
    low = stage.height + 0.04 * size
    left = stage.sun[0] > 0.5 * stage.width
    sites = (0.27, 0.74) if several else ((0.4,) if left else (0.6,))
    for member, share in zip(cast, sites, strict=False):
        look = look_of(member.described)
        stage.place(
            portrait(look), share * stage.width, low, size, flip=share > 0.5, cloth=look.cloth,
            skin=look.skin, hair=look.hair_colour, lift=1.2,
        )  # fmt: skip


def _shoulder(stage: Stage, reading: Reading) -> None:
    look = (
        look_of(
            (reading.cast[1] if len(reading.cast) > 1 else reading.cast[0]).described
        )
        if reading.cast
        else None
    )
    if look is None:
        return
    side = 0.16 if stage.sun[0] < 0.5 * stage.width else 0.84
    size = 0.8 * stage.unit
    stage.place(
        from_behind(look), side * stage.width, stage.height + 0.12 * size, size, cloth=look.cloth,
        skin=look.skin, hair=look.hair_colour, lift=1.6,
    )  # fmt: skip
