"""A tunnel's allowance from the outside: shown, told, and asked about before it breaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.servers.tunnel import Tunnel, says


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


async def test_a_yes_outlives_the_orchestrator(tmp_path: Path) -> None:
    """It was said while the tunnel was away; after a restart nobody is asked again."""
    async with FakeWorker() as worker, Tunnel(worker.url) as tunnel:
        limits = _limits(tunnel, 20_000)
        async with LiveOrchestrator(tmp_path / "home", **limits) as live:
            await live.connect(tunnel.url, worker.token)
            job_id = await live.order()
            await live.until(job_id, "sent_to_colab", message="0 units.")
            await worker.work(job_id)
            await live.until(job_id, "sent_to_colab", says="moonreel allow")
            voice = f"/api/download/{job_id}/scene-001-voice.wav"
            refused = await live.api.get(voice)
            tunnel.trouble = says(502)
            await live.api.post(f"/api/jobs/{job_id}/allow", json={})
        tunnel.trouble = None
        async with LiveOrchestrator(tmp_path / "home", **limits) as live:
            await live.until(job_id, "complete")
            assert (await live.api.delete(f"/api/jobs/{job_id}")).status_code == 204

    assert refused.status_code == 409
    assert "it comes after `moonreel allow`" in refused.json()["message"]


async def test_files_that_stayed_there_come_when_asked_for(tmp_path: Path) -> None:
    """The film is complete without its voices; one of them is played, and is kept."""
    async with FakeWorker() as worker, Tunnel(worker.url) as tunnel:
        limits = _limits(tunnel, 1_000_000)
        async with LiveOrchestrator(tmp_path / "home", **limits) as live:
            await live.connect(tunnel.url, worker.token)
            job_id = await live.order()
            await live.until(job_id, "sent_to_colab", message="0 units.")
            await worker.work(job_id)
            view = await live.until(job_id, "complete")
            path = f"/api/download/{job_id}/scene-002-voice.wav"
            first = await live.api.get(path)
            await worker.stop()
            again = await live.api.get(path, headers={"Range": "bytes=0-9"})
            other = await live.api.get(path.replace("002", "003"))

    names = [file["name"] for file in view["artifacts"]]
    voice = worker.jobs[job_id].units["voice-002"].data
    assert [name for name in names if name.startswith("scene-")] == []
    assert first.content == voice
    assert (again.status_code, again.content) == (206, voice[:10])
    assert other.status_code == 503
    assert "still at the worker" in other.json()["message"]


def _limits(tunnel: Tunnel, size: int) -> dict[str, Any]:
    """The tunnel has an allowance."""
    host = tunnel.url.removeprefix("http://")
    return {"metered_hosts": (host,), "tunnel_bytes": size}
