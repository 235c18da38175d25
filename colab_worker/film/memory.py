"""Gives the system back what is free: a clip encodes long after its picture was opened."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Where the C library can (glibc); it would keep 30 MB after a picture of 1080p."""
    trim = getattr(_LIBC, "malloc_trim", None)
    if trim is not None:
        trim(0)


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
