"""The film: all clips in order and the sound, with chapters, subtitles and a poster."""

from __future__ import annotations

import functools
import itertools
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from colab_worker.engines.base import Tick, UnitCall, UnitFile, UnitOutput
from colab_worker.film import join, stills
from colab_worker.film.beside import beside
from colab_worker.film.captions import subtitles
from colab_worker.film.captions.burned import film_cues, film_document, look_of
from colab_worker.film.captions.cues import Cue
from colab_worker.film.captions.looks import Frame, Look
from colab_worker.film.captions.soft import SoftTrack, soft_track
from colab_worker.film.probe import probe
from colab_worker.film.quality import frames_for, lead_frames
from colab_worker.film.script import script_markdown
from colab_worker.film.sheet import Cell

_FILES = {
    "film.mp4": "video/mp4",
    "captions.srt": "application/x-subrip",
    "captions.vtt": "text/vtt",
    "captions.ass": "text/x-ssa",
    "script.md": "text/markdown",
    "poster.jpg": "image/jpeg",
    "contact-sheet.webp": "image/webp",
}


def run(call: UnitCall, tick: Tick) -> UnitOutput:
    """Writes ``film.mp4``, ``captions.*``, ``script.md``, a poster, a sheet."""
    params, out = call.params, call.out_dir
    words = _words(call)
    scenes = _scenes(call, words)
    cues = _cues(call, words, scenes)
    with tempfile.TemporaryDirectory(dir=out, prefix="work-") as name:
        work = Path(name)
        soft = _soft(call, cues, work)
        pictures = functools.partial(_stills, call, scenes, work)
        then = "making the contact sheet"
        with beside(pictures, _within(tick, 0.96, 1), then):
            join.film(
                scenes,
                call.inputs["sound"],
                params["fps"],
                _metadata(params),
                out / "film.mp4",
                work,
                _within(tick, 0, 0.96),
                soft=soft,
            )
    _subtitles(call, cues)
    (out / "script.md").write_text(script_markdown(params), encoding="utf-8")
    found = probe(out / "film.mp4")
    frames = sum(scene.frames for scene in scenes)
    facts = {
        "duration_s": frames / params["fps"],
        "frames": frames,
        "width": found.width,
        "height": found.height,
        "fps": params["fps"],
        "bytes": found.bytes,
    }
    files = tuple(UnitFile(name, kind) for name, kind in _FILES.items())
    return UnitOutput(files, facts)


def _stills(
    call: UnitCall, scenes: list[join.SceneParts], work: Path, tick: Tick
) -> None:
    params, out = call.params, call.out_dir
    middle = scenes[0].frames / params["fps"] / 2
    stills.poster(scenes[0].clip, out / "poster.jpg", middle, work, tick)
    canvas = (params["width"], params["height"], params["fps"])
    titles = stills.Titles(params["title"], params["language"])
    sheet = out / "contact-sheet.webp"
    shots = list(_shots(params, scenes))
    stills.contact_sheet(shots, canvas, titles, sheet, work, tick)


def _shots(
    params: dict[str, Any], scenes: list[join.SceneParts]
) -> Iterator[stills.Shot]:
    frames = 0
    told = zip(scenes, params["narrations"], params["seeds"], strict=True)
    for number, (scene, narration, seed) in enumerate(told, start=1):
        minutes, seconds = divmod(frames // params["fps"], 60)
        mark = f"{number} · {minutes}:{seconds:02}"
        if scene.title:
            mark += f" · {scene.title}"
        cell = Cell(mark, f"seed {seed}", narration)
        yield stills.Shot(scene.clip, scene.faded_frames, cell)
        frames += scene.frames


def _within(tick: Tick, begin: float, end: float) -> Tick:
    return lambda part, note: tick(begin + part * (end - begin), note)


def _words(call: UnitCall) -> list[dict[str, Any]]:
    names = sorted(name for name in call.inputs if name.startswith("words/"))
    return [json.loads(call.inputs[n].read_text(encoding="utf-8")) for n in names]


def _scenes(call: UnitCall, words: list[dict[str, Any]]) -> list[join.SceneParts]:
    return [_scene(call, number, spoken) for number, spoken in enumerate(words, 1)]


def _scene(call: UnitCall, number: int, spoken: dict[str, Any]) -> join.SceneParts:
    params = call.params
    frames = frames_for(spoken["duration_s"], params["fps"])
    return join.SceneParts(
        clip=call.inputs[f"clips/{number:03}"],
        frames=frames,
        title=params["scene_titles"][number - 1],
        faded_frames=lead_frames(params["crossfade_frames"], frames)
        if number > 1
        else 0,
    )


def _metadata(params: dict[str, Any]) -> dict[str, str]:
    """What the file says of itself: never a path, an address or a name of a machine."""
    engines = ", ".join(f"{kind} {name}" for kind, name in params["engines"].items())
    draft = "draft; " if params["draft"] else ""
    told = {
        "title": params["title"],
        "comment": f"{draft}made with Moonreel; {engines}; seed {params['seed']}",
        "description": f"{_scenes_told(params)}; pictures "
        f"{params['image_style']}, voice {params['voice_id']}, {params['language']}"
        f"{_other_voices(params)}",
    }
    if day := params["date"]:  # at noon, so that it is that day in most places
        told |= {"date": day, "creation_time": f"{day}T12:00:00Z"}
    return told


def _scenes_told(params: dict[str, Any]) -> str:
    count = len(params["narrations"])
    return f"{count} scene{'' if count == 1 else 's'}"


def _other_voices(params: dict[str, Any]) -> str:
    voices = enumerate(params.get("voices", ()), start=1)
    return "".join(f"; scene {n} voice {voice}" for n, voice in voices if voice)


def _soft(call: UnitCall, cues: list[Cue], work: Path) -> SoftTrack | None:
    if not call.params["soft_captions"]:
        return None
    return soft_track(cues, call.params["language"], work)


def _begins(call: UnitCall, scenes: list[join.SceneParts]) -> list[float]:
    """When each scene begins, in seconds."""
    ends = itertools.accumulate(scene.frames for scene in scenes[:-1])
    return [frames / call.params["fps"] for frames in (0, *ends)]


def _cues(
    call: UnitCall, words: list[dict[str, Any]], scenes: list[join.SceneParts]
) -> list[Cue]:
    """The cues of the whole film, the same in every file."""
    timed = zip(words, _begins(call, scenes), strict=True)
    return film_cues(timed, call.params["language"], *_shown(call))


def _shown(call: UnitCall) -> tuple[Frame, Look]:
    """On what captions stand, and how they look."""
    params = call.params
    return Frame(params["width"], params["height"]), look_of(params["captions"])


def _subtitles(call: UnitCall, cues: list[Cue]) -> None:
    texts = {
        "captions.srt": subtitles.srt(cues),
        "captions.vtt": subtitles.vtt(cues),
        "captions.ass": film_document(cues, call.params["language"], *_shown(call)),
    }
    for name, text in texts.items():
        (call.out_dir / name).write_text(text, encoding="utf-8")
