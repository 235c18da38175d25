"""Files named by the SHA-256 of their bytes: written whole or not at all.

A blob is written under a temporary name, synced, renamed to its hash, and the folder is
synced, so that a name that exists always has all of its bytes. All methods block; on an
event loop they belong in a thread.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from types import TracebackType

CHUNK_BYTES = 1 << 20
_HEX = re.compile(r"[0-9a-f]{64}")


class DigestMismatch(Exception):
    """The bytes are not the ones that the name promises."""


class BlobStore:
    """A folder of files by hash."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the blob lies or would lie; ValueError if ``sha256`` is no hash."""
        if not _HEX.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256 in lower-case hex")
        return self._root / sha256[:2] / sha256[2:]

    def has(self, sha256: str) -> bool:
        """Whether all bytes of the blob are here."""
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Bytes of the blob; FileNotFoundError when it is not here."""
        return self.path(sha256).stat().st_size

    def adopt(self, source: Path) -> tuple[str, int]:
        """Moves a finished file in; its hash and bytes. It must be on the same disk."""
        with source.open("rb+") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
            size = file.seek(0, os.SEEK_END)
        self._publish(source, sha256)
        return sha256, size

    def writer(self) -> BlobWriter:
        """A blob that arrives in pieces."""
        return BlobWriter(self, self._incoming)

    def remove(self, sha256: str) -> None:
        """Deletes a blob if it is here."""
        self.path(sha256).unlink(missing_ok=True)

    def all(self) -> set[str]:
        """The hashes of all blobs."""
        return {
            folder.name + file.name
            for folder in self._root.iterdir()
            if len(folder.name) == 2
            for file in folder.iterdir()
        }

    def sweep(self) -> None:
        """Deletes what was half-written when the last process died."""
        for leftover in self._incoming.iterdir():
            leftover.unlink()

    def _publish(self, source: Path, sha256: str) -> None:
        target = self.path(sha256)
        if not target.parent.is_dir():
            target.parent.mkdir(exist_ok=True)
            _sync_folder(self._root)
        source.replace(target)
        _sync_folder(target.parent)


class BlobWriter:
    """Collects the bytes of one blob; use as a context manager, then ``commit``."""

    def __init__(self, store: BlobStore, folder: Path) -> None:
        self._store = store
        descriptor, name = tempfile.mkstemp(dir=folder)
        self._file = os.fdopen(descriptor, "wb")
        self._path = Path(name)
        self._digest = hashlib.sha256()
        self.bytes = 0

    def __enter__(self) -> BlobWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Adds bytes."""
        self._digest.update(chunk)
        self._file.write(chunk)
        self.bytes += len(chunk)

    def commit(self, expected: str | None = None) -> str:
        """Publishes the blob and returns its hash.

        Raises DigestMismatch, and keeps nothing, if the hash is not ``expected``.
        """
        sha256 = self._digest.hexdigest()
        if expected is not None and sha256 != expected:
            raise DigestMismatch(
                f"the {self.bytes} bytes received have the SHA-256 {sha256}, "
                f"not {expected}; send them again"
            )
        self._file.flush()
        os.fsync(self._file.fileno())
        self._store._publish(self._path, sha256)
        return sha256


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows cannot open a folder; its rename is journalled
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
