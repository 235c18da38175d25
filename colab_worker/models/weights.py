"""How much memory a model wants, and with how many bits it is kept where there is less."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from colab_worker.models.headers import count_numbers

#: What drawing needs beside the weights, for a picture of about a megapixel.
WORKING_BYTES = 3 << 30
#: Of each family whose network may be kept with fewer bits, the network; the others
#: fit into every GPU that is worth drawing with.
SHRINKS = {"flux": "transformer"}
#: What is kept in 4 bits beside it.
SHRINKS_TOO = ("text_encoder_2",)
WHOLE, EIGHT, FOUR = 16, 8, 4
#: NF4 keeps 4 bits a number and a scale for 64 of them (Dettmers et al. 2023).
_NF4_BYTES = 0.5 + 4 / 64
#: Of T5 the library keeps the last layer of each block (21 % of its numbers) in 32 bits
#: where the rest works in fp16, and its table of words (3 %) in 16.
_T5_NF4_BYTES = 0.21 * 4 + 0.03 * 2 + 0.76 * _NF4_BYTES


def part_numbers(folder: Path) -> dict[str, int]:
    """How many numbers each network of a model has, from the headers of its files."""
    counts = {
        part.name: sum(map(count_numbers, weight_files(part)))
        for part in sorted(folder.iterdir())
        if part.is_dir()
    }
    return {name: count for name, count in counts.items() if count}


def weight_files(part: Path) -> list[Path]:
    """The files of a network that are loaded: of 16 bits where those are there."""
    half = sorted(part.glob("*.fp16*.safetensors"))
    return half or sorted(part.glob("*.safetensors"))


def part_bytes(numbers: Mapping[str, int], family: str, bits: int) -> dict[str, int]:
    """Bytes of each network as it is kept, 16 bits a number where nothing else is said."""
    a_number: dict[str, float] = {}
    if bits < WHOLE:
        a_number[SHRINKS[family]] = {EIGHT: 1.0, FOUR: _NF4_BYTES}[bits]
    if bits == FOUR:
        a_number |= dict.fromkeys(SHRINKS_TOO, _T5_NF4_BYTES)
    return {
        name: round(count * a_number.get(name, 2.0)) for name, count in numbers.items()
    }


def fitting_bits(
    numbers: Mapping[str, int], family: str, gpu_bytes: int | None, *, four: bool
) -> int:
    """As many bits as the GPU has room for; ``four``: whether 4 can be had.

    Whole where the network that draws fits beside its work, 8 where the whole model
    then does, else 4.
    """
    if gpu_bytes is None or family not in SHRINKS:
        return WHOLE
    room = gpu_bytes - WORKING_BYTES
    if part_bytes(numbers, family, WHOLE).get(SHRINKS[family], 0) <= room:
        return WHOLE
    if not four or sum(part_bytes(numbers, family, EIGHT).values()) <= room:
        return EIGHT
    return FOUR
