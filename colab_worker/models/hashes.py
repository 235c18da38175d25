"""Whether files came as their source describes them: by SHA-256, small ones by git's hash."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 1 << 20


class _Large(Protocol):
    @property
    def sha256(self) -> str: ...


class Described(Protocol):
    """A file as the hub lists it."""

    @property
    def blob_id(self) -> str: ...
    @property
    def lfs(self) -> _Large | None: ...


def is_right(entry: Described, file: Path) -> bool:
    """Whether ``file`` is there, with the bytes that the hub lists."""
    if not file.is_file():
        return False
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
