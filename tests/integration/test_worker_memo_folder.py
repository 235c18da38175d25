"""The memo folder: what one machine has done, the next one need not do again."""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from colab_worker.archive import Archive
from shared_protocol.artifacts import FileRef, MemoEntry, UnitResult
from shared_protocol.kit.blobs import BlobStore
from tests.gated_pictures import GATE_VARIABLE, GATED_ENGINES, Gate
from tests.workers import WorkerProcess, film

SECONDS = {"image": 0.4, "voice": 0.1, "clip": 0.2, "film": 0.2}
SCENES = ("a hill", "a lake", "a wood", "a town")


def machine(folder: Path, memo: Path, **process: Any) -> WorkerProcess:
    """A machine with a disk of its own and the folder that lasts."""
    folder.mkdir()
    words = ("--memo-folder", str(memo))
    return WorkerProcess(folder, *words, seconds=SECONDS, **process)


def kept(memo: Path) -> int:
    """How many units the folder holds."""
    return len(list(memo.glob("memo/*/*.json")))


def test_a_lost_machine_is_replaced_and_its_job_goes_on_by_itself(
    tmp_path: Path,
) -> None:
    """Nobody submits anything again; what was done is not done again."""
    memo = tmp_path / "drive"
    gate = Gate(tmp_path / "gate")  # the film cannot end before the machine is lost
    gated = {"engines": GATED_ENGINES, "env": {GATE_VARIABLE: str(gate.path)}}
    gate.let(2)
    with machine(tmp_path / "first", memo, **gated) as first:
        job_id = first.submit(film(*SCENES))
        while kept(memo) < 3:
            time.sleep(0.05)
        first.kill()
        shutil.rmtree(first.data_dir)
    gate.let(len(SCENES))
    with machine(tmp_path / "second", memo, **gated) as second:
        view = second.finish(job_id)
        while list(memo.glob("jobs/*.json")):
            time.sleep(0.05)

    reused = [unit["id"] for unit in view["units"] if unit["reused"]]
    assert view["state"] == "complete"
    assert 3 <= len(reused) < len(view["units"])
    assert kept(memo) == len(view["units"])


def test_a_deleted_film_leaves_the_memo_folder_too(tmp_path: Path) -> None:
    """Its units and their files go; those of another film stay, shared ones too."""
    memo = tmp_path / "drive"
    with machine(tmp_path / "first", memo) as worker:
        gone = worker.submit(film("a hill"))
        stays = worker.submit(film("a lake"))
        other, whole = worker.finish(gone), worker.finish(stays)
        ours = {unit["key"] for unit in whole["units"]}
        everything = ours | {unit["key"] for unit in other["units"]}
        while kept(memo) < len(everything):
            time.sleep(0.05)
        assert worker.client.delete(f"/jobs/{gone}").status_code == 200
        while kept(memo) > len(ours):
            time.sleep(0.05)
        worker.stop()  # the files go after the entry; a stop waits for them

    files = {path.name for path in memo.glob("blobs/*/*")}
    mine = {
        item["sha256"] for unit in whole["units"] for item in unit["result"]["files"]
    }
    assert files == mine


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    """A machine's own store."""
    return BlobStore(tmp_path / "blobs")


def remembered(blobs: BlobStore, content: bytes) -> MemoEntry:
    """A unit with one file."""
    with blobs.writer() as writer:
        writer.write(content)
        sha256 = writer.commit()
    ref = FileRef(
        name="picture.png", sha256=sha256, bytes=len(content), media_type="image/png"
    )
    return MemoEntry(key="a" * 64, kind="image", result=UnitResult(files=(ref,)))


def test_a_unit_comes_back_with_its_files(blobs: BlobStore, tmp_path: Path) -> None:
    """To a machine that has never seen it."""
    entry = remembered(blobs, b"a picture")
    Archive(tmp_path / "drive", blobs).keep(entry)
    other = BlobStore(tmp_path / "other")

    assert Archive(tmp_path / "drive", other).bring(entry.key) == entry
    assert other.path(entry.result.files[0].sha256).read_bytes() == b"a picture"
    assert Archive(tmp_path / "drive", other).bring("b" * 64) is None


@pytest.mark.parametrize("damage", [b"a pictur3", b""])
def test_a_damaged_file_is_never_brought(
    damage: bytes, blobs: BlobStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The unit is done anew, and the log says why."""
    caplog.set_level(logging.WARNING)
    entry = remembered(blobs, b"a picture")
    Archive(tmp_path / "drive", blobs).keep(entry)
    (file,) = (tmp_path / "drive").glob("blobs/*/*")
    file.write_bytes(damage)
    other = BlobStore(tmp_path / "other")

    assert Archive(tmp_path / "drive", other).bring(entry.key) is None
    assert not other.has(entry.result.files[0].sha256)
    assert "cannot be used" in caplog.text


def test_a_folder_that_cannot_be_written_does_not_stop_work(tmp_path: Path) -> None:
    """A drive that is not mounted: one warning, and the film is made all the same."""
    (tmp_path / "drive").write_text("a file, not a folder", encoding="utf-8")
    with machine(tmp_path / "first", tmp_path / "drive") as worker:
        view = worker.finish(worker.submit(film("a hill")))
        worker.stop()

    assert view["state"] == "complete"
    assert worker.log().count("memo folder cannot be written") == 1
