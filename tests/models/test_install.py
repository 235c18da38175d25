"""What stands in this environment: one torch, and everybody content with it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
MODELS = ("image", "coqui", "four-bit")


def needed(lines: list[str]) -> dict[str, list[Requirement]]:
    """Who asks for what, from these lines on; by the name that is asked for."""
    found: dict[str, list[Requirement]] = {}
    ahead = [Requirement(line) for line in lines]
    done: set[tuple[str, tuple[str, ...]]] = set()
    while ahead:
        wanted = ahead.pop()
        name = canonicalize_name(wanted.name)
        found.setdefault(name, []).append(wanted)
        mark = (name, tuple(sorted(wanted.extras)))
        if mark in done:
            continue
        done.add(mark)
        try:
            lines = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        for line in lines:
            further = Requirement(line)
            extras = wanted.extras or {""}
            marker = further.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in extras):
                ahead.append(further)
    return found


def test_every_extra_with_torch_pins_the_same_one() -> None:
    """So that one install line with several extras can only bring one."""
    pins = {
        line
        for name in MODELS
        for line in EXTRAS[name]
        if Requirement(line).name == "torch"
    }
    assert len(pins) == 1
    assert next(iter(pins)).startswith("torch==")
    assert all(any(line in EXTRAS[n] for line in pins) for n in MODELS)


def test_everybody_is_content_with_the_torch_that_is_there() -> None:
    """All that image and voice models need, and what these need, is satisfied."""
    asked = needed([line for name in ("image", "coqui") for line in EXTRAS[name]])
    assert len(asked["torch"]) >= 4  # ours, and those of the libraries
    for name, wanted in asked.items():
        for line in wanted:
            here = version(name)
            assert line.specifier.contains(here, prereleases=True), f"{line}, {here}"


def test_no_second_torch_comes_along() -> None:
    """Nobody asks for its companions, each of which belongs to one build of it; and the
    build for CPUs brings nothing for GPUs.
    """
    asked = needed([line for name in ("image", "coqui") for line in EXTRAS[name]])
    assert not {"torchvision", "torchaudio", "torchcodec", "xformers"} & asked.keys()
    if "+cpu" in version("torch"):
        extra = [n for n in asked if n.startswith(("nvidia-", "cuda-", "triton"))]
        assert extra == []


def test_a_sound_library_of_another_build_is_named(tmp_path: Path) -> None:
    """It breaks the model libraries, which import it wherever they find it."""
    spoilt = tmp_path / "torchaudio"
    spoilt.mkdir()
    (spoilt / "__init__.py").write_text(
        "raise OSError('Could not load this library: _torchaudio.abi3.so')\n", "utf-8"
    )
    (tmp_path / "torchaudio-2.11.0.dist-info").mkdir()
    (tmp_path / "torchaudio-2.11.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: torchaudio\nVersion: 2.11.0\n", "utf-8"
    )
    code = (
        "from colab_worker.engines.base import EngineError\n"
        "from colab_worker.engines.diffusion.quiet import import_diffusers\n"
        "try:\n import_diffusers()\n"
        "except EngineError as error:\n print(error, error.hint, sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": "/usr/bin"}, timeout=110,
    )  # fmt: skip
    assert "cannot be loaded: " in done.stdout, done.stderr[-1500:]
    assert "pip uninstall torchaudio torchcodec" in done.stdout
