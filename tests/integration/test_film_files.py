"""A whole film by the command and the real engines: every file beside it, what each says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import wave
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import pytest

from colab_worker.film.probe import probe
from tests.film_material import sound

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
STORY = """# The crow

A crow was thirsty. It found a tall pitcher.

The water was low, and she thought for a while; then she dropped stones into it.

At last the crow drank.
"""
FPS = 24
DOCUMENTED = re.findall(
    r"`([a-zN][\w-]*\.\w+)`(?=[^\n|]*\| `[\w-]+` \|)",
    (ROOT / "docs" / "files.md").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Made:
    """A film in a home of its own, and the folder with all that lies beside it."""

    home: Path
    film: Path
    beside: Path

    @property
    def files(self) -> list[Path]:
        """The film and all else."""
        return [self.film, *sorted(self.beside.iterdir())]


def make(home: Path, *words: str | Path) -> None:
    """The command as a person types it; its server and its worker live in ``home``."""
    environ = os.environ | {
        "MOONREEL_HOME": str(home),
        "MOONREEL_URL_FILE": str(home / "url.txt"),
        "MOONREEL_DISK_FLOOR_MB": "0",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "orchestrator", "make", *map(str, words)]
    home.mkdir()
    done = subprocess.run(
        [*command, "--worker", "local"],
        cwd=home, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three scenes in draft quality, with captions."""
    folder = tmp_path_factory.mktemp("somebody-s-folder")
    story, home, film = folder / "story.md", folder / "home", folder / "film.mp4"
    story.write_text(STORY, encoding="utf-8")
    options = ("--quality", "draft", "--captions", "--scenes", "3")
    beside = folder / "beside"
    make(home, story, *options, "--date", "2001-02-03", "--seed", "7",
         "-o", film, "--all-files", beside)  # fmt: skip
    return Made(home, film, beside)


def test_the_files_are_those_of_the_docs(made: Made) -> None:
    """Every name that is described is there, and no other."""
    assert len(DOCUMENTED) > 10
    names = {path.name for path in made.beside.iterdir()} | {"film.mp4"}
    documented = {
        name.replace("NNN", f"{number:03}")
        for name in DOCUMENTED
        for number in (1, 2, 3)
    }
    assert names == documented


def test_no_file_tells_where_it_was_made(made: Made) -> None:
    """No folder, no address, no token: neither in a file nor in its name."""
    secrets = [str(made.film.parent), "somebody-s-folder", "127.0.0.1", "localhost"]
    log = (made.home / "server.log").read_text(encoding="utf-8")
    secrets += re.findall(r"http://[\w.]+:(\d+)", log)[:1]
    for path in made.files:
        data = path.read_bytes()
        told = [secret for secret in secrets[:4] if secret.encode() in data]
        assert told == [], path.name
    assert len(secrets) == 5  # the worker really had an address


def test_the_film_says_what_it_is(made: Made) -> None:
    """Title, day, draft, engines, seed; a chapter a scene, end to end."""
    told = told_by(made.film, "-f", "ffmetadata", "-")
    about, *chapters = told.split("[CHAPTER]")
    times = [
        tuple(map(int, re.findall(r"(?:TIMEBASE=1/|START=|END=)(\d+)", chapter)))
        for chapter in chapters
    ]
    seconds = [(start / base, end / base) for base, start, end in times]

    for line in (
        "title=The crow",
        "date=2001-02-03",
        "comment=draft\\; made with Moonreel\\; image papercut, voice espeak\\; seed 7",
        "description=3 scenes\\; pictures cinematic, voice aria, en",
    ):
        assert line in about
    assert "creation_time   : 2001-02-03T12:00:00.000000Z" in told_by(made.film)
    assert len(chapters) == 3
    assert seconds[0][0] == 0
    assert all(a[1] == pytest.approx(b[0], abs=0.001) for a, b in pairwise(seconds))
    assert seconds[-1][1] == pytest.approx(probe(made.film).duration_s, abs=0.002)


def test_the_streams_are_what_players_expect(made: Made) -> None:
    """H.264 in BT.709, AAC of 48 kHz, index in front, no frame too many."""
    told, found = told_by(made.film), probe(made.film)
    lengths = [np.ceil(scene["duration_s"] * FPS - 1e-6) for scene in words(made)]

    assert re.search(
        r"Video: h264 \(.*yuv420p\(tv, bt709, progressive\), 854x480", told
    )
    assert re.search(r"24 fps, 24 tbr", told)
    assert re.search(r"Audio: aac \(LC\).*48000 Hz, stereo", told)
    assert found.faststart
    assert found.frames == sum(lengths)
    assert found.duration_s == pytest.approx(found.frames / FPS, abs=0.001)
    assert found.audio_s == pytest.approx(found.duration_s, abs=0.001)


def test_the_loudness_of_real_speech(made: Made) -> None:
    """-14 LUFS within half a unit, true peak below -1 dB."""
    told = told_by(made.film, "-af", "ebur128=peak=true", "-f", "null", "-")
    loudness = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1])
    peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", told)[-1])

    assert loudness == pytest.approx(-14, abs=0.5)
    assert peak < -1


def test_each_voice_is_heard_where_its_scene_is_seen(made: Made) -> None:
    """Within one frame in every scene, by the sound itself."""
    heard, begin = sound(made.film), 0.0
    for number, scene in enumerate(words(made), start=1):
        voice = samples(made.beside / f"scene-{number:03}-voice.wav")
        first = scene["words"][0][1]
        offset = found_at(heard, voice, begin)
        assert abs(offset) < 1 / FPS, (number, first, offset)
        begin += np.ceil(scene["duration_s"] * FPS - 1e-6) / FPS


def test_the_project_makes_the_same_film(made: Made, tmp_path: Path) -> None:
    """On a machine that knows nothing of the first: the same file to the byte."""
    again = tmp_path / "again.mp4"
    make(tmp_path / "home", made.beside / "project.zip", "-o", again)

    assert again.read_bytes() == made.film.read_bytes()


def words(made: Made) -> list[dict[str, Any]]:
    """When each word is heard, scene by scene."""
    return [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(made.beside.glob("scene-*-words.json"))
    ]


def samples(path: Path) -> npt.NDArray[np.float32]:
    """A voice at 48 kHz."""
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    times = np.arange(round(len(data) / rate * 48000)) / 48000
    return np.interp(times, np.arange(len(data)) / rate, data).astype(np.float32)


def found_at(
    heard: npt.NDArray[np.float32], voice: npt.NDArray[np.float32], at_s: float
) -> float:
    """How much later than ``at_s`` a voice begins, by where both are most alike."""
    reach = 4800  # a tenth of a second to both sides
    start = round(at_s * 48000)
    part = np.pad(heard, (reach, reach))[start : start + len(voice) + 2 * reach]
    size = len(part) + len(voice)
    alike = np.fft.irfft(
        np.fft.rfft(part, size) * np.conj(np.fft.rfft(voice, size)), size
    )
    return float(np.argmax(alike[: 2 * reach]) - reach) / 48000


def told_by(path: Path, *options: str) -> str:
    """All that ffmpeg prints about a film."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin"]
    done = subprocess.run(
        [*command, "-i", str(path), *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr
