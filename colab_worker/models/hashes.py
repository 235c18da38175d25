"""Whether files came as their source describes them: by SHA-256, small ones by git's hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 1 << 20


class _Large(Protocol):
    @property
    def sha256(self) -> str: ...


class Described(Protocol):
    """A file as the hub lists it."""

    @property
    def path(self) -> str: ...
    @property
    def blob_id(self) -> str: ...
    @property
    def lfs(self) -> _Large | None: ...


def wrong_files(listed: Iterable[Described], folder: Path) -> list[Path]:
    """The files in ``folder`` whose bytes are not those that the hub lists."""
    return [
        folder / entry.path
        for entry in listed
        if (folder / entry.path).is_file() and not _is_right(entry, folder / entry.path)
    ]


def _is_right(entry: Described, file: Path) -> bool:
    if entry.lfs is not None:
        return _digest(file, hashlib.sha256()) == entry.lfs.sha256
    head = f"blob {file.stat().st_size}\0".encode()
    git = hashlib.sha1(head, usedforsecurity=False)
    return _digest(file, git) == entry.blob_id


def _digest(file: Path, digest: hashlib._Hash) -> str:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
