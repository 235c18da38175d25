"""The library: finished files on this machine, each kept while some film needs it."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from orchestrator.bundles import NamedFile
from orchestrator.store.films import Film, FilmStore
from orchestrator.store.mirrored import MirrorStore
from orchestrator.worker_client import WorkerClient
from shared_protocol import routes
from shared_protocol.errors import Code
from shared_protocol.kit.blobs import BlobStore
from shared_protocol.kit.http_errors import ApiError


class Library:
    """Brings files in and throws out those that no film needs."""

    def __init__(self, root: Path, films: FilmStore, mirrored: MirrorStore) -> None:
        self._root = root
        self._films = films
        self._mirrored = mirrored
        self._blobs: BlobStore | None = None
        # Between noting a use and seeing the file, nobody may throw it out.
        self._lock = asyncio.Lock()

    @property
    def blobs(self) -> BlobStore:
        """The files themselves."""
        assert self._blobs is not None, "open() comes first"  # noqa: S101
        return self._blobs

    async def open(self) -> None:
        """Opens the folder and deletes what a crash left behind."""
        used = await self._mirrored.used_blobs()
        self._blobs = await asyncio.to_thread(_open, self._root, used)

    async def bring(self, job_id: str, file: NamedFile, client: WorkerClient) -> None:
        """Gets ``file`` for a film unless it is here; raises as ``fetch_blob`` does."""
        async with self._lock:
            await self._mirrored.use_blob(job_id, file.sha256)
            here = await asyncio.to_thread(self.blobs.has, file.sha256)
        if not here:
            await client.fetch_blob(file.sha256, file.bytes, self.blobs)

    async def bring_together(
        self, job_id: str, files: Iterable[NamedFile], client: WorkerClient
    ) -> None:
        """The same for many files, in one request."""
        absent: dict[str, NamedFile] = {}
        async with self._lock:
            for file in files:
                await self._mirrored.use_blob(job_id, file.sha256)
                if not await asyncio.to_thread(self.blobs.has, file.sha256):
                    absent[file.sha256] = file
        if absent:
            await client.fetch_bundle(absent.values(), self.blobs)

    async def put(self, job_id: str, data: bytes) -> str:
        """Keeps bytes that were made here for a film; their hash."""
        sha256 = hashlib.sha256(data).hexdigest()
        async with self._lock:
            await self._mirrored.use_blob(job_id, sha256)
            await asyncio.to_thread(self._write, data, sha256)
        return sha256

    def _write(self, data: bytes, sha256: str) -> None:
        if not self.blobs.has(sha256):
            with self.blobs.writer() as writer:
                writer.write(data)
                writer.commit(sha256)

    async def keep(self, job_id: str, sha256: str) -> None:
        """Keeps a file that is here for a film."""
        async with self._lock:
            await self._mirrored.use_blob(job_id, sha256)

    async def add(self, film: Film, given: Mapping[str, str]) -> None:
        """Saves a new film that comes with files; ApiError 422 names one not here.

        Raises as ``FilmStore.add`` does.
        """
        async with self._lock:
            await self.check_given(given)
            await self._films.add(film, given.values())

    async def keep_given(self, job_id: str, given: Mapping[str, str]) -> None:
        """Keeps the files that came with a film; ApiError 422 names one not here."""
        await self.check_given(given)
        for sha256 in given.values():
            await self.keep(job_id, sha256)

    async def check_given(self, given: Mapping[str, str]) -> None:
        """Raises ApiError 422, which names the field of a file that is not here."""
        for field, sha256 in given.items():
            if not await self.has(sha256):
                raise _not_here(field)

    async def send(self, hashes: Iterable[str], client: WorkerClient) -> None:
        """Sends a worker those of the files that it lacks."""
        wanted = set(hashes)
        for sha256 in await client.missing(wanted) if wanted else ():
            await client.send_blob(sha256, self.blobs.path(sha256))

    async def has(self, sha256: str) -> bool:
        """Whether a file is here."""
        return await asyncio.to_thread(self.blobs.has, sha256)

    async def forget(self, job_id: str) -> None:
        """Deletes a film, and its files unless another film needs them."""
        async with self._lock:
            orphans = await self._films.delete(job_id)
            await asyncio.to_thread(_remove, self.blobs, orphans)

    async def free_bytes(self) -> int:
        """Free space on the disk of the library."""
        return (await asyncio.to_thread(shutil.disk_usage, self._root)).free


def _not_here(field: str) -> ApiError:
    """The refusal of an order with a file that nobody has sent."""
    route = routes.API_REFERENCES
    if field.endswith("music"):
        route = routes.API_MUSIC
    elif field.endswith("voice_sample"):
        route = routes.API_VOICE_SAMPLES
    return ApiError(
        Code.INVALID_FIELD,
        f"{field}: no file with this SHA-256 is here; send it to {route} first.",
        param=field,
    )


def _open(root: Path, used: set[str]) -> BlobStore:
    blobs = BlobStore(root)
    blobs.sweep()
    _remove(blobs, blobs.all() - used)
    return blobs


def _remove(blobs: BlobStore, hashes: set[str]) -> None:
    for sha256 in hashes:
        blobs.remove(sha256)
