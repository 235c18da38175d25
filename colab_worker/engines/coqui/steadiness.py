"""The same sum in the same order each time, so that a seed means the same bytes."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


@contextmanager
def steady() -> Iterator[None]:
    """Threads as the process began with, and only kernels that repeat themselves.

    Each number of threads splits a sum in its own way, and rounds otherwise.
    """
    import torch

    threads, cudnn = torch.get_num_threads(), torch.backends.cudnn
    strict = torch.are_deterministic_algorithms_enabled()
    only_warns = torch.is_deterministic_algorithms_warn_only_enabled()
    tries = cudnn.benchmark
    torch.set_num_threads(_threads())
    # An operation that has no such kernel is still better done than refused.
    torch.use_deterministic_algorithms(True, warn_only=True)
    cudnn.benchmark = False
    try:
        yield
    finally:
        cudnn.benchmark = tries
        torch.use_deterministic_algorithms(strict, warn_only=only_warns)
        torch.set_num_threads(threads)


def aligned(array: np.ndarray[Any, Any]) -> Any:
    """The numbers in memory of torch, which begins at multiples of 64 bytes.

    NumPy's begins anywhere, and fast kernels sum what lies before such a border apart.
    """
    import torch

    return torch.from_numpy(np.ascontiguousarray(array)).clone()


@functools.cache
def _threads() -> int:
    import torch

    return int(torch.get_num_threads())
