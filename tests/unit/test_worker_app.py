"""The whole worker in this process, with the event loop watched: nothing ever blocks it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from benchmarks.simulated import ENGINES
from colab_worker.app import make_app
from colab_worker.device import Identity
from colab_worker.engines.registry import PLUGINS_VARIABLE, Registry
from colab_worker.keys import STORE
from colab_worker.settings import Settings
from shared_protocol import routes
from tests.workers import TOKEN, film

JOB = "job-0001"
Client = TestClient[web.Request, web.Application]


@pytest.fixture
def app(tmp_path: Path) -> web.Application:
    """A worker with simulated engines and a quota."""
    settings = Settings(tmp_path, TOKEN, disk_quota_bytes=1 << 30, tick_s=0.0)
    registry = Registry.from_environment({PLUGINS_VARIABLE: ENGINES})
    return make_app(settings, Identity("worker", gpu=None), registry)


@pytest.fixture
async def client(app: web.Application) -> AsyncIterator[Client]:
    """A client with the worker's token."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with TestClient(TestServer(app), headers=headers) as started:
        yield started


async def finished(client: Client, job_id: str) -> dict[str, Any]:
    """The job's whole view once it has ended, by held requests."""
    version = 0
    while True:
        body = {"jobs": {job_id: version}, "wait_s": 30}
        told = await (await client.post(routes.JOBS_WAIT, json=body)).json()
        view = told["jobs"].get(job_id, {"version": version, "terminal": False})
        if view["terminal"]:
            whole = await client.get(routes.STATUS.format(job_id=job_id))
            return dict(await whole.json())
        version = view["version"]


async def test_a_film_is_made_and_every_route_answers_without_blocking(
    client: Client,
) -> None:
    """Submit, watch, fetch, upload: a blocking call anywhere would fail this test."""
    put = await client.put(f"/jobs/{JOB}", json={"spec": film("a hill", "a sea")})
    assert (put.status, put.headers["Location"]) == (202, f"/status/{JOB}")
    view = await finished(client, JOB)
    assert (view["status"], view["progress"]) == ("complete", 100), view

    sha = {a["name"]: a["sha256"] for a in view["artifacts"]}["film.mp4"]
    new = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    asked = [
        ("GET", f"/job_status/{JOB}", None, 200),
        ("GET", "/jobs?state=complete", None, 200),
        ("GET", f"/jobs/{JOB}/artifacts", None, 200),
        ("GET", f"/download/{JOB}", None, 200),
        ("GET", f"/download/{JOB}/scene-002-preview.webp", None, 200),
        ("HEAD", f"/artifacts/sha256/{sha}", None, 200),
        ("PUT", f"/blobs/sha256/{new}", None, 201),
        ("GET", f"/blobs/sha256/{new}", None, 200),
        ("POST", "/blobs/missing", {"sha256": [sha, "0" * 64]}, 200),
        ("POST", f"/jobs/{JOB}/cancel", None, 200),
        ("GET", "/health", None, 200),
        ("GET", "/capabilities", None, 200),
        ("GET", "/", None, 200),
    ]  # fmt: skip
    for method, path, body, status in asked:
        reply = await client.request(method, path, json=body)
        assert (path, reply.status) == (path, status)
        assert reply.headers[routes.X_WORKER_ID] == "worker"


async def test_what_is_said_of_the_worker_is_true(client: Client) -> None:
    """Health counts, capabilities list, the map holds every route of the protocol."""
    health = await (await client.get("/health")).json()
    able = await (await client.get("/capabilities")).json()
    known = set((await (await client.get("/")).json())["routes"])

    assert health["queue"] == {"depth": 0, "running": 0, "capacity": 100}
    assert 0 < health["disk"]["free_bytes"] < 1 << 30
    assert {e["kind"] for e in able["engines"]} == {"image", "voice", "video"}
    assert able["vocabularies"]["quality"] == ["draft", "fast", "standard", "high"]
    assert "scenes" in able["job_kinds"]["film"]["properties"]
    assert known == {
        value
        for name, value in vars(routes).items()
        if name.isupper()
        and isinstance(value, str)
        and value.startswith("/")
        and not name.startswith("API_")
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"caption": {"style": "bold"}}, "set auto_captions"),
        ({"script": "word " * 20_000, "num_images": 1}, "20000 characters"),
    ],
)
async def test_an_old_form_that_makes_no_film_is_422(
    client: Client, body: dict[str, Any], words: str
) -> None:
    """What only the spec can refuse is refused like everything else."""
    form = {"script": "The fox ran."} | body
    reply = await client.post(routes.GENERATE_FILM, json=form)

    assert reply.status == 422
    assert words in (await reply.json())["message"]


async def test_a_waiting_job_is_canceled_for_good(client: Client) -> None:
    """Readers who knew any version before hear of it, also after a restart."""
    slow = film(*[f"hill {n}" for n in range(20)])
    for name in ("busy-0001", "busy-0002", "wait-0001"):
        await client.put(f"/jobs/{name}", json={"spec": slow})
    reply = await client.post("/jobs/wait-0001/cancel")
    assert reply.status == 202
    view = await (await client.get("/status/wait-0001")).json()

    store = client.app[STORE]
    row = await store.job("wait-0001")
    assert row is not None
    assert (view["state"], view["terminal"]) == ("canceled", True)
    assert row.version == view["version"]
    for name in ("busy-0001", "busy-0002"):
        await client.post(f"/jobs/{name}/cancel")
    assert (await finished(client, "busy-0001"))["state"] == "canceled"


async def test_results_that_no_json_can_tell_are_refused(client: Client) -> None:
    """NaN in a mirrored result would make every later status unreadable."""
    result = {"files": [], "facts": {"duration_s": float("nan")}}
    memo = {"key": "a" * 64, "kind": "image", "result": result}
    body = json.dumps({"spec": film(), "memo": [memo]})
    reply = await client.put(
        f"/jobs/{JOB}", data=body, headers={"Content-Type": "application/json"}
    )

    assert reply.status == 422
    assert (await reply.json())["error"]["param"] == "memo.0.result.facts"


async def test_many_readers_share_one_wait(client: Client) -> None:
    """Thirty held replies end together when the job does."""
    await client.put(f"/jobs/{JOB}", json={"spec": film()})
    views = await asyncio.gather(*(finished(client, JOB) for _ in range(30)))

    assert {view["status"] for view in views} == {"complete"}
