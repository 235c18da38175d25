"""Gives the system back what is free: a clip encodes long after its picture was opened."""

from __future__ import annotations

import ctypes
import sys

#: Of glibc's malloc.h.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
#: What is larger goes back as soon as it is free: pictures, but not frames of 1080p,
#: whose pages would have to be had anew thirty times a second.
_LARGE_BYTES = 4 << 20


def keep_little() -> None:
    """Has the C library keep less of what is freed, where it can be told to (glibc).

    The threads that draw are others for each clip; every arena that they leave behind
    would keep the largest pictures, 80 MB after a few scenes of 1080p.
    """
    tune = getattr(_LIBC, "mallopt", None)
    if tune is not None:
        tune(_M_ARENA_MAX, 1)
        tune(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def give_back() -> None:
    """Where the C library can (glibc); it would keep 30 MB after a picture of 1080p."""
    trim = getattr(_LIBC, "malloc_trim", None)
    if trim is not None:
        trim(0)


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
