"""What stands on the shelf and what could: the list that people read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from colab_worker.engines.entry import EngineEntry
from colab_worker.models.adapters import read_likenesses
from colab_worker.models.aligners import aligner_bytes, aligner_mark
from colab_worker.models.folder import SLASH, model_files
from colab_worker.models.loras import LoraFile
from colab_worker.models.presets import (
    BY_NAME,
    IP_ADAPTER,
    VOICES,
    WHISPER,
    how_to_get,
)
from shared_protocol.clock import rfc3339
from shared_protocol.models import ModelInfo, ModelKind

_NOT_HERE = ("absent", "broken")
_KINDS: Mapping[str, ModelKind] = {"image": "image", "voice": "voice", "video": "video"}
#: What the likenesses of the preset are made for.
_LIKENESS_FAMILY = "sdxl"


def take_inventory(
    folder: Path, entries: tuple[EngineEntry, ...], loras: Mapping[str, LoraFile]
) -> tuple[ModelInfo, ...]:
    """Models, voices, likenesses, LoRAs; looking at all of it blocks for a moment."""
    drawing = {e.name: e.drawing.family for e in entries if e.drawing and _here(e)}
    return (
        *(_model(folder, entry) for entry in entries),
        _likeness(folder, drawing),
        _alignment(folder),
        *(_lora(lora, drawing) for lora in loras.values()),
    )


def _here(entry: EngineEntry) -> bool:
    return entry.version not in _NOT_HERE


def _model(folder: Path, entry: EngineEntry) -> ModelInfo:
    preset = BY_NAME.get(entry.name)
    home = folder / (preset.home if preset else entry.name.replace("/", SLASH))
    known = preset or VOICES.get(entry.name)
    here = _here(entry)
    return ModelInfo(
        name=entry.name,
        kind=_KINDS[entry.kind],
        family=_family(entry),
        licence=known.licence if known else None,
        bytes=_size(home) if here else known.bytes if known else 0,
        here=here,
        version=entry.version if here else None,
        added_at=_added(home) if here else None,
        page=getattr(known, "page", None),
        unavailable=entry.unavailable,
    )


def _family(entry: EngineEntry) -> str | None:
    """Of a preset that is not here too: its name begins with it."""
    if entry.drawing is None:
        return None
    return entry.drawing.family or entry.name.partition("-")[0]


def _likeness(folder: Path, drawing: Mapping[str, str]) -> ModelInfo:
    home = folder / IP_ADAPTER.name
    kept = read_likenesses(home)
    return ModelInfo(
        name=IP_ADAPTER.name,
        kind="likeness",
        family=_LIKENESS_FAMILY,
        licence=IP_ADAPTER.licence,
        bytes=_size(home) if kept else IP_ADAPTER.bytes,
        here=bool(kept),
        version=next(iter(kept.values()), None),
        added_at=_added(home) if kept else None,
        page=IP_ADAPTER.page,
        unavailable=None if kept else how_to_get(IP_ADAPTER),
        fits=_takers(_LIKENESS_FAMILY, drawing),
    )


def _alignment(folder: Path) -> ModelInfo:
    home = folder / WHISPER.name
    here = aligner_mark(home) is not None
    return ModelInfo(
        name=WHISPER.name,
        kind="alignment",
        licence=WHISPER.licence,
        bytes=aligner_bytes(home) if here else WHISPER.bytes,
        here=here,
        version=aligner_mark(home),
        added_at=_added(home) if here else None,
        page=WHISPER.page,
        unavailable=None if here else how_to_get(WHISPER),
    )


def _lora(lora: LoraFile, drawing: Mapping[str, str]) -> ModelInfo:
    takers = _takers(lora.family, drawing)
    return ModelInfo(
        name=lora.name,
        kind="lora",
        family=lora.family,
        bytes=lora.path.stat().st_size,
        here=True,
        trigger=lora.trigger,
        version=lora.fingerprint,
        added_at=_added(lora.path),
        unavailable=None if takers else _nobody(lora.family, drawing),
        fits=takers,
    )


def _takers(family: str, drawing: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name, own in drawing.items() if own == family)


def _nobody(family: str, drawing: Mapping[str, str]) -> str:
    others = ", ".join(f"{name} is {own}" for name, own in drawing.items())
    return f"it is made for {family}, and no such model is here" + (
        f": {others}" if others else ""
    )


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in model_files(path))


def _added(path: Path) -> str:
    return rfc3339(path.stat().st_mtime)
