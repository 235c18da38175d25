"""What only a CUDA device shows: the rungs of the memory ladder, and its own errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_worker.engines.entry import make_engine
from tests.models.test_sdxl import REQUEST, entry, silent

pytestmark = pytest.mark.gpu


@pytest.fixture(autouse=True)
def _device() -> None:
    """Skips where there is none, and says so."""
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")


@pytest.mark.parametrize("rung", ["resident", "tiled", "offload", "sequential"])
def test_each_rung_draws_the_same_picture(
    shelf: Path, tmp_path: Path, rung: str
) -> None:
    """Where the parts lie changes the speed, and the picture at most by rounding."""
    import numpy as np
    from PIL import Image

    from colab_worker.engines.diffusion import memory

    engine = make_engine(entry(shelf).address)
    engine.load()
    engine.draw(REQUEST, tmp_path / "first.png", silent)
    engine._rung = rung
    memory.settle(engine._pipe, engine._device, rung)
    facts = engine.draw(REQUEST, tmp_path / "again.png", silent)
    assert (facts["device"], facts["memory"]) == ("cuda", rung)
    assert facts["peak_vram_bytes"] > 0

    first, again = (
        np.asarray(Image.open(tmp_path / name), np.int16)
        for name in ("first.png", "again.png")
    )
    assert np.abs(first - again).mean() < 3


def test_the_devices_own_lack_of_memory_is_recognized() -> None:
    """More than any card has."""
    import torch

    from colab_worker.engines.diffusion.memory import is_out_of_memory

    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 45, dtype=torch.uint8, device="cuda")
    assert is_out_of_memory(caught.value)
