"""The IP-Adapters on the shelf: which likenesses they keep, and the mark of each."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from colab_worker.models.folder import fingerprint
from shared_protocol.references import Likeness

#: Within the folder of adapters: their weights for SDXL, and the eye that they share.
WEIGHTS = "sdxl_models"
EYE = "models/image_encoder"


def read_likenesses(folder: Path) -> dict[Likeness, str]:
    """By likeness, the mark of its adapter and of the eye; empty without either."""
    eye = sorted((folder / EYE).glob("*.safetensors"))
    if not eye or not (folder / EYE / "config.json").is_file():
        return {}
    kinds: tuple[Likeness, ...] = get_args(Likeness)
    files = {kind: adapter_file(folder, kind) for kind in kinds}
    return {
        kind: fingerprint(folder, [file, *eye])
        for kind, file in files.items()
        if file is not None
    }


def adapter_file(folder: Path, likeness: str) -> Path | None:
    """The weights of an adapter, as their makers call them; None without."""
    word = {"plus": "plus", "face": "plus-face"}[likeness]
    file = folder / WEIGHTS / f"ip-adapter-{word}_sdxl_vit-h.safetensors"
    return file if file.is_file() else None
