"""``doctor --gpu``: what models need, told with what to do, and one picture drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from colab_worker import checkup
from colab_worker.engines.registry import BUILT_IN, EngineEntry, Registry
from colab_worker.models.shelf import Shelf
from orchestrator.__main__ import main


def driver(folder: Path, monkeypatch: pytest.MonkeyPatch, used_mib: int) -> None:
    """A driver's tool that tells of a card with 15 GiB."""
    tool = folder / "nvidia-smi"
    tool.write_text(
        f'#!/bin/sh\ncase "$*" in *memory*) echo "15360, {used_mib}";; '
        '*driver*) echo "575.1";; *) echo "Tesla T4";; esac\n'
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_the_card_is_told_with_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full one is a warning."""
    driver(tmp_path, monkeypatch, used_mib=1024)
    told = checkup.check_gpu()
    assert told["level"] == "ok"
    assert told["message"] == "Tesla T4, driver 575.1, 14.0 GiB of 15.0 GiB free"
    driver(tmp_path, monkeypatch, used_mib=9216)
    assert checkup.check_gpu()["level"] == "warn"
    monkeypatch.setenv("PATH", "/nowhere")
    assert "no NVIDIA GPU answers" in str(checkup.check_gpu()["message"])


def test_an_engine_that_cannot_draw_fails() -> None:
    """With the reason that its process gave."""
    broken = EngineEntry("sdxl", "image", "nowhere:Nothing", version="1", preference=9)
    told = checkup.check_picture(checkup.picture_unit(Registry((*BUILT_IN, broken))))
    assert told["level"] == "fail"
    assert str(told["message"]) == "sdxl failed: No module named 'nowhere'"


def test_an_empty_shelf_says_how_to_fill_it(tmp_path: Path) -> None:
    """And whether there would be room."""
    told = checkup.check_models(Shelf(tmp_path / "none", has_gpu=False))
    assert (told["level"], told["advice"]) == ("warn", "moonreel models pull sdxl vits")
    assert "GiB free" in str(checkup.check_room(tmp_path / "none")["message"])


def test_the_command_without_a_gpu(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Drafts are drawn, nothing fails, and each check has its line."""
    monkeypatch.setenv("MOONREEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MOONREEL_URL_FILE", str(tmp_path / "url.txt"))
    monkeypatch.setenv("MOONREEL_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("orchestrator.cli.doctor.machine_checks", lambda settings: [])
    main(["doctor", "--gpu", "--json"])
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    levels = {line["name"]: line["level"] for line in told if line["event"] == "check"}

    assert levels["models"] == "warn"
    assert levels["a picture"] == "ok"
    assert "engine of the picture" not in levels
    assert {"gpu", "model libraries", "cuda", "room for models"} <= set(levels)
