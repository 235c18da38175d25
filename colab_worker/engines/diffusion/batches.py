"""Several pictures in one call: which words go together, and how many pictures fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from colab_worker.engines.diffusion import memory

GIB = 1 << 30
#: Smaller cards draw one at a time: they are as quick with one, and what they draw then
#: depends on nothing but its seed.
ROOMY_BYTES = 20 * GIB
#: Left free, for what another process takes and for gaps.
MARGIN_BYTES = 1 * GIB


def joined(arguments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The arguments of one call for all: tensors row below row, dials as they are."""
    import torch

    first = arguments[0]
    if len(arguments) == 1:
        return dict(first)
    return {
        name: torch.cat([told[name] for told in arguments])
        if isinstance(value, torch.Tensor)
        else value
        for name, value in first.items()
    }


def alike(arguments: Sequence[Mapping[str, Any]], places: Sequence[int]) -> list[int]:
    """Those of ``places`` whose words are as long as the first one's.

    Longer words are more windows, and windows without words would change a picture.
    """
    shapes = [_shapes(arguments[place]) for place in places]
    return [p for p, shape in zip(places, shapes, strict=True) if shape == shapes[0]]


def that_fit(rung: str, picture_bytes: int | None) -> int:
    """How many pictures the GPU has room for, if each takes so much beside the model."""
    room = memory.room_bytes()
    if rung != "resident" or room is None or not picture_bytes:
        return 1
    return count_that_fit(room.total, room.free, picture_bytes)


def count_that_fit(total: int, free: int, picture_bytes: int) -> int:
    """The same, from bytes; one at least, as it was drawn before."""
    if total < ROOMY_BYTES:
        return 1
    return max(1, (free - MARGIN_BYTES) // picture_bytes)


def _shapes(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "shape", value) for name, value in arguments.items()}
