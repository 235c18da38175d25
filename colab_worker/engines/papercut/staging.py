"""Where actors stand, which way they look, and drawing them on the near ground."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.casting import Actor, actors
from colab_worker.engines.papercut.description import Cast
from colab_worker.engines.papercut.looks import look_of
from colab_worker.engines.papercut.reading import Reading
from colab_worker.engines.papercut.silhouettes.portraits import from_behind, portrait
from colab_worker.engines.papercut.stage import Stage

#: Actors in the front row; a crowd fills the rows behind.
_FRONT = 4


@dataclass(frozen=True)
class Spot:
    """A place on the ground: x in pixels, how far back (0-1), looking left or right."""

    x: float
    back: float
    flip: bool


def draw_near(stage: Stage, reading: Reading, shot: str) -> None:
    """The cast, animals and things on the near ground."""
    if stage.camera.portrait and reading.cast:
        _draw_portraits(stage, reading.cast)
        return
    everyone = actors(stage, reading, shot)
    standing = [actor for actor in everyone if not actor.perches]
    standing, sitting = _seated(standing)
    if not stage.inside:
        _brighten(stage, standing)
    tops = _stand(stage, standing, sitting, shot)
    for k, bird in enumerate(actor for actor in everyone if actor.perches):
        _perch(stage, bird, k, tops)
    if shot == "over_shoulder" and reading.cast:
        _draw_shoulder(stage, reading.cast)


def _seated(everyone: list[Actor]) -> tuple[list[Actor], list[Actor]]:
    """Those with a spot of their own, and those who sit on what has one, in its order."""
    free = sum(bool(actor.seats) for actor in everyone)
    sitting = [actor for actor in everyone if actor.sits][:free]
    return [one for one in everyone if not any(one is s for s in sitting)], sitting


def _stand(
    stage: Stage, everyone: list[Actor], sitting: list[Actor], shot: str
) -> list[Spot]:
    """Draws everyone from back to front; returns where birds can sit on things."""
    factor = _fit(stage, everyone)
    everyone, sitting = _scaled(everyone, factor), _scaled(sitting, factor)
    spots = _spots(stage, everyone)
    tops = []
    for k in sorted(range(len(everyone)), key=lambda k: -spots[k].back):
        actor, spot = everyone[k], spots[k]
        foot, size = _foot(stage, actor, spot, shot), actor.size * (1 - 0.3 * spot.back)
        _draw(stage, actor, spot, foot, size)
        if actor.seats and sitting:
            sitter = sitting.pop(0)
            own = sitter.size * (1 - 0.3 * spot.back)
            _draw(
                stage, sitter, spot, foot - actor.seats * size + sitter.sits * own, own
            )
        elif actor.look is None:
            tops.append(
                Spot(spot.x, foot - actor.top * (1 - 0.3 * spot.back), spot.flip)
            )
    return tops


def _brighten(stage: Stage, everyone: list[Actor]) -> None:
    """Haze behind the actors, so that they stand out in the dark too."""
    strength = 0.2 + 0.35 * (1 - stage.palette.bright)
    lamps = []
    for actor, spot in zip(everyone[:_FRONT], _spots(stage, everyone), strict=False):
        y = stage.floor_at(spot.x) - 0.5 * actor.top
        reach = 0.8 * max(actor.top, actor.left + actor.right)
        lamps.append((spot.x, y, reach))
    stage.canvas.glows(lamps, stage.palette.sky[2], strength)


def _fit(stage: Stage, everyone: list[Actor]) -> float:
    """How much smaller everyone is where the front row would not fit the width."""
    wide = sum(actor.left + actor.right for actor in everyone[:_FRONT])
    return min(1.0, max(0.82 * stage.width / wide, 0.45)) if everyone else 1.0


def _scaled(everyone: list[Actor], factor: float) -> list[Actor]:
    return [dataclasses.replace(a, size=a.size * factor) for a in everyone]


def _spots(stage: Stage, everyone: list[Actor]) -> list[Spot]:
    front = everyone[:_FRONT]
    sunny_right = stage.sun[0] > 0.5 * stage.width
    if len(front) == 1:
        x = stage.width * (0.36 if sunny_right else 0.64)
        reach = max(front[0].left, front[0].right)
        x = min(max(x, 0.8 * reach), stage.width - 0.8 * reach)
        return [Spot(x, 0.0, not sunny_right)]
    wide = sum(actor.left + actor.right for actor in front)
    gap = (0.82 * stage.width - wide) / max(len(front) - 1, 1)
    gap = min(max(gap, -0.02 * stage.width), 0.2 * stage.width)
    x = 0.5 * (stage.width - wide - gap * (len(front) - 1))
    spots = []
    for k, actor in enumerate(front):
        flip = k >= len(front) / 2
        reach = actor.right if flip else actor.left
        spots.append(Spot(x + reach, 0.1 * (k % 2) * (len(front) > 2), flip))
        x += actor.left + actor.right + gap
    return spots + _crowd(stage, len(everyone) - len(front))


def _crowd(stage: Stage, count: int) -> list[Spot]:
    rng = stage.dice.of("crowd")
    return [
        Spot(
            stage.width
            * (0.08 + 0.84 * ((k + 0.5) / count + 0.02 * rng.uniform(-1, 1))),
            float(rng.uniform(0.5, 1.0)),
            bool(k % 2),
        )
        for k in range(count)
    ]


def _foot(stage: Stage, actor: Actor, spot: Spot, shot: str) -> float:
    if actor.look is not None and shot in {"medium", "two_shot"}:
        return stage.camera.feet * stage.height
    foot = stage.floor_at(spot.x) + 0.05 * stage.unit * (0.4 - spot.back)
    return min(foot, 0.975 * stage.height)


def _draw(stage: Stage, actor: Actor, spot: Spot, foot: float, size: float) -> None:
    look = actor.look
    stage.place(
        actor.shape, spot.x, foot, size, flip=spot.flip, depth=1 - 0.25 * spot.back,
        body=actor.body, cloth=actor.cloth, skin=look.skin if look else None,
        hair=look.hair_colour if look else None,
    )  # fmt: skip


def _perch(stage: Stage, bird: Actor, k: int, tops: list[Spot]) -> None:
    """A bird sits on a thing, or on a branch that reaches in from the side."""
    if k < len(tops):
        spot = tops[k]
        size = min(bird.size, 0.22 * stage.unit)
        _draw(
            stage, bird, Spot(spot.x, 0.0, not spot.flip), spot.back + 0.03 * size, size
        )
        return
    side = 1 if stage.sun[0] < 0.5 * stage.width else -1
    edge = stage.width * (1.03 if side > 0 else -0.03)
    y, reach = stage.height * (0.4 + 0.16 * k), -side * 0.36 * stage.width
    branch = [
        geometry.band(knots * (reach, stage.unit, stage.unit) + (edge, y, 0))
        for knots in _TWIGS
    ]
    stage.canvas.lay(branch, Fill(stage.palette.layer(1.0)), lift=0.8)
    spot = Spot(edge + 0.42 * reach, 0.0, side > 0)
    _draw(stage, bird, spot, y + 0.012 * stage.unit, bird.size)


#: A forking branch: along its reach, up and down, and its width.
_TWIGS = tuple(
    np.array(knots)
    for knots in (
        [(0.0, 0.05, 0.05), (0.5, 0.01, 0.03), (1.0, -0.03, 0.006)],
        [(0.55, 0.01, 0.02), (0.75, -0.08, 0.012), (0.9, -0.14, 0.003)],
        [(0.3, 0.03, 0.02), (0.5, 0.09, 0.012), (0.6, 0.14, 0.003)],
        [(0.8, -0.01, 0.014), (0.92, 0.04, 0.008), (1.02, 0.06, 0.003)],
    )
)


def _draw_portraits(stage: Stage, cast: list[Cast]) -> None:
    pair = cast[:2]
    room = stage.width / (1.5 * len(pair))
    size = min(0.68 * stage.height, 0.86 * stage.unit, 1.3 * room)
    sunny_right = stage.sun[0] > 0.5 * stage.width
    shares = (0.27, 0.73) if len(pair) > 1 else ((0.42,) if sunny_right else (0.58,))
    for member, share in zip(pair, shares, strict=True):
        look = look_of(member.described)
        stage.place(
            portrait(look), share * stage.width, stage.height, size, flip=share > 0.5,
            cloth=look.cloth, skin=look.skin, hair=look.hair_colour, lift=1.2,
        )  # fmt: skip


def _draw_shoulder(stage: Stage, cast: list[Cast]) -> None:
    look = look_of(cast[min(1, len(cast) - 1)].described)
    share = 0.16 if stage.sun[0] < 0.5 * stage.width else 0.84
    size = 0.66 * stage.unit
    stage.place(
        from_behind(look), share * stage.width, stage.height + 0.12 * size, size,
        cloth=look.cloth, skin=look.skin, hair=look.hair_colour, lift=1.6,
    )  # fmt: skip
