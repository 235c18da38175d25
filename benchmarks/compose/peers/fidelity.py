"""How much of a film its encodes leave, and how smoothly its camera moves."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.compose.peers.contenders import Case, Made, ffmpeg
from benchmarks.compose.peers.material import SECONDS, Material
from colab_worker.film.ffmpeg import executable

Way = Callable[[Case, Material, Path], Made]
_DOT = Case(640, 360, zoom=0.15, preset="ultrafast", crf=4)
#: Where the dot is in shares of the picture, and its radius in pixels.
_PLACE, _RADIUS_PX = (0.3, 0.3), 4.0


def psnr_db(made: Path, lossless: Path) -> float:
    """Distance of a film from the lossless one of the same frames, over all planes."""
    same = (
        "settb=AVTB,setpts=N,setparams=range=tv:color_primaries=bt709:"
        "color_trc=bt709:colorspace=bt709"
    )  # else a film without tags would be converted before it is compared
    graph = f"[0:v]{same}[a];[1:v]{same}[b];[a][b]psnr"
    said = ffmpeg(
        *("-i", str(made), "-i", str(lossless), "-lavfi", graph, "-f", "null", "-"),
        level="info",
    )
    return float(re.findall(r"average:([\d.]+|inf)", said)[-1])


def lossless_film(way: Way, case: Case, given: Material, work: Path) -> Path:
    """The film of a way with every encode of it exact."""
    return way(replace(case, preset="ultrafast", crf=0), given, work).film


def jitter_px(
    way: Way, given: Material, work: Path, **changes: object
) -> tuple[float, float]:
    """A bright dot's root mean square and worst distance from a straight path, in pixels."""
    case = replace(_DOT, **changes)  # type: ignore[arg-type]
    work.mkdir(parents=True, exist_ok=True)
    picture = work / "dot.png"
    _dot(case).save(picture)
    film = way(case, replace(given, pictures=[picture], cues=[]), work / "film").film
    track = np.array([_centre(frame) for frame in _greys(film, case)])
    frames = round(SECONDS * case.fps) - 1
    track, time = track[:frames], np.arange(frames)
    line = np.stack(
        [np.polyval(np.polyfit(time, axis, 1), time) for axis in track.T], 1
    )
    off = np.hypot(*(track - line).T)
    return float(np.sqrt((off**2).mean())), float(off.max())


def _dot(case: Case) -> Image.Image:
    rows, columns = np.indices((case.height, case.width))
    place = (_PLACE[0] * case.width, _PLACE[1] * case.height)
    far = (columns - place[0]) ** 2 + (rows - place[1]) ** 2
    light = 255 * np.exp(-far / (2 * _RADIUS_PX**2))
    return Image.fromarray(light.round().astype(np.uint8)).convert("RGB")


def _greys(path: Path, case: Case) -> npt.NDArray[np.uint8]:
    command = [executable(), "-v", "error", "-nostdin", "-i", str(path)]
    raw = subprocess.run(
        [*command, "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        capture_output=True,
        check=True,
    ).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, case.height, case.width)


def _centre(frame: npt.NDArray[np.uint8]) -> tuple[float, float]:
    """Of the light in the upper part, where no caption stands."""
    light = np.clip(frame[: frame.shape[0] * 3 // 5].astype(float) - 40, 0, None)
    rows, columns = np.indices(light.shape)
    total = light.sum()
    return float((columns * light).sum() / total), float((rows * light).sum() / total)
