"""What is known of a GPU: its memory from the driver's tool, its faults from their words."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_worker.device import gpu_memory
from colab_worker.engines.base import EngineError
from colab_worker.engines.cuda import is_fatal


@pytest.mark.parametrize(
    ("told", "memory"),
    [
        ("15360, 1024", {"total_bytes": 15 << 30, "used_bytes": 1 << 30}),
        ("[N/A], [N/A]", None),
        ("15360, [Insufficient Permissions]", None),
    ],
)
def test_memory_that_the_driver_does_not_tell_is_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: str,
    memory: dict[str, int] | None,
) -> None:
    """Cards that share the host's memory, or are cut in parts, have no figure."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho '{told}'\n", encoding="ascii")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert gpu_memory() == memory


@pytest.mark.parametrize(
    ("words", "fatal"),
    [
        ("CUDA error: an illegal memory access was encountered", True),
        ("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", True),
        ("CUDA error: out of memory", False),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate", False),
        ("cuDNN error: CUDNN_STATUS_ALLOC_FAILED", False),
        ("CUDA out of memory. Tried to allocate 2.00 GiB", False),
        ("size mismatch for conv_in.weight", False),
    ],
)
def test_a_fault_of_the_gpu_is_told_from_a_lack_of_memory(
    words: str, fatal: bool
) -> None:
    """Also behind the error that was made of it; a fault ends the process."""
    error = RuntimeError(words)
    assert is_fatal(error) is fatal
    told = EngineError("the voice model cannot be loaded")
    told.__cause__ = error
    assert is_fatal(told) is fatal
    assert not is_fatal(ValueError(words))
