"""Takes turns with other processes of this machine at what would need too much memory."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from colab_worker.engines.base import EngineError, Tick
from shared_protocol.kit.folder_lock import FolderInUse, lock_folder

#: How often somebody who waits looks again, in seconds.
LOOK_S = 0.02


@contextmanager
def turn(name: str, tick: Tick, words: str) -> Iterator[None]:
    """Runs the block while no other process of this user runs one of this ``name``.

    ``tick`` hears ``words`` while it waits, and may raise. A process that dies gives its
    turn up. EngineError if the folder of turns is somebody else's.
    """
    folder = _folder(name)
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(lock_folder(folder))
                break
            except FolderInUse:
                tick(0.0, words)
                time.sleep(LOOK_S)
        yield


def _folder(name: str) -> Path:
    """In the folder of temporary files, where others may have put what looks like it."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"moonreel-{user}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.lstat().st_uid != user:
        raise EngineError(
            f"{folder} belongs to another user, so clips cannot take turns.",
            hint="Remove it, or set TMPDIR to a folder of your own.",
        )
    return folder
