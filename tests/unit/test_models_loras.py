"""LoRA files are known by their header, and only when they are whole."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from colab_worker.models.loras import read_loras

TENSOR = {"dtype": "F16", "shape": [4], "data_offsets": [0, 8]}
HEADER = {"__metadata__": {"ss_trigger_word": "inkish"}, "lora_unet_down": TENSOR}


def safetensors(header: object, data: bytes) -> bytes:
    """A file of that format."""
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def test_a_whole_file_tells_its_family_and_word(tmp_path: Path) -> None:
    """Without its weights being read."""
    (tmp_path / "ink.safetensors").write_bytes(safetensors(HEADER, b"w" * 8))
    lora = read_loras(tmp_path)["ink"]
    assert (lora.family, lora.trigger) == ("sdxl", "inkish")


@pytest.mark.parametrize(
    "content",
    [
        safetensors(HEADER, b"w" * 7),
        safetensors(HEADER, b"w" * 9),
        safetensors(HEADER, b"")[:20],
        safetensors(["no", "object"], b""),
        safetensors({"lora_unet_down": "no tensor"}, b""),
        safetensors({"lora_unet_down": {"data_offsets": [0, "8"]}}, b"w" * 8),
        struct.pack("<Q", 1 << 40) + b"{}",
        b"PK\x03\x04 a pickle in a zip",
        b"",
    ],
    ids=[
        "cut", "longer", "half-a-header", "list", "text", "offset", "huge", "zip",
        "empty",
    ],
)  # fmt: skip
def test_what_is_no_whole_file_is_not_offered(tmp_path: Path, content: bytes) -> None:
    """A download that broke off is no LoRA, nor is anything else by that name."""
    (tmp_path / "ink.safetensors").write_bytes(content)
    assert read_loras(tmp_path) == {}
