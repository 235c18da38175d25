"""Joins clips and narration into the film: the pictures are copied, the sound encoded once.

The narration of each scene is resampled to 48 kHz and padded with silence to exactly the
frames of its clip, so that picture and sound of the last scene meet as those of the first.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from colab_worker.engines.base import EngineError, Tick
from colab_worker.film.ffmpeg import BITEXACT, INPUT, run

SAMPLE_RATE = 48_000
AUDIO_BITRATE = "128k"
#: What players expect of a film (EBU R 128 measure, level of the video platforms).
LOUDNESS_LUFS = -14.0
#: The limiter keeps true peaks below -1 dB after AAC has rounded them up a little.
PEAK = 10 ** (-2.0 / 20)
MAX_GAIN_DB = 24.0


@dataclass(frozen=True)
class SceneParts:
    """One scene as it goes into the film."""

    clip: Path
    voice: Path
    frames: int
    title: str | None


def film(
    scenes: Sequence[SceneParts],
    fps: int,
    metadata: dict[str, str],
    out: Path,
    folder: Path,
    tick: Tick,
) -> None:
    """Writes ``out``; raises EngineError with ffmpeg's last lines."""
    length_s = sum(scene.frames for scene in scenes) / fps
    _link(scenes, folder)
    gain_db = _gain_db(scenes, fps, folder, lambda part, note: tick(part * 0.3, note))
    (folder / "film.ffmeta").write_text(
        _ffmetadata(scenes, fps, metadata), encoding="utf-8"
    )
    pictures = ffmpeg.input("clips.ffconcat", format="concat", safe=0, **INPUT)
    sound = _narration(scenes, fps).filter("volume", f"{gain_db}dB")
    sound = sound.filter(
        "alimiter", limit=PEAK, level=0, attack=2, release=60, latency=1
    )
    sound = sound.filter("atrim", end_sample=_samples(scenes, fps))
    output = ffmpeg.output(
        pictures.video,
        sound,
        str(out),
        vcodec="copy",
        acodec="aac",
        audio_bitrate=AUDIO_BITRATE,
        ar=SAMPLE_RATE,
        movflags="+faststart",
        format="mp4",
        **{
            **BITEXACT,
            "map_metadata": len(scenes) + 1,
            "map_chapters": len(scenes) + 1,
        },
    )
    # A file without streams cannot be mapped, so that it is named as an option.
    about = ("-f", "ffmetadata", "-i", "film.ffmeta")
    run(
        output.global_args(*about),
        folder=folder,
        tick=lambda part, note: tick(0.3 + part * 0.7, note),
        words="joining the film",
        length_s=length_s,
    )


def poster(clip: Path, out: Path, at_s: float, folder: Path, tick: Tick) -> None:
    """One frame of ``clip`` as a JPEG."""
    stream = ffmpeg.input(str(clip), ss=at_s, **INPUT)
    output = stream.output(
        str(out), vframes=1, format="mjpeg", **{"q:v": 3}, **BITEXACT
    )
    run(output, folder=folder, tick=tick, words="taking the poster", length_s=1.0)


def _link(scenes: Sequence[SceneParts], folder: Path) -> None:
    """Names without spaces or quotes, so that the list needs no quoting."""
    lines = ["ffconcat version 1.0"]
    for number, scene in enumerate(scenes):
        (folder / f"clip{number}.mp4").symlink_to(scene.clip)
        (folder / f"voice{number}.wav").symlink_to(scene.voice)
        lines.append(f"file clip{number}.mp4")
    (folder / "clips.ffconcat").write_text("\n".join(lines) + "\n", encoding="ascii")


def _narration(scenes: Sequence[SceneParts], fps: int) -> Any:
    """All voices one after another, each as long as its clip to the sample."""
    parts = []
    for number, scene in enumerate(scenes):
        voice = ffmpeg.input(f"voice{number}.wav", format="wav", **INPUT)
        samples = scene.frames * SAMPLE_RATE // fps
        part = voice.audio.filter("aresample", SAMPLE_RATE)
        part = part.filter("apad", whole_len=samples).filter(
            "atrim", end_sample=samples
        )
        parts.append(part)
    return ffmpeg.concat(*parts, v=0, a=1)


def _gain_db(scenes: Sequence[SceneParts], fps: int, folder: Path, tick: Tick) -> float:
    """How much louder the narration must be, from its integrated loudness."""
    measured = _narration(scenes, fps).filter("loudnorm", print_format="json")
    log = run(
        measured.output("-", format="null"),
        folder=folder,
        tick=tick,
        words="measuring the loudness",
        length_s=sum(scene.frames for scene in scenes) / fps,
        level="info",
    )
    found = re.search(r"\{[^{}]*\}", " ".join(log))
    if found is None:
        raise EngineError("ffmpeg told no loudness of the narration.")
    loudness = float(json.loads(found[0])["input_i"])
    if not math.isfinite(loudness) or loudness < -70:
        return 0.0  # silence stays silence
    return round(min(LOUDNESS_LUFS - loudness, MAX_GAIN_DB), 2)


def _samples(scenes: Sequence[SceneParts], fps: int) -> int:
    return sum(scene.frames for scene in scenes) * SAMPLE_RATE // fps


def _ffmetadata(
    scenes: Sequence[SceneParts], fps: int, metadata: dict[str, str]
) -> str:
    lines = [";FFMETADATA1"]
    lines += [f"{name}={_meta(value)}" for name, value in metadata.items()]
    start = 0
    for number, scene in enumerate(scenes, start=1):
        end = start + scene.frames
        lines += [
            "[CHAPTER]",
            f"TIMEBASE=1/{fps}",
            f"START={start}",
            f"END={end}",
            f"title={_meta(scene.title or f'Scene {number}')}",
        ]
        start = end
    return "\n".join(lines) + "\n"


def _meta(value: str) -> str:
    flat = " ".join(value.split())
    return re.sub(r"([=;#\\])", r"\\\1", flat)
