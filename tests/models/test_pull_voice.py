"""A voice comes onto the shelf from an archive, which a server of our own has."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from colab_worker.models import pull
from colab_worker.models.presets import VITS
from tests.servers.model_sources import Archive, serving


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Archive]]:
    """The voice comes from here."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in pull.VOICE_FILES:
            opened.writestr(f"vits/{name}", os.urandom(9000).hex())
    Archive.content, Archive.asked = packed.getvalue(), []
    Archive.whole, Archive.measured = False, True
    with serving(Archive) as address:
        voice = replace(VITS, url=f"{address}/voice.zip")
        monkeypatch.setitem(pull.OTHERS, "vits", voice)
        yield Archive


def test_a_voice_is_unpacked_without_its_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three files by name; whatever else an archive holds stays in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in (*pull.VOICE_FILES, "../escape.json"):
            archive.writestr(f"vits/{name}", "content")
    source = tmp_path / "voice.zip"
    source.write_bytes(packed.getvalue())
    voice = replace(VITS, url=source.as_uri())
    monkeypatch.setitem(pull.OTHERS, "vits", voice)
    pull.pull("vits", tmp_path / "shelf")

    here = {p.name for p in (tmp_path / "shelf" / "vits").iterdir()}
    assert here == set(pull.VOICE_FILES)
    assert "vits: 100 %" in capsys.readouterr().out


def test_an_archive_that_came_whole_is_unpacked_after_all(
    archive: type[Archive], tmp_path: Path
) -> None:
    """The run before was killed in between; there are no further bytes to ask for."""
    staging = tmp_path / ".pulling" / "vits"
    staging.mkdir(parents=True)
    (staging / "archive.zip").write_bytes(archive.content)
    pull.pull("vits", tmp_path)

    assert archive.asked == [f"bytes={len(archive.content)}-"]
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


def test_an_archive_that_broke_off_goes_on(
    archive: type[Archive], tmp_path: Path
) -> None:
    """The second run asks for the rest only."""
    with pytest.raises(pull.NotPulled, match="run it again, and it goes on"):
        pull.pull("vits", tmp_path)
    assert not (tmp_path / "vits").exists()
    pull.pull("vits", tmp_path)

    assert archive.asked == [None, f"bytes={len(archive.content) // 2}-"]
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


def test_some_space_stays_free(tmp_path: Path) -> None:
    """As much as was asked for; nothing is fetched."""
    with pytest.raises(pull.NotPulled, match=r"1000000000\.0 GB shall stay so"):
        pull.pull("vits", tmp_path, floor_bytes=10**18)


def test_an_archive_with_other_bytes_is_thrown_away(
    archive: type[Archive], tmp_path: Path
) -> None:
    """Wherever they are; the next run is whole."""
    right, Archive.whole = archive.content, True
    for place in range(0, len(right), 1500):
        Archive.content = right[:place] + bytes(3000) + right[place + 3000 :]
        with pytest.raises(pull.NotPulled, match="thrown away"):
            pull.pull("vits", tmp_path)
    Archive.content = right
    pull.pull("vits", tmp_path)
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


def test_an_archive_whose_length_nobody_tells_is_whole_by_itself(
    archive: type[Archive], tmp_path: Path
) -> None:
    """A proxy may leave it out; that the listed size is about right is not relied on."""
    Archive.whole, Archive.measured = True, False
    pull.pull("vits", tmp_path)
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


@pytest.mark.usefixtures("archive")
def test_a_disk_that_gets_full_is_said(tmp_path: Path) -> None:
    """And not that the server broke off, as running it again would not help."""
    staging = tmp_path / ".pulling" / "vits"
    staging.mkdir(parents=True)
    (staging / "archive.zip").symlink_to("/dev/full")
    with pytest.raises(pull.NotPulled, match="the disk is full"):
        pull.pull("vits", tmp_path)


def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its name; so by the command that the notebook runs."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("MOONREEL_MODELS", str(tmp_path / "file" / "models"))
    assert pull.main(["vits"]) == 1
    assert str(tmp_path / "file" / "models") in capsys.readouterr().err
