"""One process a folder: refused while another holds it, free when that one dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared_protocol.kit.folder_lock import FolderInUse, lock_folder

_HOLDER = """
import sys, time
from pathlib import Path
from shared_protocol.kit.folder_lock import lock_folder

with lock_folder(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(folder)], stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_two_processes_never_share_a_folder(tmp_path: Path) -> None:
    """The refusal names the holder, and its death frees the folder."""
    with holder(tmp_path) as other:
        with pytest.raises(FolderInUse, match=f"process {other.pid}$"):
            lock_folder(tmp_path).__enter__()
        os.kill(other.pid, signal.SIGKILL)
        with lock_folder(tmp_path, wait_s=30):
            assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_a_folder_is_free_after_use(tmp_path: Path) -> None:
    """The same folder can be taken again and again, also after an error."""
    for _ in range(3):
        with pytest.raises(KeyError), lock_folder(tmp_path):
            raise KeyError
