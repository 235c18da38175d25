"""How many bits a model is kept with, from the headers of its files and the GPU's room."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from colab_worker.engines.diffusion.memory import Device, first_rung
from colab_worker.models.headers import count_numbers
from colab_worker.models.weights import (
    WORKING_BYTES,
    fitting_bits,
    part_bytes,
    part_numbers,
)

GIB = 1 << 30
#: FLUX.1: its transformer, T5, CLIP and the decoder, in numbers.
FLUX = {
    "transformer": 11_901_408_320,
    "text_encoder_2": 4_762_310_656,
    "text_encoder": 123_060_480,
    "vae": 83_819_683,
}


def weights(path: Path, *shape: int) -> None:
    """A safetensors file with one tensor of 16 bits a number."""
    count = 1
    for side in shape:
        count *= side
    header = {"w": {"dtype": "F16", "shape": shape, "data_offsets": [0, 2 * count]}}
    told = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(told)) + told + bytes(2 * count))


def test_numbers_are_counted_by_network(tmp_path: Path) -> None:
    """Files of 16 bits in place of those of 32 beside them, and half a file is none."""
    weights(tmp_path / "unet" / "a.fp16.safetensors", 3, 4)
    weights(tmp_path / "unet" / "a.safetensors", 30, 4)
    weights(tmp_path / "vae" / "a-00001-of-00002.safetensors", 5)
    weights(tmp_path / "vae" / "a-00002-of-00002.safetensors", 2)
    (tmp_path / "scheduler").mkdir()
    assert part_numbers(tmp_path) == {"unet": 12, "vae": 7}

    half = tmp_path / "half.safetensors"
    weights(half, 9)
    half.write_bytes(half.read_bytes()[:-1])
    assert count_numbers(half) == 0


@pytest.mark.parametrize(
    ("gib", "four", "bits"),
    [
        (80, True, 16),
        (32, True, 16),
        (24, True, 8),
        (24, False, 8),
        (15, True, 4),
        (15, False, 8),
    ],
)
def test_flux_is_kept_as_the_gpu_allows(gib: int, four: bool, bits: int) -> None:
    """Whole if its network fits, in 8 bits if then all does, else in 4 if they can be."""
    assert fitting_bits(FLUX, "flux", gib * GIB, four=four) == bits
    assert fitting_bits(FLUX, "flux", None, four=four) == 16
    assert fitting_bits({"unet": 1 << 40}, "sdxl", gib * GIB, four=four) == 16


def test_flux_in_4_bits_draws_within_15_gb_on_a_t4() -> None:
    """Reading the words takes all weights; drawing goes without T5, whose layers that
    the library keeps in 32 bits weigh most."""
    small = part_bytes(FLUX, "flux", 4)
    assert small["vae"] == 2 * FLUX["vae"]
    t4 = Device("cuda", int(14.5 * GIB))
    assert first_rung(t4, small) == "lean"
    assert sum(small.values()) + GIB < 15e9
    assert small["transformer"] + small["vae"] + WORKING_BYTES < 15e9
