"""The real worker as a child of the orchestrator: started, killed, outlived."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from benchmarks.simulated import ENGINES, SECONDS_VARIABLE
from tests.gated_pictures import GATE_VARIABLE, GATED_ENGINES, Gate
from tests.servers.live_orchestrator import STORY, LiveOrchestrator
from tests.workers import WorkerProcess

pytestmark = pytest.mark.slow

LIMIT_S = 100.0


@pytest.fixture(autouse=True)
def _simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children of this process render with quick stand-ins for engines."""
    monkeypatch.setenv("MOONREEL_ENGINES", ENGINES)
    monkeypatch.setenv(SECONDS_VARIABLE, json.dumps({"image": 0.2, "voice": 0.05}))


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Children of this process draw as many pictures as the test says."""
    made = Gate(tmp_path / "gate")
    monkeypatch.setenv("MOONREEL_ENGINES", GATED_ENGINES)
    monkeypatch.setenv(GATE_VARIABLE, str(made.path))
    return made


def local_workers(of: int, home: Path) -> list[psutil.Process]:
    """Workers in ``home`` that process ``of`` started; other tests have theirs."""
    return [
        process
        for process in psutil.Process(of).children()
        if _is_local(process, home)  # a zombie has no command line
    ]


def _is_local(process: psutil.Process, home: Path) -> bool:
    try:
        words = process.cmdline()
    except psutil.Error:
        return False  # it ended while we looked
    return "colab_worker" in words and any(w.startswith(str(home)) for w in words)


async def finished(live: LiveOrchestrator, job_id: str) -> bytes:
    """Waits for the film and returns it."""
    ends = ("complete", "error", "canceled")
    view = await live.until(job_id, *ends, limit_s=LIMIT_S)
    assert view["state"] == "complete", view["message"]
    return (await live.api.get(f"/api/download/{job_id}")).content


async def test_a_film_is_made_without_any_connected_worker(tmp_path: Path) -> None:
    """The local worker is started for the first film, says so, and makes it."""
    async with LiveOrchestrator(tmp_path / "home", worker="auto") as live:
        assert local_workers(os.getpid(), tmp_path) == []
        job_id = await live.order(quality="draft")
        film = await finished(live, job_id)
        view = await live.film(job_id)
        access = (await live.api.get(f"/api/worker?job_id={job_id}")).json()

    assert film[4:8] == b"ftyp"
    assert view["worker"]["kind"] == access["worker"]["kind"] == "local"
    assert "this machine renders" in view["worker"]["reason"]
    assert {"film.mp4", "scene-001-clip.mp4"} <= {a["name"] for a in view["artifacts"]}


async def test_a_worker_that_comes_too_late_does_not_outlive_the_server(
    tmp_path: Path,
) -> None:
    """Also when the server stops in the middle of ending it."""
    async with LiveOrchestrator(
        tmp_path / "home", worker="local", local_start_timeout_s=0.0
    ) as live:
        job_id = await live.order(quality="draft")
        await live.until(job_id, says="did not start in 0 s")
    assert local_workers(os.getpid(), tmp_path) == []


async def test_the_local_worker_gets_no_key_that_it_has_no_use_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do its engines; those of image services it asks itself."""
    for name in ("GEMINI_API_KEY", "MOONREEL_PASSWORD", "FAL_KEY"):
        monkeypatch.setenv(name, "secret-0123456789")
    async with LiveOrchestrator(tmp_path / "home", worker="local") as live:
        assert (await live.api.get("/api/capabilities")).status_code == 200
        (worker,) = local_workers(os.getpid(), tmp_path)
        given = worker.environ()

    assert given["FAL_KEY"] == "secret-0123456789"
    assert not {"GEMINI_API_KEY", "MOONREEL_PASSWORD"} & set(given)


async def test_the_local_worker_is_started_again_when_it_dies(
    tmp_path: Path, gate: Gate
) -> None:
    """A worker killed in the middle of a film is replaced, and the film goes on."""
    gate.let(1)
    async with LiveOrchestrator(tmp_path / "home", worker="local") as live:
        job_id = await live.order(quality="draft")
        await live.until(job_id, "sent_to_colab")
        first = local_workers(os.getpid(), tmp_path)[0]
        await live.until(job_id, files=2, limit_s=LIMIT_S)
        first.kill()
        gate.let(1000)
        film = await finished(live, job_id)
        second = local_workers(os.getpid(), tmp_path)[0]

    assert film[4:8] == b"ftyp"
    assert second.pid != first.pid
    assert not second.is_running()


async def test_the_remote_worker_is_preferred_and_its_loss_survived(
    tmp_path: Path, gate: Gate
) -> None:
    """A real remote worker that loses its disk is sent what is finished, no more."""
    folder = tmp_path / "remote"
    folder.mkdir()
    gate.let(2)
    worker = await asyncio.to_thread(WorkerProcess(folder, engines=GATED_ENGINES).start)
    url = str(worker.client.base_url).rstrip("/")
    try:
        async with LiveOrchestrator(tmp_path / "home", worker="auto") as live:
            await live.connect(url, "test-token")
            job_id = await live.order(quality="draft")
            await live.until(job_id, files=4, limit_s=LIMIT_S)
            await asyncio.to_thread(worker.kill)
            before = await live.until(job_id, "unreachable")

            other = folder / "new"
            other.mkdir()
            gate.let(1000)
            worker = await asyncio.to_thread(
                WorkerProcess(other, engines=GATED_ENGINES).start
            )
            await live.connect(str(worker.client.base_url).rstrip("/"), "test-token")
            film = await finished(live, job_id)
            view = await live.film(job_id)
    finally:
        await asyncio.to_thread(worker.stop)

    assert film[4:8] == b"ftyp"
    assert view["worker"]["kind"] == "remote"
    # By name: simulated voices have the same bytes in every scene.
    safe = {artifact["name"] for artifact in before["artifacts"]}
    kept = [
        unit["reused"]
        for unit in view["render"]["units"]
        if unit["scene"]
        and safe.issuperset(
            f"scene-{unit['scene']:03}-{file['name']}"
            for file in unit["result"]["files"]
        )
    ]
    assert kept
    assert all(kept)


def start(home: Path) -> tuple[subprocess.Popen[bytes], str]:
    """``python -m orchestrator serve`` as a process of its own."""
    told = home / "serve.json"
    told.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestrator", "serve", "--port", "0"],
        env={**os.environ, "MOONREEL_HOME": str(home)},
        cwd=home.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + LIMIT_S
    while not told.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process, str(json.loads(told.read_text())["url"])


def test_kill_nine_of_the_orchestrator_loses_nothing(tmp_path: Path) -> None:
    """The child worker ends with its parent; the next start finishes the film."""
    home = tmp_path / "home"
    first, url = start(home)
    body = {"script": STORY, "num_scenes": 3, "quality": "draft"}
    with httpx.Client(base_url=url, timeout=60) as client:
        job_id = client.post("/api/generate-video", json=body).json()["job_id"]
        deadline = time.monotonic() + LIMIT_S
        while client.get(f"/api/jobs/{job_id}").json()["mirrored"] < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    worker = local_workers(first.pid, tmp_path)[0]
    first.send_signal(signal.SIGKILL)
    first.wait()
    worker.wait(timeout=60)  # psutil.TimeoutExpired if it outlives its parent

    second, url = start(home)
    try:
        with httpx.Client(base_url=url, timeout=60) as client:
            view = client.get(f"/api/jobs/{job_id}").json()
            while not view["terminal"]:
                assert time.monotonic() < deadline
                known = {"wait": 5, "since": view["version"]}
                client.get(f"/api/jobs/{job_id}", params=known)
                view = client.get(f"/api/jobs/{job_id}").json()
            film = client.get(f"/api/download/{job_id}")
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=60) == 0

    assert view["state"] == "complete", view["message"]
    assert film.content[4:8] == b"ftyp"
    assert not (home / "serve.json").exists()
