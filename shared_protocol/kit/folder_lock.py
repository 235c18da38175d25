"""One process a folder: a lock that the system takes back when its holder dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

POLL_S = 0.05


class FolderInUse(Exception):
    """Another process holds the folder."""


@contextmanager
def lock_folder(folder: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Holds ``folder`` for this process; raises FolderInUse after ``wait_s``. Blocks."""
    deadline = time.monotonic() + wait_s
    with (folder / "lock").open("a+", encoding="ascii") as file:
        while not _take(file):
            if time.monotonic() >= deadline:
                file.seek(0)
                raise FolderInUse(f"process {file.read().strip() or 'unknown'}")
            time.sleep(POLL_S)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _take(file: IO[str]) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
