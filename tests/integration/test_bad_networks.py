"""A film from the command line under every mode of a tunnel: whole, once, and explained."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from orchestrator.url_intake import WorkerAddress
from orchestrator.worker_client import WorkerClient
from shared_protocol.artifacts import FileRef
from shared_protocol.kit.blobs import BlobStore
from tests.servers import tunnel as bad
from tests.servers.cli_film import CliFilm
from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import STORY, LiveOrchestrator
from tests.servers.troubles import ALL_ALONG, ASLEEP, IN_THE_WAY, LIMITS
from tests.servers.tunnel import Tunnel, says

UNITS = 10


@dataclass
class Bench:
    """Everything between the person and the worker."""

    live: LiveOrchestrator
    worker: FakeWorker
    tunnel: Tunnel
    film: CliFilm

    async def check_whole(self) -> None:
        """The film is here, no unit was made twice, and it was one job."""
        assert await self.film.ends() == 0
        units = self.worker.jobs[self.film.job_id].units
        film = await asyncio.to_thread(self.film.out.read_bytes)

        assert film == units["film"].data
        assert len(self.worker.made) == len(set(self.worker.made)) == UNITS
        assert list(self.worker.jobs) == [self.film.job_id]


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    """An orchestrator, a worker behind a tunnel, and the command."""
    home = folder / "home"
    async with (
        FakeWorker() as worker,
        Tunnel(worker.url) as tunnel,
        LiveOrchestrator(home) as live,
    ):
        await live.connect(tunnel.url, worker.token)
        async with CliFilm(home, STORY, folder / "film.mp4") as film:
            yield Bench(live, worker, tunnel, film)


@pytest.mark.parametrize("name", IN_THE_WAY)
async def test_what_stands_in_the_way_is_named_and_waited_out(
    tmp_path: Path, name: str
) -> None:
    """The command says what it is; when it is gone, the film goes on by itself."""
    trouble, sentence = IN_THE_WAY[name]
    async with bench(tmp_path) as b:
        job_id = await b.film.accepted()
        await b.live.until(job_id, "sent_to_colab", message="0 units.")
        await b.worker.work(job_id, units=3)
        await b.live.until(job_id, mirrored=3)

        b.tunnel.trouble = trouble
        await b.worker.work(job_id, units=2)  # ends the held request
        await b.film.says("unreachable", sentence)
        link = (await b.live.film(job_id))["worker"]
        assert link["asleep"] is (name in ASLEEP)
        assert sentence in link["trouble"]
        assert link["next_try_s"] is not None

        b.tunnel.trouble = None
        await b.live.until(job_id, "sent_to_colab", mirrored=5)
        link = (await b.live.film(job_id))["worker"]
        known = (link["asleep"], link["trouble"], link["next_try_s"])
        assert known == (False, None, None)
        await b.worker.work(job_id)
        await b.check_whole()


@pytest.mark.parametrize("name", LIMITS)
async def test_a_limit_is_named_and_another_tunnel_goes_on(
    tmp_path: Path, name: str
) -> None:
    """The same worker at another address has the job already: nothing is sent again."""
    trouble, sentence = LIMITS[name]
    async with bench(tmp_path) as b, Tunnel(b.worker.url) as other:
        job_id = await b.film.accepted()
        await b.live.until(job_id, "sent_to_colab", message="0 units.")
        b.tunnel.trouble = trouble
        await b.worker.work(job_id, units=3)
        await b.film.says("unreachable", sentence)

        await b.live.connect(other.url, b.worker.token)
        await b.worker.work(job_id)
        await b.check_whole()

    assert b.worker.asked.count(f"PUT /jobs/{job_id}") == 1


@pytest.mark.parametrize("name", ALL_ALONG)
async def test_a_film_is_made_under_it(tmp_path: Path, name: str) -> None:
    """What a tunnel does all along costs time, and no unit twice."""
    async with bench(tmp_path) as b:
        ALL_ALONG[name](b.tunnel)
        job_id = await b.film.accepted()
        await b.live.until(job_id, "sent_to_colab")
        for _ in range(UNITS):
            await b.worker.work(job_id, units=1)
            await asyncio.sleep(0.02)
        await b.worker.work(job_id)
        await b.check_whole()


@pytest.mark.parametrize("says_200", [False, True])
async def test_a_tunnel_that_cuts_held_replies_gets_shorter_ones(
    tmp_path: Path, says_200: bool
) -> None:
    """524, or an empty 200: the hold was too long, and is halved until it fits."""
    async with bench(tmp_path) as b:
        job_id = await b.film.accepted()
        await b.live.until(job_id, "sent_to_colab", message="0 units.")
        b.tunnel.trouble = bad.gives_up_after(0.05, says_200=says_200)
        await b.worker.work(job_id, units=2)
        await b.film.says("unreachable", "cut an answer that took too long")

        b.tunnel.trouble = None
        await b.worker.work(job_id)
        await b.check_whole()


async def test_one_of_two_tunnels_dies(tmp_path: Path) -> None:
    """The worker told of both: it is asked through the other, and nobody pastes a thing."""
    async with bench(tmp_path) as b, Tunnel(b.worker.url) as other:
        b.worker.tunnels = [b.tunnel.url, "http://192.0.2.7:5001", other.url]
        await b.live.connect(b.tunnel.url, b.worker.token)
        job_id = await b.film.accepted()
        await b.live.until(job_id, "sent_to_colab", message="0 units.")
        await b.worker.work(job_id, units=3)
        await b.live.until(job_id, mirrored=3)

        b.tunnel.trouble = says(404, "ERR_NGROK_3200")
        await b.worker.work(job_id)
        await b.check_whole()
        health = (await b.live.api.get("/health")).json()

    assert health["colab_url"] == other.url
    assert b.worker.asked.count(f"PUT /jobs/{job_id}") == 1


async def test_a_new_address_is_asked_for_and_goes_on(tmp_path: Path) -> None:
    """The tunnel was opened anew: the old name says offline, the new line helps."""
    async with bench(tmp_path) as b:
        job_id = await b.film.accepted()
        await b.live.until(job_id, "sent_to_colab", message="0 units.")
        new = await b.tunnel.move()
        await b.worker.work(job_id, units=3)
        await b.film.says("unreachable", "The tunnel is offline")

        await b.live.connect(new, b.worker.token)
        await b.worker.work(job_id)
        await b.check_whole()

    assert b.worker.asked.count(f"PUT /jobs/{job_id}") == 1


async def test_a_new_machine_at_the_old_address_does_the_rest(tmp_path: Path) -> None:
    """What was brought here is not made again; the stranger's token was not needed."""
    async with bench(tmp_path) as b, FakeWorker(b.worker.token) as other:
        other.boots = 7
        job_id = await b.film.accepted()
        await b.live.until(job_id, "sent_to_colab", message="0 units.")
        await b.worker.work(job_id, units=6)
        await b.live.until(job_id, mirrored=6)

        b.tunnel.target = other.url
        await b.worker.stop()
        await b.live.until(job_id, "sent_to_colab", boot="boot-7")
        await other.work(job_id)
        assert await b.film.ends() == 0

    assert sorted([*b.worker.made, *other.made]) == sorted(b.worker.jobs[job_id].units)


async def test_a_strangers_machine_at_the_old_address_gets_nothing(
    tmp_path: Path,
) -> None:
    """It has another token: it is named, is sent no token of ours and no film."""
    async with bench(tmp_path) as b, FakeWorker("a-strangers-token") as other:
        other.boots = 7
        job_id = await b.film.accepted()
        await b.live.until(job_id, "sent_to_colab", message="0 units.")
        b.tunnel.target = other.url
        await b.worker.stop()
        await b.film.says("unreachable", "paste the whole line")

        assert other.jobs == {}
        assert not [text for text in other.shown if b.worker.token in text]
        await b.live.connect(b.tunnel.url, other.token)
        await b.live.until(job_id, "sent_to_colab", boot="boot-7")
        await other.work(job_id)
        assert await b.film.ends() == 0


async def test_small_files_that_break_off_are_not_asked_for_twice(
    tmp_path: Path,
) -> None:
    """Of a bundle that a tunnel cuts, the files that came whole are kept."""
    bodies = [bytes([n]) * 5000 for n in range(4)]
    files = [
        FileRef(name="f", sha256=sha256(b).hexdigest(), bytes=5000, media_type="x/y")
        for b in bodies
    ]
    async with FakeWorker() as worker, Tunnel(worker.url) as tunnel:
        worker.blobs = {f.sha256: b for f, b in zip(files, bodies, strict=True)}
        tunnel.cuts = [1 << 20, 12_000, 3_000]  # the first reply is to the pairing
        address = WorkerAddress(tunnel.url, worker.token)
        client = WorkerClient(address, connect_timeout_s=5, answer_timeout_s=5)
        store = await asyncio.to_thread(BlobStore, tmp_path)
        await client.fetch_bundle(files, store)
        await client.close()

    for file, body in zip(files, bodies, strict=True):
        path = store.path(file.sha256)
        assert await asyncio.to_thread(path.read_bytes) == body
    # two of the first reply, none of the second, which broke off in its first file
    assert tunnel.counts.bytes_out < 12_000 + 3_000 + 10_000 + 2_000


async def test_a_browser_meets_the_page_unless_it_sends_the_header() -> None:
    """The bench itself: who is a browser, who is not, and what the header does."""
    async with FakeWorker() as worker, Tunnel(worker.url) as tunnel:
        tunnel.trouble = bad.interstitial
        browser = {"User-Agent": "Mozilla/5.0"}
        async with httpx.AsyncClient(base_url=tunnel.url) as client:
            page = await client.get("/health", headers=browser)
            passed = await client.get(
                "/health", headers=browser | {"ngrok-skip-browser-warning": "1"}
            )
            program = await client.get("/health")

    assert page.headers["ngrok-error-code"] == "ERR_NGROK_6024"
    assert {passed.json()["ok"], program.json()["ok"]} == {True}


async def test_the_month_of_a_tunnel_ends() -> None:
    """The bench itself: requests and bytes are counted as a vendor does."""
    limits: list[tuple[dict[str, int], str]] = [
        ({"requests": 3}, "ERR_NGROK_727"),
        ({"bytes_out": 10}, "ERR_NGROK_4027"),
    ]
    async with FakeWorker() as worker, Tunnel(worker.url) as tunnel:
        for limit, code in limits:
            tunnel.counts = bad.Counts()
            tunnel.trouble = bad.month(tunnel, **limit)
            async with httpx.AsyncClient(base_url=tunnel.url) as client:
                replies = [await client.get("/health") for _ in range(4)]
            codes = [reply.headers.get("ngrok-error-code") for reply in replies]

            assert (codes[0], codes[-1]) == (None, code)
            assert tunnel.counts.requests == 4
