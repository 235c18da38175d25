"""A topic written by a service that speaks OpenAI's language, with its real client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.live_orchestrator import LiveOrchestrator
from tests.servers.openai_wire import FakeOpenAI

KEY = "sk-test-openai"
TOPIC = {
    "topic": "an old lighthouse",
    "script": None,
    "num_scenes": 4,
    "duration": 1,
    "review": True,
}


@pytest.fixture
async def service() -> AsyncIterator[FakeOpenAI]:
    """A server that writes."""
    async with FakeOpenAI() as started:
        yield started


@pytest.fixture
async def studio(
    tmp_path: Path, service: FakeOpenAI
) -> AsyncIterator[LiveOrchestrator]:
    """An orchestrator that knows no other writer."""
    async with LiveOrchestrator(
        tmp_path / "home",
        openai_url=service.url,
        openai_key=KEY,
        openai_models=("small", "smaller"),
        writer_first_wait_s=0.01,
    ) as live:
        yield live


async def ended(studio: LiveOrchestrator, **fields: Any) -> dict[str, Any]:
    """The film once its script is written, or not."""
    job_id = await studio.order(**(TOPIC | fields))
    return await studio.until(job_id, "review", "error")


async def test_a_topic_becomes_a_script(
    studio: LiveOrchestrator, service: FakeOpenAI
) -> None:
    """One request with the schema and the key; tokens are counted, no price is made up."""
    view = await ended(studio)
    reply = await studio.api.get(f"/api/jobs/{view['job_id']}/script")
    script = reply.json()["script"]

    assert len(service.asked) == 1
    assert service.asked[0]["key"] == f"Bearer {KEY}"
    assert service.asked[0]["model"] == "small"
    assert len(script["scenes"]) == 4
    assert script["usage"] == {
        "model": "small", "requests": 1, "input_tokens": 70, "output_tokens": 200,
        "price_usd": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "code", "requests", "ends"),
    [
        (503, "busy", 2, "review"),
        (429, "rate_limit_exceeded", 2, "review"),
        (404, "model_not_found", 2, "review"),
        (429, "insufficient_quota", 2, "review"),
        (401, "invalid_api_key", 1, "error"),
        (400, "bad_request", 1, "error"),
    ],
)
async def test_each_refusal_has_its_answer(
    studio: LiveOrchestrator,
    service: FakeOpenAI,
    status: int,
    code: str,
    requests: int,
    ends: str,
) -> None:
    """Busy: again; no model or no quota: the next model; else one sentence."""
    service.refusals = [(status, {"message": f"No, {KEY}.", "code": code})]
    view = await ended(studio)

    assert view["state"] == ends
    assert len(service.asked) == requests
    assert KEY not in str(view)


async def test_a_cut_answer_is_asked_for_again(
    studio: LiveOrchestrator, service: FakeOpenAI
) -> None:
    """Half a script is none."""
    service.cuts = 1
    assert (await ended(studio))["state"] == "review"
    assert len(service.asked) == 2


async def test_a_filter_is_named(studio: LiveOrchestrator, service: FakeOpenAI) -> None:
    """It is not tried again."""
    service.finish = "content_filter"
    view = await ended(studio)

    assert view["error"]["code"] == "writer_blocked"
    assert len(service.asked) == 1


async def test_facts_cannot_be_looked_up(
    studio: LiveOrchestrator, service: FakeOpenAI
) -> None:
    """The sentence says who could."""
    view = await ended(studio, grounding=True, story_type="true_crime")

    assert "GEMINI_API_KEY" in view["error"]["message"]
    assert service.asked == []
