"""The report before anything is downloaded: what this machine is, and for how long."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from colab_worker.notebook.gpu import gpus
from colab_worker.notebook.place import NAMES, Place, find_place, time_left_s
from colab_worker.notebook.screen import MARKS, Panel, say, table

GIB = 1 << 30
MODEL_HUB = "https://huggingface.co"
REACH_S = 5.0
#: SDXL with its packages needs about this much.
MODEL_DISK_GIB = 20
MODEL_VRAM_MIB = 7_500
DRAFT_DISK_GIB = 2
OLDEST_PYTHON, FIRST_TOO_NEW = (3, 11), (3, 14)

Level = Literal["ok", "warn", "stop"]


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    level: Level
    name: str
    found: str
    advice: str = ""


def show() -> None:
    """Shows the report; raises SystemExit with a sentence when nothing can work."""
    findings = list(examine(find_place()))
    rows = [
        (MARKS[item.level], item.name, item.found, item.advice) for item in findings
    ]
    Panel("moonreel-preflight").show(table(rows))
    stops = [item for item in findings if item.level == "stop"]
    for item in stops:
        say(f"{item.name}: {item.found}. {item.advice}")
    if stops:
        raise SystemExit("This machine cannot run Moonreel; see above.")


def examine(place: Place) -> Iterator[Finding]:
    """Every line, from what nothing can be done without to what is good to know."""
    yield _python()
    yield _gpu()
    yield _memory()
    yield _disk(place.root)
    yield _model_access()
    yield _time(place)
    yield _runtime()


def _python() -> Finding:
    version = platform.python_version()
    if not OLDEST_PYTHON <= sys.version_info[:2] < FIRST_TOO_NEW:
        return Finding("stop", "Python", version, "Moonreel needs 3.11, 3.12 or 3.13.")
    return Finding("ok", "Python", version)


def _gpu() -> Finding:
    found = gpus()
    if not found:
        return Finding(
            "warn", "GPU", "none", "Draft engines only. Runtime → Change runtime type."
        )
    text = ", ".join(f"{gpu.name}, {gpu.total_mib / 1024:.0f} GiB" for gpu in found)
    if found[0].total_mib < MODEL_VRAM_MIB:
        return Finding("warn", "GPU", text, "Little memory: SDXL will be slow.")
    return Finding("ok", "GPU", f"{text}, driver {found[0].driver}")


def _memory() -> Finding:
    gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIB
    cores = f"{gib:.0f} GiB, {os.cpu_count()} cores"
    if gib < 10:
        return Finding("warn", "RAM", cores, "SDXL needs about 12 GiB while it loads.")
    return Finding("ok", "RAM", cores)


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free / GIB
    text = f"{free:.0f} GiB free"
    if free < DRAFT_DISK_GIB:
        return Finding("stop", "disk", text, f"{DRAFT_DISK_GIB} GiB are needed.")
    if free < MODEL_DISK_GIB:
        return Finding(
            "warn", "disk", text, f"Models want {MODEL_DISK_GIB} GiB; drafts fit."
        )
    return Finding("ok", "disk", text)


def _model_access() -> Finding:
    token = "HF_TOKEN is set" if os.environ.get("HF_TOKEN") else "no HF_TOKEN"
    request = urllib.request.Request(MODEL_HUB, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=REACH_S):  # noqa: S310
            return Finding("ok", "model hub", f"reachable, {token}")
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        return Finding(
            "warn", "model hub", f"not reachable ({reason})", "Drafts need no model."
        )


def _time(place: Place) -> Finding:
    left_s = time_left_s(place.host)
    if left_s is None:
        return Finding("ok", "time left", f"no limit known for {NAMES[place.host]}")
    text = f"at most {left_s / 3600:.1f} h on {NAMES[place.host]}"
    advice = "It may end earlier." if place.host == "colab" else ""
    return Finding("ok" if left_s > 3600 else "warn", "time left", text, advice)


def _runtime() -> Finding:
    try:
        torch = f"torch {importlib.metadata.version('torch')}"
    except importlib.metadata.PackageNotFoundError:
        torch = "no torch"
    return Finding("ok", "this runtime's own", f"{torch}; it stays as it is")
