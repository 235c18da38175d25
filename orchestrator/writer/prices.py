"""List prices of writing models, to tell people about what a script costs."""

from __future__ import annotations

from shared_protocol.scripts import Usage

#: US dollars for a million tokens in and out; a name counts with all that begin so.
PRICES: dict[str, tuple[float, float]] = {
    "gemini-2.5-flash-lite": (0.10, 0.40),
    "gemini-2.5-flash": (0.30, 2.50),
    "gemini-2.5-pro": (1.25, 10.00),
}


def tokens_and_price(usage: Usage) -> str:
    """What was spent, for people."""
    tokens = usage.input_tokens + usage.output_tokens
    price = "" if usage.price_usd is None else f", about ${usage.price_usd:.3f}"
    return f"{usage.model}: {tokens} tokens{price}"


def price_usd(model: str, input_tokens: int, output_tokens: int) -> float | None:
    """About what it costs by the list; None for a model that is not on it."""
    fitting = [name for name in PRICES if model.startswith(name)]
    if not fitting:
        return None
    into, out = PRICES[max(fitting, key=len)]
    return round((input_tokens * into + output_tokens * out) / 1e6, 6)
