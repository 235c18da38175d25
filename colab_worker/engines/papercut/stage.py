"""What drawing needs at hand: canvas, colours, chance, camera, and figures to place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from colab_worker.engines.papercut.camera import Camera
from colab_worker.engines.papercut.canvas import Canvas, Fill
from colab_worker.engines.papercut.colour import (
    BLACK,
    Colour,
    lightness,
    mix,
    rgb,
    shift,
)
from colab_worker.engines.papercut.dice import Dice
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.palette import Palette
from colab_worker.engines.papercut.silhouettes.shape import Shape


@dataclass
class Stage:
    """One picture in the making."""

    canvas: Canvas
    palette: Palette
    dice: Dice
    camera: Camera
    removed: frozenset[str]
    seasons: Sequence[str] = ()
    weathers: Sequence[str] = ()
    #: The ground of another planet is red, not grey.
    mars: bool = False
    #: Seen from above: fields lie under rivers and roads.
    fields: bool = False
    #: Within four walls: no weather, nothing flies past.
    inside: bool = False

    def __post_init__(self) -> None:
        self.width, self.height = self.canvas.width, self.canvas.height
        self.unit = self.canvas.unit
        self.horizon = self.camera.horizon * self.height
        self.ground = self.camera.ground * self.height
        self.xs = np.linspace(-0.03 * self.width, 1.03 * self.width, 241)
        #: Height of the near ground under x, set by whoever draws it.
        self.floor = np.full_like(self.xs, self.camera.feet * self.height)
        #: Where sun or moon stand, in pixels.
        self.sun = (0.5 * self.width, 0.3 * self.height)

    def floor_at(self, x: float) -> float:
        """The height of the near ground under ``x``."""
        return float(np.interp(x, self.xs, self.floor))

    def level(self, depth: float) -> float:
        """The height where land of ``depth`` (0 horizon, 1 near ground) begins."""
        return self.horizon + depth * (self.ground - self.horizon)

    def leaf(self) -> Colour:
        """The colour of foliage in this season."""
        if "snow" in self.weathers:
            return rgb("#cfdbe2")
        if "autumn" in self.seasons:
            return rgb("#c8692c")
        return rgb("#e3a3b4") if "spring" in self.seasons else rgb("#3f7148")

    def land(
        self, profile: Points, depth: float, material: Colour | None = None, *,
        extra: Sequence[Points] = (), haze: float = 1.0, lift: float = 1.0,
    ) -> None:  # fmt: skip
        """A sheet of land with the upper edge ``profile`` over ``self.xs``."""
        colour = self.palette.layer(depth, material)
        foot = mix(colour, self.palette.sky[2], self.palette.haze * haze * (1 - depth))
        if depth > 0.8:
            foot = mix(colour, self.palette.near, 0.55)
        top = float(profile.min())
        low = float(profile.max())
        fill = Fill(colour, foot, top, max(low, top + 0.3 * self.height))
        edge = np.stack([self.xs, profile], axis=1)
        bottom = min(low + 4, self.height + 8)
        corners = np.array(
            [[self.xs[-1], self.height + 9], [self.xs[0], self.height + 9]]
        )
        body = np.concatenate([edge, corners])
        self.canvas.lay([body, *extra], fill, floor=bottom, lift=lift * (0.5 + depth))

    def profile_base(self, top: float, material: Colour) -> float:
        """Level land from ``top`` down, for rivers and roads to run on; its edge."""
        if not self.fields:
            self.land(np.full_like(self.xs, top), 0.55, material)
        return top

    def place(
        self, shape: Shape, x: float, y: float, size: float, *, flip: bool = False,
        depth: float = 1.0, body: Colour | None = None, cloth: Colour | None = None,
        skin: Colour | None = None, hair: Colour | None = None, alpha: float = 1.0, lift: float = 0.6,
    ) -> None:  # fmt: skip
        """Cuts ``shape`` out with its origin at (x, y) and a height of ``size``."""
        tones = self._tones(depth, body, cloth, skin, hair)
        factor = np.array([-size if flip else size, -size])
        parts = [(part.points * factor + (x, y), tones[part.tone]) for part in shape]
        if not parts:
            return
        self.canvas.shade([points for points, _ in parts], lift, alpha)
        for points, colour in _runs(parts):
            self.canvas.lay(
                points, Fill(colour), lift=0, alpha=alpha, rim=0.9 if depth > 0.4 else 0
            )
        self._shine(shape, factor, x, y, size)

    def _tones(
        self,
        depth: float,
        body: Colour | None,
        cloth: Colour | None,
        skin: Colour | None,
        hair: Colour | None,
    ) -> dict[str, Colour]:
        palette = self.palette
        paper = palette.layer(depth)
        air = 0.75 * (1 - depth)
        main = (
            paper if body is None else mix(palette.shown(body), paper, 0.14 + 0.6 * air)
        )
        worn = mix(palette.shown(cloth or rgb("#b0483a")), paper, 0.6 * air)
        pale = mix(palette.shown(rgb("#e6e0d2")), paper, 0.12 + 0.6 * air)
        leaf = palette.layer(depth, self.leaf())
        face = palette.shown(skin or rgb("#d9a27a"))
        lamp = palette.lamp if palette.bright < 0.8 else mix(palette.lamp, paper, 0.35)
        return {
            "body": main, "cloth": worn, "cloth2": shift(worn, light=0.74), "skin": face,
            "ear": shift(face, light=0.86), "hair": mix(palette.shown(hair or rgb("#3a2a22")), paper, 0.6 * air),
            "pale": pale, "lit": mix(lamp, paper, 0.5 * air), "leaf": leaf,
            "shade": mix(main, BLACK, 0.35) if lightness(main) > 0.2 else mix(main, pale, 0.14),
        }  # fmt: skip

    def _shine(
        self, shape: Shape, factor: Points, x: float, y: float, size: float
    ) -> None:
        """Lamps and fires glow when it is dark."""
        if self.palette.bright > 0.8:
            return
        lit = [part.points for part in shape if part.tone == "lit"]
        lamps = []
        for points in lit[:4]:
            cx, cy = points.mean(axis=0) * factor + (x, y)
            reach = 3.2 * float(np.ptp(points, axis=0).max()) * size
            lamps.append((cx, cy, min(reach, 0.3 * self.unit)))
        self.canvas.glows(lamps, self.palette.lamp, 0.7)


def _runs(parts: Iterable[tuple[Points, Colour]]) -> list[tuple[list[Points], Colour]]:
    """Neighbouring parts of one colour, together."""
    runs: list[tuple[list[Points], Colour]] = []
    for points, colour in parts:
        if runs and runs[-1][1] == colour:
            runs[-1][0].append(points)
        else:
            runs.append(([points], colour))
    return runs
