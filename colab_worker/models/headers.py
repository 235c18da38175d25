"""The header of a safetensors file: names, shapes and places of its tensors."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: A header longer than this is none.
_MOST_BYTES = 1 << 25
METADATA = "__metadata__"


def read_header(path: Path) -> dict[str, Any] | None:
    """The JSON that a safetensors file begins with; None for another or half a file."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _MOST_BYTES:
                return None
            content = json.loads(file.read(length))
            whole = 8 + length + _data_bytes(content) == path.stat().st_size
    except (OSError, ValueError, TypeError, KeyError, AttributeError, struct.error):
        return None
    return content if whole else None


def count_numbers(path: Path) -> int:
    """How many numbers a safetensors file holds; 0 for another or half a file."""
    header = read_header(path) or {}
    return sum(
        math.prod(item["shape"]) for name, item in header.items() if name != METADATA
    )


def _data_bytes(content: Mapping[str, Any]) -> int:
    """Where the last tensor ends, counted from the end of the header."""
    tensors = (item for name, item in content.items() if name != METADATA)
    return max((tensor["data_offsets"][1] for tensor in tensors), default=0)
