"""Joins clips and sound into the film: both are copied, nothing is encoded again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ffmpeg

from colab_worker.engines.base import EngineError, Tick
from colab_worker.film.captions.soft import SoftTrack
from colab_worker.film.encode import TICKS_IN_FRAME
from colab_worker.film.ffmpeg import BITEXACT, INPUT, list_entry, run
from colab_worker.film.loudness import SAMPLE_RATE
from colab_worker.film.probe import Probe, probe


@dataclass(frozen=True)
class SceneParts:
    """One scene as it goes into the film; ``title`` None is called by its number."""

    clip: Path
    frames: int
    title: str | None
    #: At the beginning of the clip: those that still show the scene before.
    faded_frames: int = 0


def film(
    scenes: Sequence[SceneParts],
    sound: Path,
    fps: int,
    metadata: dict[str, str],
    out: Path,
    folder: Path,
    tick: Tick,
    *,
    soft: SoftTrack | None = None,
) -> None:
    """Writes ``out``; EngineError if clips do not fit together or ffmpeg fails."""
    _check_clips(scenes)
    ends = list(itertools.accumulate(scene.frames for scene in scenes))
    _write_list(scenes, folder / "clips.ffconcat")
    chapters = _ffmetadata(scenes, ends, fps, metadata)
    (folder / "film.ffmeta").write_text(chapters, encoding="utf-8")
    streams = [
        ffmpeg.input("clips.ffconcat", format="concat", safe=0, **INPUT).video,
        ffmpeg.input(str(sound), format="mp4", **INPUT).audio,
    ]
    if soft is not None:
        streams.append(ffmpeg.input(str(soft.path), format="srt", **INPUT)["s"])
    output = ffmpeg.output(
        *streams,
        str(out),
        vcodec="copy",
        acodec="copy",
        # Whole numbers of ticks for a frame as well as for a sample.
        video_track_timescale=fps * TICKS_IN_FRAME,
        movie_timescale=SAMPLE_RATE,
        movflags="+faststart",
        format="mp4",
        **_soft_options(soft),
        **{**BITEXACT, "map_metadata": len(streams), "map_chapters": len(streams)},
    )
    # A file without streams cannot be mapped, so that it is named as an option.
    about = ("-f", "ffmetadata", "-i", "film.ffmeta")
    run(
        output.global_args(*about),
        folder=folder,
        tick=tick,
        words="joining the film",
        length_s=ends[-1] / fps,
    )


def _soft_options(soft: SoftTrack | None) -> dict[str, str]:
    if soft is None:
        return {}
    return {"scodec": "mov_text", "metadata:s:s:0": f"language={soft.language}"}


def _check_clips(scenes: Sequence[SceneParts]) -> None:
    """Copied pictures need one decoder for all, and the frames that were planned."""
    first: Probe | None = None
    for number, scene in enumerate(scenes, start=1):
        found = probe(scene.clip)
        first = first or found
        if found.decoder != first.decoder:
            raise EngineError(
                f"The clip of scene {number} is encoded differently from that of "
                "scene 1, so they cannot be joined; make the film's clips anew."
            )
        if found.frames != scene.frames:
            raise EngineError(
                f"The clip of scene {number} has {found.frames} frames, its "
                f"narration asks for {scene.frames}; make that clip anew."
            )


def _write_list(scenes: Sequence[SceneParts], path: Path) -> None:
    lines = ["ffconcat version 1.0", *(list_entry(scene.clip) for scene in scenes)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _ffmetadata(
    scenes: Sequence[SceneParts],
    ends: Sequence[int],
    fps: int,
    metadata: dict[str, str],
) -> str:
    lines = [";FFMETADATA1"]
    lines += [f"{name}={_meta(value)}" for name, value in metadata.items()]
    for number, (scene, (begin, end)) in enumerate(
        zip(scenes, itertools.pairwise((0, *ends)), strict=True), start=1
    ):
        title = _meta(scene.title or f"Scene {number}")
        lines += [
            "[CHAPTER]",
            f"TIMEBASE=1/{fps}",
            f"START={begin}",
            f"END={end}",
            f"title={title}",
        ]
    return "\n".join(lines) + "\n"


def _meta(value: str) -> str:
    flat = " ".join(value.split())
    return re.sub(r"([=;#\\])", r"\\\1", flat)
