"""Files by hash: whole or not at all, whatever happens to the one who writes them."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared_protocol.kit.blobs import BlobStore, DigestMismatch

FILM = b"a film" * 1000
SHA = hashlib.sha256(FILM).hexdigest()

_WRITER = """
import sys, time
from pathlib import Path
from shared_protocol.kit.blobs import BlobStore

with BlobStore(Path(sys.argv[1])).writer() as writer:
    writer.write(b"half of a film" * 100_000)
    print("half", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    """An empty store."""
    return BlobStore(tmp_path / "blobs")


def files_under(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())


def test_what_is_written_is_found_by_its_hash(blobs: BlobStore, tmp_path: Path) -> None:
    """Bytes in pieces come back whole, under their hash alone."""
    with blobs.writer() as writer:
        for start in range(0, len(FILM), 7):
            writer.write(FILM[start : start + 7])
        assert not blobs.has(SHA)
        assert writer.commit(SHA) == SHA

    assert blobs.path(SHA).read_bytes() == FILM
    assert (blobs.size(SHA), writer.bytes) == (len(FILM), len(FILM))
    assert blobs.all() == {SHA}
    assert files_under(tmp_path) == [f"blobs/{SHA[:2]}/{SHA[2:]}"]


def test_other_bytes_than_promised_are_not_kept(
    blobs: BlobStore, tmp_path: Path
) -> None:
    """The sentence names both hashes, and nothing is left on the disk."""
    with blobs.writer() as writer:
        writer.write(b"something else")
        with pytest.raises(DigestMismatch, match=SHA):
            writer.commit(SHA)

    assert files_under(tmp_path) == []


def test_a_writer_that_fails_leaves_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    """An error between the pieces throws them away."""
    with pytest.raises(OSError, match="cut off"), blobs.writer() as writer:
        writer.write(FILM)
        raise OSError("cut off")

    assert files_under(tmp_path) == []


def test_a_finished_file_moves_in(blobs: BlobStore, tmp_path: Path) -> None:
    """Adopting takes the file away from where it was, and the second copy changes nothing."""
    for name in ("one.mp4", "two.mp4"):
        source = tmp_path / name
        source.write_bytes(FILM)
        assert blobs.adopt(source) == (SHA, len(FILM))
        assert not source.exists()

    assert blobs.all() == {SHA}


def test_removed_blobs_are_gone(blobs: BlobStore, tmp_path: Path) -> None:
    """Removing is final, and doing it twice is no error."""
    source = tmp_path / "film.mp4"
    source.write_bytes(FILM)
    blobs.adopt(source)
    for _ in range(2):
        blobs.remove(SHA)

    assert (blobs.has(SHA), blobs.all()) == (False, set())
    with pytest.raises(FileNotFoundError):
        blobs.size(SHA)


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", SHA.upper(), SHA[:-1], SHA + "\n", "g" * 64]
)
def test_what_is_no_hash_is_no_path(blobs: BlobStore, name: str) -> None:
    """No name leads out of the folder."""
    with pytest.raises(ValueError, match="not a SHA-256"):
        blobs.path(name)


def test_a_killed_writer_leaves_no_blob(tmp_path: Path) -> None:
    """After ``kill -9`` in the middle there is no blob, and a sweep clears the rest."""
    folder = tmp_path / "blobs"
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(folder)], stdout=subprocess.PIPE
    )
    with writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half\n"
        os.kill(writer.pid, signal.SIGKILL)
    blobs = BlobStore(folder)
    assert blobs.all() == set()
    assert len(files_under(folder)) == 1

    blobs.sweep()

    assert files_under(folder) == []
