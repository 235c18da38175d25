"""Which encoder films are encoded with here, and how slowly it may: tried, not assumed.

NVENC takes a clip off two weak cores, but a driver, a container or the card itself (an
H100 has none) may not offer it, so that only a clip that it really encoded counts. How
careful x264 may be is told by what a second of 720p costs this machine.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import ffmpeg

from colab_worker.engines.base import EngineError
from colab_worker.film.ffmpeg import BITEXACT, run
from colab_worker.film.probe import probe
from colab_worker.film.quality import NVENC, NVENC_PRESETS, X264, Encoder

#: The trial: so many frames of a moving picture of this size.
FRAMES, WIDTH, HEIGHT = 24, 1280, 720
#: How much faster than it plays a 1080p film at 30 frames a second would be encoded:
#: slower machines get a lighter preset in place of veryfast, faster ones a better one.
SLOW, QUICK = 0.7, 12.0
_PIXELS_1080P = 1920 * 1080


@dataclass(frozen=True)
class Choice:
    """The encoder, and why it is that one."""

    encoder: Encoder
    reason: str


def choose(wanted: str, *, gpu: bool) -> Choice:
    """The encoder of this machine; ``wanted`` is ``auto`` or an encoder by name.

    Blocks for a moment. EngineError with ffmpeg's last lines if the one that was asked
    for by name does not encode.
    """
    why_not = ""
    if wanted == NVENC or (wanted == "auto" and gpu):
        try:
            _encode(NVENC, NVENC_PRESETS["veryfast"])
        except EngineError as error:
            if wanted == NVENC:
                raise
            why_not = f"; {NVENC} was tried: {error}"
        else:
            return Choice(Encoder(NVENC), "it encoded a clip")
    speed = _speed()
    preset = "veryfast"
    if speed < SLOW:
        preset = "superfast"
    elif speed > QUICK:
        preset = "medium"
    reason = f"1080p at {speed:.1f} times the speed of playing{why_not}"
    return Choice(Encoder(X264, preset), reason)


def _speed() -> float:
    """How much faster than it plays this machine encodes 1080p at 30 frames a second."""
    told = " ".join(_encode(X264, "veryfast"))
    spent = re.findall(r"bench: utime=([\d.]+)s stime=([\d.]+)s", told)
    if not spent:
        raise EngineError("ffmpeg did not say how long the trial took.")
    frame_s = sum(map(float, spent[-1])) / FRAMES * _PIXELS_1080P / (WIDTH * HEIGHT)
    return _processors() / max(frame_s, 1e-6) / 30


def _encode(name: str, preset: str) -> list[str]:
    """Encodes a short clip and looks at it; ffmpeg's log."""
    source = ffmpeg.input(
        f"testsrc2=size={WIDTH}x{HEIGHT}:rate=30", format="lavfi", t=1
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "trial.mp4"
        output = source.output(
            str(out),
            vcodec=name,
            preset=preset,
            pix_fmt="yuv420p",
            frames=FRAMES,
            format="mp4",
            **BITEXACT,
        )
        log = run(
            output.global_args("-benchmark"),
            folder=Path(folder),
            tick=lambda _part, _words: None,
            words=f"trying {name}",
            length_s=FRAMES / 30,
            level="info",
        )
        _check(out, name)
    return log


def _check(out: Path, name: str) -> None:
    try:
        frames = probe(out).frames
    except (ValueError, OSError) as error:
        raise EngineError(f"{name} made no clip: {error}") from error
    if frames != FRAMES:
        raise EngineError(f"{name} made {frames} frames of {FRAMES}.")


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
