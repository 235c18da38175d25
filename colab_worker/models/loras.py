"""LoRA files on the shelf: their family and trigger word, read from the header alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colab_worker.models.folder import fingerprint
from colab_worker.models.headers import read_header

_FLUX_KEYS = ("transformer.", "lora_transformer_", "double_blocks.", "single_blocks.")
_UNET_KEYS = ("unet.", "lora_unet_", "lora_te", "text_encoder")
#: Where trainers note the word that calls a LoRA up.
_TRIGGERS = ("modelspec.trigger_phrase", "ss_trigger_word", "trigger_word")
#: What kohya's trainer calls the models before SDXL.
_OLD_MODELS = ("sd_v1", "sd_v2", "sd-v1", "sd-v2", "sd_1", "sd_2")


@dataclass(frozen=True)
class LoraFile:
    """A LoRA by the name of its file."""

    name: str
    path: Path
    #: ``sdxl``, ``flux``, or what it is for instead.
    family: str
    fingerprint: str
    trigger: str | None


def read_loras(folder: Path) -> dict[str, LoraFile]:
    """Every LoRA in a folder; files that cannot be read are none."""
    found: dict[str, LoraFile] = {}
    for path in sorted(folder.glob("*.safetensors")) if folder.is_dir() else ():
        header = read_header(path)
        if header is not None:
            found[path.stem] = _described(path, header)
    return found


def _described(path: Path, header: Mapping[str, Any]) -> LoraFile:
    told = header.get("__metadata__") or {}
    keys = [key for key in header if key != "__metadata__"]
    trigger = next((told[name] for name in _TRIGGERS if told.get(name)), None)
    return LoraFile(
        name=path.stem,
        path=path,
        family=_family(keys, str(told.get("ss_base_model_version", ""))),
        fingerprint=fingerprint(path.parent, [path]),
        trigger=str(trigger).strip() if trigger else None,
    )


def _family(keys: Iterable[str], trained_on: str) -> str:
    if trained_on.startswith(_OLD_MODELS):
        return "an older Stable Diffusion"
    names = list(keys)
    blocks = ("lora_unet_double_blocks", "lora_unet_single_blocks")
    if any(name.startswith((*_FLUX_KEYS, *blocks)) for name in names):
        return "flux"
    if any(name.startswith(_UNET_KEYS) for name in names):
        return "sdxl"
    return "no picture model"
