"""Engines that take a set time and make real, tiny files: for measuring, not watching.

``ENGINES`` is the value of ``MOONREEL_ENGINES`` that puts them in the place of the
built-in ones; ``MOONREEL_SIMULATED`` is JSON with the seconds that each kind takes.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from colab_worker.engines.base import (
    ImageRequest,
    Speech,
    Tick,
    UnitCall,
    UnitFile,
    UnitOutput,
    VoiceRequest,
    Word,
)

SECONDS_VARIABLE = "MOONREEL_SIMULATED"
ENGINES = json.dumps(
    [
        {
            "name": name,
            "kind": kind,
            "factory": f"benchmarks.simulated:{factory}",
            "version": "simulated",
        }
        for kind, name, factory in (
            ("image", "papercut", "SimulatedImage"),
            ("voice", "espeak", "SimulatedVoice"),
            ("video", "ffmpeg", "SimulatedVideo"),
        )
    ]
)
_STEP_S = 0.05
_RATE = 8000
_SPOKEN_S = 0.1
_FRAMES = 2


@contextmanager
def taking(kind: str, tick: Tick) -> Iterator[None]:
    """Takes as long as the setting says, the work inside included.

    What is left is waited for in small steps that can be canceled.
    """
    seconds = json.loads(os.environ.get(SECONDS_VARIABLE, "{}")).get(kind, 0.0)
    begun = time.monotonic()
    tick(0.0, kind)
    yield
    while (spent := time.monotonic() - begun) < seconds:
        tick(spent / seconds, kind)
        time.sleep(min(_STEP_S, seconds - spent))


class SimulatedImage:
    """One colour, drawn from the request."""

    def load(self) -> None:
        """Nothing to get ready."""

    def draw(self, request: ImageRequest, out: Path, tick: Tick) -> None:
        """Writes a picture of one colour, and takes its time."""
        with taking("image", tick):
            mark = hashlib.sha256(f"{request.prompt}/{request.seed}".encode()).digest()
            colour = (mark[0], mark[1], mark[2])
            Image.new("RGB", (request.width, request.height), colour).save(out)

    def unload(self) -> None:
        """Nothing to give back."""


class SimulatedVoice:
    """A moment of near silence for every text, another for every voice."""

    def load(self) -> None:
        """Nothing to get ready."""

    def speak(self, request: VoiceRequest, out: Path, tick: Tick) -> Speech:
        """Writes one faint sample and silence, and takes its time."""
        mark = hashlib.sha256(request.voice_id.encode()).digest()[0]
        said_s = _SPOKEN_S * (1 - mark / 512)
        with taking("voice", tick), wave.open(str(out), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(_RATE)
            file.writeframes(bytes([mark]) + bytes(int(_SPOKEN_S * _RATE) * 2 - 1))
        words = tuple(Word(word, 0.0, said_s) for word in request.text.split())
        return Speech(_SPOKEN_S, _RATE, words, (0,))

    def unload(self) -> None:
        """Nothing to give back."""


class SimulatedVideo:
    """The same two frames for every scene, and for the film."""

    def load(self) -> None:
        """Nothing to get ready."""

    def clip(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """Writes a clip of two frames, and takes its time."""
        with taking("clip", tick):
            return _video(call, "clip.mp4", call.inputs["picture"])

    def sound(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """Writes a moment of silence, and takes its time."""
        with taking("sound", tick):
            return _silence(call)

    def film(self, call: UnitCall, tick: Tick) -> UnitOutput:
        """Writes a film of two frames, and takes its time."""
        with taking("film", tick):
            return _video(call, "film.mp4", *call.inputs.values())

    def unload(self) -> None:
        """Nothing to give back."""


def _silence(call: UnitCall) -> UnitOutput:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin",
        "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", str(_SPOKEN_S),
        "-c:a", "aac", "-fflags", "+bitexact", "-flags:a", "+bitexact",
        "-f", "mp4", str(call.out_dir / "sound.m4a"),
    ]  # fmt: skip
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return UnitOutput((UnitFile("sound.m4a", "audio/mp4"),), {"duration_s": _SPOKEN_S})


def _video(call: UnitCall, name: str, *sources: Path) -> UnitOutput:
    """Two frames with silence, told apart by a comment that hashes the inputs."""
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    size = f"{call.params['width']}x{call.params['height']}"
    rate = call.params["fps"]
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin",
        "-f", "lavfi", "-i", f"color=s={size}:r={rate}",
        "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono",
        "-frames:v", str(_FRAMES), "-t", str(_FRAMES / rate),
        "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac",
        "-pix_fmt", "yuv420p", "-threads", "1",
        "-metadata", f"comment={mark}", "-fflags", "+bitexact",
        "-flags:v", "+bitexact", "-flags:a", "+bitexact",
        "-movflags", "+faststart", str(call.out_dir / name),
    ]  # fmt: skip
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return UnitOutput(
        (UnitFile(name, "video/mp4"),),
        {"frames": _FRAMES, "duration_s": _FRAMES / rate},
    )
