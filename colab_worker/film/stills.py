"""Still pictures of a film: its poster, and a sheet with a frame of every scene."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ffmpeg

from colab_worker.engines.base import Tick
from colab_worker.film.ffmpeg import INPUT, list_entry, run
from colab_worker.film.sheet import (
    GAP_PX,
    HEAD_PX,
    LABEL_PX,
    PAPER,
    Cell,
    Grid,
    write_words,
)

#: Width of one scene on the contact sheet in pixels; upright films have narrower ones.
CELL_PX, UPRIGHT_CELL_PX = 320, 216


class Shot(NamedTuple):
    """A clip, the frames at its beginning that still show the scene before, its words."""

    clip: Path
    faded_frames: int
    cell: Cell


class Titles(NamedTuple):
    """What stands above a contact sheet, and the language of its words."""

    title: str
    language: str


def poster(clip: Path, out: Path, at_s: float, folder: Path, tick: Tick) -> None:
    """The frame of ``clip`` at ``at_s`` as a JPEG."""
    stream = ffmpeg.input(str(clip), ss=at_s, **INPUT)
    output = _picture(stream, out, "mjpeg", q=3)
    run(output, folder=folder, tick=tick, words="taking the poster", length_s=1.0)


def contact_sheet(
    shots: Sequence[Shot],
    canvas: tuple[int, int, int],
    titles: Titles,
    out: Path,
    folder: Path,
    tick: Tick,
) -> None:
    """The first frame of every clip that is its own, with its words, as WebP.

    ``canvas`` is width, height and frames a second of the film.
    """
    width, height, fps = canvas
    _write_list(shots, fps, folder / "sheet.ffconcat")
    grid = _grid(len(shots), width, height)
    cells = [shot.cell for shot in shots]
    write_words(grid, titles.title, cells, titles.language, folder / "sheet.ass")
    # Every shot is a key frame; behind it, in order of decoding, come some that are due
    # later and needed for others.
    stream = ffmpeg.input(
        "sheet.ffconcat", format="concat", safe=0, skip_frame="nokey", **INPUT
    )
    stream = stream.filter("scale", grid.width, grid.height, flags="area")
    below = grid.height + LABEL_PX
    stream = stream.filter("pad", grid.width, below, 0, 0, color=PAPER)
    gaps = {"padding": GAP_PX, "margin": GAP_PX, "color": PAPER}
    stream = stream.filter("tile", f"{grid.columns}x{grid.rows}", **gaps)
    across, down = grid.size
    stream = stream.filter("pad", across, down, 0, HEAD_PX, color=PAPER)
    stream = stream.filter("ass", filename="sheet.ass", fontsdir="fonts")
    output = _picture(stream, out, "webp", vcodec="libwebp", quality=75)
    words = "making the contact sheet"
    run(output, folder=folder, tick=tick, words=words, length_s=1.0)


def _write_list(shots: Sequence[Shot], fps: int, path: Path) -> None:
    lines = ["ffconcat version 1.0"]
    for shot in shots:
        begin, end = shot.faded_frames / fps, (shot.faded_frames + 0.5) / fps
        lines += [list_entry(shot.clip), f"inpoint {begin:.6f}", f"outpoint {end:.6f}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _grid(count: int, width: int, height: int) -> Grid:
    """About as wide as high, whatever the shape of the film."""
    across = CELL_PX if width >= height else UPRIGHT_CELL_PX
    down = 2 * round(across * height / width / 2)
    columns = math.ceil(math.sqrt(count * (down + LABEL_PX) / across))
    return Grid(columns, math.ceil(count / columns), across, down)


def _picture(stream: Any, out: Path, layout: str, **options: Any) -> Any:
    """``layout`` is ffmpeg's name of the format."""
    return stream.output(
        str(out), vframes=1, format=layout, fflags="+bitexact", **options
    )
