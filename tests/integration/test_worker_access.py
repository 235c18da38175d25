"""Who may do what: every route of the table with every kind of token, and CORS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from colab_worker.app import make_app
from colab_worker.device import Identity
from colab_worker.engines.registry import BUILT_IN, Registry
from colab_worker.settings import Settings
from shared_protocol.tokens import read_token
from tests.workers import TOKEN, WorkerProcess

PAGE = "http://127.0.0.1:5000"


def _routes(folder: Path) -> list[tuple[str, str]]:
    """Method and a concrete path of every route that the application has."""
    app = make_app(Settings(folder, "x"), Identity("w", None), Registry(BUILT_IN))
    names = {"job_id": "some-job-id", "name": "film.mp4", "hex": "0" * 64}
    return [
        (route.method, route.resource.canonical.format(**names))
        for route in app.router.routes()
        if route.resource is not None
    ]


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """A worker with one more allowed origin."""
    folder = tmp_path_factory.mktemp("access")
    with WorkerProcess(folder, "--allow-origin", "https://my.page") as process:
        yield process


def test_every_route_wants_the_token(worker: WorkerProcess, tmp_path: Path) -> None:
    """No token, a wrong, an empty or a strange one: 401 everywhere but at /health."""
    tokens = [None, "Bearer wrong", "Bearer", f"Basic {TOKEN}", b"Bearer t\xc3\xb6ken"]
    for method, path in _routes(tmp_path):
        for token in tokens:
            headers = {"Authorization": token} if token is not None else {}
            reply = _ask(worker, method, path, headers)
            expected = 200 if path == "/health" else 401

            assert reply.status_code == expected, (method, path, token)


def test_the_read_token_only_reads(worker: WorkerProcess, tmp_path: Path) -> None:
    """GET, HEAD and /jobs/wait pass; whatever changes something is 403."""
    headers = {"Authorization": f"Bearer {read_token(TOKEN)}"}
    for method, path in _routes(tmp_path):
        reply = _ask(worker, method, path, headers)
        reads = method in ("GET", "HEAD") or path == "/jobs/wait"

        assert (reply.status_code == 403) is not reads, (method, path)
        assert reply.status_code != 401


def test_strangers_see_the_public_fields_of_health(worker: WorkerProcess) -> None:
    """Without a token /health tells that it lives, not what or who it is."""
    reply = _ask(worker, "GET", "/health", {})

    assert set(reply.json()) == {"ok", "status", "device", "gpu", "protocol"}
    assert worker.client.get("/health").json()["engines"]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (PAGE, True),
        ("http://localhost:5000", True),
        ("http://[::1]:5000", True),
        ("https://my.page", True),
        ("https://evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("null", False),
    ],
)
def test_cors_answers_the_users_own_pages(
    worker: WorkerProcess, origin: str, allowed: bool
) -> None:
    """Preflight without a token; errors too carry the headers; strangers get none."""
    preflight = _ask(worker, "OPTIONS", "/status/some-job-id", {"Origin": origin})
    failing = _ask(worker, "GET", "/status/some-job-id", {"Origin": origin})
    told = {r.headers.get("Access-Control-Allow-Origin") for r in (preflight, failing)}

    assert preflight.status_code == (204 if allowed else 403)
    assert failing.status_code == 401
    assert told == {origin if allowed else None}
    if allowed:
        assert preflight.headers["Access-Control-Max-Age"] == "7200"
        assert "if-none-match" in preflight.headers["Access-Control-Allow-Headers"]
        assert "etag" in failing.headers["Access-Control-Expose-Headers"]


def test_replies_are_stamped(worker: WorkerProcess) -> None:
    """Every reply says which worker and which run of it answered."""
    boots = {
        worker.client.get(path).headers["X-Worker-Boot"]
        for path in ("/health", "/status/some-job-id", "/nowhere")
    }

    assert len(boots) == 1
    assert worker.client.get("/nowhere").status_code == 404
    assert worker.client.delete("/health").status_code == 405


def test_the_token_is_in_no_log(worker: WorkerProcess) -> None:
    """What the worker prints never contains its token."""
    assert TOKEN not in worker.log()


def _ask(
    worker: WorkerProcess,
    method: str,
    path: str,
    headers: dict[str, str] | dict[str, bytes],
) -> httpx.Response:
    url = worker.client.base_url.join(path)
    return httpx.request(method, url, headers=headers, timeout=10)  # type: ignore[arg-type]
