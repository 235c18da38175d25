"""Still pictures of a film: its poster, and a sheet with a frame of every scene."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ffmpeg

from colab_worker.engines.base import Tick
from colab_worker.film.ffmpeg import INPUT, list_entry, run

#: Width of one scene on the contact sheet, and the gap around it, in pixels.
CELL_PX, GAP_PX = 320, 6


class Shot(NamedTuple):
    """A clip, and the frames at its beginning that still show the scene before."""

    clip: Path
    faded_frames: int


def poster(clip: Path, out: Path, at_s: float, folder: Path, tick: Tick) -> None:
    """The frame of ``clip`` at ``at_s`` as a JPEG."""
    stream = ffmpeg.input(str(clip), ss=at_s, **INPUT)
    output = _picture(stream, out, "mjpeg", q=3)
    run(output, folder=folder, tick=tick, words="taking the poster", length_s=1.0)


def contact_sheet(
    shots: Sequence[Shot], fps: int, out: Path, folder: Path, tick: Tick
) -> None:
    """The first frame of every clip that is its own, in reading order, as WebP."""
    lines = ["ffconcat version 1.0"]
    for clip, faded in shots:
        begin, end = faded / fps, (faded + 0.5) / fps
        lines += [list_entry(clip), f"inpoint {begin:.6f}", f"outpoint {end:.6f}"]
    (folder / "sheet.ffconcat").write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = math.ceil(math.sqrt(len(shots)))
    rows = math.ceil(len(shots) / columns)
    stream = ffmpeg.input("sheet.ffconcat", format="concat", safe=0, **INPUT)
    stream = stream.filter("scale", CELL_PX, -2, flags="area")
    stream = stream.filter("tile", f"{columns}x{rows}", padding=GAP_PX, margin=GAP_PX)
    output = _picture(stream, out, "webp", vcodec="libwebp", quality=75)
    words = "making the contact sheet"
    run(output, folder=folder, tick=tick, words=words, length_s=1.0)


def _picture(stream: Any, out: Path, layout: str, **options: Any) -> Any:
    """``layout`` is ffmpeg's name of the format."""
    return stream.output(
        str(out), vframes=1, format=layout, fflags="+bitexact", **options
    )
