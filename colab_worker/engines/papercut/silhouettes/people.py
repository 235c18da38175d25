"""Whole figures from a look and a pose; 1 is the height of a grown man, facing right."""

from __future__ import annotations

from colab_worker.engines.papercut.looks import Look
from colab_worker.engines.papercut.silhouettes.props import held
from colab_worker.engines.papercut.silhouettes.shape import (
    Part,
    Shape,
    blob,
    box,
    flat,
    limb,
    moved,
    oval,
    turned,
)

#: Heights of the ages, in grown men.
HEIGHTS = {"baby": 0.45, "child": 0.68, "young": 0.97, "adult": 1.0, "old": 0.94}


def person(look: Look, pose: str = "stand") -> Shape:
    """The figure of ``look`` standing, walking, running, sitting, kneeling, raising an
    arm or lying.
    """
    drop = {"sit": -0.24, "kneel": -0.26}.get(pose, 0.0)
    parts = [*_behind(look), *_legs(look, pose), *_garment(look, pose)]
    parts += [*_head(look), *_headgear(look), *_arms(look, pose)]
    shape = moved(tuple(parts), y=drop)
    if pose in {"sit", "kneel"}:
        shape = (*_folded(look, pose), *shape)
    if pose == "lie":
        shape = moved(turned(shape, 88), x=0.45, y=0.1)
    if pose == "run":
        shape = turned(shape, -9)
    if look.age == "child":
        shape = _big_headed(shape)
    return moved(shape, scale=HEIGHTS[look.age] * look.tall)


def headgear(look: Look) -> Shape:
    """What is on the head of ``look``, the head at (0, 0.92)."""
    return _HEADGEAR.get(look.headgear, ())


def _big_headed(shape: Shape) -> Shape:
    """A child's head is large for its body."""
    return tuple(
        Part((part.points - (0.0, 0.8)) * (1.22, 1.22) + (0.0, 0.8), part.tone)
        if part.points[:, 1].min() > 0.79
        else part
        for part in shape
    )


def _legs(look: Look, pose: str) -> list[Part]:
    if pose in {"sit", "kneel"}:
        return []
    tone = "pale" if look.garment in {"armour", "suit"} else "body"
    knots = {
        "walk": (
            "0.02,0.5,0.11 0.1,0.27,0.08 0.14,0.04,0.06",
            "-0.02,0.5,0.11 -0.05,0.27,0.08 -0.16,0.05,0.06",
        ),
        "run": (
            "0.02,0.5,0.11 0.18,0.34,0.08 0.16,0.08,0.06",
            "-0.02,0.5,0.11 -0.1,0.28,0.08 -0.3,0.2,0.06",
        ),
    }.get(
        pose,
        (
            "0.04,0.5,0.11 0.05,0.27,0.085 0.05,0.04,0.065",
            "-0.05,0.5,0.11 -0.05,0.27,0.085 -0.06,0.04,0.065",
        ),
    )
    feet = {
        "walk": ((0.14, 0.0), (-0.17, 0.01)),
        "run": ((0.16, 0.05), (-0.33, 0.15)),
    }.get(pose, ((0.05, 0.0), (-0.06, 0.0)))
    shoes = [
        blob(
            f"{x - 0.035},{y}! {x - 0.035},{y + 0.05} {x + 0.03},{y + 0.05} {x + 0.09},{y + 0.02} {x + 0.09},{y}!"
        )
        for x, y in feet
    ]
    return [limb(knots[1], tone), limb(knots[0], tone), *shoes]


def _folded(look: Look, pose: str) -> list[Part]:
    """Legs of a figure that sits or kneels, in place of standing ones."""
    long = look.garment in {"dress", "robe", "gown"}
    tone = "cloth" if long else "body"
    if pose == "kneel":
        return [limb("-0.02,0.26,0.14 0.1,0.08,0.11 -0.24,0.05,0.08", tone)]
    return [
        limb("-0.04,0.26,0.15 0.22,0.28,0.12 0.26,0.04,0.07", tone),
        blob("0.22,0.0! 0.22,0.05 0.28,0.05 0.35,0.02 0.35,0.0!"),
        box(-0.16, 0.0, 0.08, 0.2, "shade"),
    ]


def _garment(look: Look, pose: str) -> list[Part]:
    folded = pose in {"sit", "kneel"}
    wide = 0.02 * (look.build - 1) * 5
    hem = {
        "coat": (0.3, 0.16), "dress": (0.1, 0.2), "gown": (0.0, 0.26), "robe": (0.02, 0.17),
        "shirt": (0.47, 0.105), "armour": (0.44, 0.12), "uniform": (0.42, 0.12),
        "suit": (0.46, 0.13), "cloak": (0.12, 0.21), "sheet": (0.06, 0.2),
    }[look.garment]  # fmt: skip
    low = max(hem[0], 0.4) if folded else hem[0]
    out = hem[1] + wide
    waist = (0.085 if look.gender == "f" else 0.105) + wide
    shoulder = (0.105 if look.gender == "f" else 0.13) + wide
    lean = -0.015 if look.age != "old" else 0.03
    tone = "pale" if look.garment in {"armour", "sheet", "suit"} else "cloth"
    body = blob(
        f"{lean + 0.035},0.845 {lean + shoulder},0.79 {waist},0.62 "
        f"{out},{low}! 0.0,{low - 0.015} {-out},{low}! {-waist},0.6 {lean - shoulder - 0.01},0.78 {lean - 0.04},0.845",
        tone,
    )
    parts = [body]
    if look.garment in {"coat", "uniform"}:
        parts.append(
            limb(
                f"{lean + 0.05},0.8,0.012 0.06,0.6,0.012 0.08,{low + 0.01},0.012",
                "cloth2",
            )
        )
    if look.garment in {"shirt", "dress", "gown", "robe", "uniform"}:
        parts.append(
            limb(f"{-waist},0.585,0.035 0.0,0.57,0.035 {waist},0.59,0.035", "cloth2")
        )
    return parts


def _behind(look: Look) -> list[Part]:
    parts = []
    if look.garment == "cloak" or look.cape:
        parts.append(
            blob(
                "0.06,0.84 -0.1,0.84 -0.2,0.5 -0.3,0.1! -0.12,0.07 0.08,0.12! 0.1,0.5",
                "cloth2",
            )
        )
    if look.hair == "long":
        parts.append(
            blob("0.04,1.0 -0.07,0.98 -0.1,0.86 -0.13,0.7 -0.05,0.68 0.0,0.8", "hair")
        )
    if look.hair == "braid":
        parts.append(
            limb(
                "-0.05,0.9,0.06 -0.1,0.8,0.05 -0.09,0.66,0.045 -0.11,0.58,0.02", "hair"
            )
        )
    return parts


def _head(look: Look) -> list[Part]:
    if look.garment == "sheet":
        return list(_GHOST)
    lean = 0.035 if look.age == "old" else 0.0
    parts = [
        limb("-0.015,0.8,0.07 0,0.88,0.06", "skin"),
        oval(0.005, 0.92, 0.055, 0.068, "skin"),
        flat("0.05,0.94 0.083,0.905 0.05,0.895", "skin"),
        oval(0.036, 0.928, 0.007, 0.009, "shade"),
        *_HAIR.get(look.hair, _CAP),
    ]
    if look.beard:
        tip = 0.86 - 0.06 * look.beard
        parts.append(
            blob(f"0.055,0.9 0.06,0.86 0.03,{tip} -0.02,0.86 -0.02,0.89", "hair")
        )
    return list(moved(parts, x=lean))


def _headgear(look: Look) -> list[Part]:
    lean = 0.035 if look.age == "old" else 0.0
    return list(moved(headgear(look), x=lean))


def _arms(look: Look, pose: str) -> list[Part]:
    tone = "pale" if look.garment in {"armour", "sheet", "suit"} else "cloth2"
    knots = {
        "walk": "0.0,0.77,0.075 -0.02,0.62,0.06 0.07,0.5,0.045",
        "run": "0.0,0.77,0.075 -0.08,0.64,0.06 0.06,0.6,0.045",
        "raise": "0.03,0.77,0.075 0.14,0.84,0.06 0.19,0.99,0.045",
        "point": "0.02,0.77,0.075 0.15,0.76,0.06 0.29,0.78,0.04",
        "pray": "0.02,0.77,0.075 0.06,0.62,0.06 0.15,0.7,0.045",
        "fight": "0.02,0.77,0.075 0.13,0.7,0.06 0.22,0.82,0.045",
    }.get(pose, "0.0,0.77,0.075 -0.01,0.62,0.06 0.04,0.49,0.045")
    if look.prop and pose in {"stand", "walk", "sit", "kneel"}:
        knots = "0.02,0.77,0.075 0.06,0.62,0.06 0.17,0.6,0.045"
    hand = [float(n) for n in knots.split()[-1].split(",")[:2]]
    covered = "pale" if look.garment in {"sheet", "suit"} else "skin"
    parts = [limb(knots, tone), oval(hand[0], hand[1], 0.03, tone=covered)]
    if look.prop:
        parts = [*held(look.prop, hand[0], hand[1]), *parts]
    return parts


_GHOST = (
    blob(
        "0.075,0.93 0.05,0.99 0.0,1.0 -0.06,0.97 -0.075,0.88 -0.13,0.75 0.12,0.75",
        "pale",
    ),
    oval(0.035, 0.93, 0.012, 0.02, "shade"),
    oval(-0.005, 0.93, 0.012, 0.02, "shade"),
)
_CAP = (
    blob(
        "0.05,0.95! 0.045,0.985 0.0,1.0 -0.055,0.975 -0.065,0.92 -0.05,0.87! -0.025,0.93",
        "hair",
    ),
)
_CURLS = ((0.03, 0.985), (-0.02, 1.0), (-0.06, 0.97), (-0.075, 0.92), (-0.065, 0.87))
_HAIR: dict[str, Shape] = {
    "bald": (),
    "bun": (*_CAP, oval(-0.06, 0.975, 0.035, tone="hair")),
    "curly": (*_CAP, *(oval(x, y, 0.035, tone="hair") for x, y in _CURLS)),
}

_HEADGEAR: dict[str, Shape] = {
    "hat": (
        blob(
            "-0.13,0.955! -0.06,0.975 -0.06,1.06 0.05,1.06 0.06,0.975 0.14,0.955! 0.0,0.945",
            "body",
        ),
    ),
    "fedora": (
        blob(
            "-0.12,0.96! -0.06,0.985 -0.05,1.06 -0.01,1.045 0.05,1.065 0.06,0.985 0.13,0.965! 0.0,0.95",
            "body",
        ),
        limb("-0.055,0.985,0.018 0.06,0.985,0.018", "cloth2"),
    ),
    "straw": (
        blob(
            "-0.17,0.955! -0.06,0.985 0.0,1.06 0.07,0.985 0.18,0.95! 0.0,0.955", "pale"
        ),
    ),
    "cap": (
        blob(
            "-0.07,0.955! -0.06,1.01 0.02,1.02 0.06,0.985 0.12,0.955! 0.0,0.95", "body"
        ),
    ),
    "sailor": (
        blob(
            "-0.14,0.92! -0.07,0.97 -0.05,1.03 0.03,1.03 0.06,0.98 0.1,0.955! 0.0,0.96",
            "body",
        ),
    ),
    "woolly": (
        blob("-0.075,0.94! -0.07,1.01 0.0,1.05 0.06,1.0 0.065,0.955!", "cloth2"),
        oval(0.0, 1.055, 0.022, tone="pale"),
    ),
    "hood": (
        blob(
            "0.05,0.9! 0.075,0.97 0.03,1.03 -0.05,1.02 -0.1,0.93 -0.1,0.82 -0.02,0.8 0.0,0.88 0.03,0.96",
            "cloth",
        ),
    ),
    "scarf": (
        blob(
            "0.055,0.95! 0.04,1.0 -0.03,1.01 -0.08,0.95 -0.08,0.86 -0.03,0.82 0.0,0.86 0.0,0.95",
            "cloth2",
        ),
    ),
    "crown": (
        flat(
            "-0.06,0.965 -0.075,1.06 -0.035,1.015 0.0,1.075 0.035,1.015 0.075,1.06 0.06,0.965",
            "lit",
        ),
    ),
    "tiara": (flat("-0.02,0.985 0.01,1.04 0.03,1.01 0.06,1.03 0.06,0.97", "lit"),),
    "helmet": (
        blob(
            "-0.075,0.91! -0.08,0.98 -0.03,1.03 0.04,1.02 0.075,0.96 0.075,0.93! -0.02,0.94",
            "pale",
        ),
        limb("0.0,1.02,0.03 -0.08,1.06,0.05 -0.16,0.98,0.02", "cloth"),
    ),
    "steel": (
        blob(
            "-0.1,0.945! -0.07,0.96 -0.06,1.02 0.02,1.04 0.07,0.99 0.11,0.945!", "body"
        ),
    ),
    "top": (
        blob(
            "-0.1,0.965! -0.06,0.975 -0.065,1.14 0.065,1.14 0.06,0.975 0.11,0.965! 0.0,0.955",
            "body",
        ),
    ),
    "wizard": (
        blob(
            "-0.15,0.94! -0.07,0.97 -0.05,1.1 -0.08,1.26! 0.03,1.12 0.06,0.98 0.15,0.95! 0.0,0.95",
            "cloth",
        ),
    ),
    "turban": (
        oval(0.0, 1.0, 0.085, 0.055, "pale"),
        oval(0.02, 0.985, 0.075, 0.035, "cloth2"),
    ),
    "glass": (
        oval(0.005, 0.935, 0.105, 0.105, "pale"),
        oval(0.03, 0.94, 0.07, 0.065, "shade"),
        blob("0.03,0.98 0.07,0.97 0.075,0.94", "pale"),
    ),
    "tricorn": (
        blob(
            "-0.13,0.98! -0.08,0.96 0.0,0.955 0.08,0.96 0.14,1.0! 0.06,1.02 0.0,1.05 -0.07,1.03",
            "body",
        ),
    ),
    "veil": (
        blob(
            "0.055,0.95! 0.04,1.0 -0.03,1.01 -0.085,0.95 -0.12,0.78 -0.1,0.62! -0.03,0.7 0.0,0.86 0.0,0.95",
            "pale",
        ),
    ),
    "halo": (
        limb(
            "-0.09,1.06,0.016 0.0,1.08,0.016 0.09,1.06,0.016 0.0,1.04,0.016 -0.09,1.06,0.016",
            "lit",
        ),
    ),
    "metal": (
        limb("0.0,0.99,0.014 0.0,1.07,0.012"),
        oval(0.0, 1.075, 0.018, tone="lit"),
        box(-0.085, 0.85, 0.095, 1.0, "pale"),
        oval(-0.085, 0.925, 0.022, tone="cloth2"),
        box(0.0, 0.912, 0.095, 0.957, "shade"),
        oval(0.03, 0.934, 0.013, tone="lit"),
        oval(0.072, 0.934, 0.013, tone="lit"),
        box(0.03, 0.872, 0.095, 0.884, "shade"),
    ),
    "horns": (
        limb("-0.03,0.99,0.03 -0.06,1.05,0.02 -0.03,1.09,0.008"),
        limb("0.03,0.99,0.03 0.07,1.05,0.02 0.06,1.09,0.008"),
    ),
}
