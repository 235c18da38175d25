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
from colab_worker.film.motion import windows
from colab_worker.film.picture import prepared
from colab_worker.film.quality import Canvas, frames_for

#: So many characters that could not be drawn are told.
MAX_IGNORED = 200


def run(call: UnitCall, tick: Tick) -> UnitOutput:
    """Writes ``clip.mp4``: ``ceil(duration x fps)`` frames of video, no sound."""
    params = call.params
    canvas = Canvas(
        *(params[name] for name in ("width", "height", "fps", "preset", "crf"))
    )
    words = json.loads(call.inputs["words"].read_text(encoding="utf-8"))
    frames = frames_for(words["duration_s"], canvas.fps)
    tick(0.0, "opening the picture")
    zoom = params["zoom_intensity"] if params["zoom_effect"] else 0.0
    planes = prepared(
        call.inputs["picture"],
        canvas.width,
        canvas.height,
        params["color_filter"],
        zoom,
    )
    length_s = frames / canvas.fps
    with tempfile.TemporaryDirectory(dir=call.out_dir, prefix="work-") as name:
        work = Path(name)
        captions, missing = _captions(call, words, length_s, work)
        shown = windows(params["move"], zoom, frames)
        encode.clip(
            planes,
            canvas,
            shown,
            frames,
            call.out_dir / "clip.mp4",
            work,
            tick,
            still=zoom == 0,
            captions=captions,
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
