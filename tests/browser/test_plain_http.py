"""The page from another machine of one's network: plain http, which browsers trust less."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.simulated import ENGINES, SECONDS_VARIABLE
from tests.browser.conftest import LIMIT_MS, SECONDS
from tests.browser.steps import finished, make_film
from tests.browser.watched_page import PLAIN_NAME, watched
from tests.servers.kept_port import KeptPort
from tests.servers.served import Served


def test_a_film_is_made_over_plain_http(browser: Browser, tmp_path: Path) -> None:
    """What such pages do not have (``crypto.randomUUID``, a clipboard) is not needed."""
    with closing(KeptPort()) as port:
        _make_one(browser, tmp_path / "home", port.number)


def _make_one(browser: Browser, home: Path, port: int) -> None:
    env = {
        "MOONREEL_ENGINES": ENGINES,
        SECONDS_VARIABLE: json.dumps(SECONDS),
        "MOONREEL_ALLOWED_HOSTS": f"{PLAIN_NAME}:{port}",
    }
    home.mkdir()
    with Served(home, env, port):
        context = browser.new_context(
            base_url=f"http://{PLAIN_NAME}:{port}", locale="en-GB"
        )
        context.set_default_timeout(LIMIT_MS)
        with watched(context.new_page()) as watch:
            make_film(watch.page, scenes=2)
            assert not watch.page.evaluate("isSecureContext")
            finished(watch.page)
        context.close()
