"""What mp4, PNG and WAV files say of themselves, and what is no such file."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colab_worker.film.headers import check_png, check_wav
from colab_worker.film.probe import probe
from tests.film_material import make_clip, plain, spoken, voice


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A clip of 13 frames at 10 a second."""
    words = spoken("A crow.", 1.3)
    path, _ = make_clip(tmp_path_factory.mktemp("probe"), plain(), words)
    return path.read_bytes()


def test_a_clip_is_described(clip: bytes, tmp_path: Path) -> None:
    """Length, frames, size, and that it is without sound."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip)
    found = probe(path)

    assert (found.frames, found.width, found.height) == (13, 320, 180)
    assert found.duration_s == pytest.approx(1.3, abs=1e-6)
    assert (found.has_audio, found.audio_s, found.bytes) == (False, 0.0, len(clip))
    assert found.decoder[0] == 1


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_a_cut_file_is_refused(clip: bytes, tmp_path: Path, share: float) -> None:
    """However much of it is there."""
    path = tmp_path / "cut.mp4"
    path.write_bytes(clip[: int(len(clip) * share)])

    with pytest.raises(ValueError, match=r"cut\.mp4 is not a whole mp4 file"):
        probe(path)


@pytest.mark.parametrize(
    "other",
    [b"<html>502 Bad Gateway</html>" * 99, b"\x00" * 4096, b"\x89PNG\r\n\x1a\n"],
)
def test_other_files_are_refused(tmp_path: Path, other: bytes) -> None:
    """A tunnel's error page is no film."""
    path = tmp_path / "film.mp4"
    path.write_bytes(other)

    with pytest.raises(ValueError, match="is not a whole mp4 file"):
        probe(path)


def test_damage_in_the_index_never_raises_anything_else(
    clip: bytes, tmp_path: Path
) -> None:
    """Whatever byte of the index is wrong: a description or a ValueError."""
    path = tmp_path / "damaged.mp4"
    start = clip.rindex(b"moov")
    for place in range(start - 4, len(clip), 3):
        damaged = bytearray(clip)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            probe(path)
        except ValueError as error:
            assert "damaged.mp4" in str(error)


def test_a_picture_gives_its_size(tmp_path: Path) -> None:
    """Width and height from the header."""
    path = tmp_path / "picture.png"
    Image.new("RGB", (33, 21)).save(path)

    assert check_png(path) == (33, 21)


@pytest.mark.parametrize("damage", ["short", "cut", "jpeg", "flat"])
def test_what_is_no_picture_is_refused(tmp_path: Path, damage: str) -> None:
    """Cut off, of another kind, or without pixels."""
    path = tmp_path / "picture.png"
    Image.new("RGB", (33, 21)).save(path)
    whole = path.read_bytes()
    if damage == "jpeg":
        Image.new("RGB", (33, 21)).save(path, format="JPEG")
    else:
        flat = whole[:16] + struct.pack(">I", 0) + whole[20:]
        path.write_bytes({"short": whole[:9], "cut": whole[:-5], "flat": flat}[damage])

    with pytest.raises(ValueError, match=r"picture\.png"):
        check_png(path)


def test_a_voice_gives_its_seconds(tmp_path: Path) -> None:
    """Mono 16-bit sound of any rate."""
    assert check_wav(voice(tmp_path / "v.wav", np.zeros(12_000), 24_000)) == 0.5


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "stereo"])
def test_what_is_no_voice_is_refused(tmp_path: Path, damage: str) -> None:
    """Cut off, of another kind, silent for want of samples, or not mono."""
    path = voice(tmp_path / "v.wav", np.zeros(0 if damage == "empty" else 12_000))
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    if damage == "text":
        path.write_text("no sound at all", encoding="utf-8")
    if damage == "stereo":
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(2)
            sound.setsampwidth(2)
            sound.setframerate(22_050)
            sound.writeframes(b"\x00" * 400)

    with pytest.raises(ValueError, match=r"v\.wav"):
        check_wav(path)
