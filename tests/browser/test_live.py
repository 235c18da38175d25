"""Pictures that are watched while they are drawn: seen, cheap, and gone afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import LIMIT_MS
from tests.browser.steps import comes_true, finished, make_film, open_page, open_part
from tests.browser.test_everyone import violations
from tests.browser.watched_page import Watched, watched
from tests.servers.served import Served
from tests.watched_pictures import DONE_VARIABLE, WATCHED_ENGINES
from tests.workers import TOKEN, WorkerProcess

#: Told by the picture engine of these tests, as by those of models.
_DRAWING = {"side": 512, "shows": True}
ENGINES = json.dumps(
    [
        entry | {"drawing": _DRAWING} if entry["kind"] == "image" else entry
        for entry in json.loads(WATCHED_ENGINES)
    ]
)
TOGGLE = "Watch pictures while they are drawn"
#: Counts blobs that were made and given back.
COUNT = """(() => {
  window.blobs = new Set();
  const make = URL.createObjectURL, drop = URL.revokeObjectURL;
  URL.createObjectURL = (thing) => { const url = make.call(URL, thing); blobs.add(url); return url; };
  URL.revokeObjectURL = (url) => { blobs.delete(url); drop.call(URL, url); };
})()"""


@dataclass
class Studio:
    """An orchestrator with a worker whose pictures are done once a file is there."""

    served: Served
    done: Path


def opened(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, *arguments: str
) -> Iterator[tuple[Studio, Watched]]:
    """A page of such an orchestrator."""
    home = tmp_path_factory.mktemp("live") / "home"
    home.mkdir()
    folder = tmp_path_factory.mktemp("watched")
    env = {DONE_VARIABLE: str(folder / "done")}
    with WorkerProcess(folder, *arguments, engines=ENGINES, env=env) as worker:
        line = f"{str(worker.client.base_url).rstrip('/')}#token={TOKEN}"
        remote = {"COLAB_API_URL": line, "MOONREEL_WORKER": "remote"}
        with Served(home, remote) as served:
            context = browser.new_context(base_url=served.url, locale="en-GB")
            context.set_default_timeout(LIMIT_MS)
            context.add_init_script(COUNT)
            with watched(context.new_page()) as watch:
                yield Studio(served, folder / "done"), watch
            context.close()


@pytest.fixture
def studio(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Studio, Watched]]:
    """One whose worker shows its pictures."""
    yield from opened(browser, tmp_path_factory)


@pytest.fixture
def quiet_studio(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Studio, Watched]]:
    """One whose worker was started to show none."""
    yield from opened(browser, tmp_path_factory, "--live-previews", "off")


def asked(watch: Watched, what: str) -> list[str]:
    """The addresses that the page asked for with ``what`` in their path."""
    urls = [request.url for request in watch.requests if request.method == "GET"]
    return [url for url in urls if what in urlsplit(url).path]


def shade(page: Page) -> int:
    """How red the shown picture is; it changes with every step."""
    return int(
        page.locator("img.glimpse").evaluate(
            """async (image) => {
              await image.decode();
              const canvas = new OffscreenCanvas(1, 1), pen = canvas.getContext('2d');
              pen.drawImage(image, 0, 0, 1, 1);
              return pen.getImageData(0, 0, 1, 1).data[0];
            }"""
        )
    )


def test_a_picture_takes_shape(studio: tuple[Studio, Watched]) -> None:
    """Another with each news, from one address; nothing of them is kept."""
    (made, watch), page = studio, studio[1].page
    make_film(page, text="A lone owl.", scenes=1)
    glimpse = page.get_by_role("img", name="Scene 1, still being drawn")
    expect(glimpse).to_be_visible()
    expect(page.locator(".card")).to_contain_text("taking shape")
    assert glimpse.evaluate("image => image.decode().then(() => image.naturalWidth)")
    first = str(glimpse.get_attribute("src"))
    expect(glimpse).not_to_have_attribute("src", first)
    assert shade(page) >= 0
    assert violations(page) == []
    news, pictures = asked(watch, "/status/"), asked(watch, "/live/")

    assert len(set(pictures)) == 1
    assert re.search(r"/jobs/[\w-]+/live/1$", pictures[0])
    assert len(pictures) <= len(news)
    assert page.evaluate("blobs.size") == 1

    made.done.touch()
    finished(page)
    expect(page.locator("img.glimpse")).to_have_count(0)
    comes_true(page, "blobs.size === 0")


def test_who_does_not_want_it_asks_for_none(studio: tuple[Studio, Watched]) -> None:
    """The choice is kept."""
    (made, watch), page = studio, studio[1].page
    open_page(page)
    open_part(page, "Engines")
    toggle = page.get_by_role("switch", name=TOGGLE)
    expect(toggle).to_be_checked()
    toggle.uncheck()
    page.reload()
    open_part(page, "Engines")
    expect(toggle).not_to_be_checked()
    page.get_by_role("textbox", name="My own text").fill("A lone owl.")
    page.get_by_role("button", name="Make the film").click()
    expect(page.locator(".card")).to_contain_text("drawing…")
    while len(asked(watch, "/status/")) < 4:
        page.wait_for_timeout(50)
    made.done.touch()
    finished(page)

    assert asked(watch, "/live/") == []


def test_a_worker_that_shows_none_says_how(
    quiet_studio: tuple[Studio, Watched],
) -> None:
    """Off, and by which option it would be on."""
    page = quiet_studio[1].page
    open_page(page)
    open_part(page, "Engines")
    toggle = page.get_by_role("switch", name=TOGGLE)
    expect(toggle).to_be_disabled()
    expect(toggle).not_to_be_checked()
    expect(toggle).to_have_accessible_description(re.compile("--live-previews on"))


def test_draft_pictures_are_there_at_once(page: Page) -> None:
    """So the draft engine shows nothing before, and that is said."""
    open_page(page)
    open_part(page, "Engines")
    toggle = page.get_by_role("switch", name=TOGGLE)
    expect(toggle).to_be_disabled()
    expect(toggle).to_have_accessible_description(re.compile("papercut shows nothing"))


def test_a_metered_tunnel_is_spared(studio: tuple[Studio, Watched]) -> None:
    """Nobody watches through it unless that was asked for; then it costs, and is told."""
    (made, watch), page = studio, studio[1].page
    open_page(page)  # its worker is known to be there
    health = page.request.get("/health").json()
    host = urlsplit(health["workers"][0]["url"]).netloc
    spent = {"host": host, "month": "2026-11", "requests": 5, "bytes": 9, "used": 0.0}
    health["tunnels"] = [spent | {"requests_limit": 20_000, "bytes_limit": 10**9}]
    page.route("**/health", lambda route: route.fulfill(json=health))
    pace = {"hold_s": 2.0, "first_s": 0.2, "share": 0.5}

    def paced(route: Route) -> None:
        told = route.fetch().json()
        route.fulfill(json=told | {"pace": pace})

    page.route("**/api/worker?job_id=*", paced)
    open_page(page)
    open_part(page, "Engines")
    toggle = page.get_by_role("switch", name=TOGGLE)
    expect(toggle).not_to_be_checked()
    expect(toggle).to_have_accessible_description(
        re.compile("a request and some kilob")
    )
    page.get_by_role("textbox", name="My own text").fill("A lone owl.")
    page.get_by_role("button", name="Make the film").click()
    while len(asked(watch, "/status/")) < 3:
        page.wait_for_timeout(50)
    assert asked(watch, "/live/") == []

    page.evaluate("location.hash = '#/make'")
    open_part(page, "Engines")
    toggle.check()
    page.go_back()
    expect(page.locator("img.glimpse")).to_be_visible()
    made.done.touch()
    finished(page)
