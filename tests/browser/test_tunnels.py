"""The page in Chromium before a tunnel that misbehaves: told what it is, and no unit twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LIMIT_MS
from tests.browser.steps import finished, make_film
from tests.browser.watched_page import Watched, watched
from tests.gated_pictures import GATE_VARIABLE, GATED_ENGINES, Gate
from tests.servers.served import Served
from tests.servers.troubles import ALL_ALONG, ASLEEP, IN_THE_WAY, LIMITS
from tests.servers.tunnel import Trouble, Tunnel
from tests.workers import TOKEN, WorkerProcess


@dataclass
class Bench:
    """Everything between the page and the worker."""

    served: Served
    worker: WorkerProcess
    tunnel: Tunnel
    gate: Gate
    #: Does something in the loop of the tunnel.
    do: Callable[[Coroutine[Any, Any, Any]], Any]

    def check_whole(self, job_id: str) -> None:
        """The worker was given the job once, and drew each of its pictures once."""
        view, drawn = self.worker.status(job_id), self.gate.drawn()

        assert (view["state"], view["attempt"]) == ("complete", 1)
        assert {unit["attempt"] for unit in view["units"]} == {1}
        assert len(drawn) == len(set(drawn))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """An orchestrator whose worker draws when the test says so, behind a tunnel."""
    home = tmp_path_factory.mktemp("bench") / "home"
    home.mkdir()
    folder = tmp_path_factory.mktemp("gated")
    gate = Gate(folder / "gate")
    env = {GATE_VARIABLE: str(gate.path)}
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def do(what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, loop).result()

    with WorkerProcess(folder, engines=GATED_ENGINES, env=env) as worker:
        tunnel = do(_opened(str(worker.client.base_url).rstrip("/")))
        line = f"{tunnel.url}#token={TOKEN}"
        with Served(
            home, {"COLAB_API_URL": line, "MOONREEL_WORKER": "remote"}
        ) as served:
            yield Bench(served, worker, tunnel, gate, do)
        do(tunnel.__aexit__())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _opened(target: str) -> Tunnel:
    return await Tunnel(target).__aenter__()


@pytest.fixture
def watch(browser: Browser, bench: Bench) -> Iterator[Watched]:
    """A tab on that orchestrator; the tunnel is in order again afterwards."""
    context = browser.new_context(base_url=bench.served.url, locale="en-GB")
    context.set_default_timeout(LIMIT_MS)
    with watched(context.new_page(), strict=False) as found:
        yield found
    context.close()
    bench.tunnel.trouble, bench.tunnel.pause_s = None, 0.0
    bench.tunnel.buffers_gets, bench.tunnel.cuts, bench.tunnel.lost = False, [], []


def test_what_is_in_the_way_is_named_and_waited_out(
    watch: Watched, bench: Bench
) -> None:
    """One film, and a picture under each trouble: the banner says what it is."""
    page, modes = watch.page, [*IN_THE_WAY.values(), *LIMITS.values()]
    job_id = make_film(page, _story(len(modes) + 1), scenes=len(modes) + 1)
    bench.gate.let(1)
    expect(page.locator(".cards img").first).to_be_visible()
    for name, (trouble, sentence) in IN_THE_WAY.items():
        kind = "asleep" if name in ASLEEP else "worker"
        _told(page, bench, trouble, sentence, kind)
        bench.tunnel.trouble = None
        expect(page.locator(".banner")).to_have_count(0)
    for trouble, sentence in LIMITS.values():
        _told(page, bench, trouble, sentence)
        bench.tunnel.trouble = None
        _paste(bench, bench.do(bench.tunnel.move()))  # a limit is waited out for long
        expect(page.locator(".banner")).to_have_count(0)
    bench.gate.let(1000)
    finished(page)

    bench.check_whole(job_id)


@pytest.mark.parametrize("name", ALL_ALONG)
def test_a_film_is_made_under_it(watch: Watched, bench: Bench, name: str) -> None:
    """What a tunnel does all along costs time, and no unit twice; the page asks it."""
    bench.gate.close()
    ALL_ALONG[name](bench.tunnel)
    story = f"It began with {name}.\n\nAnd {name} it was to the end.\n"
    with watch.page.expect_request("**/status/*"):
        job_id = make_film(watch.page, story, scenes=2)
    bench.gate.let(1000)
    finished(watch.page)

    bench.check_whole(job_id)
    asked = [r.url for r in watch.requests if r.url.startswith(bench.tunnel.url)]
    paths = {urlsplit(url).path for url in asked}
    film = f"/download/{job_id}/film.mp4"  # while only the worker has it
    assert paths - {film} == {f"/status/{job_id}"}


def _told(
    page: Page, bench: Bench, trouble: Trouble, sentence: str, kind: str = "worker"
) -> None:
    """Puts it in the way, and waits until the page says what it is."""
    bench.tunnel.trouble = trouble
    bench.gate.let(1)  # news end the held requests
    expect(page.locator(f".banner[data-banner={kind}]")).to_contain_text(sentence)


def _paste(bench: Bench, url: str) -> None:
    reply = httpx.post(
        f"{bench.served.url}/api/set-colab-url",
        json={"url": f"{url}/#token={TOKEN}"},
        timeout=60,
    )
    assert reply.json()["connected"], reply.text


def _story(scenes: int) -> str:
    return "\n\n".join(f"This is part {n} of the story." for n in range(scenes))
