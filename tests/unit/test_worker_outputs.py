"""Engines are not believed on their word: files are looked at, figures compared."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from benchmarks.simulated import SimulatedVideo
from colab_worker.engine_wire import Done, MadeFile
from colab_worker.engines.base import UnitCall
from colab_worker.outputs import EXPECTED, WrongOutput, verify
from colab_worker.planner import CODE_VERSIONS

SIZE = {"width": 64, "height": 48, "fps": 24}
NAN = float("nan")


def done(facts: dict[str, Any], *names: str) -> Done:
    """What an engine says it made."""
    files = tuple(MadeFile(name=name, media_type="x/y") for name in names)
    return Done(files=files, facts=facts)


def picture(folder: Path, width: int = 64, height: int = 48) -> Path:
    """A real picture."""
    path = folder / "picture.png"
    Image.new("RGB", (width, height)).save(path)
    return path


def voice(folder: Path, seconds: float = 0.5, channels: int = 1) -> None:
    """A real sound of silence with its words."""
    with wave.open(str(folder / "voice.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(seconds * 8000) * 2 * channels))
    (folder / "words.json").write_text("{}")


def video(folder: Path, kind: str = "clip", **changes: int) -> dict[str, Any]:
    """A real clip or film of two frames, and its facts."""
    source = picture(folder)
    call = UnitCall(kind, "ffmpeg", SIZE | changes, {"picture": source}, folder)
    engine = SimulatedVideo()
    make = engine.film if kind == "film" else engine.clip
    return make(call, lambda part, note: None).facts


def sound(folder: Path) -> dict[str, Any]:
    """A real sound of a film, and its facts."""
    call = UnitCall("sound", "ffmpeg", {}, {}, folder)
    return SimulatedVideo().sound(call, lambda part, note: None).facts


def cut(path: Path) -> None:
    """The second half of the file is lost."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_every_kind_of_unit_is_looked_at() -> None:
    """A new kind of unit cannot pass unseen."""
    assert set(EXPECTED) == set(CODE_VERSIONS)


def test_honest_results_pass(tmp_path: Path) -> None:
    """Real files with true figures are accepted, more files than needed too."""
    picture(tmp_path)
    voice(tmp_path)
    (tmp_path / "notes.txt").write_text("extra")

    verify("image", SIZE, tmp_path, done({}, "picture.png", "notes.txt"))
    verify("voice", {}, tmp_path, done({"duration_s": 0.5}, "voice.wav", "words.json"))
    verify("clip", SIZE, tmp_path, done(video(tmp_path), "clip.mp4"))
    verify("sound", {}, tmp_path, done(sound(tmp_path), "sound.m4a"))
    verify("film", SIZE, tmp_path, done(video(tmp_path, "film"), "film.mp4"))


PICTURES: list[tuple[str, Callable[[Path], object], str]] = [
    (
        "another size",
        lambda f: picture(f, 48, 64),
        "drew 48x64 pixels instead of 64x48",
    ),
    ("no picture", lambda f: (f / "picture.png").write_text("<html>"), "not a PNG"),
    ("half of one", lambda f: cut(picture(f)), "cut off"),
    ("nothing in it", lambda f: (f / "picture.png").touch(), "without any content"),
    ("not there", lambda f: None, "no file that it made"),
    ("a folder", lambda f: (f / "picture.png").mkdir(), "no file that it made"),
    (
        "a link out",
        lambda f: (f / "picture.png").symlink_to(picture(f.parent)),
        "no file that it made",
    ),
]


@pytest.mark.parametrize(
    ("make", "reason"), [case[1:] for case in PICTURES], ids=[c[0] for c in PICTURES]
)
def test_wrong_pictures_are_refused(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    """The sentence says what was made instead."""
    folder = tmp_path / "unit"
    folder.mkdir()
    make(folder)

    with pytest.raises(WrongOutput, match=reason):
        verify("image", SIZE, folder, done({}, "picture.png"))


@pytest.mark.parametrize(
    ("kind", "names", "reason"),
    [
        ("image", ["preview.webp"], "did not make picture.png"),
        ("voice", ["voice.wav"], "did not make words.json"),
        ("film", [], "did not make film.mp4"),
        ("image", ["picture.png", "../worker.db"], "no file that it made"),
        ("image", ["picture.png", "/etc/passwd"], "no file that it made"),
    ],
)
def test_names_are_checked(
    tmp_path: Path, kind: str, names: list[str], reason: str
) -> None:
    """All expected files, and none from elsewhere."""
    picture(tmp_path)
    voice(tmp_path)

    with pytest.raises(WrongOutput, match=reason):
        verify(kind, SIZE, tmp_path, done({"duration_s": 0.5}, *names))


@pytest.mark.parametrize(
    ("facts", "sound", "reason"),
    [
        ({"duration_s": 0.6}, {}, "spoke for 0.500 s and reported 0.600 s"),
        ({"duration_s": NAN}, {}, "no JSON"),
        ({"duration_s": 0.5, "loudness": NAN}, {}, "no JSON"),
        ({"duration_s": None}, {}, "not usable"),
        ({}, {}, "not usable"),
        ({"duration_s": 0.5}, {"channels": 2}, "not mono"),
        ({"duration_s": 0.0}, {"seconds": 0.0}, "empty"),
    ],
)
def test_wrong_voices_are_refused(
    tmp_path: Path, facts: dict[str, Any], sound: dict[str, Any], reason: str
) -> None:
    """The sound is as long as was said, which decides how long the scene is."""
    voice(tmp_path, **sound)

    with pytest.raises(WrongOutput, match=reason):
        verify("voice", {}, tmp_path, done(facts, "voice.wav", "words.json"))


@pytest.mark.parametrize(
    ("params", "facts", "reason"),
    [
        (SIZE | {"width": 66}, {}, "64x48 pixels instead of 66x48"),
        (SIZE, {"frames": 3}, "made 2 frames and reported 3"),
        (SIZE, {"frames": None}, "made 2 frames and reported None"),
    ],
)
@pytest.mark.parametrize("kind", ["clip", "film"])
def test_wrong_videos_are_refused(
    tmp_path: Path,
    kind: str,
    params: dict[str, Any],
    facts: dict[str, Any],
    reason: str,
) -> None:
    """Size and number of frames are read from the file itself."""
    told = video(tmp_path, kind) | facts

    with pytest.raises(WrongOutput, match=reason):
        verify(kind, params, tmp_path, done(told, f"{kind}.mp4"))


def test_a_video_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    """Half a clip is no clip."""
    facts = video(tmp_path)
    cut(tmp_path / "clip.mp4")

    with pytest.raises(WrongOutput, match="not a whole mp4"):
        verify("clip", SIZE, tmp_path, done(facts, "clip.mp4"))


def test_a_film_longer_than_it_should_be_is_refused(tmp_path: Path) -> None:
    """At twice the frame rate the same frames should last half as long."""
    facts = video(tmp_path, "film")

    with pytest.raises(WrongOutput, match=r"instead of 0\.017 s"):
        verify("film", SIZE | {"fps": 120}, tmp_path, done(facts, "film.mp4"))
