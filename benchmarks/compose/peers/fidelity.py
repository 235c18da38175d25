"""How much of a film its encodes leave, and how smoothly its camera moves."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.compose.dot import dot, strays_px
from benchmarks.compose.peers.contenders import Case, Made, ffmpeg
from benchmarks.compose.peers.material import SECONDS, Material

Way = Callable[[Case, Material, Path], Made]
_DOT = Case(640, 360, zoom=0.15, preset="ultrafast", crf=4)


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
    _still(case).save(picture)
    film = way(case, replace(given, pictures=[picture], cues=[]), work / "film").film
    frames = round(SECONDS * case.fps) - 1
    return strays_px(film, case.width, case.height, frames)


def _still(case: Case) -> Image.Image:
    light = (255 * dot(case.width, case.height)).round().astype(np.uint8)
    return Image.fromarray(light).convert("RGB")
