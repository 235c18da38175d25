"""Music under the narration: any of four formats, looped, faded, giving way to the voice."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import pytest

from colab_worker.engines.base import BadInput, Stopped
from tests.film_material import make_sound, sound, spoken, voice

RATE = 22050
SECONDS = 13.0
#: When somebody speaks; between and after, there is only music.
SPEECH = ((1.5, 4.5), (8.5, 10.0))
#: In the middle of them, and where the music is undisturbed.
HEARD = ((2.0, 4.0), (8.8, 9.8))
PAUSE = (5.8, 7.8)
VOICE_HZ, MUSIC_HZ = 1000, 300

Samples = npt.NDArray[Any]


def narration(path: Path) -> Path:
    """Syllables of one pitch while somebody speaks."""
    time = np.arange(round(SECONDS * RATE)) / RATE
    spoken_now = sum((time >= a) & (time < b) for a, b in SPEECH)
    syllables = 0.3 + 0.7 * np.clip(np.sin(2 * np.pi * 4 * time), 0, 1)
    tone = 0.2 * np.sin(2 * np.pi * VOICE_HZ * time) * syllables * spoken_now
    return voice(path, tone)


def tune(path: Path, seconds: float, *options: str, loudness: float = 0.05) -> Path:
    """A steady tone as a file of the format that the name says."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"]
    tone = f"aevalsrc={loudness}*sin(2*PI*{MUSIC_HZ}*t):s=44100:d={seconds}"
    subprocess.run([*command, "-f", "lavfi", "-i", tone, *options, path], check=True)
    return path


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One long scene."""
    return [narration(tmp_path_factory.mktemp("voice") / "voice.wav")]


@pytest.fixture(scope="module")
def plain_sound(
    voices: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Samples:
    """The same narration without music."""
    path, _ = make_sound(tmp_path_factory.mktemp("plain"), voices, WORDS)
    return sound(path)


@pytest.fixture(scope="module")
def mixed(voices: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The narration over a short tune that must be looped three times."""
    folder = tmp_path_factory.mktemp("mixed")
    music = tune(folder / "tune.flac", 4.0)
    path, _ = make_sound(folder, voices, WORDS, music=music)
    return path


WORDS = [spoken("Some words.", SECONDS)]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("tune.wav", ()),
        ("tune.mp3", ()),
        ("tune.flac", ()),
        ("tune.ogg", ()),
        ("opus.ogg", ("-c:a", "libopus", "-ar", "48000")),
        ("mono.wav", ("-ac", "1", "-ar", "8000", "-c:a", "pcm_u8")),
        (
            "surround.flac",
            (
                "-ac",
                "6",
            ),
        ),
        ("no-name", ("-f", "mp3")),
    ],
)
def test_music_of_each_format_is_heard(
    voices: list[Path], tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    """Whatever the file is called, it plays where nobody speaks."""
    music = tune(tmp_path / name, 16.0, *options)
    path, output = make_sound(tmp_path, voices, WORDS, music=music)

    assert output.facts["duration_s"] == SECONDS
    assert level(sound(path), MUSIC_HZ, *PAUSE) > -35
    assert [file.name for file in path.parent.iterdir()] == ["sound.m4a"]


def test_a_short_tune_plays_to_the_end_without_a_gap(mixed: Path) -> None:
    """Looped: in no half second between the voices does the music drop."""
    samples = sound(mixed)
    steps = [level(samples, MUSIC_HZ, at, at + 0.4) for at in np.arange(5.6, 7.8, 0.2)]

    assert max(steps) - min(steps) < 4


def test_music_fades_in_and_out(mixed: Path) -> None:
    """It comes from nothing and ends in nothing."""
    samples = sound(mixed)
    full = level(samples, MUSIC_HZ, *PAUSE)

    assert level(samples, MUSIC_HZ, 0, 0.1) < full - 15
    assert level(samples, MUSIC_HZ, 12.9, 13) < full - 15
    assert level(samples, MUSIC_HZ, 11.4, 11.6) == pytest.approx(full - 6, abs=3)


def test_music_gives_way_to_the_voice(mixed: Path) -> None:
    """Under speech it is 10 dB quieter, at its first word already, and comes back."""
    samples = sound(mixed)
    pause = level(samples, MUSIC_HZ, *PAUSE)
    for begin, end in (*HEARD, (8.35, 8.5)):
        assert 7 < pause - level(samples, MUSIC_HZ, begin, end) < 13


def test_the_narration_is_not_halved(mixed: Path, plain_sound: Samples) -> None:
    """Mixing takes less than 1 dB off the voice."""
    for begin, end in HEARD:
        alone = level(plain_sound, VOICE_HZ, begin, end)
        assert level(sound(mixed), VOICE_HZ, begin, end) > alone - 1


def test_loudness_does_not_depend_on_the_file(
    voices: list[Path], tmp_path: Path
) -> None:
    """A whisper and a roar become the same music, and the film is at -14 LUFS."""
    against = []
    for loudness in (0.005, 0.9):
        music = tune(tmp_path / "tune.wav", 14.0, loudness=loudness)
        path, _ = make_sound(tmp_path, voices, WORDS, music=music)
        samples, (lufs, peak) = sound(path), loudness_of(path)
        against.append(
            level(samples, MUSIC_HZ, *PAUSE) - level(samples, VOICE_HZ, *HEARD[0])
        )

        assert lufs == pytest.approx(-14, abs=0.5)
        assert peak < -1

    assert against[0] == pytest.approx(against[1], abs=0.5)
    assert -16 < against[0] < -6


def test_the_volume_is_honoured(voices: list[Path], tmp_path: Path) -> None:
    """Half the percentage is 6 dB less, against the voice."""
    music = tune(tmp_path / "tune.wav", 14.0)
    against = []
    for percent in (60.0, 30.0):
        path, _ = make_sound(tmp_path, voices, WORDS, music=music, volume=percent)
        samples = sound(path)
        against.append(
            level(samples, MUSIC_HZ, *PAUSE) - level(samples, VOICE_HZ, *HEARD[0])
        )

    assert against[0] - against[1] == pytest.approx(6, abs=1)


def test_the_same_music_gives_the_same_bytes(
    mixed: Path, voices: list[Path], tmp_path: Path
) -> None:
    """A sound done again is the same file."""
    music = tune(tmp_path / "tune.flac", 4.0)
    again, _ = make_sound(tmp_path, voices, WORDS, music=music)

    assert again.read_bytes() == mixed.read_bytes()


@pytest.mark.parametrize("fault", ["text", "cut", "silent", "short", "list", "video"])
def test_what_is_no_music_is_bad_input(
    voices: list[Path], tmp_path: Path, fault: str
) -> None:
    """The sentence says that it is the music; nothing that a file names is opened."""
    music = tmp_path / "tune.wav"
    if fault == "text":
        music.write_text("RIFFs and other words, but no sound")
    elif fault == "cut":
        music.write_bytes(tune(music, 5.0).read_bytes()[:40])
    elif fault == "silent":
        tune(music, 5.0, loudness=0)
    elif fault == "short":
        tune(music, 0.5)
    elif fault == "list":
        tune(tmp_path / "secret.wav", 5.0)
        music.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.wav\n")
    else:
        tune(tmp_path / "sound.mp4", 5.0).rename(music)

    with pytest.raises(BadInput, match=r"^music: the file"):
        make_sound(tmp_path, voices, WORDS, music=music)
    assert not list(tmp_path.glob("sound-*/out/*"))


def test_music_that_is_gone_is_asked_for_again(
    voices: list[Path], tmp_path: Path
) -> None:
    """A file that was deleted on the worker is named, with what to do."""
    with pytest.raises(BadInput, match="not on this worker") as caught:
        make_sound(tmp_path, voices, WORDS, music=tmp_path / "gone.wav")

    assert caught.value.hint == "send it again, or leave music out"


def test_a_canceled_sound_stops(voices: list[Path], tmp_path: Path) -> None:
    """A cancel while the music is read is a cancel, not a bad file."""
    music = tune(tmp_path / "tune.wav", 5.0)
    told: list[float] = []

    def stop(fraction: float, _note: str) -> None:
        told.append(fraction)
        if fraction >= 0.4:
            raise Stopped("canceled")

    with pytest.raises(Stopped):
        make_sound(tmp_path, voices, WORDS, tick=stop, music=music)
    assert told == sorted(told)


def level(samples: Samples, hz: float, begin: float, end: float) -> float:
    """How strong one pitch is between two times, in dB."""
    part = samples[round(begin * 48000) : round(end * 48000)].astype(float)
    turns = np.exp(-2j * np.pi * hz * np.arange(len(part)) / 48000)
    window = np.hanning(len(part))
    strength = 2 * abs((part * window * turns).sum()) / window.sum()
    return float(20 * np.log10(strength / np.sqrt(2) + 1e-9))


def loudness_of(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dB."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", path]
    done = subprocess.run(
        [*command, "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    loudness = re.findall(r"I:\s+(-?[\d.]+) LUFS", done.stderr)[-1]
    return float(loudness), float(re.findall(r"Peak:\s+(-?[\d.]+) dB", done.stderr)[-1])
