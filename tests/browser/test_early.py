"""A film that only its worker has plays by a link of its own, straight from there."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect

from shared_protocol.routes import NGROK_SKIP
from tests.browser.conftest import LIMIT_MS
from tests.browser.steps import finished, open_page
from tests.browser.test_everyone import violations
from tests.browser.test_journey import PLAY
from tests.browser.watched_page import Watched, watched
from tests.servers.served import Served
from tests.servers.tunnel import Forward, Tunnel, page
from tests.workers import TOKEN, WorkerProcess

#: Goes near the end, and tells where the player is once it is there.
SEEK = """video => new Promise((done, fail) => {
  video.onerror = () => fail(video.error);
  video.onseeked = () => done([video.currentTime, video.duration]);
  video.currentTime = 0.8 * video.duration;
})"""
#: Every other text than the present one that the progress has had.
KEEP_TEXTS = """() => {
  window.texts = [];
  const told = document.querySelector(".progress .line span");
  new MutationObserver(() => texts.push(told.textContent))
    .observe(told, { childList: true, characterData: true, subtree: true });
}"""
FILM = re.compile(r"/download/[\w-]+/film\.mp4$")


@dataclass
class Way:
    """What a tunnel does with files: programs wait for them, browsers may not."""

    #: Set while programs get them.
    open: asyncio.Event
    #: Browsers get the tunnel's own page in place of a file, as ngrok does it.
    warns: bool = False
    #: ``Range`` of each request of a browser for the film.
    ranges: list[str] = field(default_factory=list)

    async def trouble(
        self, request: web.Request, forward: Forward
    ) -> web.StreamResponse:
        """See ``Trouble``."""
        if not request.path.startswith(("/download/", "/artifacts/")):
            return await forward()
        if not request.headers.get("User-Agent", "").startswith("Mozilla/"):
            await self.open.wait()
            return await forward()
        if self.warns and NGROK_SKIP not in request.headers:
            return page(200, "ERR_NGROK_6024")
        if FILM.search(request.path):
            self.ranges.append(request.headers.get("Range", ""))
        return await forward()


@dataclass
class Scene:
    """Everything between the page and the worker."""

    served: Served
    tunnel: Tunnel
    way: Way
    #: Does something in the loop of the tunnel.
    do: Callable[[Coroutine[Any, Any, Any]], Any]

    def let(self) -> None:
        """Lets programs have the files."""
        self.do(_set(self.way.open))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """An orchestrator whose worker has real draft engines, on another port."""
    home = tmp_path_factory.mktemp("early") / "home"
    home.mkdir()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def do(what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, loop).result()

    with WorkerProcess(tmp_path_factory.mktemp("worker"), engines="[]") as worker:
        tunnel = do(_opened(str(worker.client.base_url).rstrip("/")))
        way = Way(do(_event()))
        tunnel.trouble = way.trouble
        line = f"{tunnel.url}#token={TOKEN}"
        env = {"COLAB_API_URL": line, "MOONREEL_WORKER": "remote"}
        with Served(home, env) as served:
            yield Scene(served, tunnel, way, do)
        do(tunnel.__aexit__())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _opened(target: str) -> Tunnel:
    return await Tunnel(target).__aenter__()


async def _event() -> asyncio.Event:
    return asyncio.Event()


async def _set(event: asyncio.Event) -> None:
    event.set()


@pytest.fixture
def watch(browser: Browser, scene: Scene) -> Iterator[Watched]:
    """A tab on that orchestrator, opened when the worker was known."""
    scene.way.open.clear()
    scene.way.ranges.clear()
    scene.way.warns = False
    context = browser.new_context(base_url=scene.served.url, locale="en-GB")
    context.set_default_timeout(LIMIT_MS)
    open_page(context.new_page())  # whoever opens the next one knows the worker
    with watched(context.new_page(), strict=False) as found:
        yield found
    scene.let()
    context.close()


def test_it_plays_and_seeks_before_it_is_here(watch: Watched, scene: Scene) -> None:
    """By a link without a token; what plays goes on when the film has come."""
    tab = watch.page
    job_id = _order(tab, scene, *(["The crow saw a pitcher."] * 4))
    video = tab.locator(".player video")
    expect(video).to_be_visible()
    source = str(video.get_attribute("src"))
    width, _ = video.evaluate(PLAY)
    at, length = video.evaluate(SEEK)

    assert width > 0
    assert at == pytest.approx(0.8 * length, abs=0.2)
    assert scene.served.film(job_id)["state"] == "sent_to_colab"
    assert source.startswith(f"{scene.tunnel.url}/download/{job_id}/film.mp4?")
    assert set(parse_qs(urlsplit(source).query)) == {"expires", "signature"}
    assert scene.way.ranges
    assert all(asked.startswith("bytes=") for asked in scene.way.ranges)
    assert TOKEN not in source
    asked = scene.tunnel.counts.asked
    assert asked.count(f"GET /status/{job_id}") > 1
    assert asked.count(f"OPTIONS /status/{job_id}") == 1

    scene.let()
    finished(tab)
    assert video.get_attribute("src") == source
    assert video.evaluate("video => video.currentTime") > 0
    tab.reload()
    expect(video).to_have_attribute("src", re.compile(rf"^/api/download/{job_id}\?"))
    assert watch.errors == []


def test_a_worker_that_came_later_plays_too(
    browser: Browser, scene: Scene, tmp_path: Path
) -> None:
    """In a frame with a policy of its own, without a reload; chapters lead into it."""
    scene.way.open.clear()
    scene.way.ranges.clear()
    (tmp_path / "home").mkdir()
    with Served(tmp_path / "home", {"MOONREEL_WORKER": "remote"}) as served:
        context = browser.new_context(base_url=served.url, locale="en-GB")
        context.set_default_timeout(LIMIT_MS)
        with watched(context.new_page()) as watch:
            tab = watch.page
            tab.goto("/")
            expect(tab.locator(".worker-badge")).to_contain_text("No worker")
            line = {"url": f"{scene.tunnel.url}#token={TOKEN}"}
            told = httpx.post(f"{served.url}/api/set-colab-url", json=line, timeout=60)
            assert told.json()["connected"]
            order = {
                "script": "The hare ran.\n\nIt slept.",
                "quality": "draft",
                "num_scenes": 2,
            }
            job_id = served.order(order)
            tab.evaluate("id => { location.hash = `#/jobs/${id}`; }", job_id)
            frame = tab.locator(".player iframe")
            expect(frame).to_be_visible()
            video = tab.frame_locator(".player iframe").locator("video")
            width, _ = video.evaluate(PLAY)
            assert width > 0
            assert served.film(job_id)["state"] == "sent_to_colab"
            assert str(video.get_attribute("src")).startswith(scene.tunnel.url)
            assert violations(tab) == []
            before = video.evaluate(
                "video => { video.pause(); return video.currentTime; }"
            )
            tab.locator(".chapters button").nth(1).click()
            second = served.film(job_id)["render"]["units"]
            begins = next(
                u["result"]["facts"]["duration_s"]
                for u in second
                if u["kind"] == "voice" and u["scene"] == 1
            )
            while video.evaluate("video => video.currentTime") < begins:
                tab.wait_for_timeout(20)
            assert before < begins

            scene.let()
            finished(tab)
            expect(video.locator("track")).to_have_count(1)
            tab.reload()
            expect(tab.locator(".player video")).to_have_attribute(
                "src", re.compile(rf"^/api/download/{job_id}\?")
            )
        context.close()


def test_a_worker_that_is_done_is_left_alone(watch: Watched, scene: Scene) -> None:
    """While the film comes home it is asked no more, and home alone tells of it."""
    tab = watch.page
    tab.clock.install()
    job_id = _order(tab, scene, "The kite saw a tall pitcher.")
    message = tab.locator(".progress .line span").first
    expect(message).to_have_text("Bringing the finished film to this machine.")
    asked, count = f"GET /status/{job_id}", scene.tunnel.counts.asked.count
    while f"OPTIONS /status/{job_id}" not in scene.tunnel.counts.asked:
        tab.wait_for_timeout(50)
    first = -1
    while first < count(asked):  # until the page, too, has heard of the end
        first = count(asked)
        tab.wait_for_timeout(1000)
    tab.evaluate(KEEP_TEXTS)
    for _ in range(60):
        tab.clock.run_for(1000)
        tab.wait_for_timeout(30)  # for answers, which do not keep to that clock

    assert count(asked) == first
    assert tab.evaluate("texts") == []


def test_the_link_opens_by_itself(watch: Watched, scene: Scene) -> None:
    """In a tab of its own, as on a phone; nothing of the worker may run there."""
    _order(watch.page, scene, "The fox saw a tall pitcher.")
    with watch.page.context.expect_page() as opened:
        watch.page.get_by_role("link", name="Open it there").click()
    video = opened.value.locator("video")
    while not video.evaluate("video => video.videoWidth"):  # asked from outside
        opened.value.wait_for_timeout(50)

    assert video.evaluate("video => video.error") is None


def test_behind_a_warning_page_the_copy_is_waited_for(
    watch: Watched, scene: Scene
) -> None:
    """No broken player meanwhile; the film plays from here, once it has come."""
    scene.way.warns = True
    tab = watch.page
    with tab.expect_request(lambda asked: bool(FILM.search(urlsplit(asked.url).path))):
        job_id = _order(tab, scene, "The owl saw a tall pitcher.")
    expect(tab.locator(".player")).to_have_count(0)
    scene.let()
    finished(tab)
    video = tab.locator(".player video")
    width, _ = video.evaluate(PLAY)

    assert width > 0
    assert str(video.get_attribute("src")).startswith(f"/api/download/{job_id}")


def _order(tab: Page, scene: Scene, *paragraphs: str) -> str:
    """Another film each time: equal ones would be here at once."""
    order = {"script": "\n\n".join(paragraphs), "num_scenes": len(paragraphs)}
    job_id = scene.served.order(order | {"quality": "draft"})
    tab.goto(f"/#/jobs/{job_id}")
    return job_id
