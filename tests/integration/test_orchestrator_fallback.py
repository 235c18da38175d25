"""Who makes a film when several could: the order of fallbacks, and what it is not about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator


async def test_a_worker_that_does_not_start_here_leaves_films_to_the_connected_one(
    tmp_path: Path,
) -> None:
    """Although this machine comes first; what stands in its folder's place is no folder."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "worker").write_text("")
    async with (
        FakeWorker() as worker,
        LiveOrchestrator(home, worker="auto", fallback=("local", "remote")) as live,
    ):
        await live.connect(worker.url, worker.token)
        job_id = await live.order()
        view = await live.until(job_id, "sent_to_colab")

    assert view["worker"]["kind"] == "remote"


@pytest.mark.slow
async def test_an_engine_by_name_is_asked_where_it_is(tmp_path: Path) -> None:
    """The order is for films that name none; this machine has no such model."""
    async with (
        FakeWorker() as worker,
        LiveOrchestrator(
            tmp_path / "home", worker="auto", fallback=("draft", "remote")
        ) as live,
    ):
        await live.connect(worker.url, worker.token)
        named = await live.order(engine={"image": "sdxl"})
        there = await live.until(named, "sent_to_colab")
        nameless = await live.order(quality="draft")
        here = await live.until(nameless, "sent_to_colab")

    assert there["worker"]["kind"] == "remote"
    assert here["worker"]["kind"] == "local"
    assert "puts draft before a remote worker" in here["worker"]["reason"]
