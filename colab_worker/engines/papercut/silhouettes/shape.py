"""What a silhouette is: cut parts, each in a tone that the scene gives a colour to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from colab_worker.engines.papercut import geometry
from colab_worker.engines.papercut.geometry import Points


@dataclass(frozen=True)
class Part:
    """One piece of a silhouette."""

    points: Points
    #: body: the silhouette itself · cloth, cloth2: clothing · skin · hair · pale: white
    #: parts · lit: light of its own · shade: darker than the body · leaf: foliage ·
    #: ear: shaded skin.
    tone: str = "body"


Shape = tuple[Part, ...]


def blob(text: str, tone: str = "body") -> Part:
    """A smooth closed outline, see ``geometry.outline``."""
    return Part(geometry.outline(text), tone)


def limb(text: str, tone: str = "body") -> Part:
    """A tapering limb, see ``geometry.ribbon``."""
    return Part(geometry.ribbon(text), tone)


def oval(
    x: float, y: float, rx: float, ry: float | None = None, tone: str = "body"
) -> Part:
    """An ellipse."""
    return Part(geometry.oval(x, y, rx, ry), tone)


def box(x0: float, y0: float, x1: float, y1: float, tone: str = "body") -> Part:
    """A rectangle."""
    return Part(geometry.box(x0, y0, x1, y1), tone)


def flat(text: str, tone: str = "body") -> Part:
    """A polygon with straight edges."""
    return Part(geometry.polygon(text), tone)


def moved(
    shape: Iterable[Part],
    x: float = 0.0,
    y: float = 0.0,
    scale: float = 1.0,
    flip: bool = False,
) -> Shape:
    """``shape`` scaled around the origin, mirrored if ``flip``, then moved."""
    factor = np.array([-scale if flip else scale, scale])
    return tuple(Part(part.points * factor + (x, y), part.tone) for part in shape)


def turned(
    shape: Iterable[Part], degrees: float, x: float = 0.0, y: float = 0.0
) -> Shape:
    """``shape`` turned counter-clockwise around (x, y)."""
    return tuple(
        Part(geometry.turned(part.points, degrees, x, y), part.tone) for part in shape
    )


def toned(shape: Iterable[Part], tone: str) -> Shape:
    """``shape`` in one tone."""
    return tuple(Part(part.points, tone) for part in shape)
