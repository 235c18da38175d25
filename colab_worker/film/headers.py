"""Reads what a picture or sound file says of itself, without decoding it."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"


def check_png(path: Path) -> tuple[int, int]:
    """Width and height in pixels; ValueError unless the file is a whole PNG."""
    with path.open("rb") as file:
        head = file.read(33)
        file.seek(-min(len(_PNG_END), file.seek(0, 2)), 2)
        end = file.read()
    if head[:8] != _PNG_SIGNATURE or head[12:16] != b"IHDR" or len(head) < 33:
        raise ValueError(f"{path.name} is not a PNG.")
    if end != _PNG_END:
        raise ValueError(f"{path.name} is cut off: it does not end as a PNG does.")
    width, height = struct.unpack(">II", head[16:24])
    if not width or not height:
        raise ValueError(f"{path.name} has no pixels.")
    return width, height


def check_wav(path: Path) -> float:
    """Seconds of sound; ValueError unless the file is whole mono 16-bit PCM."""
    try:
        with wave.open(str(path), "rb") as sound:
            shape = sound.getnchannels(), sound.getsampwidth()
            frames, rate = sound.getnframes(), sound.getframerate()
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path.name} is not a WAV file: {error}.") from error
    if shape != (1, 2):
        raise ValueError(f"{path.name} is not mono 16-bit sound.")
    if frames * 2 > path.stat().st_size or rate <= 0 or frames <= 0:
        raise ValueError(f"{path.name} is cut off or empty.")
    return frames / rate
