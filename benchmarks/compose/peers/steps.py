"""The measurements one by one; each keeps what it found, so that they need not be one run."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.compose.peers.contenders import (
    Case,
    Made,
    ffmpeg,
    four_pass,
    moonreel,
    pan,
    raw,
)
from benchmarks.compose.peers.ending import runs_of
from benchmarks.compose.peers.environments import LOCAL, REQUIREMENTS, python_of
from benchmarks.compose.peers.fidelity import jitter_px, lossless_film, psnr_db
from benchmarks.compose.peers.material import material
from benchmarks.compose.peers.same_work import check
from benchmarks.machine import machine

SIZES = ((1920, 1080), (1080, 1920))
#: What a film costs that asks for nothing: quality standard, a zoom of five percent.
DEFAULT = {"zoom": 0.05, "preset": "veryfast", "crf": 20}
PAN: dict[str, Any] = {"move": "pan_right", "zoom": 0.2, "fps": 24}
#: Photographs of which a four-pass film is also made without loss, to compare with.
LOSSLESS_COUNT = 2


class Findings:
    """What was measured, by size and step, in a file."""

    def __init__(self, file: Path, *, adding: bool) -> None:
        self._file, self._adding = file, adding
        self.found: dict[str, Any] = {}
        if file.exists():
            self.found = json.loads(file.read_text(encoding="utf-8"))

    def keep(self, key: str, value: dict[str, Any]) -> None:
        """In place of what was found before; runs come to those before if ``adding``."""
        before = self.found.get(key, {}).get("found", {}) if self._adding else {}
        value = {
            name: before.get(name, []) + of if isinstance(of, list) else of
            for name, of in value.items()
        }
        self.found[key] = {"found": value, "machine": machine()}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(self.found, indent=1), encoding="utf-8")


def prepare(size: tuple[int, int]) -> None:
    """Everything that is not timed: environments, material, films without loss."""
    for way in REQUIREMENTS:
        python_of(way)
    given = material(*size)
    for name, changes in (("zoom", {}), ("default", DEFAULT)):
        case = Case(*size, **changes)
        film = lossless_film(moonreel, case, given, _fresh(case, f"lossless-{name}"))
        _frames(case, name).unlink(missing_ok=True)
        decode = ("-map", "0:v", "-f", "rawvideo", "-pix_fmt", "yuv420p")
        ffmpeg("-i", str(film), *decode, str(_frames(case, name)))


def zoom(size: tuple[int, int], findings: Findings, repeats: int) -> None:
    """Moonreel and x264 alone, in turn, at MoviePy's preset."""
    _against_raw(Case(*size), "zoom", findings, repeats)


def default(size: tuple[int, int], findings: Findings, repeats: int) -> None:
    """Moonreel and x264 alone, in turn, as a film is made by default."""
    _against_raw(Case(*size, **DEFAULT), "default", findings, repeats)


def panned(size: tuple[int, int], findings: Findings, repeats: int) -> None:
    """Moonreel and MoviePy's pan, in turn."""
    case, given = Case(*size, **PAN), material(*size)
    runs: dict[str, list[Any]] = {"moonreel": [], "pan": []}
    for _ in range(repeats):
        for name, way in (("moonreel", moonreel), ("pan", pan)):
            made = way(case, given, _fresh(case, name))
            check(case, given, made.film)
            runs[name].append(_told(made))
    findings.keep(f"{case.size}/pan", runs)


def ending(size: tuple[int, int], findings: Findings, repeats: int) -> None:
    """What is left to do when the last picture has been drawn."""
    case = Case(*size, **DEFAULT)
    findings.keep(f"{case.size}/ending", {"moonreel": runs_of(case, repeats)})


def four_passes(size: tuple[int, int], findings: Findings, count: int) -> None:
    """Moonreel and MoviePy's four passes, with the first ``count`` photographs."""
    case, given = Case(*size), material(*size, count=count)
    runs: dict[str, Any] = {"photographs": count}
    for name, way in (("moonreel", moonreel), ("four-pass", four_pass)):
        made = way(case, given, _fresh(case, name))
        check(case, given, made.film)
        runs[name] = [_told(made)]
    findings.keep(f"{case.size}/four-pass", runs)


def fidelity(size: tuple[int, int], findings: Findings) -> None:
    """What encodes leave of the pictures; not timed."""
    case = Case(*size)
    found: dict[str, Any] = {}
    few = material(*size, count=LOSSLESS_COUNT)
    for name, way in (("moonreel", moonreel), ("four-pass", four_pass)):
        film = way(case, few, _fresh(case, f"fidelity-{name}")).film
        exact = lossless_film(way, case, few, _fresh(case, f"exact-{name}"))
        found[f"psnr-{name}"] = psnr_db(film, exact)
    findings.keep(f"{case.size}/fidelity", found)


def jitter(size: tuple[int, int], findings: Findings) -> None:
    """How smooth every camera is, in small films; not timed."""
    case = Case(*size)
    findings.keep(f"{case.size}/jitter", _jitter(case))


def _jitter(case: Case) -> dict[str, tuple[float, float]]:
    given = material(640, 360, count=1)
    ways: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("moonreel zoom", moonreel, {}),
        ("moonreel pan", moonreel, PAN),
        ("four-pass zoom", four_pass, {}),
        ("MoviePy pan", pan, PAN),
    )
    return {
        name: jitter_px(way, given, _fresh(case, f"jitter-{name}"), **changes)
        for name, way, changes in ways
    }


def _against_raw(case: Case, name: str, findings: Findings, repeats: int) -> None:
    given = material(case.width, case.height)
    exact = _work(case, f"lossless-{name}") / "film" / "film.mp4"
    runs: dict[str, list[Any]] = {"moonreel": [], "raw": []}
    for _ in range(repeats):
        ours = moonreel(case, given, _fresh(case, "moonreel"))
        check(case, given, ours.film)
        alone = raw(case, _frames(case, name), _fresh(case, "raw"))
        runs["moonreel"].append(_told(ours))
        runs["raw"].append(_told(alone))
    quality = {"moonreel": psnr_db(ours.film, exact), "raw": psnr_db(alone.film, exact)}
    findings.keep(f"{case.size}/{name}", runs | {"psnr": quality})


def _told(made: Made) -> dict[str, Any]:
    told = asdict(made)
    del told["film"]
    return told | {"wall_s": made.total("wall_s"), "cpu_s": made.total("cpu_s")}


def _work(case: Case, name: str) -> Path:
    return LOCAL / "work" / case.size / name.replace(" ", "-")


def _fresh(case: Case, name: str) -> Path:
    folder = _work(case, name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _frames(case: Case, name: str) -> Path:
    return LOCAL / "work" / case.size / f"{name}.yuv"
