"""Does one piece of work beside another, so that two processors share them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from colab_worker.engines.base import Tick
from colab_worker.film.ffmpeg import TICK_S


class _NoLongerNeeded(Exception):
    """The work beside it failed or was canceled."""


@contextmanager
def beside(work: Callable[[Tick], None], wait_on: Tick, words: str) -> Iterator[None]:
    """Runs ``work`` in a thread while the block runs, and ends when both have.

    ``wait_on`` hears ``words`` while only the thread still works, always from the
    caller's thread, since it may raise: what it or the block raises stops the thread.
    What the thread raises is raised once the block is through.
    """
    stop = threading.Event()

    def watch(_part: float, _words: str) -> None:
        if stop.is_set():
            raise _NoLongerNeeded

    with ThreadPoolExecutor(1) as pool:
        other: Future[None] = pool.submit(work, watch)
        try:
            yield
            while wait([other], TICK_S).not_done:
                wait_on(0.0, words)
        except BaseException:
            stop.set()
            raise
    other.result()
