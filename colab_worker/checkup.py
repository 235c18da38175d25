"""``python -m colab_worker.checkup``: can models draw on this machine? One line a check.

Each line is JSON: ``name``, ``level`` (ok, warn, fail), ``message``, ``advice``. The last
check draws a picture with the best model that is there, be it on the CPU, or else with a
draft engine, in a process of its own as a worker does.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from colab_worker.device import gpu_bytes, gpu_driver, gpu_memory, gpu_name
from colab_worker.engine_host import EngineFailure, EngineHost
from colab_worker.engine_wire import Do, Done
from colab_worker.engines.diffusion.batches import ROOMY_BYTES
from colab_worker.engines.registry import Registry
from colab_worker.lane import MOST_TOGETHER
from colab_worker.models.shelf import PACKAGES, Shelf, models_folder
from colab_worker.outputs import WrongOutput, verify
from colab_worker.planner import Unit, plan
from colab_worker.settings import BATCH_VARIABLE, read_batch
from shared_protocol.specs import FilmSpec, SceneSpec

GIB = 1 << 30
#: The smallest GPU that draws SDXL without moving its parts about.
ROOMY_GPU_BYTES = 11 * GIB
#: Room for one more model.
ROOMY_DISK_BYTES = 10 * GIB
PICTURE_S = 1200.0
#: On the CPU.
SLOW_PICTURE_S = 3600.0
SCENE = SceneSpec(narration="A hill.", image_prompt="a lighthouse on a hill at dusk")

Told = dict[str, str | None]


def main() -> int:
    """Prints the checks as they are done."""
    has_gpu = gpu_name() is not None
    shelf = Shelf(models_folder(), has_gpu=has_gpu, gpu_bytes=gpu_bytes())
    for told in checks(shelf, has_gpu=has_gpu):
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    return 0


def checks(shelf: Shelf, *, has_gpu: bool) -> Iterator[Told]:
    """All of them, the quick ones first."""
    yield check_gpu()
    yield check_packages()
    yield check_torch(has_gpu=has_gpu)
    yield check_models(shelf)
    yield check_room(shelf.folder)
    yield check_batch(gpu_bytes(), os.environ.get(BATCH_VARIABLE, "auto"))
    # Films would take drafts without a GPU; this is to show whether the model works.
    best = shelf if has_gpu else Shelf(shelf.folder, has_gpu=True)
    unit = picture_unit(Registry.from_environment(look=best))
    is_slow = not has_gpu and not unit.engine.draft
    if is_slow:
        yield tell_slow(unit)
    yield check_picture(unit, SLOW_PICTURE_S if is_slow else PICTURE_S)


def check_gpu() -> Told:
    """The card, its driver and its memory."""
    name, memory = gpu_name(), gpu_memory()
    if name is None or memory is None:
        return _warn(
            "gpu",
            "no NVIDIA GPU answers on this machine, so models draw on the CPU, minutes "
            "a picture",
            "Connect a worker that has one: docs/notebook.md.",
        )
    total, used = memory["total_bytes"], memory["used_bytes"]
    told = f"{name}, driver {gpu_driver()}, {_gib(total - used)} of {_gib(total)} free"
    if total - used < ROOMY_GPU_BYTES:
        advice = "Close what else uses it; the parts of large models are moved in turn."
        return _warn("gpu", told, advice)
    return _ok("gpu", told)


def check_packages() -> Told:
    """The libraries of models, which are never loaded for this."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return _warn(
            "model libraries",
            f"{', '.join(missing)} not installed, so there are drafts only",
            "pip install 'moonreel[image,coqui]'",
        )
    versions = (f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return _ok("model libraries", ", ".join(versions))


def check_torch(*, has_gpu: bool) -> Told:
    """Whether torch can use the GPU that the driver names."""
    if importlib.util.find_spec("torch") is None:
        return _warn("cuda", "torch is not installed", "pip install 'moonreel[image]'")
    import torch

    if torch.cuda.is_available():
        major, minor = torch.cuda.get_device_capability()
        bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
        told = f"CUDA {torch.version.cuda}, compute capability {major}.{minor}"
        return _ok("cuda", f"{told}, bf16 {'yes' if bf16 else 'no'}")
    told = f"torch {torch.__version__} finds no CUDA device"
    if has_gpu:
        release = torch.__version__.partition("+")[0]
        advice = (
            "Drivers before 580 need a build for an older CUDA: pip install "
            f"--force-reinstall --no-deps torch=={release} "
            "--extra-index-url https://download.pytorch.org/whl/cu126."
        )
        return _fail("cuda", f"{told}, though the driver names one", advice)
    return _ok("cuda", f"{told}, as there is none")


def check_models(shelf: Shelf) -> Told:
    """What stands on the shelf."""
    here = [e.name for e in shelf.entries() if e.version not in ("absent", "broken")]
    if not here:
        advice = "moonreel models pull sdxl vits"
        return _warn("models", f"none in {shelf.folder}", advice)
    return _ok("models", f"{', '.join(here)} in {shelf.folder}")


def check_room(folder: Path) -> Told:
    """Room for another model."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < ROOMY_DISK_BYTES:
        advice = "Free some space, or name another disk with MOONREEL_MODELS."
        return _warn("room for models", f"only {_gib(free)} free", advice)
    return _ok("room for models", f"{_gib(free)} free")


def check_batch(total: int | None, asked: str) -> Told:
    """How many scenes a worker here would draw in one call."""
    try:
        batch = read_batch(asked)
    except ValueError as error:
        name = f"{BATCH_VARIABLE}={asked}"
        return _fail("scenes in a call", f"{name}: {error}", "Set it to auto, or to 1.")
    if batch != "auto":
        told = "one" if batch == 1 else f"{batch}, while memory lasts"
        return _ok("scenes in a call", f"{told}, as {BATCH_VARIABLE} says")
    if total is None or total < ROOMY_BYTES:
        why = "there is no GPU" if total is None else f"the GPU has {_gib(total)}"
        return _ok("scenes in a call", f"one, as {why}")
    return _ok("scenes in a call", f"up to {MOST_TOGETHER}, by the memory that is left")


def picture_unit(registry: Registry) -> Unit:
    """A picture by the engine that ``auto`` takes of those in ``registry``."""
    return plan(FilmSpec(scenes=(SCENE,), quality="draft"), registry).units[0]


def tell_slow(unit: Unit) -> Told:
    """Told before a picture that people may wait for long."""
    return _ok(
        "engine of the picture",
        f"{unit.engine.name} draws one now, on the CPU, which may take many minutes; "
        "films take it here only when it is named",
    )


def check_picture(unit: Unit, limit_s: float = PICTURE_S) -> Told:
    """The picture, checked as a worker checks it."""
    begun = time.monotonic()
    try:
        done = asyncio.run(_drawn(unit, limit_s))
    except (EngineFailure, WrongOutput) as failure:
        hint = getattr(failure, "hint", None) or "see docs/models.md"
        return _fail("a picture", f"{unit.engine.name} failed: {failure}", hint)
    seconds = time.monotonic() - begun
    told = f"{unit.engine.name} drew one in {seconds:.1f} s, loading included"
    return _ok("a picture", told + _how(done.facts))


async def _drawn(unit: Unit, limit_s: float) -> Done:
    host = EngineHost(beat_timeout_s=60.0, cancel_grace_s=1.0)
    with tempfile.TemporaryDirectory(prefix="moonreel-checkup-") as name:
        command = Do(
            kind=unit.kind,
            engine=unit.engine.name,
            address=unit.engine.address,
            params=unit.params,
            inputs={},
            out_dir=Path(name),
        )
        try:
            done = await host.call(command, _silent, limit_s=limit_s)
            await asyncio.to_thread(verify, unit.kind, unit.params, Path(name), done)
        finally:
            await host.close()
    return done


def _silent(part: float, note: str) -> None:
    """A checkup shows only what came of it."""


def _how(facts: dict[str, Any]) -> str:
    """Where a model drew, and with how much memory; nothing of a draft."""
    if "device" not in facts:
        return "; it is a draft engine"
    peak = facts.get("peak_vram_bytes")
    memory = f", {_gib(peak)} of GPU memory at most" if peak else ""
    return f", on {facts['device']}, {facts['memory']}{memory}"


def _gib(count: int) -> str:
    return f"{count / GIB:.1f} GiB"


def _ok(name: str, message: str) -> Told:
    return {"name": name, "level": "ok", "message": message, "advice": None}


def _warn(name: str, message: str, advice: str) -> Told:
    return {"name": name, "level": "warn", "message": message, "advice": advice}


def _fail(name: str, message: str, advice: str) -> Told:
    return {"name": name, "level": "fail", "message": message, "advice": advice}


if __name__ == "__main__":
    sys.exit(main())
