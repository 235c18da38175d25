"""The file with the worker's address: read when it changes, written when one is set."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from orchestrator.errors import NotAnAddress, Unreachable
from orchestrator.settings import Settings
from orchestrator.store.workers import WorkerStore
from orchestrator.url_intake import WorkerAddress, dig_address
from orchestrator.workers import Workers

log = logging.getLogger(__name__)

_Stamp = tuple[int, int, int]


class UrlWatch:
    """Keeps the remote worker equal to what the file says."""

    def __init__(
        self, settings: Settings, store: WorkerStore, workers: Workers
    ) -> None:
        self._settings = settings
        self._file = settings.url_file
        self._store = store
        self._workers = workers
        self._stamp: _Stamp | None = None
        self._from_file: str | None = None

    async def start(self) -> None:
        """Takes the address of the file, else the environment's, else the last one."""
        self._stamp = await asyncio.to_thread(_stamp, self._file)
        address = await self._read() or self._from_environment()
        await self._workers.connect(address or await self._store.current())

    async def run(self) -> None:
        """Asks the worker once, then follows the file for ever."""
        await self._probe()
        while True:
            await asyncio.sleep(self._settings.watch_interval_s)
            stamp = await asyncio.to_thread(_stamp, self._file)
            if stamp != self._stamp:
                self._stamp = stamp
                await self._follow()

    async def save(self, address: WorkerAddress | None) -> None:
        """Writes the address, never the token, or takes it out of the file.

        Raises OSError if the file cannot be written.
        """
        url = address.url if address else None
        await asyncio.to_thread(_write, self._file, url)
        self._from_file = url
        self._stamp = await asyncio.to_thread(_stamp, self._file)

    async def _follow(self) -> None:
        before = self._from_file
        address = await self._read()
        if address is None and self._from_file == before:
            return  # nothing in it that could be understood: what was stays
        await self._workers.connect(address or self._from_environment())
        await self._probe()

    async def _probe(self) -> None:
        if self._workers.remote.client is None:
            return
        with suppress(Unreachable):
            await self._workers.remote.probe()
            log.info("A worker is connected at %s.", self._workers.remote.url)

    async def _read(self) -> WorkerAddress | None:
        """The address in the file; None when it has none or none that is one."""
        line = await asyncio.to_thread(_first_line, self._file)
        if line is None:
            self._from_file = None
            return None
        try:
            address = dig_address(line)
        except NotAnAddress as refusal:
            log.warning("%s: %s %s", self._file.name, refusal, refusal.tip)
            return None
        self._from_file = address.url
        return address

    def _from_environment(self) -> WorkerAddress | None:
        if self._settings.worker_address is None:
            return None
        try:
            return dig_address(self._settings.worker_address)
        except NotAnAddress as refusal:
            log.warning("COLAB_API_URL: %s %s", refusal, refusal.tip)
            return None


def _stamp(file: Path) -> _Stamp | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8-sig", "replace").splitlines()
    except OSError:
        return []


def _first_line(file: Path) -> str | None:
    """The first line that is neither blank nor a comment."""
    for line in _lines(file):
        if line.strip() and not line.lstrip().startswith("#"):
            return line
    return None


def _write(file: Path, url: str | None) -> None:
    if url is None and not file.exists():
        return
    comments = [line for line in _lines(file) if line.lstrip().startswith("#")]
    lines = [*comments, *([url] if url else [])]
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".worker-url-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
