"""What a film costs a tunnel: requests and bytes, with page and mirror both watching."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared_protocol.holds import Pace
from tests.heavy_film import HEAVY_ENGINES
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.servers.tunnel import Tunnel
from tests.workers import TOKEN, WorkerProcess

#: Ten seconds stand for ten minutes: every length of time is that much shorter.
FASTER = 60
PACE = Pace(hold_s=55 / FASTER, first_s=3 / FASTER)
SCENES, JOB_S = 12, 600 / FASTER
SECONDS = {"image": 0.7, "voice": 0.3, "clip": 0.5, "sound": 0.2, "film": 0.8}
TEXT = "\n\n".join(f"This is scene number {n} of the story." for n in range(SCENES))


@pytest.mark.slow
async def test_a_job_of_ten_minutes_is_cheap(tmp_path: Path) -> None:
    """At most 60 requests, and a tenth more bytes than the film has."""
    process = WorkerProcess(tmp_path, seconds=SECONDS, engines=HEAVY_ENGINES)
    await asyncio.to_thread(process.start)
    try:
        async with Tunnel(str(process.client.base_url).rstrip("/")) as tunnel:
            took_s, view = await _watched_film(tmp_path, tunnel)
    finally:
        await asyncio.to_thread(process.stop)
    film = next(file for file in view["artifacts"] if file["name"] == "film.mp4")
    previews = [file for file in view["artifacts"] if file["role"] == "preview"]

    # A slow machine makes the job longer: then each hold is a request of either watcher.
    more = 2 * max(0.0, took_s - JOB_S) / PACE.hold_s

    assert tunnel.counts.requests <= 60 + more, tunnel.counts.asked
    assert film["bytes"] < tunnel.counts.bytes_out <= 1.1 * film["bytes"]
    assert len(previews) == SCENES


async def _watched_film(folder: Path, tunnel: Tunnel) -> tuple[float, dict[str, Any]]:
    """Makes a film through the tunnel; how long it took, and its view."""
    async with LiveOrchestrator(
        folder / "home",
        metered_hosts=(tunnel.url.removeprefix("http://"),),
        pace=PACE,
        keep_every_s=900 / FASTER,
        hold_s=25.0,
    ) as live:
        await live.connect(tunnel.url, TOKEN)
        begun = time.monotonic()
        job_id = await live.order(script=TEXT, num_scenes=SCENES, quality="standard")
        await live.until(job_id, "sent_to_colab")
        page = asyncio.create_task(_page(live, job_id))
        view = await live.until(job_id, "complete")
        assert await page == "complete"
        return time.monotonic() - begun, view


async def _page(live: LiveOrchestrator, job_id: str) -> str:
    """Asks the worker itself, as ``frontend_static/api/worker.js`` does; the last state."""
    reply = await live.api.get("/api/worker", params={"job_id": job_id})
    access = reply.json()
    pace, url = Pace(**access["pace"]), f"{access['worker']['url']}/status/{job_id}"
    headers = {"Authorization": f"Bearer {access['read_token']}"}
    begun, view = time.monotonic(), {"terminal": False, "state": ""}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        await http.options(url, headers={"Origin": live.url})  # asked for once in 2 h
        while not view["terminal"]:
            settle_s = pace.settle_s(time.monotonic() - begun)
            http.headers["Prefer"] = f"wait={pace.hold_s}, settle={settle_s:.2f}"
            answer = await http.get(url)
            if answer.status_code != 304:
                view = answer.json()
                http.headers["If-None-Match"] = answer.headers["ETag"]
    return str(view["state"])
