"""A CUDA device that is none: tensors say ``cuda`` and are calculated with on the CPU.

``pytest -p tests.models.pretended`` runs tests on it, in a process of its own. Numbers
are real, in the precision that was asked for. What CUDA refuses is refused: tensors of
two devices in one operation, a generator of another device, NumPy's view of a tensor.
Bytes are counted, and a limit on them makes torch's own error. It knows nothing of CUDA's
kernels, streams and libraries: what passes here may still fail on a real one.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ["HF_DEACTIVATE_ASYNC_LOAD"] = "1"  # threads would not know of the device

import torch

from tests.models.pretended_tensors import (
    CUDA,
    LEDGER,
    TOTAL_BYTES,
    Functions,
    Operations,
)

#: torch asks a guard of CUDA's even for views; a build for CPUs has none.
_GUARD = """
#include <c10/core/impl/DeviceGuardImplInterface.h>
C10_REGISTER_GUARD_IMPL(CUDA, c10::impl::NoOpDeviceGuardImpl<c10::DeviceType::CUDA>)
"""


def _build_guard() -> None:
    home = Path(torch.__file__).parent
    with tempfile.TemporaryDirectory() as name:
        source, library = Path(name) / "guard.cpp", Path(name) / "guard.so"
        source.write_text(_GUARD, encoding="ascii")
        build = ["c++", "-std=c++17", "-fPIC", "-shared", f"-I{home / 'include'}"]
        build += [str(source), f"-L{home / 'lib'}", "-lc10", "-o", str(library)]
        subprocess.run(build, check=True)
        ctypes.CDLL(str(library))


def _pretend() -> None:
    """From now on, in this process, there is a GPU."""
    _build_guard()
    # A parameter that is moved is another one, as its numbers are elsewhere.
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    card = SimpleNamespace(total_memory=TOTAL_BYTES, major=8, minor=0, name="pretended")
    told: dict[str, Any] = {
        "_lazy_init": None, "is_available": True, "is_initialized": True,
        "device_count": 1, "current_device": 0, "empty_cache": None,
        "synchronize": None, "ipc_collect": None, "manual_seed": None,
        "manual_seed_all": None, "is_bf16_supported": True,
        "get_device_name": card.name, "get_device_capability": (8, 0),
        "get_device_properties": card,
    }  # fmt: skip
    for name, value in told.items():
        setattr(torch.cuda, name, lambda *_, _value=value, **__: _value)
    for name in ("memory_reserved", "memory_allocated"):
        setattr(torch.cuda, name, lambda *_: LEDGER.now)
    for name in ("max_memory_reserved", "max_memory_allocated"):
        setattr(torch.cuda, name, lambda *_: LEDGER.peak)
    torch.cuda.mem_get_info = lambda *_: (TOTAL_BYTES - LEDGER.now, TOTAL_BYTES)
    torch.cuda.reset_peak_memory_stats = LEDGER.forget_peak
    torch.cuda.set_per_process_memory_fraction = lambda part, *_: setattr(
        LEDGER, "limit", int(part * TOTAL_BYTES)
    )
    torch.accelerator.is_available = lambda: True
    torch.accelerator.current_accelerator = lambda *_, **__: CUDA
    _read_files_on_the_host()
    Operations().__enter__()
    Functions().__enter__()


def _read_files_on_the_host() -> None:
    import safetensors
    import safetensors.torch

    opened = safetensors.safe_open

    class File:
        """A file of weights whose tensors are moved after they were read."""

        def __init__(
            self, path: Any, framework: str, device: Any = "cpu", **how: Any
        ) -> None:
            self._file = opened(path, framework=framework, device="cpu", **how)
            self._device = CUDA if isinstance(device, int) else device

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing is left open."""

        def get_tensor(self, name: str) -> Any:
            return self._file.get_tensor(name).to(self._device)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

    safetensors.safe_open = safetensors.torch.safe_open = File


_pretend()
