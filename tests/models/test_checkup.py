"""``doctor --gpu`` where models stand: the best of them draws."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_worker import checkup
from colab_worker.engines.registry import BUILT_IN, Registry
from colab_worker.models.shelf import Shelf


def test_the_model_draws_its_picture(shelf: Path) -> None:
    """In a process of its own; where and how it drew is told."""
    registry = Registry(BUILT_IN, look=Shelf(shelf, has_gpu=True))
    told = checkup.check_picture(checkup.picture_unit(registry))
    assert told["level"] == "ok", told
    assert str(told["message"]).startswith("sdxl drew one in ")
    assert ", resident" in str(told["message"])


def test_the_model_draws_without_a_gpu_too(shelf: Path) -> None:
    """On the CPU, which is said before it begins; no draft in its place."""
    told = list(checkup.checks(Shelf(shelf, has_gpu=False), has_gpu=False))
    before, picture = (str(line["message"]) for line in told[-2:])

    assert [line["name"] for line in told[-2:]] == [
        "engine of the picture", "a picture",
    ]  # fmt: skip
    assert before.startswith("sdxl draws one now, on the CPU, which may take many")
    assert picture.startswith("sdxl drew one in ")
    assert "draft" not in picture


def test_torch_without_the_card_that_the_driver_names_fails() -> None:
    """The usual fault of an installation."""
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device here")
    told = checkup.check_torch(has_gpu=True)
    assert told["level"] == "fail"
    assert "though the driver names one" in str(told["message"])
    assert checkup.check_torch(has_gpu=False)["level"] == "ok"
