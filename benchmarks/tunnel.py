"""What a job of ten minutes costs a tunnel, with the page and the mirror both watching."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from benchmarks.figures import Outcome, at_most
from shared_protocol.holds import Pace
from tests.browser.conftest import find_chromium
from tests.heavy_film import HEAVY_ENGINES
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.servers.tunnel import Tunnel
from tests.workers import TOKEN, WorkerProcess

SCENES, JOB_S = 12, 600.0
#: Seconds of one unit of each kind: all pictures one after another are most of the job.
UNITS = {"image": 43.0, "voice": 18.0, "clip": 30.0, "sound": 12.0, "film": 45.0}
QUICKER = 60
REQUESTS, BYTES = at_most(60), at_most(1.1)
TEXT = "\n\n".join(f"This is scene number {n} of the story." for n in range(SCENES))


@dataclass(frozen=True)
class Cost:
    """What passed the tunnel for one film."""

    took_s: float
    requests: int
    bytes_out: int
    film_bytes: int
    #: How often each route was asked.
    asked: Counter[str]


def measure(quick: bool) -> Outcome:
    """One film through the bench, watched by Chromium; in a sixtieth of the time if quick."""
    cost = asyncio.run(_watched_film(QUICKER if quick else 1))
    outcome = Outcome()
    outcome.add(
        "job", cost.took_s, "s", 1, note="from the order until the film is here"
    )
    note = ", ".join(f"{count} {route}" for route, count in cost.asked.most_common())
    outcome.add("requests", cost.requests, "", 1, None if quick else REQUESTS, note)
    ratio = cost.bytes_out / cost.film_bytes
    note = f"bytes that came through, to the film's {cost.film_bytes / 1e6:.1f} MB"
    outcome.add("bytes_to_film", ratio, "x", 1, BYTES, note)
    return outcome


async def _watched_film(quicker: int) -> Cost:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds = {kind: took / quicker for kind, took in UNITS.items()}
        process = WorkerProcess(folder, seconds=seconds, engines=HEAVY_ENGINES)
        await asyncio.to_thread(process.start)
        try:
            async with Tunnel(str(process.client.base_url).rstrip("/")) as tunnel:
                return await _film(folder, tunnel, quicker)
        finally:
            await asyncio.to_thread(process.stop)


async def _film(folder: Path, tunnel: Tunnel, quicker: int) -> Cost:
    settings: dict[str, Any] = {"hold_s": 25.0}
    if quicker > 1:
        pace = Pace(hold_s=55 / quicker, first_s=3 / quicker)
        settings |= {"pace": pace, "keep_every_s": 900 / quicker}
    hosts = (tunnel.url.removeprefix("http://"),)
    async with (
        LiveOrchestrator(folder / "home", metered_hosts=hosts, **settings) as live,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        await live.connect(tunnel.url, TOKEN)
        begun = time.monotonic()
        job_id = await live.order(script=TEXT, num_scenes=SCENES, quality="standard")
        page = await browser.new_page()
        await page.goto(f"{live.url}/#/jobs/{job_id}")
        view = await live.until(job_id, "complete", limit_s=3 * JOB_S)
        took_s = time.monotonic() - begun
        await _shows_the_film(page)
        await browser.close()
    film = next(file for file in view["artifacts"] if file["name"] == "film.mp4")
    counts = tunnel.counts
    asked = Counter(_route(line) for line in counts.asked)
    return Cost(took_s, counts.requests, counts.bytes_out, film["bytes"], asked)


def _route(line: str) -> str:
    """Method and the beginning of the path, without ids and hashes."""
    method, path = line.split(" ")
    words = [word for word in path.split("/") if word and len(word) < 20]
    return f"{method} /{'/'.join(words)}"


async def _shows_the_film(page: Page) -> None:
    """The page has it, so it was there to the end."""
    await page.locator("video").wait_for(timeout=60_000)
