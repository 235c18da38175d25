"""Heads and shoulders in profile, the old art of the cut-paper portrait."""

from __future__ import annotations

from colab_worker.engines.papercut.looks import Look
from colab_worker.engines.papercut.silhouettes.people import headgear
from colab_worker.engines.papercut.silhouettes.shape import (
    Part,
    Shape,
    blob,
    flat,
    limb,
    moved,
    oval,
)

#: How much larger a head is here than in ``people``, and where its crown is.
_HEAD_SCALE = 4.3
_CROWN = (0.02, 0.975)


def portrait(look: Look) -> Shape:
    """The bust of ``look`` facing right; 1 from the lower edge to the crown."""
    if look.garment == "sheet":
        return _ghost()
    shoulders = [*_shoulders(look)]
    return (
        *_long_hair(look),
        *shoulders,
        *_face(look),
        *_beard(look),
        *_hair(look),
        *_hat(look),
    )


def from_behind(look: Look) -> Shape:
    """Head and shoulders seen from behind, for looking over them."""
    return (
        blob(
            "-0.6,-0.2! -0.56,0.12 -0.36,0.3 -0.13,0.4 0.13,0.4 0.36,0.3 0.56,0.12 0.6,-0.2!",
            "cloth2",
        ),
        limb("0,0.3,0.26 0,0.5,0.22", "skin"),
        oval(-0.235, 0.66, 0.045, 0.07, "skin"),
        oval(0.235, 0.66, 0.045, 0.07, "skin"),
        blob(
            "-0.2,0.48 -0.24,0.7 -0.18,0.92 0.0,1.0 0.18,0.92 0.24,0.7 0.2,0.48 0,0.42",
            "hair",
        ),
        *(
            ()
            if look.hair != "long"
            else (blob("-0.24,0.7 -0.3,0.3 -0.2,0.1 0.2,0.1 0.3,0.3 0.24,0.7", "hair"),)
        ),
        *moved(headgear(look), -0.02, 0.99 - 0.99 * _HEAD_SCALE, _HEAD_SCALE),
    )


def _shoulders(look: Look) -> list[Part]:
    tone = "pale" if look.garment in {"armour", "suit"} else "cloth"
    wide = (
        (0.5 if look.gender == "f" else 0.57)
        * look.build
        * (0.85 if look.age == "child" else 1)
    )
    stoop = 0.05 if look.age == "old" else 0.0
    neck = [limb("-0.02,0.2,0.24 0.0,0.5,0.2", "skin")]
    coat = blob(
        f"{-wide:.3f},-0.3! {-wide:.3f},0.06 {-0.7 * wide:.3f},{0.24 + stoop:.3f} -0.16,{0.36 + stoop:.3f} "
        f"0.0,0.3 0.13,0.33 {0.66 * wide:.3f},0.22 {0.9 * wide:.3f},0.02 {wide:.3f},-0.3!",
        tone,
    )
    collar = {
        "coat": [
            flat("0.04,0.31 0.17,0.38 0.26,0.2 0.12,0.02", "cloth2"),
            flat("-0.17,0.36 -0.1,0.43 0.06,0.3 0.0,0.2", "cloth2"),
        ],
        "uniform": [flat("-0.15,0.34 -0.12,0.44 0.15,0.4 0.14,0.3", "cloth2")],
        "shirt": [
            flat("0.0,0.29 0.13,0.37 0.18,0.26", "pale"),
            flat("-0.14,0.34 -0.08,0.41 0.03,0.28", "pale"),
        ],
        "cloak": [blob("-0.3,0.3 -0.16,0.46 0.1,0.4 0.22,0.26 0.0,0.2", "cloth2")],
    }.get(
        look.garment, [limb("-0.16,0.36,0.05 0.0,0.28,0.05 0.15,0.35,0.05", "cloth2")]
    )
    return [*neck, coat, *collar]


def _face(look: Look) -> list[Part]:
    nose, chin = 0.028 * look.nose, 0.03 * (look.chin - 0.5)
    soft = 0.02 if look.age == "child" or look.gender == "f" else 0.0
    face = blob(
        f"0.1,0.36! 0.12,0.42 {0.21 + chin:.3f},0.405 {0.262 + chin:.3f},0.435 {0.255 + chin:.3f},0.475! "
        f"0.272,0.5 0.255,0.522! 0.275,0.54 0.262,0.572! {0.3 + nose - soft:.3f},0.585 "
        f"{0.328 + nose - soft:.3f},0.605 0.262,0.69 0.268,0.72 0.262,0.8 0.22,0.9 0.08,0.97 "
        "-0.08,0.95 -0.19,0.84 -0.21,0.7 -0.15,0.55 -0.12,0.36!",
        "skin",
    )
    eye = blob("0.176,0.664! 0.2,0.68 0.226,0.666! 0.2,0.656", "shade")
    brow = limb("0.165,0.715,0.014 0.2,0.73,0.02 0.245,0.716,0.012", "hair")
    mouth = limb("0.21,0.52,0.008 0.258,0.522,0.01", "shade")
    ear = oval(-0.015, 0.64, 0.035, 0.06, "ear")
    lines = []
    if look.age == "old":
        lines = [
            limb("0.15,0.65,0.006 0.17,0.63,0.006 0.2,0.63,0.004", "shade"),
            limb("0.19,0.59,0.007 0.17,0.55,0.007 0.18,0.51,0.004", "shade"),
        ]
    return [face, ear, eye, brow, mouth, *lines]


def _hair(look: Look) -> list[Part]:
    if look.hair == "bald":
        return [
            blob("-0.06,0.72! -0.19,0.78 -0.215,0.66 -0.15,0.5! -0.07,0.58", "hair")
        ]
    cap = blob(
        "0.27,0.79! 0.25,0.92 0.12,1.0 -0.06,0.99 -0.2,0.89 -0.235,0.72 -0.18,0.52! -0.09,0.54 "
        "-0.05,0.68 -0.01,0.72! 0.07,0.72 0.1,0.82 0.18,0.86",
        "hair",
    )
    more = {
        "bun": [oval(-0.24, 0.86, 0.11, tone="hair")],
        "curly": [
            oval(x, y, 0.085, tone="hair")
            for x, y in (
                (0.2, 0.92),
                (0.08, 1.0),
                (-0.06, 1.0),
                (-0.18, 0.92),
                (-0.24, 0.8),
                (-0.25, 0.68),
                (-0.2, 0.57),
            )
        ],
        "braid": [
            limb("-0.2,0.6,0.12 -0.28,0.4,0.11 -0.26,0.2,0.1 -0.3,0.02,0.05", "hair")
        ],
    }.get(look.hair, [])
    return [*more, cap]


def _long_hair(look: Look) -> list[Part]:
    if look.hair != "long":
        return []
    return [
        blob(
            "0.05,0.95 -0.2,0.92 -0.27,0.66 -0.36,0.3 -0.42,0.06 -0.2,0.0 -0.02,0.2 0.02,0.5",
            "hair",
        )
    ]


def _beard(look: Look) -> list[Part]:
    if not look.beard:
        return []
    low = 0.4 - 0.2 * look.beard
    return [
        blob(
            f"-0.03,0.6! 0.06,0.53 0.16,0.56 0.28,0.56! 0.3,0.45 0.26,{low + 0.06:.3f} 0.16,{low:.3f} 0.04,{low + 0.1:.3f} -0.02,0.45",
            "hair",
        ),
        limb("0.2,0.52,0.01 0.27,0.523,0.014", "skin"),
    ]


def _hat(look: Look) -> Shape:
    x, y = _CROWN
    return moved(headgear(look), x, y - 0.99 * _HEAD_SCALE, _HEAD_SCALE)


def _ghost() -> Shape:
    return (
        blob(
            "-0.5,-0.3! -0.44,0.2 -0.28,0.6 -0.2,0.9 0.0,1.0 0.2,0.9 0.28,0.6 0.44,0.2 0.5,-0.3!",
            "pale",
        ),
        oval(-0.02, 0.72, 0.045, 0.075, "shade"),
        oval(0.14, 0.72, 0.045, 0.075, "shade"),
        oval(0.06, 0.53, 0.04, 0.06, "shade"),
    )
