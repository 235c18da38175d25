"""The same clip made in several ways, and what each of them costs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from colab_worker.engines.base import UnitCall
from colab_worker.film import resample
from colab_worker.film.captions.burned import write_clip_captions
from colab_worker.film.captions.looks import Frame
from colab_worker.film.ffmpeg import executable
from colab_worker.film.motion import windows
from colab_worker.film.picture import prepared
from colab_worker.film.quality import frames_for
from colab_worker.stages import clip

ZOOM_PERCENT = 5.0
TEXT = "The ferryman waited until the fog had lifted, and then he rowed on."
CAPTIONS = {
    "mode": "auto",
    "text": None,
    "style": "simple",
    "position": "bottom",
    "animation": "none",
}
#: How many times the frame zoompan's picture is: below four it visibly jumps.
UPSCALE = 4


@dataclass(frozen=True)
class Case:
    """A size in pixels, frames a second, and x264's settings."""

    width: int
    height: int
    fps: int
    preset: str
    crf: int


@dataclass
class Cost:
    """What several clips took together."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    bytes: int = 0

    @contextmanager
    def counted(self, made: Path) -> Iterator[None]:
        """Adds the time of this process and of those it waits for, and the file."""
        before, begun = os.times(), time.perf_counter()
        yield
        after = os.times()
        self.wall_s += time.perf_counter() - begun
        self.cpu_s += sum(after[:4]) - sum(before[:4])
        self.bytes += made.stat().st_size


def moonreel(
    case: Case, picture: Path, seconds: float, folder: Path, cost: Cost
) -> Path:
    """The clip stage, from the PNG to the file."""
    out = Path(tempfile.mkdtemp(dir=folder))
    with cost.counted(out / "clip.mp4"):
        clip.run(_call(case, picture, seconds, folder, out), lambda part, note: None)
    return out / "clip.mp4"


def raw_encode(
    case: Case, picture: Path, seconds: float, folder: Path, cost: Cost
) -> None:
    """x264 alone: the same frames without captions, read from a file."""
    frames, made = folder / "frames.yuv", folder / "raw.mp4"
    planes = prepared(picture, case.width, case.height, "none", ZOOM_PERCENT)
    count = frames_for(seconds, case.fps)
    shown = list(windows("zoom_in", ZOOM_PERCENT, count))
    with frames.open("wb") as file:
        for frame in resample.frames(planes, case.width, case.height, shown):
            file.write(frame)
    size = ("-video_size", f"{case.width}x{case.height}", "-framerate", str(case.fps))
    with cost.counted(made):
        _ffmpeg("-f", "rawvideo", "-pix_fmt", "yuv420p", *size, "-i", str(frames),
                *_x264(case), str(made))  # fmt: skip
    frames.unlink()


def zoompan(
    case: Case, picture: Path, seconds: float, folder: Path, cost: Cost
) -> None:
    """One ffmpeg graph: zoompan on a fourfold picture, captions by the same file."""
    count = frames_for(seconds, case.fps)
    made, work = folder / "zoompan.mp4", Path(tempfile.mkdtemp(dir=folder))
    frame = Frame(case.width, case.height)
    length_s = count / case.fps
    write_clip_captions(CAPTIONS, _words(seconds), "en", frame, length_s, work)
    large = f"{case.width * UPSCALE}:{case.height * UPSCALE}"
    graph = (
        f"scale={large}:force_original_aspect_ratio=increase,crop={large},"
        f"format=yuv420p,zoompan=z='1+{ZOOM_PERCENT / 100}*on/{max(count - 1, 1)}':"
        f"x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':d={count}:"
        f"s={case.width}x{case.height}:fps={case.fps},"
        "ass=captions.ass:fontsdir=fonts"
    )
    with cost.counted(made):
        _ffmpeg("-i", str(picture), "-vf", graph, *_x264(case), str(made), folder=work)


def psnr_db(
    case: Case, made: Path, picture: Path, seconds: float, folder: Path
) -> float:
    """Distance of the clip from a lossless one of the same frames, over all planes."""
    exact = Case(case.width, case.height, case.fps, "ultrafast", 0)
    lossless = moonreel(exact, picture, seconds, folder, Cost())
    said = _ffmpeg("-i", str(made), "-i", str(lossless), "-lavfi", "psnr",
                   "-f", "null", "-", level="info")  # fmt: skip
    lossless.unlink()
    return float(re.findall(r"average:([\d.]+)", said)[-1])


def _call(
    case: Case, picture: Path, seconds: float, folder: Path, out: Path
) -> UnitCall:
    words = folder / "words.json"
    words.write_text(json.dumps(_words(seconds)), encoding="utf-8")
    params = {
        "width": case.width,
        "height": case.height,
        "fps": case.fps,
        "preset": case.preset,
        "crf": case.crf,
        "encoder": "libx264",
        "zoom_effect": True,
        "zoom_intensity": ZOOM_PERCENT,
        "move": "zoom_in",
        "crossfade_frames": 0,
        "before": None,
        "color_filter": "none",
        "captions": CAPTIONS,
        "language": "en",
    }
    return UnitCall("clip", "ffmpeg", params, {"picture": picture, "words": words}, out)


def _words(seconds: float) -> dict[str, object]:
    tokens = TEXT.split()
    step = seconds / len(tokens)
    timed = [[token, step * n, step * (n + 0.9)] for n, token in enumerate(tokens)]
    return {"text": TEXT, "duration_s": seconds, "words": timed, "sentences": [0]}


def _x264(case: Case) -> tuple[str, ...]:
    settings = ("-preset", case.preset, "-crf", str(case.crf), "-pix_fmt", "yuv420p")
    return ("-c:v", "libx264", *settings)


def _ffmpeg(*arguments: str, folder: Path | None = None, level: str = "error") -> str:
    command = [executable(), "-hide_banner", "-nostdin", "-y", "-v", level]
    done = subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stderr
