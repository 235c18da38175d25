"""The colours of a picture: one coherent set from time, weather, mood and season."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from colab_worker.engines.papercut.colour import Colour, lightness, mix, rgb, shift

Grade = Callable[[Colour], Colour]


def _as_it_is(colour: Colour) -> Colour:
    return colour


@dataclass(frozen=True)
class Palette:
    """Sky from the zenith to the horizon, paper from far to near, and the lights."""

    sky: tuple[Colour, Colour, Colour]
    far: Colour
    near: Colour
    #: The disc of the sun or moon, and the light that it throws.
    disc: Colour
    light: Colour
    #: How strongly the colours of things show in this light, 0-1, and how bright.
    local: float
    bright: float
    #: Sun or moon: height above the horizon, 0-1.
    height: float
    moon: bool = False
    stars: float = 0.0
    haze: float = 0.35
    lamp: Colour = (1.0, 0.82, 0.48)
    #: What the style does to the colours of things.
    grade: Grade = _as_it_is

    def layer(self, depth: float, material: Colour | None = None) -> Colour:
        """Paper at ``depth`` (0 at the horizon, 1 nearest), of a material's colour."""
        paper = mix(self.far, self.near, depth**0.85)
        if material is None:
            return paper
        lit = shift(
            self.grade(material), light=self.bright, chroma=0.5 + 0.5 * self.bright
        )
        return mix(paper, lit, self.local * (0.35 + 0.65 * depth))

    def shown(self, colour: Colour) -> Colour:
        """A thing's own colour in this light, kept readable."""
        lit = shift(
            self.grade(colour),
            light=0.6 + 0.4 * self.bright,
            chroma=0.75 + 0.25 * self.bright,
        )
        return mix(lit, self.near, 0.06 + 0.16 * (1 - self.bright))

    def graded(self, grade: Grade) -> Palette:
        """The same palette with every colour put through ``grade``."""
        top, middle, low = (grade(colour) for colour in self.sky)
        return replace(
            self, sky=(top, middle, low), far=grade(self.far), near=grade(self.near),
            disc=grade(self.disc), light=grade(self.light), lamp=grade(self.lamp),
        )  # fmt: skip


def _of(
    sky: str, far: str, near: str, disc: str, light: str, *,
    local: float, bright: float, height: float, moon: bool = False, stars: float = 0.0,
) -> Palette:  # fmt: skip
    top, middle, low = (rgb(code) for code in sky.split())
    return Palette(
        (top, middle, low), rgb(far), rgb(near), rgb(disc), rgb(light),
        local, bright, height, moon, stars,
    )  # fmt: skip


_TIMES: dict[str, tuple[Palette, ...]] = {
    "dawn": (
        _of("#5b6fa8 #d99aa8 #ffdcb0", "#c9a0b4", "#2a2546", "#fff3d6", "#ffd9a8", local=0.3, bright=0.72, height=0.1),
        _of("#6f86b8 #e6b3a0 #ffe6b8", "#c3a9b8", "#262a48", "#fff6e0", "#ffe2b0", local=0.32, bright=0.74, height=0.13),
    ),
    "morning": (
        _of("#6db3d3 #b7dfe2 #fdf0cf", "#a5cbcb", "#1d474b", "#fffbe8", "#fff1c4", local=0.5, bright=0.92, height=0.38),
        _of("#7fb9cf #c6e3da #fff2d2", "#aaccbf", "#1f4640", "#fffbe8", "#fff0c0", local=0.52, bright=0.94, height=0.34),
    ),
    "noon": (
        _of("#3f94cf #86c6e6 #e3f3ec", "#93c2cc", "#174a56", "#ffffff", "#fffbe6", local=0.62, bright=1.0, height=0.78),
        _of("#4a9fd0 #93d0e4 #ecf5e2", "#9cc9c6", "#194d4c", "#ffffff", "#fffbe0", local=0.62, bright=1.0, height=0.74),
    ),
    "afternoon": (
        _of("#e9a25e #f7c878 #fff0b8", "#e5b06c", "#46202f", "#fffbe0", "#ffe4a0", local=0.42, bright=0.86, height=0.3),
        _of("#dd8f5c #f4bd78 #ffedb4", "#dba468", "#3c2234", "#fffbe0", "#ffe09a", local=0.42, bright=0.86, height=0.27),
    ),
    "dusk": (
        _of("#2f2557 #a8457a #ff9a62", "#a04e7c", "#170f2c", "#ffe9b0", "#ffb27a", local=0.24, bright=0.55, height=0.07),
        _of("#27305f #8c4a86 #ffae70", "#864f80", "#14122e", "#fff0c0", "#ffbe86", local=0.24, bright=0.55, height=0.09),
    ),
    "night": (
        _of("#0a1434 #1d3a74 #5f90c4", "#46719f", "#050a1c", "#f4f3e2", "#a9c8ee", local=0.2, bright=0.4, height=0.66, moon=True, stars=1.0),
        _of("#101136 #2c3474 #7484c0", "#5563a2", "#07081a", "#f6f2e0", "#b5c0ee", local=0.2, bright=0.4, height=0.6, moon=True, stars=1.0),
    ),
}  # fmt: skip

#: mood: colour to lean to, how far, change of light, change of chroma.
_MOODS: dict[str, tuple[str, float, float, float]] = {
    "dark": ("#2a2140", 0.18, 0.93, 0.8), "fear": ("#24382e", 0.2, 0.93, 0.8),
    "lonely": ("#5a708c", 0.2, 0.96, 0.7), "sad": ("#56687c", 0.24, 0.9, 0.62),
    "hopeful": ("#ffd98a", 0.14, 1.05, 1.1), "joy": ("#ffc46a", 0.12, 1.06, 1.28),
    "calm": ("#a9d0cf", 0.14, 1.02, 0.9), "love": ("#ee8a9a", 0.2, 1.02, 1.1),
    "anger": ("#a2221a", 0.24, 0.88, 1.15), "mystery": ("#39306a", 0.2, 0.88, 0.95),
    "magic": ("#8a5ad0", 0.18, 1.02, 1.2), "tense": ("#5a4a20", 0.16, 0.88, 0.85),
    "time": ("#b08a5a", 0.18, 0.98, 0.8),
}  # fmt: skip

_WEATHERS: dict[str, tuple[str, float, float, float, float]] = {
    # colour of the air, share, light, chroma, haze
    "rain": ("#6f8496", 0.36, 0.93, 0.66, 0.5), "snow": ("#d3dde8", 0.34, 1.04, 0.6, 0.55),
    "fog": ("#c3cbcd", 0.34, 1.0, 0.55, 0.95), "storm": ("#3d4a62", 0.45, 0.8, 0.7, 0.4),
    "clouds": ("#93a0ab", 0.3, 0.94, 0.72, 0.4), "wind": ("#a8b8b4", 0.12, 1.0, 0.95, 0.35),
    "clear": ("#ffffff", 0.0, 1.02, 1.1, 0.26),
}  # fmt: skip

_SEASONS = {"autumn": "#d98a3a", "spring": "#e6b0c0", "summer": "#9fc45a"}


def choose(
    time: str,
    weathers: Sequence[str],
    moods: Sequence[str],
    seasons: Sequence[str],
    rng: np.random.Generator,
) -> Palette:
    """The palette of an hour, bent by weather, mood and season."""
    options = _TIMES[time]
    palette = options[int(rng.integers(len(options)))]
    turn = float(rng.uniform(-0.1, 0.1))
    palette = palette.graded(lambda colour: shift(colour, turn=turn))
    for season in seasons:
        palette = _lean(palette, rgb(_SEASONS[season]), 0.1, 1.0, 1.05)
    for weather in weathers:
        code, share, light, chroma, haze = _WEATHERS[weather]
        air = shift(rgb(code), light=0.3 + 0.7 * palette.bright)
        palette = _lean(palette, air, share, light, chroma)
        palette = replace(palette, haze=haze, stars=palette.stars * (1 - share))
    for mood in moods[:2]:
        code, share, light, chroma = _MOODS[mood]
        tone = shift(rgb(code), light=0.35 + 0.65 * palette.bright)
        palette = _lean(palette, tone, share, light, chroma)
    return readable(palette)


def readable(palette: Palette) -> Palette:
    """The palette with enough light behind the near paper to see its outlines."""
    missing = 0.43 - (lightness(palette.sky[2]) - lightness(palette.near))
    if missing <= 0:
        return palette

    def raised(colour: Colour, share: float) -> Colour:
        return shift(colour, light=1 + share * missing / max(lightness(colour), 0.15))

    top, middle, low = palette.sky
    sky = raised(top, 0.25), raised(middle, 0.6), raised(low, 1.0)
    return replace(palette, sky=sky, far=raised(palette.far, 0.7))


def _lean(
    palette: Palette, tone: Colour, share: float, light: float, chroma: float
) -> Palette:
    near = palette.near
    leaned = palette.graded(
        lambda c: shift(mix(c, tone, share), light=light, chroma=chroma)
    )
    return replace(
        leaned,
        lamp=palette.lamp,
        near=shift(mix(near, tone, 0.3 * share), light=light),
        bright=min(1.0, palette.bright * light),
    )
