"""Water: a lake that mirrors what stands behind it, and a sea in waves."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from colab_worker.engines.papercut import geometry, terrain
from colab_worker.engines.papercut.canvas import Fill
from colab_worker.engines.papercut.colour import mix, rgb, shift
from colab_worker.engines.papercut.stage import Stage


def water(stage: Stage, calm: bool) -> None:
    """Water from the horizon down: it mirrors what stands there, or runs in waves."""
    top = round(stage.level(0.1))
    if calm:
        _mirror(stage, top)
    else:
        _sea(stage, top)
    draw_glints(stage, top)
    if not calm:
        _waves(stage)


def _mirror(stage: Stage, top: int) -> None:
    image, height = stage.canvas.image, stage.height - top
    above = image.crop((0, max(0, top - height), stage.width, top))
    flipped = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    flipped = flipped.resize((stage.width, height), Image.Resampling.BILINEAR)
    small = flipped.reduce(4).filter(ImageFilter.BoxBlur((1, 4)))
    soft = small.resize((stage.width, height), Image.Resampling.BILINEAR)
    tone = shift(
        mix(stage.palette.sky[1], rgb("#2d6f8f"), 0.35 * stage.palette.local),
        light=0.86,
    )
    tint = Image.new("RGB", soft.size, tuple(round(255 * c) for c in tone))
    image.paste(Image.blend(soft, tint, 0.34), (0, top))


def _sea(stage: Stage, top: int) -> None:
    blue = mix(
        stage.palette.layer(0.4, rgb("#2b7f9e")),
        rgb("#2b7f9e"),
        0.3 * stage.palette.local,
    )
    far = mix(blue, stage.palette.sky[2], 0.5)
    near = mix(shift(blue, light=0.62), stage.palette.near, 0.35)
    stage.canvas.lay(
        [geometry.box(-9, top, stage.width + 9, stage.height + 9)],
        Fill(far, near, top, stage.height), lift=0, rim=0.4, floor=top + 3,
    )  # fmt: skip


def draw_glints(stage: Stage, top: int) -> None:
    """The path of light that sun or moon throw on water below ``top``."""
    rng = stage.dice.of("glints")
    x, depth = stage.sun[0], stage.height - top
    dashes = []
    for _ in range(60):
        t = rng.uniform(0, 1) ** 1.4
        y = top + 4 + 0.75 * t * depth
        half = stage.unit * (0.012 + 0.05 * t) * rng.uniform(0.4, 1.2)
        at = x + stage.unit * (0.03 + 0.1 * t) * rng.normal()
        thick = stage.unit * (0.0016 + 0.004 * t)
        dashes.append(
            geometry.band(
                np.array(
                    [
                        (at - half, y, 0.2 * thick),
                        (at, y, thick),
                        (at + half, y, 0.2 * thick),
                    ]
                ),
                2,
            )
        )
    hidden = {"rain", "storm", "fog"} & set(stage.weathers)
    stage.canvas.dab(dashes, stage.palette.light, 0.25 if hidden else 0.62)


def _waves(stage: Stage) -> None:
    rough = 1.0 + 1.4 * ("storm" in stage.weathers) + 0.5 * ("wind" in stage.weathers)
    blue = rgb("#23708f")
    for k, share in enumerate((0.42, 0.64, 0.86)):
        rng = stage.dice.of("wave", k)
        cells = (15 - 4 * k) / rough**0.5 * stage.width / stage.unit / 1.6
        phase = (stage.xs / stage.width * cells + rng.uniform(0, 1)) % 1.0
        crest = np.abs(np.sin(np.pi * phase)) ** (0.7 + 0.5 * rough)
        rise = stage.unit * (0.012 + 0.011 * k) * rough
        swell = 0.5 * rise * terrain.noise(rng, stage.xs, 3)
        y = stage.horizon + share * (stage.height - stage.horizon) * 0.86
        stage.land(y - rise * crest + swell, 0.45 + 0.16 * k, blue, haze=0.4, lift=0.6)
