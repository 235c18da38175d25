"""Encodes one clip: raw frames in, captions drawn on, H.264 out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg

from colab_worker.engines.base import Tick
from colab_worker.film import resample
from colab_worker.film.ffmpeg import BITEXACT, BT709, INPUT, run
from colab_worker.film.memory import give_back
from colab_worker.film.motion import Window
from colab_worker.film.quality import NVENC, Canvas
from colab_worker.film.resample import Lead, Planes

#: Frames that x264 looks ahead at most. Its slower presets hold 40 and more, 160 MB at
#: 1080p, for nothing that can be seen in a still that moves.
LOOKAHEAD, SHORT_LOOKAHEAD = 20, 10
#: Presets that look less far ahead by themselves, and leave a processor time for what
#: draws the frames and for another clip: a thread more would only cost.
_SHORT_SIGHTED = ("ultrafast", "superfast", "veryfast")
#: Of x264, for one clip.
MAX_THREADS = 8
#: Clock ticks in a frame; every clip and the film count in these.
TICKS_IN_FRAME = 512


def clip(
    planes: Planes,
    canvas: Canvas,
    shown: Sequence[Window],
    frames: int,
    out: Path,
    folder: Path,
    tick: Tick,
    *,
    still: bool,
    captions: str | None,
    lead: Lead | None = None,
) -> None:
    """Writes ``frames`` frames to ``out``, one for each window of ``shown``.

    The first ones fade out of ``lead``. ``still`` draws only one frame after those and
    repeats it. ``captions`` is the name of an ASS file in ``folder``, beside a folder
    ``fonts``.
    """
    faded = len(lead.windows) if lead else 0
    stream = ffmpeg.input(
        "pipe:0",
        format="rawvideo",
        thread_queue_size=1,
        pixel_format="yuv420p",
        video_size=(canvas.width, canvas.height),
        framerate=canvas.fps,
        **INPUT,
    )
    stream = stream.filter(
        "setparams",
        color_primaries="bt709",
        color_trc="bt709",
        colorspace="bt709",
        range="tv",
    )
    if still:
        stream = stream.filter("tpad", stop_mode="clone", stop=frames - faded - 1)
        shown = shown[: faded + 1]
    if captions is not None:
        stream = stream.filter("ass", filename=captions, fontsdir="fonts")
    feed = resample.frames(planes, canvas.width, canvas.height, shown, lead)
    # Pictures are needed no longer than until their frames begin.
    del planes, lead
    give_back()
    rate = canvas.fps * TICKS_IN_FRAME
    output = stream.output(
        str(out),
        vcodec=canvas.encoder,
        preset=canvas.preset,
        **_quality(canvas),
        pix_fmt="yuv420p",
        frames=frames,
        fps_mode="cfr",
        # Where the fade is over, so that stills can be taken from there.
        force_key_frames=f"expr:eq(n,{faded})",
        video_track_timescale=rate,
        movie_timescale=rate,
        format="mp4",
        **BT709,
        **BITEXACT,
    )
    run(
        output,
        folder=folder,
        tick=tick,
        words="encoding the clip",
        length_s=frames / canvas.fps,
        ahead=_ahead(canvas),
        feed=feed,
    )


def _quality(canvas: Canvas) -> dict[str, Any]:
    """Size by quality: no bitrate is ever asked for."""
    if canvas.encoder == NVENC:
        return {"rc": "vbr", "cq": canvas.crf, "video_bitrate": 0, "tune": "hq"}
    quick = canvas.preset in _SHORT_SIGHTED
    x264 = {"sync-lookahead": 0, "threads": _threads(quick)}
    if not quick:
        x264["rc-lookahead"] = LOOKAHEAD
    told = ":".join(f"{name}={value}" for name, value in x264.items())
    return {"crf": canvas.crf, "x264-params": told}


def _ahead(canvas: Canvas) -> int | None:
    """Frames on their way: looked ahead at, waiting for others, and some in reserve."""
    if canvas.encoder == NVENC:
        return None
    quick = canvas.preset in _SHORT_SIGHTED
    return (SHORT_LOOKAHEAD if quick else LOOKAHEAD) + 6 + 4 * _threads(quick)


def _threads(quick: bool) -> int:
    """Each holds frames of its own, and other clips are encoded beside this one."""
    processors = os.cpu_count() or 1
    return max(1, min(MAX_THREADS, processors // 2 if quick else processors))
