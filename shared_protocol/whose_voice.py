"""Who speaks a film: a voice of the vocabulary, or somebody whose sample is given."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def with_one_voice(order: dict[str, Any], given: Collection[str]) -> dict[str, Any]:
    """An order as it was kept, without the kind of voice that ``given`` fields replace."""
    replaced: set[str] = set()
    if "voice_sample" in given:
        replaced = {"voice_id"}
    elif "voice_id" in given:
        replaced = {"voice_sample", "voice_consent"}
    return {name: value for name, value in order.items() if name not in replaced}
