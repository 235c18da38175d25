"""What an error of torch means: no memory left, or a GPU that is lost to this process."""

from __future__ import annotations

#: How CUDA's own libraries say that they got no memory; an allocator has its own class.
_NO_MEMORY = (
    "cuda error: out of memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "can't allocate memory",
    "not enough memory",
)
_FAULTS = ("cuda error", "cudnn error")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an allocator gave up: torch's by its class, others by their words."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and _tells(error, _NO_MEMORY)


def is_fatal(error: BaseException) -> bool:
    """Whether it is, or follows from, a fault after which this process has no CUDA."""
    if isinstance(error, RuntimeError) and _tells(error, _FAULTS):
        return not _tells(error, _NO_MEMORY)
    return error.__cause__ is not None and is_fatal(error.__cause__)


def _tells(error: BaseException, words: tuple[str, ...]) -> bool:
    told = str(error).lower()
    return any(word in told for word in words)
