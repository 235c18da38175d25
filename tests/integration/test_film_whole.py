"""Films: as long as their narration, sound on picture to the last scene, well tagged."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from colab_worker.engines.base import EngineError, Stopped, UnitOutput
from colab_worker.film.probe import probe
from tests.film_material import (
    CAPTIONS,
    FPS,
    decoded,
    greys,
    make_clip,
    make_film,
    plain,
    sound,
    spoken,
    voice,
)

TEXT = "A crow came to the well."
RATE = 22050
TITLE = "The Crow; 100% \\ #1 = 'fine'"
LENGTHS = (0.55, 0.71, 0.83, 0.97, 1.1, 0.64)


def flash_and_beep(
    folder: Path, seconds: float, grey: int
) -> tuple[Path, Path, dict[str, Any]]:
    """A scene of one grey that begins with a beep of 50 ms."""
    folder.mkdir()
    words = spoken(TEXT, seconds)
    clip, _ = make_clip(folder, plain(grey=grey), words)
    time = np.arange(round(seconds * RATE)) / RATE
    beep = 0.3 * np.sin(2 * np.pi * 1000 * time) * (time < 0.05)
    return clip, voice(folder / "voice.wav", beep), words


@pytest.fixture(scope="module")
def scenes(
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[Path, Path, dict[str, Any]]]:
    """Six scenes of odd lengths, alternately dark and bright."""
    folder = tmp_path_factory.mktemp("scenes")
    return [
        flash_and_beep(folder / str(n), seconds, 60 + 120 * (n % 2))
        for n, seconds in enumerate(LENGTHS)
    ]


@pytest.fixture(scope="module")
def sixty(
    scenes: list[tuple[Path, Path, dict[str, Any]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, UnitOutput]:
    """A film of sixty scenes in a folder with an awkward name."""
    folder = tmp_path_factory.mktemp("it's 100% [odd], #1")
    clips, voices, words = zip(*(scenes[n % 6] for n in range(60)), strict=True)
    return make_film(folder, list(clips), list(voices), list(words), title=TITLE)


def test_a_film_is_as_long_as_its_narration(sixty: tuple[Path, UnitOutput]) -> None:
    """Every scene is its voice rounded up to a frame; nothing else is added."""
    out, output = sixty
    frames = 10 * sum(-(-seconds * FPS // 1) for seconds in LENGTHS)
    found = probe(out / "film.mp4")

    assert output.facts["frames"] == found.frames == frames
    assert found.duration_s == pytest.approx(frames / FPS, abs=0.001)
    assert found.audio_s == pytest.approx(frames / FPS, abs=0.001)
    assert len(sound(out / "film.mp4")) == pytest.approx(frames * 4800, abs=1024)
    assert found.faststart


def test_sound_meets_picture_in_every_scene(sixty: tuple[Path, UnitOutput]) -> None:
    """Sixty scenes: each beep within 5 ms of the change of picture."""
    out, _ = sixty
    bright = greys(out / "film.mp4").mean(axis=(1, 2)) > 128
    cuts = np.nonzero(np.diff(bright.astype(int)))[0] + 1
    beeps = onsets(sound(out / "film.mp4"))

    assert len(cuts) == 59
    assert len(beeps) == 60
    assert np.abs(beeps - [0, *cuts / FPS]).max() < 0.005


def test_frames_come_at_a_constant_rate(sixty: tuple[Path, UnitOutput]) -> None:
    """No joint of two clips moves a frame by even one tick of the clock."""
    out, output = sixty
    told = said(out / "film.mp4", "-map", "0:v", "-f", "framecrc", "-c", "copy", "-")
    times = re.findall(r"^0,\s*-?\d+,\s*(\d+),\s*(\d+)", told, re.MULTILINE)
    shown = sorted(int(pts) for pts, _ in times)

    assert shown == list(range(0, 512 * output.facts["frames"], 512))
    assert {int(duration) for _, duration in times} == {512}


def test_the_film_says_what_it_is(sixty: tuple[Path, UnitOutput]) -> None:
    """Title, draft, engines, seed and chapters; BT.709; never a path."""
    out, _ = sixty
    told = said(out / "film.mp4")

    assert f"title           : {TITLE}" in told
    assert "draft; made with Moonreel; image papercut, voice espeak; seed 7" in told
    assert told.count("Chapter #0:") == 60
    assert "start 0.600000, end 1.400000" in told
    assert "yuv420p(tv, bt709" in told
    assert "48000 Hz, stereo" in told
    assert str(out.parent).encode() not in (out / "film.mp4").read_bytes()


def test_the_files_beside_the_film(sixty: tuple[Path, UnitOutput]) -> None:
    """A cue a scene in each subtitle file, the script, and pictures of the film."""
    out, output = sixty
    names = {file.name for file in output.files}
    srt = (out / "captions.srt").read_text(encoding="utf-8")
    with (
        Image.open(out / "contact-sheet.webp") as sheet,
        Image.open(out / "poster.jpg") as poster,
    ):
        sizes = sheet.size, poster.size

    assert {path.name for path in out.iterdir()} == names
    assert srt.count(TEXT) == 60
    assert "\n2\n00:00:00,700 --> 00:00:01,310\n" in srt
    for name, mark in (("captions.vtt", "-->"), ("captions.ass", "Dialogue:")):
        assert (out / name).read_text(encoding="utf-8").count(mark) == 60
    assert "## Scene 60: Part 60" in (out / "script.md").read_text(encoding="utf-8")
    assert sizes == ((7 * 326 + 6, 9 * (180 + 46 + 6) + 6 + 50), (320, 180))


def test_a_crossfade_moves_nothing(tmp_path: Path) -> None:
    """Each scene begins to show with its sound; the sheet shows every scene itself."""
    lengths, tones = (1.3, 1.7, 1.1, 1.5), (40, 200, 40, 200)
    words = [spoken(TEXT, seconds) for seconds in lengths]
    voices, clips = [], []
    for n, (seconds, tone) in enumerate(zip(lengths, tones, strict=True)):
        time = np.arange(round(seconds * RATE)) / RATE
        beep = 0.3 * np.sin(2 * np.pi * 1000 * time) * (time < 0.05)
        voices.append(voice(tmp_path / f"{n}.wav", beep))
        before = (plain(grey=tones[n - 1]), words[n - 1]) if n else None
        clip, _ = make_clip(
            tmp_path, plain(grey=tone), words[n], before=before, crossfade_frames=5
        )
        clips.append(clip)
    out, output = make_film(tmp_path, clips, voices, words, crossfade_frames=5)
    light = greys(out / "film.mp4").mean(axis=(1, 2))
    fades = np.abs(np.diff(light)) > 10
    begins = [n + 1 for n in np.flatnonzero(fades) if not fades[n - 1]]
    with Image.open(out / "contact-sheet.webp") as sheet:
        grey = np.asarray(sheet.convert("L"))
    cells = [grey[140 + 232 * row, 160 + 326 * column] for row in (0, 1) for column in (0, 1)]  # fmt: skip

    assert output.facts["frames"] == len(light) == 13 + 17 + 11 + 15
    assert begins == [13, 30, 41]
    assert fades.sum() == 3 * 6
    assert np.abs(onsets(sound(out / "film.mp4")) * FPS - [0, *begins]).max() < 0.05
    assert cells == pytest.approx(tones, abs=6)


def speech(seconds: float, loudness: float, seed: int) -> npt.NDArray[np.float64]:
    """Noise in syllables, with high peaks, clipped as a microphone does."""
    time = np.arange(round(seconds * RATE)) / RATE
    syllables = np.clip(np.sin(2 * np.pi * 4 * time), 0, 1) ** 2
    noise = np.random.default_rng(seed).standard_normal(len(time)).clip(-4, 4)
    return np.clip(loudness * noise * syllables, -1, 1)


@pytest.mark.parametrize(
    "voices",
    [(0.04,) * 6, (0.008,) * 6, (1.0,) * 6, (0.05, 1.0, 0.05), (0.3,)],
    ids=["usual", "whispered", "shouted", "whispered and shouted", "one word"],
)
def test_the_loudness_is_that_of_the_platforms(
    scenes: list[tuple[Path, Path, dict[str, Any]]],
    tmp_path: Path,
    voices: tuple[float, ...],
) -> None:
    """-14 LUFS and no peak above -1 dB, whoever speaks and however long."""
    clip, _, words = scenes[4]
    spoke = [
        voice(tmp_path / f"{n}.wav", speech(LENGTHS[4], loudness, n))
        for n, loudness in enumerate(voices)
    ]
    out, _ = make_film(tmp_path, [clip] * len(voices), spoke, [words] * len(voices))
    told = said(out / "film.mp4", "-af", "ebur128=peak=true", "-f", "null", "-")

    assert float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1]) == pytest.approx(
        -14, abs=0.5
    )
    assert float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", told)[-1]) < -1.0


def test_captions_can_be_a_track_of_the_film(
    scenes: list[tuple[Path, Path, dict[str, Any]]], tmp_path: Path
) -> None:
    """Every cue of the .srt is in the film, in its words and times; nothing is longer."""
    text = "It's 100% \u201cfine\u201d: a\\\\Nb, <i>, \u0643\u0627\u0646 \U0001f600 & \u4ece\u524d."
    clips, voices, _ = zip(*scenes[:3], strict=True)
    words = [spoken(text, seconds) for seconds in LENGTHS[:3]]
    parts = list(clips), list(voices), words
    out, output = make_film(tmp_path, *parts, soft_captions=True, language="ar")
    without, _ = make_film(tmp_path, *parts)
    film = out / "film.mp4"
    track = decoded(film, "-map", "0:s:0", "-f", "srt").decode().replace("\u2060", "")
    beside = (out / "captions.srt").read_text(encoding="utf-8").replace("\u2060", "")

    assert [line for line in track.split("\n") if line] == [
        line for line in beside.split("\n") if line
    ]
    assert re.search(r"Stream #0:2\S*\(ara\): Subtitle: mov_text", said(film))
    assert "Subtitle: mov_text" not in said(without / "film.mp4")
    assert probe(film).duration_s == output.facts["duration_s"]
    assert (greys(film) == greys(without / "film.mp4")).all()


def test_subtitles_of_a_tall_film_are_its_captions(tmp_path: Path) -> None:
    """Lines fit a phone held upright: one division into cues and lines for all files."""
    text = (
        "A crow that was very thirsty came to the old well behind the empty farmhouse."
    )
    words = [spoken(text, 6.0)]
    size, look = {"width": 90, "height": 160}, {**CAPTIONS, "style": "bold"}
    clip, _ = make_clip(tmp_path, plain(90, 160), words[0], captions=look, **size)
    silence = voice(tmp_path / "voice.wav", np.zeros(round(6.0 * RATE)))
    out, _ = make_film(tmp_path, [clip], [silence], words, captions=look, **size)
    ass, srt, vtt = (
        (out / f"captions.{kind}").read_text(encoding="utf-8")
        for kind in ("ass", "srt", "vtt")
    )
    drawn = [line.split(",,")[-1] for line in ass.split("\n") if "Dialogue" in line]
    told = [block.split("\n", 2)[2].strip() for block in srt.split("\n\n")]

    assert len(drawn) > 2
    assert [line.replace("\\N", "\n") for line in drawn] == [t.upper() for t in told]
    assert re.sub(r"(?m)^\d+\n", "", srt).replace(",", ".") == vtt.partition("\n\n")[2]


def test_silence_stays_silent(
    scenes: list[tuple[Path, Path, dict[str, Any]]], tmp_path: Path
) -> None:
    """A narration without sound is not made louder."""
    clip, _, words = scenes[0]
    quiet_voice = voice(tmp_path / "silence.wav", np.zeros(round(0.55 * RATE)))
    out, _ = make_film(tmp_path, [clip], [quiet_voice], [words])

    assert np.abs(sound(out / "film.mp4")).max() < 0.001


def test_the_same_parts_give_the_same_film(
    scenes: list[tuple[Path, Path, dict[str, Any]]], tmp_path: Path
) -> None:
    """Joined again, every file is the same to the byte."""
    parts = [list(column) for column in zip(*scenes[:2], strict=True)]
    first, second = (make_film(tmp_path, *parts)[0] for _ in range(2))

    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_clips_that_do_not_fit_are_refused(
    scenes: list[tuple[Path, Path, dict[str, Any]]], tmp_path: Path
) -> None:
    """Another encoding, or another length than the narration, is named."""
    clip, spoke, words = scenes[0]
    other, _ = make_clip(tmp_path, plain(), words, preset="medium")

    with pytest.raises(EngineError, match="scene 2 is encoded differently"):
        make_film(tmp_path, [clip, other], [spoke, spoke], [words, words])
    with pytest.raises(EngineError, match="scene 1 has 6 frames"):
        make_film(tmp_path, [clip], [spoke], [spoken(TEXT, 2.0)])


def test_a_canceled_film_stops(
    scenes: list[tuple[Path, Path, dict[str, Any]]], tmp_path: Path
) -> None:
    """What the tick raises comes through, and nothing is left behind."""
    clip, spoke, words = scenes[0]

    def stop(_fraction: float, note: str) -> None:
        if note == "joining the film":
            raise Stopped("canceled")

    with pytest.raises(Stopped):
        make_film(tmp_path, [clip], [spoke], [words], tick=stop)
    assert not list(tmp_path.glob("film-*/out/work-*"))


def onsets(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Seconds at which sound begins after at least 0.2 s of silence."""
    heard = np.nonzero(np.abs(samples) > 0.05)[0]
    begins = np.diff(heard, prepend=-48000) > 9600
    return heard[begins] / 48000


def said(path: Path, *options: str) -> str:
    """All that ffmpeg prints about ``path``."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin"]
    done = subprocess.run(
        [*command, "-i", str(path), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr
