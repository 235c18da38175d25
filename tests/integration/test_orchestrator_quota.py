"""A tunnel's allowance from the outside: shown, told, and asked about before it breaks."""

from __future__ import annotations

from pathlib import Path

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.servers.tunnel import Tunnel


async def test_files_over_what_is_left_wait_for_a_yes(tmp_path: Path) -> None:
    """The film says how much there is and how much is left, and comes after the yes."""
    async with FakeWorker() as worker, Tunnel(worker.url) as tunnel:
        host = tunnel.url.removeprefix("http://")
        async with LiveOrchestrator(
            tmp_path / "home", metered_hosts=(host,), tunnel_bytes=20_000
        ) as live:
            await live.connect(tunnel.url, worker.token)
            job_id = await live.order()
            await live.until(job_id, "sent_to_colab", message="0 units.")
            await worker.work(job_id)
            view = await live.until(job_id, "sent_to_colab", says="moonreel allow")
            assert "MB left this month" in view["message"]
            assert view["over_quota"] is True

            reply = await live.api.post(f"/api/jobs/{job_id}/allow", json={})
            assert reply.status_code == 202
            view = await live.until(job_id, "complete")
            assert view["over_quota"] is False
            (shown,) = (await live.api.get("/health")).json()["tunnels"]

    assert shown["host"] == host
    assert shown["bytes"] > shown["bytes_limit"] == 20_000
    assert "of this month's allowance" in shown["warning"]
    assert shown["requests"] == tunnel.counts.requests
