"""Films whose pictures a paid service draws, the whole way, as people make them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.hosted import KEYS
from tests.servers.fal import FakeFal
from tests.servers.served import Served
from tests.servers.threaded import make_certificate
from tests.workers import TOKEN, WorkerProcess, film

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STORY = "A crow was thirsty.\n\nIt found a pitcher.\n"
FAL_KEY = KEYS["FAL_KEY"]


@pytest.fixture
def fal(tmp_path: Path) -> Iterator[FakeFal]:
    """The service."""
    with FakeFal(make_certificate(tmp_path / "certificate.pem")) as server:
        yield server


def environment(fal: FakeFal, folder: Path, **more: str) -> dict[str, str]:
    """What a person with a key has set."""
    return {
        "FAL_KEY": FAL_KEY,
        "FAL_QUEUE_RUN_HOST": fal.address,
        "SSL_CERT_FILE": str(folder / "certificate.pem"),
        "MOONREEL_HOME": str(folder / "home"),
        "MOONREEL_URL_FILE": str(folder / "url.txt"),
    } | more


def command(
    folder: Path, env: dict[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    """A command in ``folder``."""
    return subprocess.run(
        [sys.executable, "-m", "orchestrator", *words],
        cwd=folder, env={**os.environ, **env}, capture_output=True, text=True,
        timeout=250,
    )  # fmt: skip


def make(
    folder: Path, env: dict[str, str], *words: str
) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and events of ``make``."""
    (folder / "story.txt").write_text(STORY, "utf-8")
    done = command(
        folder, env, "make", "story.txt", "--json", "--quality", "draft", "--scenes",
        "2", "-o", "a.mp4", "--all-files", "parts", *words,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def warnings(events: list[dict[str, Any]]) -> str:
    """What the command warned of."""
    return " ".join(e["message"] for e in events if e["event"] == "warning")


def files_with(text: str, folder: Path) -> list[Path]:
    """The files that hold a text."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if text.encode() in path.read_bytes()]


def test_a_film_is_drawn_by_the_service_and_tells_its_cost(
    fal: FakeFal, tmp_path: Path
) -> None:
    """By name; asked once for each scene; the key is in no file; made again: free."""
    env = environment(fal, tmp_path)
    words = ("--engine", "image=fal,voice=espeak")
    code, events = make(tmp_path, env, *words)
    assert code == 0, events[-1]
    assert "fal.ai draws the pictures with fal-ai/flux-lora: about" in warnings(events)
    assert len(fal.requests) == 2
    assert fal.keys == {f"Key {FAL_KEY}"}
    shown = command(tmp_path, env, "status").stdout
    assert "about $0.07 of image services" in shown
    again, _ = make(tmp_path, env, *words, "--fresh", "--filter", "warm")
    assert again == 0
    assert len(fal.requests) == 2
    assert files_with(FAL_KEY, tmp_path) == []


def test_a_key_makes_the_service_the_fallback_unless_the_order_says_otherwise(
    fal: FakeFal, tmp_path: Path
) -> None:
    """Said in the job, with its price; an order without it draws drafts."""
    code, events = make(tmp_path, environment(fal, tmp_path))
    assert code == 0, events[-1]
    assert "since no better engine of the order of fallbacks is here" in warnings(
        events
    )
    assert "$0.07 for 2" in warnings(events)
    assert len(fal.requests) == 2

    drafts = environment(fal, tmp_path, MOONREEL_FALLBACK="remote local draft")
    code, events = make(tmp_path, drafts, "--fresh")
    assert code == 0, events[-1]
    assert warnings(events) == ""
    assert len(fal.requests) == 2


def test_without_a_key_the_variable_is_named(fal: FakeFal, tmp_path: Path) -> None:
    """A film that names the service fails rather than get another."""
    env = environment(fal, tmp_path, FAL_KEY="")
    code, events = make(tmp_path, env, "--engine", "image=fal")
    assert code != 0
    assert "FAL_KEY is not set" in events[-1]["message"]
    assert fal.counts["submit"] == 0


def test_a_remote_worker_never_asks_and_a_named_service_stays_here(
    fal: FakeFal, tmp_path: Path
) -> None:
    """Though it has a key in its environment; other films go to it as ever."""
    (tmp_path / "remote").mkdir()
    (tmp_path / "home").mkdir()
    env = environment(fal, tmp_path)
    with WorkerProcess(tmp_path / "remote", engines="[]", env=env) as worker:
        engines = worker.client.get("/capabilities").json()["engines"]
        told = {e["name"]: e["unavailable"] for e in engines}
        assert "only the worker of your own machine asks" in told["fal"]
        spec = film(engine={"image": "fal"})
        refused = worker.client.put("/jobs/a-film-of-fal", json={"spec": spec})
        assert refused.status_code == 422
        assert "only the worker of your own machine" in refused.json()["message"]

        with Served(tmp_path / "home", env) as served:
            line = f"{str(worker.client.base_url).rstrip('/')}/#token={TOKEN}"
            asked = {"url": line}
            said = httpx.post(f"{served.url}/api/set-colab-url", json=asked, timeout=60)
            assert said.json()["connected"] is True, said.text
            order = {"script": STORY, "quality": "draft", "num_scenes": 2}
            view = served.finish(served.order(order | {"engine": {"image": "fal"}}))
            assert view["state"] == "complete", view["error"]
            assert view["worker"]["kind"] == "local"
            assert "so that its key stays here" in view["worker"]["reason"]
            assert view["render"]["cost_usd"] == 0.07
            assert len(fal.requests) == 2

            view = served.finish(served.order(order))
            assert view["worker"]["kind"] == "remote"
            assert view["render"]["cost_usd"] is None
    assert len(fal.requests) == 2
