"""Who may do what: every route of the table with every kind of token, and CORS."""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from colab_worker import scopes
from colab_worker.app import make_app
from colab_worker.device import Identity
from colab_worker.engines.registry import BUILT_IN, Registry
from colab_worker.scopes import scope_of
from colab_worker.settings import Settings
from shared_protocol.tokens import (
    EVERYTHING,
    READING,
    Scope,
    client_proof,
    scoped_token,
    sign_link,
    worker_proof,
)
from tests.workers import TOKEN, WorkerProcess

PAGE = "http://127.0.0.1:5000"


NOW = int(time.time())
LATER, BEFORE = NOW + 3600, NOW - 1
#: Every kind of ``Authorization`` that is none.
WRONG: dict[str, str | bytes | None] = {
    "none": None,
    "wrong": "Bearer wrong",
    "empty": "Bearer",
    "another scheme": f"Basic {TOKEN}",
    "no text": b"Bearer t\xc3\xb6ken",
    "over": f"Bearer {scoped_token(TOKEN, EVERYTHING, BEFORE)}",
    "of another worker": f"Bearer {scoped_token('other', EVERYTHING, LATER)}",
    "stretched": f"Bearer {scoped_token(TOKEN, READING, LATER).replace('dr', 'drs')}",
}


def _table() -> list[tuple[str, str]]:
    """Method and path template of every route that the application has."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), "x")
        app = make_app(settings, Identity("w", None), Registry(BUILT_IN))
    return [
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None
    ]


ROUTES = _table()
GUARDED = [route for route in ROUTES if scope_of(*route) is not None]


def concrete(template: str) -> str:
    """A path of a template."""
    names = {"job_id": "some-job-id", "name": "film.mp4", "hex": "0" * 64, "scene": 2}
    return template.format(**names)


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """A worker with one more allowed origin."""
    folder = tmp_path_factory.mktemp("access")
    with WorkerProcess(folder, "--allow-origin", "https://my.page") as process:
        yield process


@pytest.fixture(scope="module")
def stranger(worker: WorkerProcess) -> Iterator[httpx.Client]:
    """A client without a token."""
    with httpx.Client(base_url=worker.client.base_url, timeout=60) as client:
        yield client


def test_every_route_has_its_scope() -> None:
    """A new route has to be put into one of the four lists, and only into one."""
    lists = [scopes.OPEN, scopes.READ, scopes.DOWNLOAD, scopes.SUBMIT]
    for method, path in ROUTES:
        route = ("GET" if method == "HEAD" else method, path)

        assert sum(route in listed for listed in lists) == 1, route


@pytest.mark.parametrize("kind", WRONG)
def test_every_route_wants_the_token(stranger: httpx.Client, kind: str) -> None:
    """No token, a wrong one, one that is over or forged: 401 wherever a token is due."""
    token = WRONG[kind]
    headers = {} if token is None else {"Authorization": token}
    for method, path in GUARDED:
        reply = stranger.request(method, concrete(path), headers=headers)  # type: ignore[arg-type]

        assert reply.status_code == 401, (method, path)


@pytest.mark.parametrize("held", Scope)
def test_a_scope_opens_its_own_routes_alone(
    stranger: httpx.Client, held: Scope
) -> None:
    """403 on every route of another scope, and something else on each of its own."""
    bearer = f"Bearer {scoped_token(TOKEN, {held}, LATER)}"
    for method, path in GUARDED:
        reply = stranger.request(
            method, concrete(path), headers={"Authorization": bearer}
        )
        opens = scope_of(method, path) is held

        assert (reply.status_code == 403) is not opens, (method, path)
        assert reply.status_code != 401


@pytest.mark.parametrize("spoiled", ["", "expires", "signature", "path", "over"])
def test_a_signed_link_opens_one_file_to_be_read(
    stranger: httpx.Client, spoiled: str
) -> None:
    """GET and HEAD of downloads only; a changed link opens nothing anywhere."""
    for method, template in GUARDED:
        path = concrete(template)
        link = sign_link(TOKEN, path, BEFORE if spoiled == "over" else LATER)
        link = link.replace(f"{spoiled}=", f"{spoiled}=1") if spoiled else link
        if spoiled == "path":
            link = link.replace(path, path[:-1] + "1")
        reply = stranger.request(method, link)
        reads = method in ("GET", "HEAD")
        opens = reads and not spoiled and scope_of(method, template) is Scope.DOWNLOAD
        expected = {404, 409} if opens else {403} if reads and not spoiled else {401}

        assert reply.status_code in expected, (method, link)


def test_open_routes_tell_nothing(stranger: httpx.Client) -> None:
    """Without a token /health tells that it lives; /pair wants a proof."""
    health = stranger.get("/health")
    asked = {"nonce": "n" * 22, "proof": "wrong"}

    assert set(health.json()) == {"ok", "status", "device", "gpu", "protocol"}
    assert stranger.post("/pair", json=asked).status_code == 401


def test_a_right_proof_is_answered_with_one(
    stranger: httpx.Client, worker: WorkerProcess
) -> None:
    """Over the same nonce; and pages of the prover may read replies from then on."""
    nonce, origins = "n" * 22, ("http://10.0.0.5:5000",)
    asked = {"nonce": nonce, "origins": origins}
    page = {"Origin": origins[0]}
    assert stranger.options("/jobs", headers=page).status_code == 403
    forged = asked | {"proof": client_proof(TOKEN, nonce, ())}
    assert stranger.post("/pair", json=forged).status_code == 401

    proof = client_proof(TOKEN, nonce, origins)
    told = stranger.post("/pair", json=asked | {"proof": proof}).json()

    assert told["proof"] == worker_proof(
        TOKEN, nonce, told["worker_id"], told["boot_id"], told["now"]
    )
    assert stranger.options("/jobs", headers=page).status_code == 204
    assert TOKEN not in str(told)


def test_every_reply_forbids_sniffing_and_running(stranger: httpx.Client) -> None:
    """Errors too: no guessing of types, no scripts, nothing kept by caches."""
    for method, path in ROUTES:
        reply = stranger.request(method, concrete(path))

        assert reply.headers["X-Content-Type-Options"] == "nosniff", path
        assert "sandbox" in reply.headers["Content-Security-Policy"]
        assert "html" not in reply.headers.get("Content-Type", "")
        assert reply.headers["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps({"a": 1}),
        pickle.dumps(os.system, protocol=4),
        b"PK\x03\x04" + bytes(26) + b"archive/data.pkl" + bytes(90),
        b"\x7fELF" + bytes(90),
        b"#!/bin/sh\necho",
        b"<!DOCTYPE html><script>",
        b" <svg onload='x'>",
    ],
)
def test_what_could_run_is_not_taken(worker: WorkerProcess, content: bytes) -> None:
    """Pickles, programs and pages are refused by their first bytes."""
    sha256 = hashlib.sha256(content).hexdigest()
    reply = worker.client.put(f"/blobs/sha256/{sha256}", content=content)

    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_field")
    assert worker.client.get(f"/blobs/sha256/{sha256}").status_code == 404


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
    stranger: httpx.Client, origin: str, allowed: bool
) -> None:
    """Preflight without a token; errors too carry the headers; strangers get none."""
    preflight = stranger.options("/status/some-job-id", headers={"Origin": origin})
    failing = stranger.get("/status/some-job-id", headers={"Origin": origin})
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
