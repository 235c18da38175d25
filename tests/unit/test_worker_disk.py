"""How much may still be written, and the reserve for the last words."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from colab_worker.disk import MIB, Disk
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError


def disk(folder: Path, *, floor: int = 0, quota: int | None = None) -> Disk:
    """A share of the disk with a reserve of a thousand bytes."""
    return Disk(folder, floor_bytes=floor, quota_bytes=quota, ballast_bytes=1000)


def test_the_quota_counts_every_file_below(tmp_path: Path) -> None:
    """What is there is not free, in folders too."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "blob").write_bytes(bytes(300))
    (tmp_path / "worker.db").write_bytes(bytes(200))

    assert disk(tmp_path, quota=10_000).free_bytes() == 9_500
    assert disk(tmp_path, quota=400).free_bytes() == 0


def test_the_floor_stays_free(tmp_path: Path) -> None:
    """Space under the floor does not count; without a quota the disk is the limit."""
    free = shutil.disk_usage(tmp_path).free

    assert abs(disk(tmp_path).free_bytes() - free) < 512 * MIB
    assert disk(tmp_path, floor=free * 2).free_bytes() == 0


def test_a_full_disk_is_said_in_figures(tmp_path: Path) -> None:
    """507 with what is free, what is needed, and what to do."""
    share = disk(tmp_path, quota=5 * MIB)
    share.require(5 * MIB)
    with pytest.raises(ApiError, match="5 MiB may still be written and 6 MiB") as full:
        share.require(6 * MIB)

    assert (full.value.code, full.value.status) == (Code.DISK_FULL, 507)
    assert full.value.headers["Retry-After"] == "60"


def test_the_reserve_is_held_and_given_back(tmp_path: Path) -> None:
    """It takes real space, once, and only when there is enough."""
    disk(tmp_path, quota=1500).hold_ballast()
    assert list(tmp_path.iterdir()) == []

    share = disk(tmp_path, quota=10_000)
    for _ in range(2):
        share.hold_ballast()
    assert share.free_bytes() == 9_000
    for _ in range(2):
        share.drop_ballast()
    assert share.free_bytes() == 10_000


def test_files_that_vanish_while_counting_are_no_error(tmp_path: Path) -> None:
    """Units clear their folders while another request asks for the free space."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            folder = tmp_path / "work" / "unit"
            folder.mkdir(parents=True)
            for number in range(20):
                (folder / str(number)).touch()
            shutil.rmtree(tmp_path / "work")

    worker = threading.Thread(target=work)
    worker.start()
    share = disk(tmp_path, quota=10_000)
    free = {share.free_bytes() for _ in range(500)}
    stop.set()
    worker.join()

    assert free == {10_000}
