"""``moonreel models`` as people type it: list, link, remove, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from colab_worker.models import __main__ as command
from shared_protocol.kit.folder_lock import lock_folder
from tests.unit.test_models_shelf import put_model


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models with one in it."""
    monkeypatch.setenv("MOONREEL_MODELS", str(tmp_path / "models"))
    put_model(tmp_path / "models" / "sdxl")
    return tmp_path / "models"


def test_link_list_and_remove(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A linked model stays where it is when it is removed here."""
    mine = put_model(tmp_path / "elsewhere")
    assert command.main(["link", "mine", str(mine)]) == 0
    capsys.readouterr()
    assert command.main(["list"]) == 0
    told = capsys.readouterr().out
    assert "FLUX.1 [dev] Non-Commercial" in told
    rows = [line.split() for line in told.splitlines()]
    here = {row[0]: row[2] for row in rows[1:]}
    assert (here["sdxl"], here["mine"], here["flux-dev"]) == ("yes", "yes", "no")

    assert command.main(["remove", "mine", "sdxl"]) == 0
    assert not list(shelf.iterdir())
    assert (mine / "model_index.json").is_file()


def test_of_two_of_one_name_the_kind_tells(shelf: Path) -> None:
    """Only that is deleted; nothing beside the folder of LoRAs counts as one."""
    lora = shelf / "loras" / "sdxl.safetensors"
    lora.parent.mkdir()
    for path in (lora, shelf / "stray.safetensors"):
        path.write_bytes(b"")
    assert command.main(["remove", "--kind", "model", "sdxl"]) == 0
    assert not (shelf / "sdxl").exists()
    assert command.main(["remove", "--kind", "model", "sdxl"]) == 1
    assert lora.is_file()
    assert command.main(["remove", "--kind", "lora", "sdxl"]) == 0
    assert command.main(["remove", "../stray"]) == 1

    assert not lora.exists()
    assert (shelf / "stray.safetensors").is_file()


def test_what_cannot_be_done_is_told(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing outside the shelf is ever removed, and no folder without a model linked."""
    (shelf / "gone").symlink_to(tmp_path / "unplugged")
    for words, told in (
        (["remove", "mine"], "does not stand here"),
        (["remove", "../models"], "does not stand here"),
        (["remove", ".."], "does not stand here"),
        (["remove", "."], "does not stand here"),
        (["link", "mine", str(tmp_path)], "is no diffusers model"),
        (["link", "sdxl", str(shelf / "sdxl")], "is taken"),
        (["link", "gone", str(shelf / "sdxl")], "is taken"),
    ):
        assert command.main(words) == 1
        assert told in capsys.readouterr().err
    assert (shelf / "sdxl" / "model_index.json").is_file()


def test_half_a_download_can_be_removed(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It takes as much of the disk as what came; while it is fetched it stays."""
    half = shelf / ".pulling" / "flux-dev"
    half.mkdir(parents=True)
    (half / "part").write_bytes(b"x" * 99)
    (shelf / ".pulling" / ".locks" / "flux-dev").mkdir(parents=True)
    with lock_folder(shelf / ".pulling" / ".locks" / "flux-dev"):
        assert command.main(["remove", "flux-dev"]) == 1
        assert "flux-dev is being fetched, by process" in capsys.readouterr().err
    assert command.main(["remove", "--kind", "lora", "flux-dev"]) == 1
    assert half.is_dir()

    assert command.main(["remove", "flux-dev"]) == 0
    assert not half.exists()
    assert command.main(["remove", "flux-dev"]) == 1
    for words in ("..", ".", ".locks", ".pulling", "../..", ""):
        assert command.main(["remove", words]) == 1
    assert (shelf / "sdxl" / "model_index.json").is_file()
    assert (shelf / ".pulling" / ".locks").is_dir()


def test_half_a_download_of_any_model_can_be_removed(shelf: Path) -> None:
    """By the name under which it was asked for."""
    half = shelf / ".pulling" / "owner--model"
    half.mkdir(parents=True)
    assert command.main(["remove", "owner/model"]) == 0
    assert not half.exists()


def test_a_link_that_cannot_be_made_is_told(
    shelf: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As on a disk that is not one's own."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("MOONREEL_MODELS", str(tmp_path / "file" / "models"))
    assert command.main(["link", "mine", str(shelf / "sdxl")]) == 1
    assert "cannot be made: Not a directory" in capsys.readouterr().err


@pytest.mark.usefixtures("shelf")
def test_the_command_of_the_program() -> None:
    """``moonreel models`` is the worker's."""
    words = [sys.executable, "-m", "orchestrator", "models", "list"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "sdxl-fast" in done.stdout
