"""Loads modules without looking for garbage meanwhile, as what they make stays."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()


@contextmanager
def without_collecting() -> Iterator[None]:
    """No collection meanwhile, and none later that looks at what was loaded."""
    with _LOCK:
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
            gc.freeze()
