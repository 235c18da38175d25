"""How much a finished picture looks like its references, as CLIP sees it."""

from __future__ import annotations

from typing import Any

from PIL import Image

from colab_worker.engines.base import ReferenceUse
from colab_worker.engines.diffusion.eye import Eye, opened


def resemblance(
    eye: Eye,
    picture: Image.Image,
    references: tuple[ReferenceUse, ...],
    device: Any,
    dtype: Any,
) -> dict[str | None, float]:
    """By character, the cosine between its part of the picture and the reference that
    comes closest: 1 for the same picture, about 0 for unrelated ones.

    The measure is CLIP-I of DreamBooth (Ruiz et al. 2023, section 4.3), with the image
    encoder that the adapter itself looks with.
    """
    names = list(dict.fromkeys(use.name for use in references))
    parts = [band(picture, place, len(names)) for place in range(len(names))]
    seen = eye.seen([*parts, *map(opened, references)], device, dtype)
    drawn, shown = seen[: len(names)], seen[len(names) :]
    scores: dict[str | None, float] = {}
    for use, embedding in zip(references, shown, strict=True):
        score = float(drawn[names.index(use.name)] @ embedding)
        scores[use.name] = max(scores.get(use.name, -1.0), round(score, 4))
    return scores


def band(picture: Image.Image, place: int, places: int) -> Image.Image:
    """The part of the picture that belongs to a character, counted from the left."""
    begin = picture.width * place // places
    return picture.crop(
        (begin, 0, picture.width * (place + 1) // places, picture.height)
    )
