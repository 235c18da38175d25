"""Every state of a film for everybody, what a long film costs, and news while away."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.steps import comes_true, finished, open_page
from tests.browser.test_everyone import ORDER, themed, violations
from tests.browser.watched_page import Watched
from tests.servers.served import Served
from tests.workers import TOKEN, WorkerProcess

__all__ = ["themed"]  # the page in each theme

HOLD_MS = 25_000
MINUTES = 10
BROKEN = {
    "code": "engine_failed",
    "message": "Scene 2: the picture could not be drawn.",
    "hint": "Try again, or change its words.",
    "error": {"type": "engine_failed", "message": "Scene 2.", "param": None},
}


@pytest.fixture(scope="module")
def view(served: Served) -> dict[str, Any]:
    """A finished film as the server tells it."""
    return served.finish(served.order(ORDER))


class Told:
    """What the page is told of a film: one answer, then it waits for the next."""

    def __init__(self, page: Page, view: dict[str, Any], **changes: Any) -> None:
        self.view = view | changes
        if not self.view["terminal"]:
            self.view["render"] = view["render"] | RENDERING
        self.waiting: list[Route] = []
        page.route(f"**/api/jobs/{view['job_id']}", self._hear)
        page.goto(f"/#/jobs/{view['job_id']}")

    def _hear(self, route: Route) -> None:
        if "if-none-match" in route.request.headers:
            self.waiting.append(route)
        else:
            route.fulfill(json=self.view)


RENDERING = {"state": "running", "status": "processing", "terminal": False}
RUNNING = {"state": "sent_to_colab", "terminal": False, "progress": 40, "artifacts": []}
STATES = {
    "running": (RUNNING, ".progress"),
    "failed": ({"state": "error", "error": BROKEN}, ".trouble"),
    "unreachable": (RUNNING | {"state": "unreachable"}, ".banner[data-banner=worker]"),
    "asleep": (
        RUNNING
        | {"state": "unreachable", "worker": {"kind": "remote", "asleep": True}},
        ".banner[data-banner=asleep]",
    ),
    "canceled": ({"state": "canceled"}, ".cards"),
}


@pytest.mark.parametrize("state", STATES)
def test_no_violations_in(themed: Page, view: dict[str, Any], state: str) -> None:
    """By axe, in light and dark."""
    changes, sign = STATES[state]
    Told(themed, view, **changes)
    themed.locator(sign).wait_for()

    assert violations(themed) == []


def test_no_violations_while_there_is_nothing(themed: Page) -> None:
    """A library without films, a worker without LoRAs, no worker to ask for models."""
    themed.route("**/api/jobs", lambda route: route.fulfill(json={"jobs": []}))
    themed.goto("/#/library")
    themed.locator(".empty").wait_for()
    found = violations(themed)
    gone = {"code": "worker_unreachable", "message": "No worker is connected."}
    themed.route("**/api/models/", lambda r: r.fulfill(json=gone, status=503))
    themed.goto("/#/models")
    themed.locator(".refusal").wait_for()

    assert found + violations(themed) == []


def test_no_violations_without_a_server(themed: Page) -> None:
    """With the banner that counts down."""
    open_page(themed)
    themed.route("**/health", lambda route: route.abort("connectionrefused"))
    themed.locator(".banner[data-banner=server]").wait_for()

    assert violations(themed) == []


def test_no_violations_offline(themed: Page) -> None:
    """With the banner that says so."""
    open_page(themed)
    themed.context.set_offline(True)
    themed.locator(".banner[data-banner=offline]").wait_for()
    found = violations(themed)
    themed.context.set_offline(False)

    assert found == []


def test_ten_quiet_minutes_cost_few_requests(
    page: Page, view: dict[str, Any], worker: WorkerProcess
) -> None:
    """The worker holds each for 25 s; nothing else is asked of it, at one address."""
    there = urlsplit(str(worker.client.base_url)).netloc
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    held: list[Route] = []
    page.route("**/status/*", lambda route: held.append(route))
    page.clock.install()
    Told(page, view, **RUNNING)
    for turn in range(MINUTES * 60_000 // HOLD_MS):
        while len(held) == turn:
            page.wait_for_timeout(20)
        page.clock.run_for(HOLD_MS)
        _answer(held[turn], view["render"], page.url)
    to_worker = [url for url in asked if urlsplit(url).netloc == there]

    assert len(to_worker) <= 3 * MINUTES
    assert len(set(to_worker)) == 1
    assert _preflight_lasts_s(to_worker[0], page.url) >= 3600


def test_news_while_away(
    page: Page, context: BrowserContext, view: dict[str, Any]
) -> None:
    """A notice of the system when the film is ready and nobody looks."""
    context.grant_permissions(["notifications"])
    page.add_init_script(
        """window.told = [];
        window.Notification = class extends Notification {
          constructor(title, about) { super(title, about); told.push([title, about.body]); }
        };"""
    )
    ends_in_a_hidden_tab(page, view)
    comes_true(page, "told.length === 1")

    assert page.evaluate("told[0]") == [view["title"], view["message"]]


def test_news_where_no_page_may_notify(
    page: Page, context: BrowserContext, view: dict[str, Any]
) -> None:
    """As on Chromium of phones, which asks for permission and then refuses."""
    context.grant_permissions(["notifications"])
    page.add_init_script(
        """window.Notification = class {
          static requestPermission() { return Promise.resolve("granted"); }
          constructor() { throw new TypeError("Illegal constructor"); }
        };"""
    )
    ends_in_a_hidden_tab(page, view)
    finished(page)

    expect(page.locator(".notice")).to_contain_text(view["title"])


def ends_in_a_hidden_tab(page: Page, view: dict[str, Any]) -> None:
    """The film ends while another tab is looked at, and a notice of it is wanted."""
    told = Told(page, view, **RUNNING)
    page.get_by_label("Tell me when a film is ready").check()
    while not told.waiting:
        page.wait_for_timeout(20)
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })"
    )
    told.waiting[0].fulfill(json=view | {"version": view["version"] + 1})


def test_notices_that_are_not_allowed(page: Page) -> None:
    """The switch goes back, and it is said why."""
    open_page(page)
    page.get_by_label("Tell me when a film is ready").click()
    expect(page.locator(".notice")).to_contain_text("does not allow notices")

    expect(page.get_by_label("Tell me when a film is ready")).not_to_be_checked()


@pytest.mark.parametrize(
    "clipboard", ["undefined", "{ writeText: () => Promise.reject(new Error('no')) }"]
)
def test_a_report_without_a_clipboard(
    page: Page, view: dict[str, Any], clipboard: str
) -> None:
    """It is shown to be copied by hand, without anything secret."""
    page.add_init_script(
        f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})"
    )
    Told(page, view, state="error", error=BROKEN)
    page.get_by_role("button", name="Copy a report").click()
    report = page.get_by_role("textbox", name="Copy a report").input_value()

    assert json.loads(report)["error"]["message"] == BROKEN["message"]
    assert TOKEN not in report


def test_a_refusal_belongs_to_its_film(
    rough_page: Watched, served: Served, view: dict[str, Any]
) -> None:
    """It is not shown with another one."""
    page = rough_page.page
    other = served.finish(served.order(ORDER | {"seed": 2}))["job_id"]
    refused = {"message": "It is ending.", "code": "not_ready"}
    page.route("**/cancel", lambda route: route.fulfill(json=refused, status=409))
    Told(page, view, **RUNNING)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_have_text("It is ending.")
    page.evaluate("id => { location.hash = `#/jobs/${id}`; }", other)
    finished(page)

    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_script_that_was_never_written(
    rough_page: Watched, view: dict[str, Any]
) -> None:
    """Of a film that failed before: it is said, and nobody waits for it."""
    page = rough_page.page
    body = {"message": "The script was not written.", "code": "not_ready"}
    page.route("**/script", lambda route: route.fulfill(json=body, status=409))
    Told(page, view, state="error", error=BROKEN)
    page.get_by_role("button", name="Script", exact=True).click()
    words = page.locator("main p", has_text="The script was not written.")

    expect(words).to_have_attribute("aria-busy", "false")


def test_a_film_that_takes_longer_says_so(page: Page, view: dict[str, Any]) -> None:
    """Measuring at first, then a range; when it grows, that is not hidden."""
    told = Told(page, view, **RUNNING, eta_s=None)
    eta, version = page.locator(".eta"), view["version"]
    for number, (seconds, text) in enumerate(
        [
            (None, "measuring…"),
            (60, "about 48\u201384 sec left"),
            (55, "about 44\u201377 sec left"),
            (300, "about 4\u20137 min left, longer than was thought"),
        ],
        start=1,
    ):
        while len(told.waiting) < number:
            page.wait_for_timeout(20)
        news = RUNNING | {"version": version + number, "eta_s": seconds}
        told.waiting[number - 1].fulfill(json=view | news)
        expect(eta).to_have_text(text)


def test_copied_and_pasted(
    page: Page, context: BrowserContext, worker: WorkerProcess
) -> None:
    """A command by its button; the notebook's line with Ctrl+V, and it is connected."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/#/connection")
    command = page.locator(".copy", has=page.get_by_label("Command on your GPU"))
    command.get_by_role("button", name="Copy").click()
    expect(command.get_by_role("button", name="Copied")).to_be_visible()
    assert "moonreel worker" in page.evaluate("navigator.clipboard.readText()")

    line = f"Ready: {worker.client.base_url}#token={TOKEN}"
    page.evaluate("line => navigator.clipboard.writeText(line)", line)
    page.get_by_label("The whole line").focus()
    page.keyboard.press("Control+V")
    page.get_by_role("button", name="Connect", exact=True).click()

    expect(page.locator(".good")).to_contain_text("connected")
    expect(page.get_by_label("The whole line")).to_have_value("")


def _answer(route: Route, job: dict[str, Any], page_url: str) -> None:
    """As the worker does: its view at first, 304 when nothing is new."""
    parts = urlsplit(page_url)
    headers = {
        "X-Worker-Boot": "boot",
        "Access-Control-Allow-Origin": f"{parts.scheme}://{parts.netloc}",
        "Access-Control-Expose-Headers": "X-Worker-Boot",
    }
    if "if-none-match" in route.request.headers:
        route.fulfill(status=304, headers=headers)
    else:
        route.fulfill(json=job | RENDERING, headers=headers)


def _preflight_lasts_s(url: str, page_url: str) -> int:
    """How long the real worker lets a browser remember that it may ask."""
    parts = urlsplit(page_url)
    asking = {
        "Origin": f"{parts.scheme}://{parts.netloc}",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,prefer,if-none-match",
    }
    reply = httpx.options(url, headers=asking)
    return int(reply.headers["Access-Control-Max-Age"])


NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
#: Every text that the live region has held, with the page's time.
LISTEN = """() => {
  window.heard = [];
  const region = document.querySelector("[role=status]");
  new MutationObserver(() => heard.push([Date.now(), region.textContent]))
    .observe(region, { childList: true, characterData: true, subtree: true });
  return document.querySelectorAll("[role=status], [aria-live=polite]").length;
}"""


def test_at_most_one_polite_message_in_ten_seconds(
    page: Page, view: dict[str, Any]
) -> None:
    """However much happens: the last of it is said."""
    page.clock.install(time=NOON)
    told = Told(page, view, **RUNNING)
    page.locator(".progress").wait_for()
    page.clock.pause_at(NOON + timedelta(hours=1))
    page.clock.run_for(30_000)
    assert page.evaluate(LISTEN) == 1
    version = view["version"]
    for number in range(1, 9):
        while len(told.waiting) < number:
            page.wait_for_timeout(20)
        news = RUNNING | {"version": version + number, "message": f"News {number}."}
        told.view |= news  # for a page that asks anew, as after an answer that was late
        told.waiting[number - 1].fulfill(json=view | news)
        expect(page.locator(".progress")).to_contain_text(f"News {number}.")
        page.clock.run_for(2_500)
    page.clock.run_for(30_000)
    heard = page.evaluate("heard")
    times = [at for at, _ in heard]

    assert heard[-1][1] == "40 %: News 8."
    assert 2 <= len(heard) <= 4
    assert all(b - a >= 10_000 for a, b in pairwise(times))
