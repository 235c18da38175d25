"""Acting in the midst of what a test is blocked by."""

from __future__ import annotations

import threading
from collections.abc import Callable


def when(condition: Callable[[], bool], act: Callable[[], None]) -> threading.Thread:
    """Acts from a thread as soon as the condition holds."""
    pause = threading.Event()

    def wait() -> None:
        while not condition():
            pause.wait(0.01)
        act()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread
