"""Making one film in one way, in a process of its own, and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.compose.peers.environments import python_of
from benchmarks.compose.peers.material import SECONDS, Material
from benchmarks.compose.peers.memory import run_watched
from colab_worker.engines.registry import BUILT_IN, Registry
from colab_worker.film.ffmpeg import executable
from colab_worker.planner import Input, Unit, plan
from shared_protocol.specs import FilmSpec, SceneSpec

_HARNESS = Path(__file__).parent / "harness"
#: What Moonreel's films say of their colours; untagged ones are decoded differently.
_TAGGED = (
    "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709:"
    "chroma_location=left"
)
FOUR_PASSES = ("grow", "fit", "join", "captions")


@dataclass(frozen=True)
class Case:
    """A size, a rate, a movement of the camera, and x264's settings."""

    width: int
    height: int
    fps: int = 30
    move: str = "zoom_in"
    #: Share by which the picture is larger at the end (zoom) or throughout (pan).
    zoom: float = 0.15
    preset: str = "medium"
    crf: int = 23

    @property
    def size(self) -> str:
        """As ``1920x1080``."""
        return f"{self.width}x{self.height}"


@dataclass
class Made:
    """A film and its cost; ``passes`` by name, in seconds."""

    film: Path
    passes: dict[str, dict[str, float]]
    import_s: float
    peak_mb: float
    bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.bytes = self.film.stat().st_size if self.film.exists() else 0

    def total(self, what: str) -> float:
        """``wall_s`` or ``cpu_s`` of all passes."""
        return sum(took[what] for took in self.passes.values())


def moonreel(case: Case, given: Material, work: Path) -> Made:
    """Clips in two lanes, then the film, as a worker makes them."""
    job = moonreel_job(case, given, work)
    out = work / "film" / "film.mp4"
    return _run([sys.executable, str(_HARNESS / "moonreel.py")], job, work, out)


def four_pass(case: Case, given: Material, work: Path) -> Made:
    """MoviePy 2.1.2, four encodes."""
    job = _peer_job(case, given, work) | {"passes": FOUR_PASSES}
    command = [str(python_of("four-pass")), str(_HARNESS / "four_pass.py")]
    return _run(command, job, work, Path(job["out"]))


def pan(case: Case, given: Material, work: Path) -> Made:
    """MoviePy 2.1.1, one encode."""
    command = [str(python_of("pan")), str(_HARNESS / "pan.py")]
    job = _peer_job(case, given, work)
    return _run(command, job, work, Path(job["out"]))


def raw(case: Case, frames: Path, work: Path) -> Made:
    """x264 alone: frames that lie in a file, without sound."""
    out = work / "raw.mp4"
    size = ("-video_size", case.size, "-framerate", str(case.fps))
    arguments = [
        "-v",
        "error",
        "-nostdin",
        "-y",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "yuv420p",
    ]
    arguments += [*size, "-i", str(frames), "-vf", _TAGGED]
    arguments += ["-c:v", "libx264", "-preset", case.preset, "-crf", str(case.crf)]
    arguments += ["-pix_fmt", "yuv420p", str(out)]
    watched = run_watched([executable(), *arguments], _environment())
    took = {"wall_s": watched.wall_s, "cpu_s": watched.cpu_s}
    return Made(out, {"film": took}, 0.0, watched.peak_mb)


def ffmpeg(*arguments: str, level: str = "error") -> str:
    """Runs the one ffmpeg of all ways; what it said."""
    command = [executable(), "-hide_banner", "-nostdin", "-y", "-v", level, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stderr


def moonreel_job(case: Case, given: Material, work: Path) -> dict[str, Any]:
    """The units of the film as a worker would plan them, at the case's settings."""
    units = plan(_spec(case, given), Registry(BUILT_IN)).units
    done = ("image", "voice")
    told = [_unit(u, case, given, work) for u in units if u.kind not in done]
    lanes = sorted(told[:-1], key=lambda each: each["kind"] == "clip")
    return {"parts": lanes, "film": told[-1]}


def _spec(case: Case, given: Material) -> FilmSpec:
    told = [
        json.loads(path.read_text(encoding="utf-8"))["text"] for path in given.words
    ]
    aspect = {True: "16:9", False: "9:16"}[case.width > case.height]
    return FilmSpec(
        title="Six photographs",
        scenes=tuple(SceneSpec(narration=text, image_prompt=text) for text in told),
        auto_captions=True,
        aspect=aspect,
        motion=case.move,
    )


def _unit(unit: Unit, case: Case, given: Material, work: Path) -> dict[str, Any]:
    changes = {"width": case.width, "height": case.height, "fps": case.fps}
    if unit.kind == "clip":
        changes |= {"preset": case.preset, "crf": case.crf}
        changes |= {"zoom_intensity": 100 * case.zoom}
    inputs = {item.name: str(_file(item, given, work)) for item in unit.inputs}
    return {
        "kind": unit.kind,
        "params": unit.params | changes,
        "inputs": inputs,
        "out": str(work / (unit.id.replace("/", "-"))),
    }


def _file(item: Input, given: Material, work: Path) -> Path:
    """What an earlier unit makes, or has made: pictures and voices are given."""
    place, _, kind = item.unit_id.partition("/")
    if kind not in ("image", "voice"):
        return work / item.unit_id.replace("/", "-") / item.file
    files = {"picture.png": given.pictures, "voice.wav": given.voices}
    number = int(place.removeprefix("scene-")) - 1
    return files.get(item.file, given.words)[number]


def _peer_job(case: Case, given: Material, work: Path) -> dict[str, Any]:
    return {
        "pictures": [str(path) for path in given.pictures],
        "sounds": [str(path) for path in given.voices],
        "sound": str(given.sound),
        "cues": given.cues,
        "font": str(given.font),
        "seconds": SECONDS,
        "width": case.width,
        "height": case.height,
        "fps": case.fps,
        "zoom": case.zoom,
        "preset": case.preset,
        "crf": case.crf,
        "work": str(work),
        "out": str(work / "film.mp4"),
    }


def _run(command: list[str], job: dict[str, Any], work: Path, out: Path) -> Made:
    work.mkdir(parents=True, exist_ok=True)
    file, answer = work / "job.json", work / "told.json"
    file.write_text(json.dumps(job | {"told": str(answer)}), encoding="utf-8")
    watched = run_watched([*command, str(file)], _environment())
    told = json.loads(answer.read_text(encoding="utf-8"))
    return Made(out, told["passes"], told["import_s"], watched.peak_mb)


def _environment() -> dict[str, str]:
    """The same ffmpeg for everybody."""
    root = str(_HARNESS.parents[3])
    return {**os.environ, "IMAGEIO_FFMPEG_EXE": executable(), "PYTHONPATH": root}
