"""Where the notebook runs, and where it keeps things there."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Host = Literal["colab", "kaggle", "other"]

#: The longest that a session lasts, from the vendors' pages; None: they do not say.
LONGEST_S: dict[Host, float | None] = {
    "colab": 12 * 3600,
    "kaggle": 12 * 3600,
    "other": None,
}
NAMES: dict[Host, str] = {
    "colab": "Google Colab",
    "kaggle": "Kaggle",
    "other": "this machine",
}
_ROOTS: dict[Host, Path] = {
    "colab": Path("/content"),
    "kaggle": Path("/kaggle/working"),
}
_UPTIME = Path("/proc/uptime")


@dataclass(frozen=True)
class Place:
    """A host, and the folder below which everything of Moonreel lies."""

    host: Host
    root: Path

    @property
    def environment(self) -> Path:
        """Moonreel's own environment."""
        return self.root / "env"

    @property
    def python(self) -> Path:
        """The interpreter of that environment."""
        return self.environment / "bin" / "python"

    @property
    def ready_file(self) -> Path:
        """What the worker writes once it listens."""
        return self.root / "worker-ready.json"

    @property
    def token_file(self) -> Path:
        """The worker's token; for the user alone."""
        return self.root / "token"

    @property
    def log(self) -> Path:
        """What the worker says."""
        return self.root / "worker.log"

    @property
    def data(self) -> Path:
        """The worker's files."""
        return self.root / "worker"


def find_place() -> Place:
    """The place of this notebook; its folder is made, for the user alone."""
    host = _host()
    root = _ROOTS.get(host, Path.home())
    if not os.access(root, os.W_OK):
        root = Path.home()
    folder = root / "moonreel-notebook"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Place(host, folder)


def clean_environment(*secrets: str) -> dict[str, str]:
    """The runtime's variables, without what is for its own Python, and some secrets."""
    left_out = {"PYTHONPATH", "PYTHONHOME", "MPLBACKEND", *secrets}
    return {name: value for name, value in os.environ.items() if name not in left_out}


def time_left_s(host: Host) -> float | None:
    """How long the session can last at most; None where that is not known."""
    longest_s = LONGEST_S[host]
    if longest_s is None or not _UPTIME.exists():
        return None
    up_s = float(_UPTIME.read_text(encoding="ascii").split()[0])
    return max(0.0, longest_s - up_s)


def _host() -> Host:
    if os.environ.get("KAGGLE_KERNEL_RUN_TYPE"):
        return "kaggle"
    if _importable("google.colab"):
        return "colab"
    return "other"


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # its parent is not there
        return False
