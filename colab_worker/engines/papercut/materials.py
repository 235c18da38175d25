"""The colours that land is made of, and outlines put upon it."""

from __future__ import annotations

from colab_worker.engines.papercut.colour import rgb
from colab_worker.engines.papercut.geometry import Points
from colab_worker.engines.papercut.silhouettes.shape import Shape

GRASS, SAND, STONE, SNOW = (
    rgb("#5d8f4c"),
    rgb("#d9a766"),
    rgb("#857f86"),
    rgb("#eef4fb"),
)
MUD, FIELD, WOOD = rgb("#5f4c3e"), rgb("#b99a4a"), rgb("#2e5d45")


def standing(shape: Shape, x: float, y: float, size: float) -> list[Points]:
    """All outlines of ``shape`` on the picture, as one silhouette."""
    return [part.points * (size, -size) + (x, y) for part in shape]
