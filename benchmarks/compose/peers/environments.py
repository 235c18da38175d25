"""The environments of the other ways, and photographs: installed once, then kept."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from PIL import Image

from benchmarks.runner import LATEST

#: Environments, photographs and films lie here; git ignores it.
LOCAL = LATEST.parent / "local" / "compose"
#: By way: what pip installs, exactly.
REQUIREMENTS = {
    "four-pass": ("moviepy==2.1.2", "numpy==2.4.6", "pillow==10.4.0"),
    "pan": (
        *("moviepy==2.1.1", "numpy==1.25.0", "pillow==9.5.0"),
        "imageio-ffmpeg==0.4.9",
    ),
}
#: Wheels that hold photographs, and which: (member, left, upper, right, lower) in shares.
_PHOTOGRAPHS = {
    "scikit-image==0.26.0": (
        "skimage/data/astronaut.png",
        "skimage/data/coffee.png",
        "skimage/data/chelsea.png",
        "skimage/data/rocket.jpg",
    ),
    "scikit-learn==1.9.1": (
        "sklearn/datasets/images/china.jpg",
        "sklearn/datasets/images/flower.jpg",
    ),
}


def python_of(way: str) -> Path:
    """The interpreter of a way's environment, which is made if it is not there."""
    folder = LOCAL / "environments" / way
    python, ready = folder / "bin" / "python", folder / "ready.txt"
    wanted = "\n".join(REQUIREMENTS[way])
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        _pip(python, "install", *REQUIREMENTS[way])
        ready.write_text(wanted, encoding="utf-8")
    return python


def photographs(width: int, height: int) -> list[Path]:
    """Six photographs, cropped about their middle and enlarged to the size."""
    folder = LOCAL / "photographs" / f"{width}x{height}"
    found = sorted(folder.glob("*.png"))
    if len(found) == sum(map(len, _PHOTOGRAPHS.values())):
        return found
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for wheel, members in _PHOTOGRAPHS.items():
        with zipfile.ZipFile(_wheel(wheel)) as archive:
            for member in members:
                out = folder / f"{len(made)}-{Path(member).stem}.png"
                _fitted(archive.read(member), width, height).save(out)
                made.append(out)
    return made


def _fitted(data: bytes, width: int, height: int) -> Image.Image:
    """Cropped to the shape and resized; what an image model would draw at that size."""
    with Image.open(io.BytesIO(data)) as picture:
        whole = picture.convert("RGB")
    scale = min(whole.width / width, whole.height / height)
    across, down = width * scale, height * scale
    left, upper = (whole.width - across) / 2, (whole.height - down) / 2
    box = (left, upper, left + across, upper + down)
    return whole.resize((width, height), Image.Resampling.LANCZOS, box=box)


def _wheel(requirement: str) -> Path:
    """The wheel of a package, downloaded without what it needs."""
    folder, name = LOCAL / "wheels", requirement.partition("==")[0].replace("-", "_")
    found = list(folder.glob(f"{name}-*.whl"))
    if not found:
        _pip(Path(sys.executable), "download", "--no-deps", "-d", folder, requirement)
        found = list(folder.glob(f"{name}-*.whl"))
    return found[0]


def _pip(python: Path, *words: str | Path) -> None:
    options = ("--quiet", "--disable-pip-version-check")
    subprocess.run([python, "-m", "pip", words[0], *options, *words[1:]], check=True)
