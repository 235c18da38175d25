"""What an aspect and a quality mean in pixels, and how long and how a scene moves.

| quality  | short side | fps | x264 preset | CRF | meant for                    |
|----------|-----------:|----:|-------------|----:|------------------------------|
| draft    |        480 |  24 | ultrafast   |  27 | looking at timing and cuts   |
| fast     |        720 |  30 | veryfast    |  23 | sharing a first version      |
| standard |       1080 |  30 | veryfast    |  20 | publishing                   |
| high     |       1080 |  30 | slow        |  17 | keeping, or editing further  |

``resolution`` and ``fps`` replace the short side and the frames a second. Where the
worker's trial finds x264 very slow or very quick, ``fast`` and ``standard`` take another
preset than veryfast; where NVENC encodes, it does, with the CRF as its constant quality.
What x264 is told beside its preset stands in ``encode``.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace

#: A length may exceed a whole number of frames by this much of a frame unnoticed.
FRAME_SLACK = 1e-6

X264, NVENC = "libx264", "h264_nvenc"
#: NVENC's presets for those of x264.
NVENC_PRESETS = {"ultrafast": "p1", "veryfast": "p4", "slow": "p7"}

#: What scenes take turns in; all zoom by the full intensity.
MOVES = ("zoom_in", "zoom_out", "zoom_left", "zoom_right", "zoom_up", "zoom_down")
#: How long one scene fades into the next, in seconds.
CROSSFADE_S = 0.5

_QUALITIES = {
    "draft": (480, 24, "ultrafast", 27),
    "fast": (720, 30, "veryfast", 23),
    "standard": (1080, 30, "veryfast", 20),
    "high": (1080, 30, "slow", 17),
}
_ASPECTS = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


@dataclass(frozen=True)
class Canvas:
    """The size of a film in pixels and how it is encoded."""

    width: int
    height: int
    fps: int
    preset: str
    crf: int
    encoder: str = X264


@dataclass(frozen=True)
class Encoder:
    """What a machine encodes with; ``veryfast`` is what stands in for that preset."""

    name: str = X264
    veryfast: str = "veryfast"

    def __str__(self) -> str:
        return self.name if self.name == NVENC else f"{self.name} {self.veryfast}"

    def encodes(self, frame: Canvas) -> Canvas:
        """The canvas with this encoder's own words."""
        preset = frame.preset
        if self.name == NVENC:
            preset = NVENC_PRESETS[preset]
        elif preset == "veryfast":
            preset = self.veryfast
        return replace(frame, preset=preset, encoder=self.name)


def canvas(
    aspect: str, quality: str, resolution: str | None = None, fps: int | None = None
) -> Canvas:
    """The canvas of words of the vocabulary; KeyError otherwise."""
    short, usual_fps, preset, crf = _QUALITIES[quality]
    if resolution is not None:
        short = int(resolution.removesuffix("p"))
    across, down = _ASPECTS[aspect]
    width, height = (_even(short * side / min(across, down)) for side in (across, down))
    return Canvas(width, height, fps or usual_fps, preset, crf)


def frames_for(duration_s: float, fps: int) -> int:
    """Frames that show ``duration_s`` whole: rounded up, at least one."""
    return max(1, math.ceil(duration_s * fps - FRAME_SLACK))


def crossfade_frames(transition: str, fps: int) -> int:
    """Frames in which a scene fades out of the one before; none for a cut."""
    return round(CROSSFADE_S * fps) if transition == "crossfade" else 0


def lead_frames(crossfade: int, frames: int) -> int:
    """Of a scene of ``frames`` frames, those that fade: never more than half."""
    return min(crossfade, frames // 2)


def move_for(scene_index: int, seed: int, motion: str = "auto") -> str:
    """How scene ``scene_index`` (from 0) moves; left to us, neighbours always differ."""
    if motion != "auto":
        return motion
    return _shuffled(seed)[scene_index % len(MOVES)]


def _shuffled(seed: int) -> list[str]:
    def order(move: str) -> bytes:
        return hashlib.sha256(f"{seed}/{move}".encode()).digest()

    return sorted(MOVES, key=order)


def _even(length: float) -> int:
    return 2 * round(length / 2)
