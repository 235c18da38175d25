"""What takes a while to load: once, beside the loop, and not before it is needed."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading

import pytest

from orchestrator.later import Later
from orchestrator.loading import without_collecting

_GEMINI = """
import asyncio, sys
from orchestrator.writer.services.gemini import Gemini

async def main():
    service = Gemini(("key",), ("model",), url="http://127.0.0.1:9")
    service.stand_by()
    await service.close()
    print("httpx2" in sys.modules, "google.genai" in sys.modules)
    ready = asyncio.create_task(service.ready())
    await asyncio.sleep(0)
    await service.close()
    print("httpx2" in sys.modules, "google.genai" in sys.modules)
    await ready

asyncio.run(main())
"""


async def test_it_is_loaded_once_and_in_a_thread() -> None:
    """However often and by whomever it is wanted."""
    threads = []

    def load() -> str:
        threads.append(threading.current_thread())
        return "loaded"

    later = Later(load)
    await later.settle()
    assert threads == []
    later.begin()
    assert [await later.get(), await later.get()] == ["loaded", "loaded"]
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


async def test_what_cannot_be_loaded_is_told_to_everybody_who_wants_it() -> None:
    """And to nobody who only waits for the end."""

    def load() -> None:
        raise ImportError("no such library")

    later = Later(load)
    later.begin()
    await later.settle()
    for _ in range(2):
        with pytest.raises(ImportError, match="no such library"):
            await later.get()


def test_garbage_is_looked_for_again_afterwards() -> None:
    """Also when what was loaded broke."""
    with pytest.raises(ImportError), without_collecting():
        assert not gc.isenabled()
        raise ImportError

    assert gc.isenabled()
    gc.unfreeze()


def test_google_genai_is_loaded_when_it_is_to_be_ready_and_not_before() -> None:
    """A server with a key has only loaded the small packages below it."""
    done = subprocess.run(
        [sys.executable, "-c", _GEMINI], capture_output=True, text=True
    )

    assert done.stdout.split("\n")[:2] == ["True False", "True True"], done.stderr
