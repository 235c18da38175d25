"""What all tests share: a clean environment, a watched event loop, servers to ask."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx

from tests.servers.gemini import FakeGemini
from tests.workers import WorkerProcess

OURS = ["colab_worker", "orchestrator", "shared_protocol"]

NO_BLOCKS = [
    # a lock taken for a moment, as logging and the thread pool do
    "threading.Lock.acquire",
    "threading.Lock.acquire_lock",
    # words put together, no disk asked: SQLAlchemy does it when an engine is made
    "os.path.abspath",
]


def _clean_environment() -> None:
    """Nothing that the developer has set may change what is tested."""
    keys = {"GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY", "COLAB_API_URL",
            "FAL_KEY", "OPENAI_BASE_URL"}  # fmt: skip
    for name in list(os.environ):
        if name.startswith("MOONREEL_") or name in keys:
            del os.environ[name]
    # Processes that tests start in other folders find our benchmarks, which hold the
    # simulated engines, before a package of the same name (pysbd installs one).
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])


_clean_environment()


@pytest.fixture(autouse=True)
def _watched_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails an async test in which our code blocks the event loop."""
    if not asyncio.iscoroutinefunction(getattr(request, "function", None)):
        yield
        return
    with blockbuster_ctx(OURS) as watch:
        for name in NO_BLOCKS:
            watch.functions[name].deactivate()
        yield


@pytest.fixture(scope="session")
def worker_process(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[WorkerProcess]:
    """A worker process with simulated engines, the same for all tests."""
    with WorkerProcess(tmp_path_factory.mktemp("worker")) as process:
        yield process


@pytest.fixture(scope="session")
def worker(worker_process: WorkerProcess) -> WorkerProcess:
    """The same by the name that most tests know it by."""
    return worker_process


@pytest.fixture
async def gemini() -> AsyncIterator[FakeGemini]:
    """A server that writes as Gemini does."""
    async with FakeGemini() as started:
        yield started
