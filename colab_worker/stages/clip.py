"""A scene's clip: its picture in motion, as long as its narration, with captions."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from colab_worker.engines.base import Tick, UnitCall, UnitFile, UnitOutput
from colab_worker.film import encode
from colab_worker.film.captions.burned import write_clip_captions
from colab_worker.film.captions.looks import Frame
from colab_worker.film.motion import Window, windows
from colab_worker.film.picture import prepared
from colab_worker.film.quality import Canvas, frames_for, lead_frames
from colab_worker.film.resample import Lead, Planes

#: So many characters that could not be drawn are told.
MAX_IGNORED = 200


def run(call: UnitCall, tick: Tick) -> UnitOutput:
    """Writes ``clip.mp4``: ``ceil(duration x fps)`` frames of video, no sound."""
    params = call.params
    canvas = Canvas(
        *(
            params[name]
            for name in ("width", "height", "fps", "preset", "crf", "encoder")
        )
    )
    words = _words(call, "words")
    frames = frames_for(words["duration_s"], canvas.fps)
    tick(0.0, "opening the picture")
    zoom = _zoom_percent(params)
    length_s = frames / canvas.fps
    with tempfile.TemporaryDirectory(dir=call.out_dir, prefix="work-") as name:
        work = Path(name)
        captions, missing = _captions(call, words, length_s, work)
        shown = _windows(params, params["move"], frames)[:frames]
        encode.clip(
            _planes(call, "picture", canvas),
            canvas,
            shown,
            frames,
            call.out_dir / "clip.mp4",
            work,
            tick,
            still=zoom == 0,
            captions=captions,
            lead=_lead(call, canvas, lead_frames(params["crossfade_frames"], frames)),
        )
    facts: dict[str, Any] = {
        "frames": frames,
        "duration_s": length_s,
        "ignored_text": missing[:MAX_IGNORED],
    }
    if missing:
        facts["warnings"] = [
            f"Captions leave out what no font here can draw: {''.join(missing[:40])}"
        ]
    return UnitOutput((UnitFile("clip.mp4", "video/mp4"),), facts)


def _lead(call: UnitCall, canvas: Canvas, count: int) -> Lead | None:
    """The last of the scene before, if this one fades out of it."""
    before = call.params["before"]
    if before is None or not count:
        return None
    words = _words(call, "before/words")
    frames = frames_for(words["duration_s"], canvas.fps)
    shown = _windows(call.params, before["move"], frames)[frames : frames + count]
    return Lead(_planes(call, "before/picture", canvas), shown)


def _windows(params: dict[str, Any], move: str, frames: int) -> list[Window]:
    """Those of a scene, and of its way on while the next one fades in."""
    zoom = _zoom_percent(params)
    return list(windows(move, zoom, frames + params["crossfade_frames"]))


def _planes(call: UnitCall, name: str, canvas: Canvas) -> Planes:
    params = call.params
    return prepared(
        call.inputs[name],
        canvas.width,
        canvas.height,
        params["color_filter"],
        _zoom_percent(params),
    )


def _zoom_percent(params: dict[str, Any]) -> float:
    return float(params["zoom_intensity"]) if params["zoom_effect"] else 0.0


def _words(call: UnitCall, name: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads(call.inputs[name].read_text(encoding="utf-8"))
    return words


def _captions(
    call: UnitCall, words: dict[str, Any], length_s: float, work: Path
) -> tuple[str | None, list[str]]:
    """The clip's ASS file in ``work``, if any, and what no font can draw."""
    params = call.params
    if params["captions"] is None:
        return None, []
    frame = Frame(params["width"], params["height"])
    return write_clip_captions(
        params["captions"], words, params["language"], frame, length_s, work
    )
