"""What only a CUDA device shows: the rungs of the memory ladder, and its own errors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colab_worker.engines.base import BadInput, Stopped
from colab_worker.engines.diffusion.batches import ROOMY_BYTES
from colab_worker.engines.diffusion.memory import RUNGS
from colab_worker.engines.entry import make_engine
from tests.models.test_identity import locked
from tests.models.test_loras import use
from tests.models.test_sdxl import REQUEST, entry, silent

pytestmark = pytest.mark.gpu


@pytest.fixture(autouse=True)
def _device() -> None:
    """Skips where there is none, and says so."""
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")


@pytest.mark.parametrize("rung", RUNGS)
def test_each_rung_draws_the_same_picture(
    shelf: Path, tmp_path: Path, rung: str
) -> None:
    """Where the parts lie changes the speed, and the picture at most by rounding."""
    engine = make_engine(entry(shelf).address)
    engine.load()
    engine.draw(REQUEST, tmp_path / "first.png", silent)
    engine._settle(rung)
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

    from colab_worker.engines.cuda import is_out_of_memory

    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 45, dtype=torch.uint8, device="cuda")
    assert is_out_of_memory(caught.value)


def loaded(shelf: Path, name: str = "sdxl", **about: Any) -> Any:
    """An engine of its own, told more than the shelf would."""
    found = entry(shelf, name)
    told = json.dumps(json.loads(found.argument) | about)
    engine = make_engine(replace(found, argument=told).address)
    engine.load()
    return engine


def pixels(engine: Any, out: Path, **changes: Any) -> Any:
    """A picture as numbers."""
    engine.draw(replace(REQUEST, **changes), out, silent)
    return np.asarray(Image.open(out), np.int16)


def test_the_same_request_gives_the_same_bytes(shelf: Path, tmp_path: Path) -> None:
    """Again in the same engine, and in one that is loaded anew."""
    first, again = (loaded(shelf) for _ in range(2))
    drawn = [pixels(e, tmp_path / "a.png") for e in (first, first, again)]
    assert np.array_equal(drawn[0], drawn[1])
    assert np.array_equal(drawn[0], drawn[2])


def test_weights_are_on_the_gpu_as_soon_as_they_are_read(shelf: Path) -> None:
    """In 16 bits, and not by way of the host."""
    import torch

    engine = loaded(shelf)
    assert engine._pipe.hf_device_map == "cuda"
    assert engine._pipe.unet.dtype == torch.float16
    assert {p.device.type for p in engine._pipe.unet.parameters()} == {"cuda"}


def test_out_of_memory_is_one_step_down(shelf: Path, tmp_path: Path) -> None:
    """CUDA's own error under a limit below what the whole picture took."""
    import torch

    engine = loaded(shelf)
    large = {"width": 1024, "height": 1024, "steps": 1, "guidance": 0.0}
    engine.draw(REQUEST, tmp_path / "a.png", silent)
    torch.cuda.empty_cache()
    warm = torch.cuda.memory_reserved()
    whole = pixels(engine, tmp_path / "a.png", **large)
    most = warm + (torch.cuda.max_memory_reserved() - warm) * 6 // 10
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    try:
        torch.cuda.set_per_process_memory_fraction(most / total)
        request = replace(REQUEST, **large)
        facts = engine.draw(request, tmp_path / "b.png", silent)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert facts["memory"] != "resident"
    assert facts["warnings"][0].startswith("Memory ran out while drawing; drawn again")
    again = np.asarray(Image.open(tmp_path / "b.png"), np.int16)
    assert again.shape == whole.shape


def test_several_pictures_in_a_call(shelf: Path, tmp_path: Path) -> None:
    """Nearly those drawn alone; how many more fit follows from what the card has left."""
    from tests.models.test_batches import TWO, batch
    from tests.models.test_speed import far

    engine = loaded(shelf)
    alone = []
    for request in TWO:
        engine.draw(request, tmp_path / "a.png", silent)
        alone.append((tmp_path / "a.png").read_bytes())
    import torch

    fits, most = engine.room()
    roomy = torch.cuda.get_device_properties(0).total_memory >= ROOMY_BYTES
    assert (fits > 1, most) == (roomy, None)
    files, facts = batch(engine, tmp_path, TWO)
    assert all(far(one, other) < 3 for one, other in zip(files, alone, strict=True))
    assert [told["batch"] for told in facts] == [2, 2]
    assert all(told["peak_vram_bytes"] > 0 for told in facts)


@pytest.mark.parametrize("rung", ["resident", "lean", "offload"])
def test_a_redrawing_on_each_rung(shelf: Path, tmp_path: Path, rung: str) -> None:
    """The second pipeline shares the parts of the first, wherever these lie."""
    engine = loaded(shelf)
    base = pixels(engine, tmp_path / "a.png")
    engine._settle(rung)
    more = {"redraw": tmp_path / "a.png", "strength": 0.7}
    first = pixels(engine, tmp_path / "b.png", **more)
    assert np.array_equal(pixels(engine, tmp_path / "b.png", **more), first)
    assert np.abs(pixels(engine, tmp_path / "c.png") - base).mean() < 3


#: Less than the network takes that draws.
NETWORK_BYTES = 2 << 20
FLOW = {"scheduler": "flow_euler", "guidance": None}


@pytest.mark.parametrize(
    ("name", "bits", "lora", "dials"),
    [
        ("sdxl", 16, "ink", {}),
        ("flux-schnell", 16, "flow", FLOW),
        ("flux-schnell", 8, "flow", FLOW),
    ],
)
@pytest.mark.parametrize("rung", ["resident", "lean", "offload", "sequential"])
def test_a_lora_on_each_rung(
    shelf: Path,
    tmp_path: Path,
    name: str,
    bits: int,
    lora: str,
    dials: dict[str, Any],
    rung: str,
) -> None:
    """Put on where the parts lie then; nothing is left of it, and none is half on."""
    engine = loaded(shelf, name, bits=bits)
    worn = {"loras": (use(shelf, lora),)} | dials
    base = pixels(engine, tmp_path / "a.png", **dials)
    first = pixels(engine, tmp_path / "a.png", **worn)
    assert not np.array_equal(first, base)
    assert np.array_equal(pixels(engine, tmp_path / "a.png", **dials), base)
    engine._settle(rung)
    again = pixels(engine, tmp_path / "a.png", **dials)
    other = "flow" if lora == "ink" else "ink"
    for spoilt in ((use(shelf, lora), use(shelf, other)), (use(shelf, other),)):
        with pytest.raises(BadInput, match=f"{other} does not fit"):
            pixels(engine, tmp_path / "b.png", **dials, loras=spoilt)
        assert np.array_equal(pixels(engine, tmp_path / "a.png", **dials), again)
    assert np.abs(pixels(engine, tmp_path / "a.png", **worn) - first).mean() < 8
    assert np.array_equal(pixels(engine, tmp_path / "a.png", **dials), again)
    facts = engine.draw(replace(REQUEST, **dials), tmp_path / "a.png", silent)
    assert facts["memory"] == rung


@pytest.mark.parametrize("rung", ["resident", "lean", "offload", "sequential"])
def test_likenesses_on_each_rung(shelf: Path, tmp_path: Path, rung: str) -> None:
    """Two characters, with a LoRA as well; and pictures of nobody as ever."""
    engine = loaded(shelf)
    for name, colour in (("face", "red"), ("other", "blue")):
        Image.new("RGB", (48, 48), colour).save(tmp_path / name, "PNG")
    both = locked((tmp_path / "face", "Ann"), (tmp_path / "other", "Bob"), scale=0.8)
    base = pixels(engine, tmp_path / "a.png")
    met = pixels(engine, tmp_path / "a.png", **both)
    dressed = pixels(engine, tmp_path / "a.png", **both, loras=(use(shelf, "ink"),))
    assert np.array_equal(pixels(engine, tmp_path / "a.png", **both), met)
    assert np.array_equal(pixels(engine, tmp_path / "a.png"), base)
    engine._settle(rung)
    again = pixels(engine, tmp_path / "a.png")
    assert np.abs(pixels(engine, tmp_path / "a.png", **both) - met).mean() < 3
    more = {"loras": (use(shelf, "ink"),)} | both
    assert np.abs(pixels(engine, tmp_path / "a.png", **more) - dressed).mean() < 3
    assert np.array_equal(pixels(engine, tmp_path / "a.png"), again)


def test_a_picture_broken_off_leaves_the_gpu(shelf: Path, tmp_path: Path) -> None:
    """With off-loading the network at work goes, as after a picture."""
    import torch

    engine = loaded(shelf)
    engine._settle("offload")
    engine.draw(REQUEST, tmp_path / "a.png", silent)
    before = torch.cuda.memory_allocated()

    def stops(part: float, note: str) -> None:
        if note.startswith("step"):
            raise Stopped("canceled")

    with pytest.raises(Stopped):
        engine.draw(REQUEST, tmp_path / "b.png", stops)
    assert torch.cuda.memory_allocated() < before + NETWORK_BYTES


def test_pictures_leave_nothing_behind(shelf: Path, tmp_path: Path) -> None:
    """As much memory is taken after the fifth as after the second."""
    import torch

    engine, taken = loaded(shelf), []
    for _ in range(5):
        engine.draw(REQUEST, tmp_path / "a.png", silent)
        taken.append(torch.cuda.memory_allocated())
    assert max(taken) < taken[1] + NETWORK_BYTES / 4


def test_memory_that_is_taken_meanwhile_is_one_step_down(
    shelf: Path, tmp_path: Path
) -> None:
    """There was room for all when it was asked, and none when the weights came."""
    import torch

    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    most = torch.cuda.memory_reserved() + (3 << 20)
    torch.cuda.set_per_process_memory_fraction(most / total)
    try:
        engine = loaded(shelf)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    facts = engine.draw(REQUEST, tmp_path / "a.png", silent)
    assert (facts["device"], facts["memory"]) == ("cuda", "offload")


def test_a_voice_on_the_gpu(shelf: Path, tmp_path: Path) -> None:
    """The same bytes each time; and it goes on without, where the GPU is full."""
    import torch

    from colab_worker.engines.coqui.placing import FOR_PICTURES
    from tests.models.test_vits import address, spoken

    voice = make_engine(address(shelf))
    voice.load()
    roomy = torch.cuda.mem_get_info()[1] > FOR_PICTURES * 1.2
    first, told = spoken(voice, tmp_path)
    assert told.device == ("cuda" if roomy else "cpu")
    assert spoken(voice, tmp_path)[0] == first
    if roomy:
        assert voice._model.slow_down()
    assert spoken(voice, tmp_path)[1].device == "cpu"


@pytest.mark.timeout(600)
def test_a_compiled_network_draws_nearly_the_same(shelf: Path, tmp_path: Path) -> None:
    """And the picture after it is drawn as before."""
    engine = loaded(shelf)
    base = pixels(engine, tmp_path / "a.png")
    compiled = pixels(engine, tmp_path / "a.png", compiled=True)
    assert np.abs(base - compiled).mean() < 3
    assert np.array_equal(pixels(engine, tmp_path / "a.png"), base)


@pytest.mark.parametrize("bits", [8, 4])
def test_flux_with_fewer_bits(shelf: Path, tmp_path: Path, bits: int) -> None:
    """It draws, says so, and wears LoRAs and takes them off."""
    if bits == 4:
        pytest.importorskip("bitsandbytes", reason="pip install 'moonreel[four-bit]'")
    engine = loaded(shelf, "flux-schnell", bits=bits)
    base = pixels(engine, tmp_path / "a.png", **FLOW)
    worn = pixels(engine, tmp_path / "a.png", **FLOW, loras=(use(shelf, "flow"),))
    assert not np.array_equal(worn, base)
    assert np.array_equal(pixels(engine, tmp_path / "a.png", **FLOW), base)
    request = replace(REQUEST, **FLOW)
    assert engine.draw(request, tmp_path / "a.png", silent)["bits"] == bits
