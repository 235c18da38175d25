"""Who this worker is: its lasting id, this run's boot id, its GPU, its versions."""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
import shutil
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from shared_protocol.jobs import WorkerStamp

PROBE_S = 10.0
#: Told where they are installed; never imported here.
_OF_MODELS = ("torch", "diffusers", "transformers", "coqui-tts")


@dataclass(frozen=True)
class Identity:
    """One run of one worker."""

    worker_id: str
    gpu: str | None
    boot_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    started: float = field(default_factory=time.monotonic)

    @property
    def stamp(self) -> WorkerStamp:
        """As it is written into every view of a job."""
        return WorkerStamp(id=self.worker_id, boot_id=self.boot_id, gpu=self.gpu)

    @property
    def uptime_s(self) -> float:
        """Seconds since this run began."""
        return round(time.monotonic() - self.started, 1)


def identify(data_dir: Path) -> Identity:
    """Reads or makes the worker's id and asks for the GPU; blocks for a moment."""
    file = data_dir / "worker_id"
    if not file.exists():
        file.write_text(uuid.uuid4().hex, encoding="ascii")
    return Identity(worker_id=file.read_text(encoding="ascii").strip(), gpu=gpu_name())


def gpu_name() -> str | None:
    """The first GPU by name, from the driver's own tool; None without one."""
    return _asked("name")


def gpu_driver() -> str | None:
    """The version of the first GPU's driver."""
    return _asked("driver_version")


def gpu_memory() -> dict[str, int] | None:
    """Bytes of the first GPU's memory: ``total``, ``used``; None if nothing is told."""
    told = _asked("memory.total,memory.used", "nounits")
    numbers = [part.strip() for part in (told or "").split(",")]
    if len(numbers) != 2 or not all(map(str.isdigit, numbers)):
        return None  # where it shares the host's memory, or may not tell, it tells none
    total, used = (int(mib) << 20 for mib in numbers)
    return {"total_bytes": total, "used_bytes": used}


def gpu_bytes() -> int | None:
    """All of the first GPU's memory; None without one."""
    memory = gpu_memory()
    return memory["total_bytes"] if memory else None


def _asked(fields: str, *form: str) -> str | None:
    """The driver's own tool about the first GPU; None where it knows none."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    shape = ",".join(("csv", "noheader", *form))
    command = [tool, f"--query-gpu={fields}", f"--format={shape}"]
    try:
        found = subprocess.run(  # noqa: S603 - fixed arguments
            command, capture_output=True, text=True, timeout=PROBE_S, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return None  # a driver that does not answer is no GPU for us
    lines = found.stdout.splitlines()
    return lines[0].strip() if lines else None


def versions() -> dict[str, str]:
    """Versions worth knowing in a report."""
    names = ("moonreel", "aiohttp", "SQLAlchemy", "imageio-ffmpeg")
    found = {"python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in names
    }
    for name in _OF_MODELS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found
