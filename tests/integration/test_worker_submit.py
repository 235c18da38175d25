"""Submitting: one job from one request, however often it comes; clear refusals."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared_protocol.clock import new_id
from tests.workers import WorkerProcess, film

LEGACY = {
    "script": "A crow was thirsty. It found a jug. It dropped stones into it.",
    "image_prompts": ["a crow on a fence", "a jug by a well"],
    "style": "vintage",
    "voice": "sara",
    "topic": "The Crow",
    "quality": "draft",
}


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    """A worker that takes its time, so that jobs stay in the queue."""
    folder = tmp_path_factory.mktemp("submit")
    with WorkerProcess(folder, seconds={"image": 600}) as process:
        yield process


def test_put_is_idempotent(worker: WorkerProcess) -> None:
    """New is 202, the same again 200, another spec under the id 409."""
    job_id, body = new_id(), {"spec": film("a hill")}
    first = worker.client.put(f"/jobs/{job_id}", json=body)
    second = worker.client.put(f"/jobs/{job_id}", json=body)
    other = worker.client.put(f"/jobs/{job_id}", json={"spec": film("a lake")})

    assert [r.status_code for r in (first, second, other)] == [202, 200, 409]
    assert first.headers["Location"] == f"/status/{job_id}"
    assert next(iter(first.json())) == "success"
    assert other.json()["code"] == "conflict"


def test_parallel_puts_make_one_job(worker: WorkerProcess) -> None:
    """Twenty copies at once: one 202, nineteen 200."""
    job_id, body = new_id(), {"spec": film("parallel")}
    with ThreadPoolExecutor(20) as pool:
        codes = list(
            pool.map(
                lambda _: _fresh(worker, "PUT", f"/jobs/{job_id}", body).status_code,
                range(20),
            )
        )

    assert sorted(codes) == [200] * 19 + [202]


def test_parallel_posts_with_one_key_make_one_job(worker: WorkerProcess) -> None:
    """Fifty posts with the same Idempotency-Key: fifty equal answers."""
    headers = {"Idempotency-Key": "parallel-1"}
    with ThreadPoolExecutor(25) as pool:
        replies = list(
            pool.map(
                lambda _: _fresh(worker, "POST", _FORM, LEGACY, headers), range(50)
            )
        )

    assert {reply.status_code for reply in replies} == {202}
    assert len({reply.json()["job_id"] for reply in replies}) == 1


def test_a_key_with_another_body_is_refused(worker: WorkerProcess) -> None:
    """The same key cannot name two requests."""
    headers = {"Idempotency-Key": "once-only"}
    first = worker.client.post(_FORM, json=LEGACY, headers=headers)
    other = worker.client.post(_FORM, json=LEGACY | {"seed": 5}, headers=headers)

    assert (first.status_code, other.status_code) == (202, 422)
    assert other.json()["code"] == "idempotency_mismatch"


def test_a_lost_reply_is_answered_again(worker: WorkerProcess) -> None:
    """Without a key: an identical request finds its job until somebody polled it."""
    body = LEGACY | {"topic": "Lost"}
    first = worker.client.post(_FORM, json=body).json()["job_id"]
    again = worker.client.post("/submit_job", json=body).json()["job_id"]
    worker.status(first)
    deliberate = worker.client.post(_FORM, json=body).json()["job_id"]
    retry = {"x-stainless-retry-count": "1"}
    told = worker.client.post(_FORM, json=body, headers=retry).json()["job_id"]

    assert again == first
    assert deliberate != first
    assert told == deliberate


def test_the_old_form_becomes_scenes(worker: WorkerProcess) -> None:
    """Script and prompts of old clients: a scene for each prompt, words of old replies."""
    body = LEGACY | {"topic": "Old form", "story_type": "story", "duration": 10}
    reply = worker.client.post(_FORM, json=body)
    view = worker.status(reply.json()["job_id"])

    assert reply.json()["success"] is True
    assert view["title"] == "Old form"
    assert view["status"] in ("starting", "processing")
    assert any("duration was not used" in text for text in view["warnings"])


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        (b"", 400, None),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 400, None),
        (b"[" * 100_000, 400, None),
        (b'{"spec": NaN}', 422, "spec"),
        ({"spec": film("a hill") | {"scenes": []}}, 422, "spec.scenes"),
        ({"spec": film("a hill", bogus=1)}, 422, "spec.bogus"),
        ({"spec": film("a \x00 hill")}, 422, "spec.scenes.0.image_prompt"),
        ({"spec": film("a hill", voice_id="nobody")}, 422, "spec.voice_id"),
        ({"spec": film("a hill", zoom_intensity=99)}, 422, "spec.zoom_intensity"),
        ({"spec": film("a hill", kind="opera")}, 422, "spec.kind"),
        ({"spec": film("a hill"), "attempt": 0}, 422, "attempt"),
    ],
)
def test_bad_bodies_are_refused_by_field(
    worker: WorkerProcess, body: Any, code: int, param: str | None
) -> None:
    """Nothing is created, and the reply names the field."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    job_id = new_id()
    reply = worker.client.put(f"/jobs/{job_id}", content=raw)

    assert reply.status_code == code
    assert reply.json()["error"]["param"] == param
    assert worker.client.get(f"/status/{job_id}").status_code == 404


@pytest.mark.parametrize("script", ["", "   ", "\x00", "🎈 !!! …"])
def test_a_script_without_words_is_refused(worker: WorkerProcess, script: str) -> None:
    """There is nothing to say: 422 that names the field."""
    reply = worker.client.post(_FORM, json={"script": script})

    assert reply.status_code == 422
    assert reply.json()["error"]["param"] == "script"


@pytest.mark.parametrize("job_id", ["short", "a" * 65, "..%2f..%2fetc", "ünïcödé-id"])
def test_bad_ids_are_refused(worker: WorkerProcess, job_id: str) -> None:
    """An id that is none: 4xx, whatever is asked of it."""
    body = {"spec": film("a hill")}

    assert worker.client.put(f"/jobs/{job_id}", json=body).status_code in (404, 422)
    assert worker.client.get(f"/status/{job_id}").status_code in (404, 422)


def test_a_huge_body_is_refused(worker: WorkerProcess) -> None:
    """100 MB, announced or streamed: 413, and the worker is well."""
    chunk = b"x" * (1 << 20)
    streamed = worker.client.put(f"/jobs/{new_id()}", content=(chunk for _ in range(4)))
    announced = _announce_body(worker, 100 << 20)

    assert streamed.status_code == 413
    assert announced == 413
    assert worker.client.get("/health").status_code == 200


def test_a_full_queue_says_when_to_come_back(tmp_path: Path) -> None:
    """Over the capacity: 429 with Retry-After, and nothing is created."""
    limits = ("--queue-capacity", "1")
    with WorkerProcess(tmp_path, *limits, seconds={"image": 600}) as worker:
        replies = [
            worker.client.put(f"/jobs/{new_id()}", json={"spec": film(f"hill {n}")})
            for n in range(6)
        ]
        refused = [reply for reply in replies if reply.status_code == 429]
        jobs = worker.client.get("/jobs").json()["jobs"]

    assert len(refused) >= 3
    assert int(refused[0].headers["Retry-After"]) > 0
    assert refused[0].json()["retryable"] is True
    assert len(jobs) == len(replies) - len(refused)


def test_a_second_worker_on_the_folder_is_refused(worker: WorkerProcess) -> None:
    """Two workers never share a data folder."""
    command = [sys.executable, "-m", "colab_worker", "--port", "0", "--data-dir"]
    found = subprocess.run(
        [*command, str(worker.data_dir)], capture_output=True, text=True, timeout=60
    )

    assert found.returncode == 1
    assert "Another worker uses" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_port_in_use_is_said(worker: WorkerProcess, tmp_path: Path) -> None:
    """One sentence with the port, and no traceback."""
    port = str(worker.client.base_url.port)
    command = [sys.executable, "-m", "colab_worker", "--port", port, "--data-dir"]
    found = subprocess.run(
        [*command, str(tmp_path)], capture_output=True, text=True, timeout=60
    )

    assert found.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use" in found.stderr
    assert "Traceback" not in found.stderr


_FORM = "/generate_complete_video"


def _fresh(
    worker: WorkerProcess,
    method: str,
    path: str,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """A request on a connection of its own."""
    auth = dict(worker.client.headers) | (headers or {})
    url = str(worker.client.base_url.join(path))
    return httpx.request(method, url, json=body, headers=auth, timeout=60)


def _announce_body(worker: WorkerProcess, size: int) -> int:
    """The status that a request gets which only says how much it will send."""
    base = worker.client.base_url
    head = (
        f"PUT /jobs/{new_id()} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n"
        f"Authorization: {worker.client.headers['Authorization']}\r\n\r\n"
    )
    with socket.create_connection((base.host, base.port), timeout=60) as connection:
        connection.sendall(head.encode())
        reply = connection.recv(4096)
    return int(reply.split()[1])
