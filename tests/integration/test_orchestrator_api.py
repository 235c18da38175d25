"""What the orchestrator lets in, what it refuses, and how it says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from orchestrator.errors import HomeInUse, PortInUse
from tests.servers.fake_worker import FakeWorker
from tests.servers.kept_port import KeptPort
from tests.servers.live_orchestrator import STORY, LiveOrchestrator
from tests.workers import TOKEN, WorkerProcess


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveOrchestrator]:
    """An orchestrator without any worker."""
    async with LiveOrchestrator(tmp_path / "home", queue_capacity=5) as started:
        yield started


async def order(live: LiveOrchestrator, **fields: Any) -> httpx.Response:
    """Posts an order as it is."""
    return await live.api.post("/api/generate-video", json=fields)


async def test_an_order_is_saved_and_accepted_at_once(live: LiveOrchestrator) -> None:
    """202 with a time-ordered id and links, though no worker exists."""
    reply = await order(live, script=STORY, num_scenes=3)
    body = reply.json()

    assert (reply.status_code, body["success"]) == (202, True)
    assert body["job_id"][14] == "7"  # UUIDv7
    assert reply.headers["location"] == body["links"]["self"]
    film = await live.film(body["job_id"])
    assert film["title"]
    listed = (await live.api.get("/api/jobs")).json()["jobs"]
    assert [job["job_id"] for job in listed] == [body["job_id"]]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({}, "body"),
        ({"script": ""}, "script"),
        ({"script": " \n\t "}, "script"),
        ({"script": "a\x00b"}, "script"),
        ({"script": "***\n---\n###"}, "script"),
        ({"script": STORY, "voice_id": "nobody"}, "voice_id"),
        ({"script": STORY, "storytype": "unknown"}, "storytype"),
        ({"script": STORY, "voice_speed": 9}, "voice_speed"),
        ({"script": STORY, "surprise": 1}, "surprise"),
        ({"script": STORY, "image_mode": "stock"}, "image_mode"),
        ({"script": STORY, "caption": {"style": "bold"}}, None),
        ({"script": "x" * 120_001}, "script"),
        ({"script": STORY, "num_scenes": 61}, "num_scenes"),
    ],
)
async def test_what_cannot_be_told_is_refused_by_name(
    live: LiveOrchestrator, fields: dict[str, Any], param: str | None
) -> None:
    """422 as one sentence that names the field; nothing is saved."""
    reply = await order(live, **fields)
    body = reply.json()

    assert reply.status_code == 422, body
    assert reply.headers["content-type"].startswith("application/problem+json")
    assert body["code"] == "invalid_field"
    assert body["error"]["message"] == body["detail"]
    if param is not None:
        assert body["error"]["param"] == param
    assert (await live.api.get("/api/jobs")).json()["jobs"] == []


async def test_a_topic_without_a_key_says_how_to_get_one(
    live: LiveOrchestrator,
) -> None:
    """422 needs_key with the page, the variable, and the way without a key."""
    body = (await order(live, topic="a haunted lighthouse")).json()

    assert (body["code"], body["error"]["param"]) == ("needs_key", "topic")
    for word in ("https://aistudio.google.com/apikey", "GEMINI_API_KEY", "script"):
        assert word in body["message"]


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"{", 400), (b"\xff\xfe\x00", 400), (b"[]", 422), (b"{" * 100_000, 400)],
)
async def test_a_broken_body_is_refused(
    live: LiveOrchestrator, raw: bytes, status: int
) -> None:
    """What is no JSON object gets a sentence, never a stack trace."""
    reply = await live.api.post(
        "/api/generate-video",
        content=raw,
        headers={"Content-Type": "application/json"},
    )

    assert reply.status_code == status
    assert reply.json()["message"]


async def test_a_body_over_two_mebibytes_is_refused(live: LiveOrchestrator) -> None:
    """413, whether or not the length was announced."""
    big = b'{"script": "' + b"x" * (2 << 20) + b'"}'
    kind = {"Content-Type": "application/json"}

    async def chunks() -> AsyncIterator[bytes]:
        yield big

    announced = await live.api.post("/api/generate-video", content=big, headers=kind)
    streamed = await live.api.post(
        "/api/generate-video", content=chunks(), headers=kind
    )

    assert (announced.status_code, streamed.status_code) == (413, 413)


async def test_the_same_key_is_the_same_film(live: LiveOrchestrator) -> None:
    """Parallel and late duplicates make one film; another body under the key is 422."""
    body, key = {"script": STORY, "num_scenes": 3}, {"Idempotency-Key": "click-1"}

    async def click() -> httpx.Response:
        return await live.api.post("/api/generate-video", json=body, headers=key)

    replies = await asyncio.gather(*(click() for _ in range(6)))
    late = await click()
    other = await live.api.post(
        "/api/generate-video", json=body | {"seed": 1}, headers=key
    )

    assert {reply.status_code for reply in (*replies, late)} == {202}
    assert len({reply.json()["job_id"] for reply in (*replies, late)}) == 1
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert len((await live.api.get("/api/jobs")).json()["jobs"]) == 1


async def test_a_full_queue_says_when_to_come_back(live: LiveOrchestrator) -> None:
    """429 with Retry-After once the open films are as many as allowed."""
    for seed in range(5):
        assert (await order(live, script=STORY, seed=seed)).status_code == 202
    reply = await order(live, script=STORY, seed=9)

    assert (reply.status_code, reply.json()["code"]) == (429, "queue_full")
    assert int(reply.headers["retry-after"]) > 0


async def test_a_full_disk_refuses_new_films(tmp_path: Path) -> None:
    """507 when less is free than the floor."""
    async with LiveOrchestrator(tmp_path / "home", disk_floor_bytes=1 << 60) as live:
        reply = await order(live, script=STORY)

    assert (reply.status_code, reply.json()["code"]) == (507, "disk_full")


PAGE = "https://evil.example"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/health", {}, 200),
        ("GET", "/health", {"Host": "evil.example"}, 403),
        ("GET", "/", {"Host": "evil.example:{port}"}, 403),
        ("GET", "/health", {"Host": "127.0.0.1:1"}, 403),
        ("GET", "/health", {"Host": "LOCALHOST:{port}"}, 200),
        ("GET", "/health", {"Host": "[::1]:{port}"}, 200),
        ("OPTIONS", "/health", {"Host": "evil.example"}, 403),
        ("GET", "/health", {"Origin": PAGE}, 403),
        ("GET", "/health", {"Origin": "null"}, 403),
        ("GET", "/health", {"Origin": "http://127.0.0.1:{port}"}, 200),
        ("GET", "/health", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("GET", "/health", {"Sec-Fetch-Site": "same-origin"}, 200),
        ("GET", "/", {"Sec-Fetch-Site": "cross-site"}, 200),
        (
            "GET",
            "/",
            {
                "Sec-Fetch-Site": "cross-site",
                "Sec-Fetch-Mode": "no-cors",
                "Sec-Fetch-Dest": "image",
            },
            403,
        ),
        ("POST", "/api/generate-video", {"Content-Type": "text/plain"}, 403),
        ("POST", "/api/generate-video", {}, 403),
        (
            "POST",
            "/api/generate-video",
            {"Content-Type": "application/x-www-form-urlencoded"},
            403,
        ),
        ("POST", "/api/jobs/nope/cancel", {}, 403),
        ("DELETE", "/api/jobs/nope", {"Origin": PAGE}, 403),
        ("DELETE", "/api/jobs/nope", {}, 404),
        ("GET", "/nowhere", {}, 404),
        ("PUT", "/health", {"Content-Type": "application/json"}, 405),
    ],
)
async def test_only_our_own_page_and_programs_get_in(
    live: LiveOrchestrator,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    """Host, Origin, Sec-Fetch-Site and content type are checked on every method."""
    port = live.url.rpartition(":")[2]
    sent = {name: value.replace("{port}", port) for name, value in headers.items()}
    reply = await live.api.request(method, path, headers=sent)

    assert reply.status_code == status, reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in reply.headers["content-security-policy"]
    if status >= 400:
        assert reply.json()["message"].endswith(".")


async def test_an_allowed_origin_may_use_the_api(tmp_path: Path) -> None:
    """A page that the user allowed gets CORS headers and its preflight answered."""
    home, friend = tmp_path / "home", "https://studio.example"
    async with LiveOrchestrator(home, allowed_origins=(friend,)) as live:
        headers = {"Origin": friend, "Sec-Fetch-Site": "cross-site"}
        reply = await live.api.get("/health", headers=headers)
        preflight = await live.api.options("/api/generate-video", headers=headers)

    assert reply.headers["access-control-allow-origin"] == friend
    assert preflight.status_code == 204
    assert "idempotency-key" in preflight.headers["access-control-allow-headers"]


async def test_the_page_and_its_files_are_served(live: LiveOrchestrator) -> None:
    """The page loads with everything that it names."""
    page = await live.api.get("/")
    script = await live.api.get("/static/app.js")
    style = await live.api.get("/static/styles/base.css")

    assert page.headers["content-type"].startswith("text/html")
    assert "/static/app.js" in page.text
    assert "javascript" in script.headers["content-type"]
    assert style.status_code == 200


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/static/styles/base.css"])
async def test_files_of_the_page_are_kept_and_asked_for_by_their_tag(
    live: LiveOrchestrator, path: str
) -> None:
    """A reload costs 304s; anything else is never kept."""
    first = await live.api.get(path)
    again = await live.api.get(path, headers={"If-None-Match": first.headers["etag"]})
    health = await live.api.get("/health")

    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"
    assert health.headers["cache-control"] == "no-store"


async def test_health_and_voices_answer_without_a_worker(
    live: LiveOrchestrator,
) -> None:
    """Both answer at once from what is known."""
    health = (await live.api.get("/health")).json()
    voices = (await live.api.get("/api/voices")).json()
    worker = (await live.api.get("/api/worker")).json()

    assert (health["status"], health["colab_connected"]) == ("ok", False)
    assert (voices["total"], "aria" in voices["voices"]) == (16, True)
    assert worker == {"worker": None, "read_token": None, "pace": None}


async def test_unknown_films_are_404(live: LiveOrchestrator) -> None:
    """Every route of a film says so for an id that it never saw."""
    gone = "01a1fbda-8764-7b59-8a9e-d5d568d92bce"
    paths = [f"/api/jobs/{gone}", f"/api/download/{gone}", f"/api/video/{gone}.mp4"]
    paths.append(f"/api/progress?job_id={gone}")
    replies = [await live.api.get(path) for path in paths]
    replies += [
        await live.api.post(f"/api/jobs/{gone}/{action}", json={})
        for action in ("cancel", "retry")
    ]

    assert {reply.status_code for reply in replies} == {404}


async def test_a_bad_hold_is_refused(live: LiveOrchestrator) -> None:
    """A wait that is no number is refused by name."""
    reply = await live.api.get("/api/progress?wait=soon")

    assert (reply.status_code, reply.json()["error"]["param"]) == (422, "wait")


async def test_serve_file_tells_where_and_goes_away(tmp_path: Path) -> None:
    """Other programs find the server through serve.json while it runs."""
    home = tmp_path / "home"
    async with LiveOrchestrator(home) as live:
        told = json.loads((home / "serve.json").read_text())
        assert told["url"] == live.url

    assert not (home / "serve.json").exists()


async def test_one_home_has_one_orchestrator(tmp_path: Path) -> None:
    """A second one on the same folder is refused with a sentence."""
    async with LiveOrchestrator(tmp_path / "home"):
        with pytest.raises(HomeInUse, match="MOONREEL_HOME"):
            async with LiveOrchestrator(tmp_path / "home"):
                raise AssertionError("a second orchestrator started")


async def test_a_taken_port_is_told_in_a_sentence(tmp_path: Path) -> None:
    """No traceback, and the folder is free again."""
    with closing(KeptPort()) as port:
        with port.server_socket() as taken:
            taken.listen()
            with pytest.raises(PortInUse, match=f"127.0.0.1:{port.number}"):
                async with LiveOrchestrator(tmp_path / "home", port=port.number):
                    raise AssertionError("it listens on a taken port")
        async with LiveOrchestrator(tmp_path / "home", port=port.number) as live:
            assert live.url.endswith(f":{port.number}")


async def test_a_page_gets_a_token_that_only_reads(
    live: LiveOrchestrator,
) -> None:
    """The page may watch the worker, and nothing more."""
    async with FakeWorker() as worker:
        await live.connect(worker.url, worker.token)
        access = (await live.api.get("/api/worker")).json()
        assert access["worker"]["url"] == worker.url
        assert access["worker"]["reachable"] is True
        bearer = {"Authorization": f"Bearer {access['read_token']}"}
        async with httpx.AsyncClient() as page:
            reply = await page.post(
                f"{worker.url}/jobs/wait",
                json={"jobs": {"12345678": 0}, "wait_s": 0},
                headers=bearer,
            )

    assert reply.json()["unknown"] == ["12345678"]


async def test_capabilities_name_the_words_at_once(live: LiveOrchestrator) -> None:
    """Without a worker the words are told all the same, and why there is no worker."""
    known = (await live.api.get("/api/capabilities?wait=0")).json()
    full = (await live.api.get("/api/capabilities")).json()

    assert "cinematic" in known["vocabularies"]["image_style"]
    assert known["trouble"] is None
    assert full["worker"] is None
    assert "paste its address" in full["trouble"]


async def test_a_check_says_what_to_do(live: LiveOrchestrator) -> None:
    """No worker is connected: one step failed, with advice."""
    reply = (await live.api.post("/api/worker/check", json={})).json()

    assert reply["ok"] is False
    assert [step["name"] for step in reply["steps"]] == ["answer"]
    assert "notebook" in reply["steps"][0]["advice"]


async def test_a_line_of_the_list_says_what_the_film_was_made_with(
    live: LiveOrchestrator, tmp_path: Path
) -> None:
    """What was asked for at first; with a worker's engines once it has worked."""
    made = (
        await order(live, script=STORY, num_scenes=3, style="noir", seed=77)
    ).json()["job_id"]
    waiting = (await live.api.get("/api/jobs")).json()["jobs"][0]
    with WorkerProcess(tmp_path) as worker:
        await live.connect(str(worker.client.base_url).rstrip("/"), TOKEN)
        await live.until(made, "complete")
        done = (await live.api.get("/api/jobs")).json()["jobs"][0]

    assert (waiting["image_style"], waiting["seed"]) == ("noir", 77)
    assert (waiting["voice_id"], waiting["aspect"]) == ("aria", "16:9")
    assert waiting["engines"] == []
    assert done["engines"] == ["papercut", "espeak"]
    assert done["image_style"] == "noir"
