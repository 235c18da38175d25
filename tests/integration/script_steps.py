"""What tests do with the script of a film: read it, edit it, have it rendered."""

from __future__ import annotations

from typing import Any

from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator


async def script(studio: LiveOrchestrator, job_id: str) -> dict[str, Any]:
    """The script as it is now."""
    reply = await studio.api.get(f"/api/jobs/{job_id}/script")
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def edit(studio: LiveOrchestrator, job_id: str, **body: Any) -> dict[str, Any]:
    """The script after an edit."""
    reply = await studio.api.put(f"/api/jobs/{job_id}/script", json=body)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def refused(
    studio: LiveOrchestrator, job_id: str, status: int, **body: Any
) -> dict[str, Any]:
    """The refusal of an edit."""
    reply = await studio.api.put(f"/api/jobs/{job_id}/script", json=body)
    assert reply.status_code == status, reply.text
    return dict(reply.json())


async def render(
    studio: LiveOrchestrator, job_id: str, status: int = 202, **body: Any
) -> dict[str, Any]:
    """The reply to an order to render."""
    reply = await studio.api.post(f"/api/jobs/{job_id}/render", json=body)
    assert reply.status_code == status, reply.text
    return dict(reply.json())


async def finished(
    studio: LiveOrchestrator, worker: FakeWorker, **fields: Any
) -> tuple[str, dict[str, Any]]:
    """A complete film and its script."""
    job_id = await studio.order(**fields)
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id)
    await studio.until(job_id, "complete")
    worker.made.clear()
    return job_id, await script(studio, job_id)


async def half_made(studio: LiveOrchestrator, worker: FakeWorker) -> str:
    """A film that is being made: its first five units are done, and here."""
    job_id = await studio.order()
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id, units=5)
    await studio.until(job_id, files=5)
    return job_id
