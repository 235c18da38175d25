"""Banners tell troubles apart, the page follows by itself, and nothing on it is lost."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from benchmarks.simulated import ENGINES, SECONDS_VARIABLE
from shared_protocol.studio import TunnelQuota
from tests.browser.conftest import LIMIT_MS
from tests.browser.steps import STORY, comes_true, finished, make_film, open_page
from tests.browser.test_everyone import violations
from tests.browser.watched_page import Watched
from tests.gated_pictures import GATE_VARIABLE, GATED_ENGINES, Gate
from tests.servers.served import Served
from tests.servers.tunnel import Tunnel, says
from tests.workers import TOKEN, WorkerProcess

SLOW = {"image": 0.5, "voice": 0.2, "clip": 0.5, "film": 0.5}


def banner(page: Page, kind: str) -> None:
    """Waits for the banner of that kind."""
    expect(page.locator(f".banner[data-banner={kind}]")).to_be_visible()


def no_banner(page: Page) -> None:
    """Waits until nothing is wrong any more."""
    expect(page.locator(".banner")).to_have_count(0)


def test_you_are_offline(rough_page: Watched) -> None:
    """The browser's own network is away and comes back."""
    page = rough_page.page
    open_page(page)
    page.context.set_offline(True)
    banner(page, "offline")
    page.context.set_offline(False)

    no_banner(page)


def test_the_server_is_down(rough_page: Watched) -> None:
    """It counts down to the next try; what was typed stays."""
    page = rough_page.page
    open_page(page)
    page.get_by_role("textbox", name="My own text").fill("Kept.")

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/health", refuse)
    banner(page, "server")
    expect(page.locator("main")).to_have_attribute("data-stale", "true")
    expect(page.locator(".banner")).to_contain_text("Asking again in")
    page.unroute("**/health", refuse)
    page.get_by_role("button", name="Try now").click()
    no_banner(page)

    expect(page.get_by_role("textbox", name="My own text")).to_have_value("Kept.")


def test_the_server_answers_with_an_error(rough_page: Watched) -> None:
    """It is told in its own words and asked again, until it is well."""
    page = rough_page.page
    open_page(page)
    said = {"message": "The database is away.", "code": "internal"}

    def err(route: Route) -> None:
        route.fulfill(status=500, json=said)

    page.route("**/health", err)
    banner(page, "server")
    expect(page.locator(".banner")).to_contain_text("The database is away.")
    page.unroute("**/health", err)
    page.get_by_role("button", name="Try now").click()
    no_banner(page)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"status": "o', "application/json"),
        ("<html>", "application/json"),
        ("", "application/json"),
        ("<html>", "text/html"),
    ],
)
def test_an_answer_that_is_none(rough_page: Watched, body: str, kind: str) -> None:
    """Cut short, or another program's: the page goes on asking."""
    page = rough_page.page
    open_page(page)

    def cut(route: Route) -> None:
        route.fulfill(content_type=kind, body=body)

    page.route("**/health", cut)
    banner(page, "server")
    page.unroute("**/health", cut)
    page.get_by_role("button", name="Try now").click()
    no_banner(page)


def test_another_version_here(page: Page) -> None:
    """Moonreel was updated while the page was open: it says so, and reloads on demand."""
    open_page(page)
    told = page.request.get("/health").json() | {"version": "99.0.0"}
    page.route("**/health", lambda route: route.fulfill(json=told))
    banner(page, "updated")
    page.unroute("**/health")
    page.get_by_role("button", name="Reload").click()

    no_banner(page)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """How many pictures the frail worker draws."""
    return Gate(tmp_path / "gate")


@pytest.fixture
def frail(
    gate: Gate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WorkerProcess]:
    """A worker to be killed in the middle of a film."""
    folder, env = tmp_path_factory.mktemp("frail"), {GATE_VARIABLE: str(gate.path)}
    with WorkerProcess(folder, seconds=SLOW, engines=GATED_ENGINES, env=env) as process:
        yield process


def test_worker_killed_restarted_at_a_new_address(
    browser: Browser,
    frail: WorkerProcess,
    gate: Gate,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The page says so, keeps its pictures, follows to the new address, and ends well."""
    gate.let(1)
    home = tmp_path_factory.mktemp("own") / "home"
    home.mkdir()
    env = {
        "MOONREEL_ENGINES": ENGINES,
        SECONDS_VARIABLE: json.dumps(SLOW),
        "MOONREEL_WORKER": "remote",
        "COLAB_API_URL": line_of(frail),
    }
    with Served(home, env) as served:
        context = browser.new_context(base_url=served.url, locale="en-GB")
        context.set_default_timeout(LIMIT_MS)
        page = context.new_page()
        make_film(page, STORY, scenes=4)
        expect(page.locator(".cards img").first).to_be_visible()
        frail.kill(signal.SIGKILL)
        banner(page, "worker")
        expect(page.locator(".cards img").first).to_be_visible()
        expect(page.locator(".banner .next")).to_contain_text("Asking again in")
        gate.let(1000)
        frail.start()
        other = context.new_page()
        other.goto("/#/connection")
        other.get_by_label("The whole line").fill(line_of(frail))
        other.get_by_role("button", name="Connect", exact=True).click()
        expect(other.locator(".good")).to_contain_text("connected")
        no_banner(page)
        finished(page)
        shows_the_gap(page)
        context.close()


def shows_the_gap(page: Page) -> None:
    """When the worker was away is hatched among the bars, and told in words twice."""
    gantt = page.locator(".gantt")
    gantt.get_by_text("What ran when").click()
    expect(gantt.locator(".gap")).to_have_count(1)
    box, chart = (gantt.locator(s).bounding_box() for s in (".gap", ".chart"))
    assert box is not None
    assert chart is not None
    assert chart["x"] < box["x"] < box["x"] + box["width"] < chart["x"] + chart["width"]
    words = re.compile(r"worker away for \d+:\d\d")
    expect(gantt.get_by_role("img", name=words)).to_be_visible()
    expect(gantt.locator(".legend")).to_contain_text(words)
    assert violations(page) == []

    gantt.get_by_label("as a table").check()
    expect(gantt.locator("tr", has_text="Worker away")).to_have_count(1)
    assert violations(page) == []


def test_a_worker_asleep_is_woken_by_hand(
    browser: Browser, frail: WorkerProcess, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its tunnel answers for it: told from one that is down; Try now asks it at once."""
    home = tmp_path_factory.mktemp("tunnelled") / "home"
    home.mkdir()
    with tunnelled(str(frail.client.base_url).rstrip("/")) as tunnel:
        line = f"{tunnel.url}/#token={TOKEN}"
        with Served(home, {"MOONREEL_WORKER": "auto", "COLAB_API_URL": line}) as served:
            context = browser.new_context(base_url=served.url, locale="de-DE")
            context.set_default_timeout(LIMIT_MS)
            page = context.new_page()
            open_page(page)
            tunnel.trouble = says(502, "ERR_NGROK_8012")
            httpx.post(f"{served.url}/api/worker/check", json={}, timeout=30)
            banner(page, "asleep")
            expect(page.locator(".banner")).to_contain_text("Der Worker schläft.")
            tunnel.trouble = None
            page.get_by_role("button", name="Jetzt versuchen").click()
            no_banner(page)
            context.close()


def test_a_worker_that_is_gone_is_forgotten(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """While it is away this machine makes new films; without it nothing is amiss."""
    home = tmp_path_factory.mktemp("left") / "home"
    home.mkdir()
    env = {
        "MOONREEL_ENGINES": ENGINES,
        "COLAB_API_URL": f"http://127.0.0.1:9/#token={TOKEN}",
    }
    with Served(home, env) as served:
        context = browser.new_context(base_url=served.url, locale="en-GB")
        context.set_default_timeout(LIMIT_MS)
        page = context.new_page()
        open_page(page, "/#/connection")
        expect(page.locator(".banner")).to_contain_text(
            "New ones are made on this machine."
        )
        expect(page.locator("form")).to_contain_text(
            "http://127.0.0.1:9 is waited for."
        )
        page.get_by_role("button", name="Forget it").click()
        no_banner(page)
        expect(page.get_by_role("button", name="Forget it")).to_have_count(0)
        assert violations(page) == []
        context.close()


@contextmanager
def tunnelled(target: str) -> Iterator[Tunnel]:
    """A tunnel to that address, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    tunnel = Tunnel(target)
    asyncio.run_coroutine_threadsafe(tunnel.__aenter__(), loop).result()
    yield tunnel
    asyncio.run_coroutine_threadsafe(tunnel.__aexit__(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_the_health_is_that_of_now(page: Page, served: Served) -> None:
    """Queue and age follow the worker while the view is open, waiting jobs included."""
    page.goto("/#/connection")
    queue = page.locator(".health div", has_text="Queue")
    age = page.locator(".health div", has_text="Running for")
    expect(queue).to_contain_text("0 of 100")
    before = age.inner_text()
    text = "\n\n".join(f"The moon rose over hill number {n}." for n in range(60))
    made = [
        served.order({"script": text, "num_scenes": 60, "seed": seed})
        for seed in range(3)
    ]
    expect(queue).to_contain_text(re.compile(r"[23] of 100"))
    for job_id in made:
        httpx.post(f"{served.url}/api/jobs/{job_id}/cancel", json={}, timeout=60)
        assert served.finish(job_id)["state"] == "canceled"
    expect(queue).to_contain_text("0 of 100")

    expect(age).not_to_have_text(before)


def test_what_the_tunnel_has_left(page: Page) -> None:
    """Requests and bytes of this month, of the worker's own tunnel, and the warning."""
    page.goto("/#/connection")
    row = page.locator(".health div", has_text="Left this month")
    expect(row).to_contain_text("not metered")

    told = page.request.get("/health").json()
    spent = TunnelQuota(
        host=urlsplit(told["colab_url"]).netloc,
        month="2026-11",
        requests=17_000,
        bytes=100_000_000,
        used=0.85,
        requests_limit=20_000,
        bytes_limit=1_000_000_000,
        warning="85% is used.",
    )
    told["tunnels"] = [spent.model_dump()]
    page.route("**/health", lambda route: route.fulfill(json=told))
    page.reload()

    expect(row).to_contain_text("3,000 requests, 900 MB")
    expect(row.locator("meter")).to_be_visible()
    expect(page.locator("[data-quota=low]")).to_have_text("85% is used.")


def test_files_over_the_quota_wait_for_a_yes(page: Page, served: Served) -> None:
    """The film's page has the button that fetches them all the same."""
    made = served.order({"script": "One.", "num_scenes": 1})
    served.finish(made)

    waiting = served.film(made) | {"over_quota": True, "terminal": False}

    def as_if_over(route: Route) -> None:
        # What asks for news after the first answer is held.
        if "if-none-match" not in route.request.headers:
            route.fulfill(json=waiting)

    page.route(f"**/api/jobs/{made}", as_if_over)
    page.goto(f"/#/jobs/{made}")
    with page.expect_response(f"**/api/jobs/{made}/allow") as reply:
        page.get_by_role("button", name="Fetch the files all the same").click()

    assert reply.value.status == 202


def line_of(worker: WorkerProcess) -> str:
    """What the worker's notebook would print."""
    return f"{str(worker.client.base_url).rstrip('/')}/#token={TOKEN}"


def test_a_language_that_cannot_be_fetched(rough_page: Watched) -> None:
    """It is said, and the choice goes back to the language that is shown."""
    page = rough_page.page
    open_page(page)
    page.route("**/strings/de.js", lambda route: route.abort("connectionrefused"))
    choice = page.locator("footer").get_by_label("Language")
    choice.select_option("de")
    expect(page.locator(".notice")).to_contain_text("cannot be fetched now")

    expect(choice).to_have_value("en")


def test_places_are_there_though_the_server_has_ended(rough_page: Watched) -> None:
    """What is fetched later is fetched while there is time; one that fails comes later."""
    page = rough_page.page

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/views/connection.js", refuse)
    page.goto("/#/connection")
    expect(page.locator("main")).to_contain_text("cannot be fetched now")
    page.unroute("**/views/connection.js", refuse)
    expect(page.locator(".wizard")).to_be_visible()
    comes_true(
        page,
        "performance.getEntriesByType('resource').some(e => e.name.endsWith('library.js'))",
    )
    page.route("**/*", refuse)
    page.keyboard.press("Alt+2")

    expect(page.locator(".library, main [aria-busy]")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("cannot be fetched")
