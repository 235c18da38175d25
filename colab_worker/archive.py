"""A folder that outlives the machine: finished units and unfinished jobs, for the next one.

It may lie on a slow, remote disk such as a mounted Google Drive, where a database would
not be safe: everything in it is a small file written whole, or a file named by its hash.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from shared_protocol.artifacts import MemoEntry
from shared_protocol.jobs import JobSubmission
from shared_protocol.kit.blobs import CHUNK_BYTES, BlobStore, DigestMismatch

log = logging.getLogger(__name__)

Fill = Callable[[BinaryIO], Any]


class Archive:
    """The folder; all methods block, and raise OSError when it cannot be reached."""

    def __init__(self, folder: Path, blobs: BlobStore) -> None:
        self._folder = folder
        self._blobs = blobs

    def keys(self) -> set[str]:
        """The keys of all units that are kept here."""
        return {file.stem for file in self._folder.glob("memo/*/*.json")}

    def keep(self, entry: MemoEntry) -> bool:
        """Copies a unit's files and then its entry; False if a file is gone meanwhile."""
        for file in entry.result.files:
            target = self._blob(file.sha256)
            if target.exists() and target.stat().st_size == file.bytes:
                continue
            try:
                _copy(self._blobs.path(file.sha256), target)
            except FileNotFoundError:
                return False
        _write(self._entry(entry.key), entry.model_dump_json())
        return True

    def bring(self, key: str) -> MemoEntry | None:
        """Brings a unit's files to this machine; None if it is not here whole."""
        try:
            entry = MemoEntry.model_validate_json(self._entry(key).read_bytes())
            for file in entry.result.files:
                self._fetch(file.sha256)
        except FileNotFoundError:
            return None
        except (OSError, DigestMismatch, ValidationError) as error:
            log.warning("The memo folder has a unit that cannot be used: %s", error)
            return None
        return entry

    def keep_job(self, job_id: str, submission: JobSubmission) -> None:
        """Notes a job that is not finished."""
        _write(self._job(job_id), submission.model_dump_json())

    def drop_job(self, job_id: str) -> None:
        """Forgets a job that has ended."""
        self._job(job_id).unlink(missing_ok=True)

    def jobs(self) -> Iterator[tuple[str, JobSubmission]]:
        """The jobs that were not finished."""
        for file in sorted(self._folder.glob("jobs/*.json")):
            try:
                yield file.stem, JobSubmission.model_validate_json(file.read_bytes())
            except (OSError, ValidationError) as error:
                log.warning(
                    "Job %s of the memo folder is left out: %s", file.stem, error
                )

    def forget(self, key: str) -> None:
        """Forgets a unit whose film was deleted, and its files."""
        file = self._entry(key)
        try:
            entry = MemoEntry.model_validate_json(file.read_bytes())
        except (FileNotFoundError, ValidationError):
            entry = None
        file.unlink(missing_ok=True)
        for ref in entry.result.files if entry else ():
            if not self._blobs.has(ref.sha256):  # else another unit still has it
                self._blob(ref.sha256).unlink(missing_ok=True)

    def _fetch(self, sha256: str) -> None:
        if self._blobs.has(sha256):
            return
        with self._blob(sha256).open("rb") as source, self._blobs.writer() as writer:
            while chunk := source.read(CHUNK_BYTES):
                writer.write(chunk)
            writer.commit(sha256)

    def _entry(self, key: str) -> Path:
        return self._folder / "memo" / key[:2] / f"{key}.json"

    def _blob(self, sha256: str) -> Path:
        return self._folder / "blobs" / sha256[:2] / sha256

    def _job(self, job_id: str) -> Path:
        return self._folder / "jobs" / f"{job_id}.json"


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        _publish(target, lambda part: shutil.copyfileobj(file, part, CHUNK_BYTES))


def _write(target: Path, text: str) -> None:
    content = text.encode()
    if target.exists() and target.read_bytes() == content:
        return
    _publish(target, lambda part: part.write(content))


def _publish(target: Path, fill: Fill) -> None:
    """Under another name first: whoever finds the file finds all of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as part:
            fill(part)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
