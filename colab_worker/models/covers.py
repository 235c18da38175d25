"""Where the picture is that a model or LoRA ships with: beside its files, or in them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from colab_worker.models.headers import METADATA, read_header

#: Larger than any preview; larger files are not looked at.
MAX_COVER_BYTES = 16 << 20
#: A data URL with the picture (ModelSpec 1.0.1, of StabilityAI).
_EMBEDDED = "modelspec.thumbnail"
_WEIGHTS = ".safetensors"
_ENDINGS = ("png", "jpg", "jpeg", "webp")
#: Of a folder's own files.
_INSIDE = ("preview", "thumbnail")


@dataclass(frozen=True)
class Cover:
    """A file that is or holds the picture, as it is now."""

    path: Path
    changed_ns: int
    bytes: int


def find_cover(model: Path) -> Cover | None:
    """Of a model's folder or a LoRA's file: what stands beside it counts first."""
    for path in (*sidecars(model), *_own_weights(model)):
        try:
            told = path.stat()
        except OSError:
            continue
        small = path.suffix == _WEIGHTS or told.st_size <= MAX_COVER_BYTES
        if path.is_file() and small and told.st_size:
            return Cover(path, told.st_mtime_ns, told.st_size)
    return None


def sidecars(model: Path) -> Iterator[Path]:
    """Every name that such a picture may have, best first, as other programs save it."""
    is_file = model.suffix == _WEIGHTS
    name = model.stem if is_file else model.name
    stems = [f"{name}.preview", name]
    for stem in stems:
        yield from (model.parent / f"{stem}.{ending}" for ending in _ENDINGS)
    if not is_file:
        for stem in _INSIDE:
            yield from (model / f"{stem}.{ending}" for ending in _ENDINGS)


def cover_bytes(path: Path) -> bytes | None:
    """The picture's file as somebody made it, unproven; None when there is none."""
    if path.suffix != _WEIGHTS:
        with path.open("rb") as file:
            return file.read(MAX_COVER_BYTES)
    told = (read_header(path) or {}).get(METADATA)
    url = told.get(_EMBEDDED) if isinstance(told, dict) else None
    if not isinstance(url, str) or len(url) > MAX_COVER_BYTES * 4 // 3:
        return None
    head, comma, data = url.partition(",")
    if not comma or not (head.startswith("data:") and head.endswith(";base64")):
        return None
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        return None


def _own_weights(model: Path) -> Iterator[Path]:
    if model.suffix == _WEIGHTS:
        yield model
    elif model.is_dir():
        yield from sorted(model.glob(f"*{_WEIGHTS}"))
