"""Installs Moonreel into an environment of its own, from the wheel that this code is in."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from colab_worker.notebook.gpu import Gpu, gpus
from colab_worker.notebook.place import Place, clean_environment, find_place
from colab_worker.notebook.screen import say

#: What can be chosen in the form, and the extras that it needs.
ENGINES = {
    "draft": "tunnel",
    "pictures": "tunnel,image",
    "pictures and voices": "tunnel,image,coqui",
}
#: What models need besides where there is a GPU: FLUX in 4 bits.
BESIDE_A_GPU = "four-bit"
#: torch comes built for CUDA 13, which older drivers do not know; they get this build.
CUDA_13_DRIVER = 580
OLDER_BUILDS = "https://download.pytorch.org/whl/cu126"
LAST_WORDS = 15
_SEES_GPU = "import torch; print(torch.cuda.is_available(), torch.version.cuda)"


def environment(engines: str = "draft") -> None:
    """Makes the environment, or finds it as it should be; prints what engines it has."""
    if engines not in ENGINES:
        raise SystemExit(f"{engines!r} is no choice; take one of: {', '.join(ENGINES)}")
    place, wheel = find_place(), _wheel()
    extras, found = ENGINES[engines], gpus()
    with_models = "image" in extras
    if with_models and found:
        extras = f"{extras},{BESIDE_A_GPU}"
    stamp, wanted = place.environment / "moonreel-stamp", _fingerprint(wheel, extras)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        say("Moonreel is installed already.")
    else:
        _make(place, wheel, extras, indexes(found) if with_models else [])
        stamp.write_text(wanted, encoding="utf-8")
    say(_engines(place))
    if with_models and found:
        _tell_unused_gpu(place, found[0])


def indexes(found: list[Gpu]) -> list[str]:
    """Where pip looks besides, so that torch fits the driver of the first GPU."""
    major = found[0].driver.partition(".")[0] if found else ""
    if major.isdigit() and int(major) < CUDA_13_DRIVER:
        return ["--extra-index-url", OLDER_BUILDS]
    return []


def _wheel() -> Path:
    """The wheel from which this very module was imported."""
    for entry in sys.path:
        path = Path(entry)
        if path.suffix == ".whl" and path.name.startswith("moonreel-"):
            return path
    raise SystemExit("Run the first cell: it fetches Moonreel.")


def _fingerprint(wheel: Path, extras: str) -> str:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{extras} {sys.version_info[:2]} {digest}"


def _make(place: Place, wheel: Path, extras: str, more: list[str]) -> None:
    say(f"Installing Moonreel ({extras}) into {place.environment} …")
    shutil.rmtree(place.environment, ignore_errors=True)
    # Without pip of its own: the runtime's pip can install into other environments,
    # and some runtimes come without what a pip of its own would need.
    venv.create(place.environment, with_pip=False, symlinks=True)
    named = f"moonreel[{extras}] @ {wheel.as_uri()}"
    _pip(place, "install", "--quiet", *more, named)
    say("Installed. The runtime's own packages were not touched.")


def _pip(place: Place, *words: str) -> None:
    command = [sys.executable, "-m", "pip", "--python", str(place.python)]
    command += ["--disable-pip-version-check", *words]
    done = _run(command)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-LAST_WORDS:])
        raise SystemExit(f"The installation failed; pip said:\n{last}")


def _engines(place: Place) -> str:
    """What the worker's registry knows, asked in the worker's own environment."""
    command = [str(place.python), "-m", "colab_worker.engines"]
    told = _run(command)
    if told.returncode:
        last = told.stderr.strip().splitlines()[-1:]
        raise SystemExit(f"Moonreel was installed but does not start: {last}")
    return told.stdout.rstrip()


def _tell_unused_gpu(place: Place, gpu: Gpu) -> None:
    """Says so when torch cannot use the GPU that the driver names."""
    told = _run([str(place.python), "-c", _SEES_GPU])
    sees, _, build = told.stdout.strip().partition(" ")
    if sees != "True":
        say(
            f"torch (for CUDA {build}) cannot use the {gpu.name} with driver "
            f"{gpu.driver}: models would draw on the CPU, many minutes a picture. "
            "Choose another runtime, or use the draft engines."
        )


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own words
        command, capture_output=True, text=True, env=clean_environment()
    )
