"""Encodes one clip: raw frames in, captions drawn on, H.264 out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import ffmpeg

from colab_worker.engines.base import Tick
from colab_worker.film import resample
from colab_worker.film.ffmpeg import BITEXACT, BT709, INPUT, run
from colab_worker.film.memory import give_back, keep_little
from colab_worker.film.motion import Window
from colab_worker.film.quality import NVENC, Canvas
from colab_worker.film.resample import Lead, Planes
from colab_worker.film.turns import turn

#: Frames that x264 looks ahead at most; they are most of its memory, 6 MB each at 1080p.
#: With medium ten fewer than its own 40 cost 0.13 dB, and 20 fewer 0.34 dB.
LOOKAHEAD, SHORT_LOOKAHEAD = 30, 10
#: Presets that look less far ahead by themselves, and leave a processor time for what
#: draws the frames and for another clip.
_SHORT_SIGHTED = ("ultrafast", "superfast", "veryfast")
#: A clip is one still in steady motion: nothing is gained by looking for cuts in it, nor
#: by weighing after which frames a B-frame would not do. One more of these than x264's
#: presets have takes a third of the bytes off at veryfast for the same PSNR.
B_FRAMES = 4
_STEADY = {"scenecut": 0, "b-adapt": 0, "bframes": B_FRAMES}
#: Of x264, for one clip. Its output differs in a few bytes with their number, which is
#: not part of a clip's key all the same: such clips are as good, they join, and one that
#: was made on a machine of other processors need not be made again.
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
    keep_little()
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
    with _turn(canvas, tick):
        run(
            output,
            folder=folder,
            tick=tick,
            words="encoding the clip",
            length_s=frames / canvas.fps,
            ahead=_ahead(canvas),
            feed=feed,
        )


def _turn(canvas: Canvas, tick: Tick) -> AbstractContextManager[None]:
    """Two clips at once would hold twice the frames, and gain nothing: one fills the machine."""
    if canvas.encoder == NVENC or canvas.preset in _SHORT_SIGHTED:
        return nullcontext()
    return turn("encoding", tick, "waiting for another clip")


def _quality(canvas: Canvas) -> dict[str, Any]:
    """Size by quality: no bitrate is ever asked for."""
    if canvas.encoder == NVENC:
        kept = {"rc": "vbr", "cq": canvas.crf, "video_bitrate": 0, "tune": "hq"}
        return kept | {"forced-idr": 1}
    quick = canvas.preset in _SHORT_SIGHTED
    x264 = {"sync-lookahead": 0, "threads": _threads(quick), **_STEADY}
    if not quick:
        x264["rc-lookahead"] = LOOKAHEAD
    told = ":".join(f"{name}={value}" for name, value in x264.items())
    return {"crf": canvas.crf, "x264-params": told}


def _ahead(canvas: Canvas) -> int | None:
    """Frames on their way: looked ahead at, waiting for others, and some in reserve."""
    if canvas.encoder == NVENC:
        return None
    quick = canvas.preset in _SHORT_SIGHTED
    looked_at = SHORT_LOOKAHEAD if quick else LOOKAHEAD
    return looked_at + 4 + 4 * _threads(quick)


def _threads(quick: bool) -> int:
    """Each holds frames of its own; as many as x264 would take for a clip that is alone."""
    processors = os.cpu_count() or 1
    wanted = processors // 2 if quick else processors * 3 // 2
    return max(1, min(MAX_THREADS, wanted))
