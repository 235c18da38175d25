"""Four-legged animals, all from one body plan with different proportions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.silhouettes.shape import (
    Part,
    Shape,
    blob,
    limb,
    moved,
    oval,
)


@dataclass(frozen=True)
class Plan:
    """Proportions; the back at the shoulder is 1 high, facing right."""

    length: float = 1.2
    #: Depth of the chest and of the waist.
    chest: float = 0.5
    waist: float = 0.38
    #: Width of a leg at the body and at the hoof.
    leg: tuple[float, float] = (0.17, 0.07)
    #: Poll of the head, from the shoulder, and width of the neck at both ends.
    neck: tuple[float, float] = (0.35, 0.45)
    neck_width: tuple[float, float] = (0.42, 0.22)
    #: Muzzle from the poll, and width of the head at both ends.
    head: tuple[float, float] = (0.34, -0.2)
    head_width: tuple[float, float] = (0.24, 0.13)
    ears: str = ""
    tail: str = ""
    hips: float = 0.0
    extra: tuple[Part, ...] = ()
    paw: float = 0.0
    stride: float = 0.12


def quadruped(plan: Plan) -> Shape:
    """The animal of ``plan``, its hooves on y = 0, its middle on x = 0."""
    half = plan.length / 2
    poll = np.array([half - 0.08, 0.93]) + plan.neck
    parts = [*_legs(plan, half), _body(plan, half), _neck(plan, half, poll)]
    parts += [*_head(plan, poll), *_placed(plan.ears, poll)]
    if plan.tail:
        tail = Part(geometry.band(_knots(plan.tail)))
        parts += moved((tail,), -half - 0.02, 0.9 + plan.hips)
    parts += [Part(part.points + poll, part.tone) for part in plan.extra]
    return tuple(parts)


def _body(plan: Plan, half: float) -> Part:
    top, hips = 1.0, 1.0 + plan.hips
    points = [
        (-half - 0.08, hips - 0.22),
        (-half + 0.02, hips - 0.02),
        (-half + 0.25 * plan.length, hips - 0.02),
        (0.1 * half, (top + hips) / 2 - 0.05),
        (half - 0.2, top),
        (half + 0.06, top - 0.12),
        (half + 0.08, top - 0.3),
        (half - 0.12, top - plan.chest),
        (0.0, top - 0.5 * (plan.chest + plan.waist) - 0.02),
        (-half + 0.3, hips - plan.waist),
        (-half, hips - plan.waist - 0.02),
    ]
    knots = np.array(points)
    return Part(geometry.closed_curve(knots, np.zeros(len(knots), dtype=bool)))


def _legs(plan: Plan, half: float) -> list[Part]:
    thick, thin = plan.leg
    hip, shoulder, step = -half + 0.08, half - 0.06, plan.stride
    hips = 0.75 + plan.hips
    back = f"{hip},{hips},{2.0 * thick} {hip + 0.02},0.5,{1.2 * thick} "
    front = f"{shoulder},0.75,{1.5 * thick} "
    legs = [
        limb(
            back
            + f"{hip - 0.12 - step},0.3,{thin * 1.2} {hip - 0.04 - step},0.03,{thin}"
        ),
        limb(
            back
            + f"{hip - 0.06 + step},0.3,{thin * 1.2} {hip + 0.04 + step},0.03,{thin}"
        ),
        limb(
            front
            + f"{shoulder - step},0.36,{thin * 1.3} {shoulder - 1.2 * step},0.03,{thin}"
        ),
        limb(
            front
            + f"{shoulder + step},0.4,{thin * 1.3} {shoulder + 0.9 * step},0.03,{thin}"
        ),
    ]
    feet = (
        hip - 0.04 - step,
        hip + 0.04 + step,
        shoulder - 1.2 * step,
        shoulder + 0.9 * step,
    )
    length = max(plan.paw, 0.03)
    return legs + [
        blob(
            f"{x - thin / 2},0! {x - thin / 2},0.06 {x + thin / 2 + length},0.05 {x + thin / 2 + length},0!"
        )
        for x in feet
    ]


def _neck(plan: Plan, half: float, poll: geometry.Points) -> Part:
    wide, thin = plan.neck_width
    knots = np.array(
        [
            (half - 0.14, 0.76, wide),
            ((half + poll[0]) / 2 - 0.02, (0.84 + poll[1]) / 2, (wide + thin) / 2),
            (poll[0], poll[1], thin),
        ]
    )
    return Part(geometry.band(knots))


def _head(plan: Plan, poll: geometry.Points) -> list[Part]:
    wide, thin = plan.head_width
    muzzle = poll + plan.head
    middle = poll + 0.45 * np.array(plan.head) + (0.0, 0.01)
    knots = np.array(
        [(*poll, wide), (*middle, 0.62 * wide + 0.38 * thin), (*muzzle, thin)]
    )
    return [
        Part(geometry.band(knots)),
        Part(geometry.oval(poll[0], poll[1], 0.52 * wide)),
    ]


def _placed(text: str, poll: geometry.Points) -> list[Part]:
    return [
        Part(geometry.outline(ear.strip()) + poll)
        for ear in text.split("|")
        if ear.strip()
    ]


def _knots(text: str) -> geometry.Points:
    return np.array([[float(n) for n in p.split(",")] for p in text.split()])


_ANTLERS = tuple(
    limb(text)
    for text in (
        "-0.02,0.08,0.05 -0.12,0.3,0.045 -0.05,0.55,0.035 0.06,0.72,0.02",
        "-0.1,0.28,0.04 0.06,0.38,0.02",
        "-0.09,0.45,0.035 0.1,0.54,0.02",
        "0.04,0.08,0.05 0.1,0.28,0.045 0.24,0.46,0.035 0.4,0.56,0.02",
        "0.11,0.3,0.035 0.28,0.3,0.02",
        "0.2,0.42,0.03 0.2,0.6,0.015",
    )
)
_MANE = (
    blob(
        "0.12,0.16 -0.1,0.2 -0.34,0.06 -0.46,-0.2 -0.4,-0.5 -0.16,-0.6 0.06,-0.46 0.1,-0.2 0.16,-0.02",
        "hair",
    ),
)

PLANS: dict[str, Plan] = {
    "horse": Plan(
        length=1.15,
        chest=0.46,
        waist=0.36,
        leg=(0.16, 0.065),
        neck=(0.36, 0.5),
        neck_width=(0.5, 0.22),
        head=(0.34, -0.3),
        head_width=(0.24, 0.14),
        ears="-0.06,0.08! -0.02,0.26! 0.06,0.08!",
        tail="0,0.02,0.08 -0.14,-0.06,0.14 -0.2,-0.4,0.16 -0.16,-0.7,0.02",
        extra=(
            blob(
                "0.04,0.16! -0.1,0.12 -0.28,-0.1 -0.46,-0.42 -0.6,-0.5! -0.42,-0.2 -0.26,0.02 -0.1,0.0",
                "hair",
            ),
        ),
    ),
    "donkey": Plan(
        length=1.1,
        chest=0.48,
        waist=0.42,
        leg=(0.15, 0.07),
        neck=(0.32, 0.34),
        neck_width=(0.42, 0.24),
        head=(0.34, -0.26),
        head_width=(0.26, 0.17),
        ears="-0.1,0.06! -0.16,0.3 -0.1,0.5! 0.0,0.26 0.02,0.06!|0.0,0.06! 0.02,0.3 0.12,0.46! 0.14,0.24 0.1,0.04!",
        tail="0,0,0.06 -0.1,-0.2,0.04 -0.1,-0.5,0.04 -0.1,-0.62,0.1",
    ),
    "deer": Plan(
        length=1.05,
        chest=0.42,
        waist=0.32,
        leg=(0.13, 0.045),
        neck=(0.26, 0.52),
        neck_width=(0.36, 0.17),
        head=(0.3, -0.14),
        head_width=(0.19, 0.09),
        ears="-0.06,0.04! -0.24,0.14 -0.26,0.06 -0.08,-0.02!",
        tail="0,0,0.1 -0.08,-0.1,0.03",
        extra=_ANTLERS,
    ),
    "dog": Plan(
        length=1.1,
        chest=0.46,
        waist=0.32,
        leg=(0.17, 0.09),
        neck=(0.26, 0.34),
        neck_width=(0.36, 0.24),
        head=(0.38, -0.06),
        head_width=(0.3, 0.15),
        ears="-0.1,0.1! -0.16,-0.02 -0.14,-0.24 -0.02,-0.16 0.02,0.08!",
        tail="0.02,0.0,0.12 -0.16,0.12,0.1 -0.28,0.36,0.05",
        paw=0.07,
    ),
    "wolf": Plan(
        length=1.25,
        chest=0.5,
        waist=0.32,
        leg=(0.17, 0.085),
        neck=(0.34, 0.2),
        neck_width=(0.52, 0.34),
        head=(0.46, -0.1),
        head_width=(0.32, 0.12),
        ears="-0.12,0.08! -0.08,0.36! 0.04,0.12!|0.0,0.1! 0.06,0.34! 0.14,0.08!",
        tail="0.02,0.0,0.12 -0.16,-0.1,0.2 -0.3,-0.4,0.18 -0.34,-0.58,0.02",
        paw=0.07,
        extra=(blob("-0.3,-0.12! -0.2,-0.5! -0.1,-0.3! 0.0,-0.46! 0.06,-0.16!"),),
    ),
    "fox": Plan(
        length=1.25,
        chest=0.42,
        waist=0.32,
        leg=(0.15, 0.075),
        neck=(0.26, 0.16),
        neck_width=(0.38, 0.28),
        head=(0.46, -0.13),
        head_width=(0.33, 0.06),
        ears="-0.15,0.08! -0.13,0.4! 0.02,0.14!|0.0,0.12! 0.06,0.38! 0.14,0.08!",
        tail="0.04,-0.05,0.12 -0.22,-0.1,0.26 -0.56,-0.14,0.34 -0.86,0.06,0.16 -0.96,0.14,0.02",
        paw=0.06,
        extra=(
            blob(
                "-0.02,-0.1 0.16,-0.08 0.4,-0.16! 0.2,-0.22 0.0,-0.3 -0.1,-0.22", "pale"
            ),
        ),
    ),
    "cat": Plan(
        length=1.25,
        chest=0.44,
        waist=0.38,
        leg=(0.16, 0.1),
        neck=(0.2, 0.18),
        neck_width=(0.34, 0.28),
        head=(0.16, -0.06),
        head_width=(0.42, 0.26),
        ears="-0.2,0.08! -0.2,0.38! 0.0,0.18!|0.04,0.18! 0.16,0.36! 0.2,0.04!",
        tail="0.03,0.0,0.12 -0.26,0.06,0.11 -0.4,0.4,0.1 -0.3,0.66,0.09 -0.16,0.72,0.07",
        paw=0.05,
        stride=0.08,
    ),
    "lion": Plan(
        length=1.4,
        chest=0.54,
        waist=0.36,
        leg=(0.2, 0.12),
        neck=(0.24, 0.22),
        neck_width=(0.5, 0.36),
        head=(0.26, -0.1),
        head_width=(0.34, 0.24),
        tail="0.02,-0.02,0.1 -0.2,-0.1,0.07 -0.3,-0.45,0.05 -0.5,-0.55,0.05 -0.6,-0.48,0.16",
        paw=0.08,
        extra=_MANE,
        ears="-0.1,0.12 -0.08,0.28 0.04,0.26 0.06,0.12",
    ),
    "cow": Plan(
        length=1.45,
        chest=0.6,
        waist=0.52,
        leg=(0.17, 0.09),
        neck=(0.28, 0.1),
        neck_width=(0.5, 0.3),
        head=(0.3, -0.26),
        head_width=(0.3, 0.2),
        ears="-0.1,0.02! -0.3,0.08 -0.3,-0.04 -0.1,-0.06!|-0.02,0.12! -0.06,0.3 0.08,0.34! 0.04,0.22 0.1,0.1!",
        tail="0,0.02,0.06 -0.1,-0.2,0.04 -0.1,-0.6,0.04 -0.1,-0.72,0.1",
        extra=(blob("-0.9,-0.1 -0.6,-0.06 -0.5,-0.3 -0.7,-0.42 -0.95,-0.3", "pale"),),
    ),
    "sheep": Plan(
        length=1.2,
        chest=0.56,
        waist=0.56,
        leg=(0.12, 0.08),
        neck=(0.16, 0.06),
        neck_width=(0.4, 0.26),
        head=(0.24, -0.16),
        head_width=(0.26, 0.15),
        ears="-0.08,0.04! -0.28,0.0 -0.28,-0.1 -0.08,-0.08!",
        extra=tuple(
            oval(x, y, 0.22, 0.22, "pale")
            for x, y in (
                (-0.2, 0.0),
                (-0.44, 0.06),
                (-0.7, 0.08),
                (-0.96, 0.06),
                (-1.2, 0.0),
                (-1.24, -0.2),
                (-0.3, -0.24),
                (-0.6, -0.2),
                (-0.9, -0.2),
                (-0.5, -0.3),
                (-0.85, -0.32),
                (-1.1, -0.3),
            )
        ),
    ),
    "goat": Plan(
        length=1.1,
        chest=0.5,
        waist=0.44,
        leg=(0.14, 0.07),
        neck=(0.26, 0.34),
        neck_width=(0.36, 0.2),
        head=(0.28, -0.2),
        head_width=(0.22, 0.12),
        ears="-0.06,0.0! -0.24,-0.02 -0.22,-0.1 -0.04,-0.08!",
        tail="0,0,0.08 -0.1,0.1,0.03",
        extra=(
            limb("-0.02,0.08,0.07 -0.14,0.28,0.06 -0.32,0.34,0.02"),
            blob("0.2,-0.22! 0.22,-0.42! 0.3,-0.24!"),
        ),
    ),
    "pig": Plan(
        length=1.35,
        chest=0.68,
        waist=0.64,
        leg=(0.17, 0.1),
        neck=(0.14, -0.1),
        neck_width=(0.6, 0.46),
        head=(0.36, -0.14),
        head_width=(0.46, 0.2),
        ears="-0.1,0.16! -0.02,0.4! 0.14,0.14!",
        tail="0,-0.1,0.05 -0.12,-0.02,0.05 -0.1,0.1,0.04 -0.2,0.06,0.03",
        stride=0.06,
    ),
    "bear": Plan(
        length=1.3,
        chest=0.64,
        waist=0.58,
        leg=(0.24, 0.16),
        neck=(0.26, 0.0),
        neck_width=(0.6, 0.42),
        head=(0.34, -0.12),
        head_width=(0.44, 0.17),
        ears="-0.14,0.16 -0.16,0.32 -0.02,0.34 0.0,0.18|0.06,0.16 0.08,0.3 0.18,0.26 0.16,0.12",
        paw=0.1,
        tail="0,-0.1,0.12 -0.06,-0.14,0.1",
    ),
    "camel": Plan(
        length=1.2,
        chest=0.44,
        waist=0.36,
        leg=(0.14, 0.07),
        neck=(0.42, 0.42),
        neck_width=(0.34, 0.16),
        head=(0.3, -0.06),
        head_width=(0.19, 0.12),
        ears="-0.06,0.06! -0.08,0.18! 0.02,0.08!",
        tail="0,0,0.05 -0.1,-0.3,0.03 -0.1,-0.45,0.07",
        extra=(blob("-0.52,-0.42! -0.7,-0.22 -0.86,-0.02 -1.0,-0.2 -1.2,-0.42!"),),
    ),
}
