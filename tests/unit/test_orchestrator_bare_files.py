"""Films and pictures without what they say of themselves: same pictures, same sound."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from colab_worker.film.png_text import add_text
from orchestrator.bare_files import bare_edits

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
CHAPTERS = """;FFMETADATA1
title=The moth
comment=made with Moonreel; seed 4711
description=pictures noir
[CHAPTER]
TIMEBASE=1/10
START=0
END=5
title=The lamp
"""


def bare(path: Path, media_type: str) -> Path:
    """A copy of the file with the edits made."""
    data, out, at = path.read_bytes(), b"", 0
    for edit in bare_edits(path, media_type) or ():
        out += data[at : edit.start] + edit.data
        at = edit.stop
    copy = path.with_name(f"bare-{path.name}")
    copy.write_bytes(out + data[at:])
    return copy


def film(path: Path, *options: str) -> Path:
    """Half a second with words about itself, a chapter, a date."""
    words = path.with_suffix(".txt")
    words.write_text(CHAPTERS, "utf-8")
    command = [
        FFMPEG, "-v", "error", "-nostdin", "-i", str(words),
        "-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=0.5",
        "-f", "lavfi", "-i", "sine=d=0.5", "-map", "1:v", "-map", "2:a",
        "-metadata", "creation_time=2026-11-26T12:00:00Z",
        "-flags:a", "+bitexact",  # else AAC carries the name of its encoder
        "-c:v", "libx264", "-pix_fmt", "yuv420p", *options, str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return path


def decoded(path: Path) -> str:
    """The hash of every frame and sample."""
    command = [FFMPEG, "-v", "error", "-nostdin", "-i", str(path), "-f", "md5", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def told(path: Path) -> str:
    """Everything that ffmpeg reads out of the file about it."""
    command = [FFMPEG, "-v", "error", "-nostdin", "-i", str(path), "-f", "ffmetadata"]
    done = subprocess.run([*command, "-"], check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize("options", [(), ("-movflags", "+faststart")])
def test_a_film_keeps_its_frames_and_chapters_alone(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    """With its index at the end or the beginning; no word about it is left."""
    whole = film(tmp_path / "film.mp4", *options)
    stripped = bare(whole, "video/mp4")
    content = stripped.read_bytes()

    assert b"4711" in whole.read_bytes() and b"x264 - core" in whole.read_bytes()
    for word in (b"Moonreel", b"4711", b"moth", b"noir", b"Lav", b"libx264", b"x264"):
        assert word not in content
    assert decoded(stripped) == decoded(whole)
    assert stripped.stat().st_size == whole.stat().st_size
    assert "title=The lamp" in told(stripped)
    assert "2026" not in told(stripped)


def test_a_picture_keeps_its_pixels_alone(tmp_path: Path) -> None:
    """Text, date and camera data of a PNG are gone; another reader agrees."""
    path = tmp_path / "picture.png"
    exif = Image.Exif()
    exif[0x010E] = "a moth"
    Image.effect_noise((40, 30), 60).save(path, exif=exif)
    add_text(path, {"Software": "Moonreel", "Comment": "seed: 4711"})
    stripped = bare(path, "image/png")

    with Image.open(path) as before, Image.open(stripped) as after:
        assert before.info["Comment"] == "seed: 4711"
        assert after.info == {} and not after.getexif()
        assert before.tobytes() == after.tobytes()
    for word in (b"Moonreel", b"4711", b"moth"):
        assert word not in stripped.read_bytes()


def test_a_photograph_keeps_its_pixels_alone(tmp_path: Path) -> None:
    """Comment and camera data of a JPEG are gone."""
    path = tmp_path / "poster.jpg"
    exif = Image.Exif()
    exif[0x010E] = "a moth"
    Image.effect_noise((40, 30), 60).save(path, exif=exif, comment=b"seed 4711")
    stripped = bare(path, "image/jpeg")

    with Image.open(path) as before, Image.open(stripped) as after:
        assert before.info["comment"] == b"seed 4711"
        assert "comment" not in after.info and not after.getexif()
        assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\0\0\0\x08ftyp\0\0\xff\xffmoov", "video/mp4"),
        (b"\0\0\0\x20moov\0\0\xff\xffudta" + bytes(16), "video/mp4"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
        (b"\xff\xd8no segment here", "image/jpeg"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, content: bytes, media_type: str) -> None:
    """It is never sent as if it had been stripped."""
    path = tmp_path / "broken"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"box|chunk|JPEG"):
        bare_edits(path, media_type)


def test_other_kinds_are_not_known(tmp_path: Path) -> None:
    """Whoever asks is told, instead of getting the file as it is."""
    path = tmp_path / "script.json"
    path.write_text(json.dumps({}), "utf-8")

    assert bare_edits(path, "application/json") is None
