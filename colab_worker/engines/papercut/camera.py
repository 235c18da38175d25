"""Shot types: where the horizon lies, how large people are, how near the land."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Camera:
    """Framing; heights are shares of the picture from its upper edge."""

    horizon: float
    #: Upper edge of the near ground, and where the feet of the first figure are.
    ground: float
    feet: float
    #: Height of a grown man in units of the canvas.
    figure: float
    #: Scale of the land and of what stands far away.
    zoom: float = 1.0
    portrait: bool = False


SHOTS = {
    "establishing": Camera(0.64, 0.86, 0.9, 0.13, 0.78),
    "wide": Camera(0.58, 0.8, 0.86, 0.29, 1.0),
    "medium": Camera(0.52, 0.9, 1.1, 0.74, 1.5),
    "close": Camera(0.56, 1.02, 1.04, 1.2, 2.2, portrait=True),
    "over_shoulder": Camera(0.54, 0.82, 0.9, 0.4, 1.2),
    "two_shot": Camera(0.52, 0.9, 1.08, 0.68, 1.5),
    "low": Camera(0.84, 0.93, 0.97, 0.6, 1.7),
    "aerial": Camera(0.12, 0.86, 0.9, 0.14, 0.85),
}


def of_shot(shot: str, aspect: float) -> Camera:
    """The camera of ``shot``; in tall pictures the land fills the lower half alone."""
    camera = SHOTS[shot]
    if aspect > 0.8 or shot == "aerial":
        return camera
    lower = 0.06
    return Camera(
        min(camera.horizon + lower, 0.9),
        camera.ground + 0.3 * lower,
        camera.feet + 0.2 * lower,
        camera.figure * 0.95,
        camera.zoom,
        camera.portrait,
    )
