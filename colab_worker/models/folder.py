"""One model's folder in the layout of diffusers: its family, native size, identity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colab_worker.models.weights import part_numbers

INDEX = "model_index.json"
#: Stands in a folder's name for the slash in ``owner/model``.
SLASH = "--"
#: Pipelines that the engines can drive, and the folder of the network that denoises.
FAMILIES = {
    "StableDiffusionXLPipeline": ("sdxl", "unet"),
    "FluxPipeline": ("flux", "transformer"),
}
_SUFFIXES = {".json", ".txt", ".model", ".safetensors", ".pth"}
#: A file up to this size is hashed whole, a larger one by three samples of this size.
_SAMPLE_BYTES = 1 << 16


class NotAModel(ValueError):
    """The folder cannot be used as a model; the message says why."""


@dataclass(frozen=True)
class ModelFolder:
    """A folder that holds a whole picture model."""

    path: Path
    family: str
    #: Side in pixels of the square that the model draws best.
    side: int
    #: Whether it has a dial for guidance; distilled models lack it.
    has_guidance: bool
    #: Tells models apart, whatever their folders are called.
    fingerprint: str
    bytes: int
    #: How many numbers each of its networks has.
    numbers: Mapping[str, int]


def read_model(path: Path) -> ModelFolder:
    """Looks at a folder without loading anything; raises NotAModel."""
    if not (path / INDEX).is_file():
        raise NotAModel(f"{path.name} has no {INDEX}, so it is no diffusers model")
    pipeline = str(_json(path / INDEX).get("_class_name"))
    if pipeline not in FAMILIES:
        raise NotAModel(
            f"{path.name} is a {pipeline}; this version draws with "
            f"{', '.join(FAMILIES)}"
        )
    family, denoiser = FAMILIES[pipeline]
    if not any((path / denoiser).glob("*.safetensors")):
        raise NotAModel(
            f"{path.name}/{denoiser} holds no safetensors file; pickled weights are "
            "never loaded"
        )
    files = list(model_files(path))
    return ModelFolder(
        path=path,
        family=family,
        side=_native_side(path, denoiser),
        has_guidance=family != "flux"
        or bool(_json(path / denoiser / "config.json").get("guidance_embeds")),
        fingerprint=fingerprint(path, files),
        bytes=sum(file.stat().st_size for file in files),
        numbers=part_numbers(path),
    )


def model_files(path: Path) -> Iterator[Path]:
    """The files that make the model what it is, in a lasting order."""
    found = (file for file in path.rglob("*") if file.suffix in _SUFFIXES)
    yield from sorted(file for file in found if file.is_file())


def fingerprint(root: Path, files: list[Path]) -> str:
    """Names, sizes and samples of all files, hashed: quick also for 30 GB."""
    digest = hashlib.sha256()
    for file in files:
        size = file.stat().st_size
        digest.update(f"{file.relative_to(root).as_posix()} {size}\n".encode())
        with file.open("rb") as opened:
            for start in _sample_starts(size):
                opened.seek(start)
                digest.update(opened.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:16]


def _sample_starts(size: int) -> tuple[int, ...]:
    if size <= 3 * _SAMPLE_BYTES:
        return tuple(range(0, size, _SAMPLE_BYTES))
    return (0, size // 2, size - _SAMPLE_BYTES)


def _native_side(path: Path, denoiser: str) -> int:
    """What the configuration says: latents across, times the factor of the decoder."""
    blocks = _json(path / "vae" / "config.json").get("block_out_channels") or [0] * 4
    across = _json(path / denoiser / "config.json").get("sample_size") or 128
    return int(across) << (len(blocks) - 1)


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise NotAModel(f"{file.parent.name} has no {file.name}") from None
    except (OSError, ValueError) as error:
        raise NotAModel(f"{file.name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise NotAModel(f"{file.name} is not what a model has there")
    return content
