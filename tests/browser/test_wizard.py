"""The way to a borrowed GPU: pasted, checked and tried; what is wrong is named, with advice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect

from shared_protocol import routes
from tests.browser.conftest import LIMIT_MS
from tests.browser.steps import finished
from tests.browser.test_everyone import violations
from tests.servers.served import Served
from tests.servers.tunnel import Forward, Trouble, Tunnel, says
from tests.workers import TOKEN, WorkerProcess

T4 = {
    "gpu": "Tesla T4",
    "device": "cuda",
    "gpu_memory": {"total_bytes": 15_800_000_000, "used_bytes": 0},
}
FULL = {"gpu_memory": {"total_bytes": 15_800_000_000, "used_bytes": 14_600_000_000}}
NO_PAINTER = {
    "name": "sdxl",
    "kind": "image",
    "draft": False,
    "unavailable": "diffusers is not installed",
}


@dataclass
class Wizard:
    """The page with nothing connected, and a worker behind a tunnel."""

    page: Page
    tunnel: Tunnel
    #: What the worker really tells of itself.
    health: dict[str, Any]

    def paste(self, line: str | None = None) -> None:
        """Connects; by default with what the notebook would print."""
        self.page.get_by_label("The whole line").fill(
            line or f"{self.tunnel.url}/#token={TOKEN}"
        )
        self.page.get_by_role("button", name="Connect", exact=True).click()
        expect(self.page.locator(".checks li").first).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def tells(self, *, cors: bool = True, **changes: Any) -> Trouble:
        """The worker says other things of itself; without ``cors`` to no page."""

        async def trouble(request: web.Request, forward: Forward) -> web.StreamResponse:
            if (request.method, request.path) != ("GET", routes.HEALTH):
                return await forward()
            headers = {routes.X_WORKER_BOOT: self.health["boot_id"]}
            if cors:
                origin = request.headers.get("Origin", "*")
                headers["Access-Control-Allow-Origin"] = origin
                headers["Access-Control-Expose-Headers"] = routes.X_WORKER_BOOT
            return web.json_response(self.health | changes, headers=headers)

        return trouble


@pytest.fixture(scope="module")
def tunnel(worker: WorkerProcess) -> Iterator[Tunnel]:
    """In a thread of its own, before the worker."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def do(what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, loop).result()

    made = Tunnel(str(worker.client.base_url).rstrip("/"))
    do(made.__aenter__())
    yield made
    do(made.__aexit__())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An orchestrator that knows no worker and starts none."""
    home = tmp_path_factory.mktemp("bare") / "home"
    home.mkdir()
    with Served(home, {"MOONREEL_WORKER": "remote"}) as served:
        yield served


@pytest.fixture
def wizard(
    browser: Browser, bare: Served, tunnel: Tunnel, worker: WorkerProcess
) -> Iterator[Wizard]:
    """The Connection page; the tunnel is in order again afterwards."""
    context = browser.new_context(base_url=bare.url, locale="en-GB")
    context.set_default_timeout(LIMIT_MS)
    page = context.new_page()
    page.goto("/#/connection")
    yield Wizard(page, tunnel, worker.client.get(routes.HEALTH).json())
    context.close()
    tunnel.trouble = None


def test_pasted_checked_and_tried(wizard: Wizard) -> None:
    """Everything is well, and the test film is made."""
    wizard.paste()
    checks = wizard.page.locator(".checks li")
    expect(wizard.page.locator(".good")).to_have_text("The worker is connected.")
    expect(checks.filter(has_text="This page reaches it directly.")).to_be_visible()
    expect(checks.and_(wizard.page.locator("[data-ok=false]"))).to_have_count(0)
    assert violations(wizard.page) == []

    wizard.page.get_by_role("button", name="Test render").click()
    finished(wizard.page)


#: Fault -> (what the tunnel does, the words shown, the advice, whether films go on).
FAULTS: dict[str, tuple[Callable[[Wizard], Trouble], str, str, bool]] = {
    "tunnel page": (
        lambda w: says(200, "ERR_NGROK_6024"),
        "ngrok showed its warning page",
        "the tunnel showed its own page",
        False,
    ),
    "another page": (
        lambda w: says(200),
        "answered with a web page",
        "Paste the line that the notebook printed",
        False,
    ),
    "worker down": (
        lambda w: says(502, "ERR_NGROK_8012"),
        "no worker answers behind it",
        "Wait until the notebook says that the worker is ready",
        False,
    ),
    "version": (
        lambda w: w.tells(protocol=99),
        "The worker speaks protocol 99",
        "Update the older side",
        False,
    ),
    "CORS": (
        lambda w: w.tells(cors=False),
        "This page cannot reach it directly.",
        "--allow-origin",
        False,
    ),
    "GPU": (
        lambda w: w.tells(gpu=False),
        "It has no GPU, so films are drafts.",
        "T4 GPU",
        True,
    ),
    "VRAM": (
        lambda w: w.tells(**T4 | FULL),
        "Tesla T4 with 15.8 GB, 1.2 GB of it free; that is little",
        "Close what else uses the GPU",
        True,
    ),
    "disk": (
        lambda w: w.tells(disk={"free_bytes": 900_000_000}),
        "0.9 GB are free on it.",
        "free its disk",
        False,
    ),
    "model": (
        lambda w: w.tells(**T4, engines=_drafts(w.health)),
        "Its image engine is papercut (draft).",
        "moonreel models pull sdxl",
        True,
    ),
    "engine": (
        lambda w: w.tells(engines=[NO_PAINTER]),
        "no image engine that works: diffusers is not installed",
        "Run the notebook again",
        False,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_failure_is_named(wizard: Wizard, fault: str) -> None:
    """In the line of the check that found it, with what to do."""
    make, sentence, advice, goes_on = FAULTS[fault]
    wizard.tunnel.trouble = make(wizard)
    wizard.paste()
    named(wizard.page, sentence, advice, goes_on=goes_on)


@pytest.mark.parametrize(
    ("line", "sentence", "advice"),
    [
        (
            "https://no-such-worker.invalid/#token=abcdefghijkl",
            "The name no-such-worker.invalid does not exist",
            "paste its new address",
        ),
        ("{url}/#token=another-token-99", "paste the whole line", "with its token"),
        ("{url}", "paste the whole line", "with its token"),
        ("http://127.0.0.1:9/#token=abcdefghijkl", "Nothing answers", "still runs"),
    ],
    ids=["DNS", "401", "no token", "nobody"],
)
def test_a_wrong_line_is_named(
    wizard: Wizard, line: str, sentence: str, advice: str
) -> None:
    """And no other trouble is told beside it, as nothing else is known."""
    wizard.paste(line.format(url=wizard.tunnel.url))
    named(wizard.page, sentence, advice, goes_on=False)

    expect(wizard.page.locator(".checks li")).to_have_count(1)


def named(page: Page, sentence: str, advice: str, *, goes_on: bool) -> None:
    """Whether one step of the check says so; it is no failure where films ``goes_on``."""
    step = page.locator(".checks li").filter(has_text=sentence)
    expect(step).to_have_attribute("data-ok", str(goes_on).lower())
    expect(step.locator("p")).to_contain_text(advice)
    expect(step.locator("strong")).to_contain_text("✓" if goes_on else "✗")
    assert violations(page) == []


def _drafts(health: dict[str, Any]) -> list[dict[str, Any]]:
    """Its own engines, with one for pictures that is a draft."""
    others = [engine for engine in health["engines"] if engine["kind"] != "image"]
    return [{"name": "papercut", "kind": "image", "draft": True}, *others]
