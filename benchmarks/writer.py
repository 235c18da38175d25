"""What Moonreel adds to the time that a model needs to write a film's script."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.figures import Outcome, at_most, median
from benchmarks.startup import moonreel, program, url_in
from shared_protocol import routes
from tests.servers.fake_worker import FakeWorker
from tests.servers.gemini import KEY, FakeGemini

ADDED_S = at_most(0.3)
RUNS, QUICK_RUNS = 7, 1
LATER = 2
#: The model's answer comes in pieces with such pauses: more than a second in all.
PIECE_S = 0.1
#: Nobody orders in the very moment in which a server starts.
SETTLE_S = 1.0
PATIENCE_S = 60.0
ORDER = {"duration": 5, "num_scenes": 10}


@dataclass(frozen=True)
class Times:
    """Seconds of one film from its order until a worker has it."""

    #: From the last byte of the model's answer.
    after_last_byte: float
    #: All but the model's own time.
    added: float


def measure(quick: bool) -> Outcome:
    """Orders films by topic at servers that have just started, and some more at each."""
    found: dict[str, list[Times]] = {"bare": [], "prepared": [], "later": []}
    for _ in range(QUICK_RUNS if quick else RUNS):
        for name in ("bare", "prepared"):
            later = 1 if quick else LATER
            times = asyncio.run(_one_server(later, prepared=name == "prepared"))
            found[name].append(times[0])
            found["later"] += times[1:]
    outcome = Outcome()
    for name, times in found.items():
        _add(outcome, name, times)
    return outcome


_FILMS = {
    "bare": "the first topic of a server, which loads google-genai for it",
    "prepared": "the first topic, after POST /api/writer/prepare as the page sends it",
    "later": "the topics after the first",
}


def _add(outcome: Outcome, name: str, times: list[Times]) -> None:
    after = median([t.after_last_byte for t in times])
    note = "from the model's last byte to sent_to_colab"
    outcome.add(f"{name}_after_last_byte", after, "s", len(times), ADDED_S, note)
    added = [t.added for t in times]
    note = f"{_FILMS[name]}: from the order to sent_to_colab, less the model's time"
    outcome.add(f"{name}_added", median(added), "s", len(times), ADDED_S, note)
    worst = "the slowest of them"
    outcome.add(f"{name}_added_worst", max(added), "s", len(times), ADDED_S, worst)


async def _one_server(later: int, *, prepared: bool) -> list[Times]:
    gemini = FakeGemini(piece_s=PIECE_S)
    with tempfile.TemporaryDirectory() as name:
        async with gemini, FakeWorker() as worker:
            folder = Path(name)
            env = {
                "MOONREEL_HOME": str(folder / "home"),
                "MOONREEL_URL_FILE": str(folder / "URL.txt"),
                "MOONREEL_GEMINI_URL": gemini.url,
                "GEMINI_API_KEY": KEY,
                "COLAB_API_URL": f"{worker.url}/#token={worker.token}",
                "NO_PROXY": os.environ.get("NO_PROXY", "127.0.0.1"),
            }
            with program([moonreel(), "serve", "--port", "0"], env, folder) as process:
                ready = folder / "home" / "serve.json"
                url = await asyncio.to_thread(url_in, ready, process)
                async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S) as api:
                    await _until_connected(api)
                    await asyncio.sleep(SETTLE_S)
                    if prepared:
                        reply = await api.post(routes.API_WRITER_PREPARE, json={})
                        reply.raise_for_status()
                    return [
                        await _one_film(api, gemini, f"a lighthouse, {number}")
                        for number in range(1 + later)
                    ]


async def _until_connected(api: httpx.AsyncClient) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not (await api.get(routes.HEALTH)).json()["colab_connected"]:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


async def _one_film(api: httpx.AsyncClient, gemini: FakeGemini, topic: str) -> Times:
    gemini.asked.clear()
    gemini.answered.clear()
    begun = time.monotonic()
    reply = await api.post(routes.API_GENERATE_VIDEO, json=ORDER | {"topic": topic})
    reply.raise_for_status()
    sent = await _sent_at(api, reply.json()["job_id"])
    (asked,), (answered,) = gemini.asked, gemini.answered
    return Times(sent - answered, sent - begun - (answered - asked.at))


async def _sent_at(api: httpx.AsyncClient, job_id: str) -> float:
    path, since = routes.API_JOB.format(job_id=job_id), 0
    async with asyncio.timeout(PATIENCE_S):
        while True:
            view = (await api.get(path, params={"wait": 10, "since": since})).json()
            if view["state"] == "sent_to_colab":
                return time.monotonic()
            if view["terminal"]:
                raise RuntimeError(
                    f"The film ended as {view['state']}: {view['message']}"
                )
            since = view["version"]
