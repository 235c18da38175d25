"""List prices of image services, to tell people about what pictures cost."""

from __future__ import annotations

import math

#: The day on which the lists below were read.
DATED = "2026-11-26"

#: US dollars for each million pixels begun, by model (fal.ai/models/fal-ai/flux-lora).
PER_MEGAPIXEL = {"fal-ai/flux-lora": 0.035}

#: US dollars for a million tokens of words in and of picture out; a name counts with its
#: variants, which go on after a dash (developers.openai.com/api/docs/pricing).
PER_MILLION_TOKENS = {
    "gpt-image-1-mini": (2.00, 8.00),
    "gpt-image-1.5": (5.00, 32.00),
    "gpt-image-2": (5.00, 30.00),
    "gpt-image-2.5": (5.00, 30.00),
}
#: Tokens of a picture of 1024 x 1024 by level; other sizes have theirs by their area.
TOKENS_OF_A_SQUARE = {"low": 196, "medium": 439, "high": 1756}
_SQUARE = 1024 * 1024


def about_usd(model: str, width: int, height: int, level: str | None) -> float | None:
    """About what one picture costs; None for a model that is not on the list."""
    if model in PER_MEGAPIXEL:
        return PER_MEGAPIXEL[model] * math.ceil(width * height / 1_000_000)
    tokens = TOKENS_OF_A_SQUARE.get(level or "", 0) * width * height / _SQUARE
    return tokens_usd(model, 0, round(tokens)) if tokens else None


def tokens_usd(model: str, tokens_in: int, tokens_out: int) -> float | None:
    """What so many tokens cost; None for a model that is not on the list."""
    fitting = [
        name for name in PER_MILLION_TOKENS if f"{model}-".startswith(f"{name}-")
    ]
    if not fitting:
        return None
    into, out = PER_MILLION_TOKENS[max(fitting, key=len)]
    return round((tokens_in * into + tokens_out * out) / 1e6, 4)
