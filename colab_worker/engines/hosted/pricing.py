"""What pictures of a service cost, as people are told before and beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from colab_worker.engines.entry import EngineEntry
from colab_worker.engines.hosted.prices import DATED, about_usd
from colab_worker.engines.sizes import native_size

_USUAL_FRAME = (1920, 1080)
_USUAL_QUALITY = "standard"


def usual_price_usd(entry: EngineEntry) -> float | None:
    """About what a picture costs at the usual quality and shape; None: nothing."""
    if entry.service is None or entry.drawing is None:
        return None
    size = native_size(entry.drawing, *_USUAL_FRAME)
    level = entry.drawing.levels.get(_USUAL_QUALITY)
    return about_usd(entry.service.model, *size, level)


def bill(
    pictures: Sequence[Mapping[str, Any]], entry: EngineEntry, *, automatic: bool
) -> tuple[str, ...]:
    """A sentence about who draws a film, why, and what it costs; none for own models."""
    service = entry.service
    if service is None:
        return ()
    prices = [
        about_usd(service.model, each["width"], each["height"], each.get("level"))
        for each in pictures
    ]
    costs = "what a picture costs is not known here"
    if None not in prices:
        known = [price or 0.0 for price in prices]
        costs = (
            f"about ${known[0]:.3f} for each picture, ${sum(known):.2f} for "
            f"{len(known)}, by the prices of {DATED}"
        )
    why = ""
    if automatic:
        why = (
            f", since no better engine of the order of fallbacks is here and "
            f"{service.variable} is set"
        )
    return (f"{service.label} draws the pictures with {service.model}{why}: {costs}.",)
