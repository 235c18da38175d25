"""A model that takes its time to load: the page says so, until it is there."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import LIMIT_MS
from tests.browser.steps import finished, make_film
from tests.browser.watched_page import watched
from tests.servers.served import Served
from tests.slow_loading import LOADED_VARIABLE, SLOW_ENGINES
from tests.workers import TOKEN, WorkerProcess


def test_a_model_that_loads_is_named(browser: Browser, tmp_path: Path) -> None:
    """Beside the percentage and on the card of the scene that waits for it."""
    home = tmp_path / "home"
    home.mkdir()
    env = {LOADED_VARIABLE: str(tmp_path / "loaded")}
    with WorkerProcess(tmp_path, engines=SLOW_ENGINES, env=env) as worker:
        line = f"{str(worker.client.base_url).rstrip('/')}#token={TOKEN}"
        remote = {"COLAB_API_URL": line, "MOONREEL_WORKER": "remote"}
        with Served(home, remote) as served:
            context = browser.new_context(base_url=served.url, locale="en-GB")
            context.set_default_timeout(LIMIT_MS)
            with watched(context.new_page()) as watch:
                page = watch.page
                make_film(page, text="A lone owl.", scenes=1)
                expect(page.locator(".progress .line")).to_contain_text(
                    re.compile(r"Loading \S+ …")
                )
                expect(page.locator(".card")).to_contain_text(
                    re.compile(r"loading \S+…")
                )
                (tmp_path / "loaded").touch()
                expect(page.locator(".card")).not_to_contain_text("loading")
                finished(page)
            context.close()
