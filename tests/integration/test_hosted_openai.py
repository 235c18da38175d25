"""OpenAI's images through its own client, against a server that speaks their wire."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from colab_worker.engine_host import EngineFailure
from colab_worker.engines.hosted.prices import about_usd
from shared_protocol.errors import Code
from shared_protocol.kit.tasks import end_tasks
from tests.hosted import KEYS, Asking
from tests.servers.openai_images import FakeOpenAIImages

pytestmark = pytest.mark.slow
DIALS: dict[str, Any] = {"level": "medium"}
BLOCKED = {
    "message": "Your request was rejected by the safety system.",
    "type": "image_generation_user_error",
    "param": None,
    "code": "moderation_blocked",
}
SLOW = {"message": "slow down", "code": "rate_limit_exceeded"}


@pytest.fixture
def openai(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAIImages]:
    """The server, where the client looks for OpenAI."""
    with FakeOpenAIImages() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


@pytest.fixture
async def asking(openai: FakeOpenAIImages, tmp_path: Path) -> AsyncIterator[Asking]:
    """The process that asks."""
    async with Asking(tmp_path, "openai") as made:
        yield made


async def test_a_picture_costs_what_its_tokens_cost(
    openai: FakeOpenAIImages, asking: Asking
) -> None:
    """Asked with size and level, told with the price of the answer's tokens."""
    content, facts = await asking.picture(**DIALS)

    assert openai.asked == [
        {
            "prompt": "a crow on a gate, film noir, black and white, hard shadows, "
            "venetian blinds light",
            "model": "gpt-image-2.5-flare",
            "n": 1,
            "output_format": "png",
            "quality": "medium",
            "size": "640x368",
        }
    ]
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (640, 368)
    assert facts["cost_usd"] == pytest.approx((100 * 5 + 500 * 30) / 1e6)
    assert openai.keys == {f"Bearer {KEYS['OPENAI_API_KEY']}"}


async def test_an_answer_is_kept_until_it_is_safe(
    openai: FakeOpenAIImages, asking: Asking
) -> None:
    """A process that dies after the answer does not pay twice; a new seed is new."""
    first, facts = await asking.picture(**DIALS)
    await asking.die()
    assert await asking.picture(**DIALS) == (first, facts)
    assert len(openai.asked) == 1

    other, _ = await asking.picture(**DIALS, seed=8)
    assert other != first
    assert len(openai.asked) == 2


async def test_limits_are_waited_out_as_the_service_says(
    openai: FakeOpenAIImages, asking: Asking
) -> None:
    """429 and 5xx a few times, then it is told; a spent account is told at once."""
    slow = {"retry-after": "0.03"}
    openai.faults.replies = [(429, slow, SLOW), (503, slow, {})]
    await asking.picture(**DIALS)
    assert len(openai.asked) == 3

    openai.faults.replies = [(429, slow, SLOW)] * 9
    with pytest.raises(EngineFailure, match=r"asked too often \(4 times\)") as caught:
        await asking.picture(**DIALS, seed=8)
    assert len(openai.asked) == 7
    assert caught.value.code == Code.SERVICE_FAILED

    spent = {"message": "You exceeded your quota", "code": "insufficient_quota"}
    openai.faults.replies = [(429, slow, spent)]
    with pytest.raises(EngineFailure, match="OPENAI_API_KEY has nothing left"):
        await asking.picture(**DIALS, seed=8)
    assert len(openai.asked) == 8


async def test_a_refusal_is_explained_and_never_shows_the_key(
    openai: FakeOpenAIImages, asking: Asking
) -> None:
    """Content, key, and anything else; each asked once."""
    key = KEYS["OPENAI_API_KEY"]
    openai.faults.replies = [
        (400, {}, BLOCKED),
        (401, {}, {"message": f"Incorrect API key provided: {key}", "code": "bad"}),
        (400, {}, {"message": "Unknown parameter", "code": "unknown_parameter"}),
    ]
    for sentence in (
        "refuses to draw this: Your request was rejected",
        "does not know the key in OPENAI_API_KEY",
        r"refuses \(HTTP 400\): Unknown parameter",
    ):
        with pytest.raises(EngineFailure, match=sentence) as caught:
            await asking.picture(**DIALS)
        assert key not in str(caught.value)
        assert not caught.value.retryable
    assert len(openai.asked) == 3


async def test_a_cancel_closes_the_request(
    openai: FakeOpenAIImages, asking: Asking
) -> None:
    """The service sees that nobody waits any more."""
    openai.faults.seconds = 30.0
    drawing = asyncio.create_task(asking.picture(**DIALS))
    assert await asyncio.to_thread(openai.begun.wait, 20)
    await end_tasks([drawing])
    assert await asyncio.to_thread(openai.left.wait, 5)


async def test_a_lost_answer_is_not_asked_for_again(
    openai: FakeOpenAIImages, asking: Asking
) -> None:
    """It may have been counted, so a person decides; so with what is no picture."""
    openai.faults.lost = 1
    with pytest.raises(EngineFailure, match="may be counted"):
        await asking.picture(**DIALS)
    assert len(openai.asked) == 1

    openai.faults.content = b"no picture"
    with pytest.raises(EngineFailure, match="is no picture"):
        await asking.picture(**DIALS)
    openai.faults.content = None
    await asking.picture(**DIALS)
    assert len(openai.asked) == 3


@pytest.mark.parametrize("heeds_keys", [True, False])
async def test_a_process_that_dies_in_the_middle_asks_under_the_same_key(
    openai: FakeOpenAIImages, asking: Asking, heeds_keys: bool
) -> None:
    """A service that heeds keys is paid once; of another the job says what is unknown."""
    openai.faults.heeds_keys = heeds_keys
    openai.faults.seconds = 30.0
    drawing = asyncio.create_task(asking.picture(**DIALS))
    assert await asyncio.to_thread(openai.begun.wait, 20)
    await asking.die()
    with pytest.raises((EngineFailure, asyncio.CancelledError)):
        await drawing
    openai.faults.seconds = 0.0

    _, facts = await asking.picture(**DIALS)
    first, second = openai.names
    assert first == second
    assert len(openai.paid) == (1 if heeds_keys else 2)
    assert facts.get("asked_again") is (None if heeds_keys else True)
    told = facts.get("warnings", [])
    assert bool(told) is not heeds_keys
    assert all("may be counted twice" in words for words in told)
    # What is safe is not asked for again.
    await asking.die()
    assert (await asking.picture(**DIALS))[1] == facts
    assert len(openai.names) == 2


async def test_the_key_stays_until_an_answer_was_no_good(
    openai: FakeOpenAIImages, asking: Asking
) -> None:
    """Limits and lost answers keep it; after a refusal the next question is another."""
    openai.faults.heeds_keys = True
    openai.faults.lost = 1
    with pytest.raises(EngineFailure, match="may be counted"):
        await asking.picture(**DIALS)
    openai.faults.replies = [(429, {"retry-after": "0.03"}, SLOW)]
    _, facts = await asking.picture(**DIALS)
    assert len(set(openai.names)) == 1
    assert len(openai.names) == 3
    assert len(openai.paid) == 1
    assert "warnings" not in facts

    openai.faults.replies = [(400, {}, BLOCKED)]
    with pytest.raises(EngineFailure, match="refuses to draw this"):
        await asking.picture(**DIALS, seed=8)
    _, facts = await asking.picture(**DIALS, seed=8)
    assert len(set(openai.names)) == 3
    assert "warnings" not in facts

    openai.faults.heeds_keys = False
    openai.faults.replies = [(429, {"retry-after": "0.01"}, SLOW)] * 4
    with pytest.raises(EngineFailure, match="asked too often"):
        await asking.picture(**DIALS, seed=9)
    _, facts = await asking.picture(**DIALS, seed=9)
    assert "warnings" not in facts  # nothing was done the first time


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "application/json"),
        (b'{"data": [{"b64_js', "application/json"),
        (b"<html></html>", "application/json"),
        (b"<html></html>", "text/html"),
    ],
)
async def test_an_answer_that_is_none_is_not_asked_for_again(
    openai: FakeOpenAIImages, asking: Asking, body: bytes, told: str
) -> None:
    """It may have been counted, so a person decides; the key stays."""
    openai.faults.replies = [(200, {"Content-Type": told}, body)]
    with pytest.raises(EngineFailure, match="may be counted") as caught:
        await asking.picture(**DIALS)
    assert caught.value.code == Code.SERVICE_FAILED
    assert not caught.value.retryable
    await asking.picture(**DIALS)
    assert len(set(openai.names)) == 1
    assert len(openai.names) == 2


@pytest.mark.parametrize("usage", [{"total_tokens": 5}, {"input_tokens": "few"}])
async def test_without_its_tokens_a_picture_costs_about_what_the_list_says(
    openai: FakeOpenAIImages, asking: Asking, usage: dict[str, Any]
) -> None:
    """Gateways count otherwise; what was paid for is not thrown away for that."""
    openai.faults.usage = usage
    _, facts = await asking.picture(**DIALS)
    assert facts["cost_usd"] == about_usd("gpt-image-2.5-flare", 640, 368, "medium")
    assert len(openai.asked) == 1
