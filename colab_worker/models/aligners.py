"""The model on the shelf that finds known words in sound: whether it is whole, its mark."""

from __future__ import annotations

from pathlib import Path

from colab_worker.models.folder import fingerprint

_NEEDED = ("config.json", "model.bin", "tokenizer.json")


def aligner_mark(folder: Path) -> str | None:
    """Tells it from another; None when it is not here."""
    files = [folder / name for name in _NEEDED]
    if not all(file.is_file() for file in files):
        return None
    return fingerprint(folder, files)


def aligner_bytes(folder: Path) -> int:
    """Its size on the disk."""
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
