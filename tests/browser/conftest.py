"""One Chromium, one orchestrator and one worker for all tests of the page.

These tests run in a pytest process of their own (``pytest tests/browser``): Playwright
keeps an event loop running, beside which no ``async def`` test could run.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    expect,
    sync_playwright,
)

from benchmarks.simulated import ENGINES, SECONDS_VARIABLE
from tests.browser.watched_page import PLAIN_NAME, Watched, watched
from tests.servers.openai_wire import FakeOpenAI
from tests.servers.served import Served
from tests.workers import TOKEN, WorkerProcess

#: Nothing here takes that long; a test that waits for it has failed.
LIMIT_MS = 60_000
expect.set_options(timeout=LIMIT_MS)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = {"image": 0.2, "voice": 0.1, "clip": 0.2, "film": 0.2}


def find_chromium() -> str | None:
    """The system's Chromium, or the one that ``CHROMIUM`` names."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped, but in CI they fail."""
    path = find_chromium()
    if path is None:
        reason = "no Chromium: install one (apt install chromium) or set CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP {PLAIN_NAME} 127.0.0.1"
        launched = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", rules],
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """A worker on a port of its own, so that asking it is cross-origin."""
    with WorkerProcess(tmp_path_factory.mktemp("worker"), seconds=SECONDS) as process:
        yield process


@pytest.fixture(scope="session")
def pen() -> Iterator[FakeOpenAI]:
    """A writing service, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    fake = FakeOpenAI()
    asyncio.run_coroutine_threadsafe(fake.__aenter__(), loop).result()
    yield fake
    asyncio.run_coroutine_threadsafe(fake.__aexit__(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="session")
def served(
    tmp_path_factory: pytest.TempPathFactory, worker: WorkerProcess, pen: FakeOpenAI
) -> Iterator[Served]:
    """A serving orchestrator to which the worker is connected."""
    home = tmp_path_factory.mktemp("serve") / "home"
    home.mkdir()
    env = {
        "MOONREEL_ENGINES": ENGINES,
        SECONDS_VARIABLE: json.dumps(SECONDS),
        "MOONREEL_OPENAI_URL": pen.url,
        "COLAB_API_URL": f"{worker.client.base_url}#token={TOKEN}",
    }
    with Served(home, env) as process:
        yield process


@pytest.fixture
def context(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """A fresh profile: nothing is remembered from another test."""
    made = browser.new_context(
        base_url=served.url, accept_downloads=True, viewport=DESKTOP, locale="en-GB"
    )
    made.set_default_timeout(LIMIT_MS)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The page in a new tab; errors in its console fail the test."""
    with watched(context.new_page()) as watch:
        yield watch.page


@pytest.fixture
def rough_page(context: BrowserContext) -> Iterator[Watched]:
    """The same for tests that make requests fail: what went wrong is kept to look at."""
    with watched(context.new_page(), strict=False) as watch:
        yield watch


DESKTOP = {"width": 1280, "height": 900}
