"""A scene's clip: its picture in motion, as long as its narration, with captions."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from colab_worker.engines.base import Tick, UnitCall, UnitFile, UnitOutput
from colab_worker.film import encode, fonts
from colab_worker.film.ass import Frame
from colab_worker.film.captions import clip_captions
from colab_worker.film.motion import windows
from colab_worker.film.picture import prepared
from colab_worker.film.quality import Canvas, frames_for


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
    facts: dict[str, Any] = {"frames": frames, "duration_s": length_s}
    if missing:
        facts["warnings"] = [
            f"Captions leave out what no font here can draw: {missing[:40]}"
        ]
    return UnitOutput((UnitFile("clip.mp4", "video/mp4"),), facts)


def _captions(
    call: UnitCall, words: dict[str, Any], length_s: float, work: Path
) -> tuple[str | None, str]:
    """Writes the clip's ASS file beside its fonts; its name, and missing characters."""
    if call.params["captions"] is None:
        return None, ""
    frame = Frame(call.params["width"], call.params["height"])
    text, missing = clip_captions(call.params["captions"], words, frame, length_s)
    (work / "captions.ass").write_text(text, encoding="utf-8")
    fonts.place_fonts(work / "fonts")
    return "captions.ass", missing
