"""fal.ai through its own client, against a server that speaks its queue."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from colab_worker.engine_host import EngineFailure
from shared_protocol.errors import Code
from shared_protocol.kit.tasks import end_tasks
from tests.hosted import KEYS, Asking
from tests.servers.fal import FakeFal
from tests.servers.model_sources import Archive, serving
from tests.servers.threaded import make_certificate

pytestmark = pytest.mark.slow
DIALS: dict[str, Any] = {"steps": 28, "guidance": 3.5}
POLICY = {
    "detail": [
        {
            "loc": ["body", "prompt"],
            "msg": "The content could not be processed because it contained material "
            "flagged by a content checker.",
            "type": "content_policy_violation",
        }
    ]
}


@pytest.fixture
def fal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeFal]:
    """The server, where the client looks for fal.ai."""
    certificate = make_certificate(tmp_path / "certificate.pem")
    with FakeFal(certificate) as server:
        monkeypatch.setenv("FAL_QUEUE_RUN_HOST", server.address)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        yield server


@pytest.fixture
async def asking(fal: FakeFal, tmp_path: Path) -> AsyncIterator[Asking]:
    """The process that asks."""
    async with Asking(tmp_path, "fal") as made:
        yield made


async def test_a_picture_is_queued_watched_and_fetched(
    fal: FakeFal, asking: Asking
) -> None:
    """With every dial; the picture's address is asked for without the key."""
    fal.faults.waits = 2
    heard: list[str] = []
    loras = [{"name": "https://x.example/ink.safetensors", "weight": 0.8,
              "fingerprint": ""}]  # fmt: skip
    content, facts = await asking.picture(
        lambda part, note: heard.append(note), **DIALS, loras=loras
    )

    (request,) = fal.requests.values()
    assert request.body == {
        "prompt": "a crow on a gate, film noir, black and white, hard shadows, "
        "venetian blinds light",
        "image_size": {"width": 640, "height": 368},
        "seed": 7,
        "num_inference_steps": 28,
        "guidance_scale": 3.5,
        "loras": [{"path": "https://x.example/ink.safetensors", "scale": 0.8}],
        "num_images": 1,
        "output_format": "png",
        "enable_safety_checker": True,
    }
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (640, 368)
    assert facts["service"] == "fal.ai"
    assert facts["request_id"] == "request-0001"
    assert facts["cost_usd"] == 0.035
    assert "waiting at fal.ai, 1 before it" in heard
    assert "fal.ai draws" in heard
    assert fal.keys == {f"Key {KEYS['FAL_KEY']}"}
    assert fal.keys_of_files == {""}


async def test_too_many_requests_are_waited_out_as_the_service_says(
    fal: FakeFal, asking: Asking
) -> None:
    """Each step is tried again; the picture is asked for once."""
    slow = {"retry-after": "0.05"}
    fal.faults.submit = [(429, slow, {"detail": "slow"}), (503, slow, {})]
    fal.faults.poll = [(500, slow, {}), (429, slow, {})]
    fal.faults.result = [(502, slow, {})]
    await asking.picture(**DIALS)

    assert len(fal.requests) == 1
    assert fal.counts["submit"] == 3
    assert fal.counts["result"] == 2


async def test_a_service_that_stays_busy_is_left_alone_after_four_times(
    fal: FakeFal, asking: Asking
) -> None:
    """And nobody tries again by himself."""
    fal.faults.submit = [(429, {"retry-after": "0.02"}, {"detail": "slow"})] * 9
    with pytest.raises(EngineFailure, match=r"asked too often \(4 times\)") as caught:
        await asking.picture(**DIALS)

    assert fal.counts["submit"] == 4
    assert caught.value.code == Code.SERVICE_FAILED
    assert not caught.value.retryable


async def test_a_long_pause_is_told_rather_than_waited_for(
    fal: FakeFal, asking: Asking
) -> None:
    """The person decides when."""
    fal.faults.submit = [(429, {"retry-after": "1800"}, {"detail": "slow"})]
    with pytest.raises(EngineFailure, match="again in 30 minutes"):
        await asking.picture(**DIALS)
    assert fal.counts["submit"] == 1


async def test_a_wrong_key_is_said_by_the_variables_name(
    fal: FakeFal, asking: Asking
) -> None:
    """Never by its value, though the service repeats it."""
    said = {"detail": f"Invalid key {KEYS['FAL_KEY']}"}
    fal.faults.submit = [(401, {}, said)]
    with pytest.raises(
        EngineFailure, match="does not know the key in FAL_KEY"
    ) as error:
        await asking.picture(**DIALS)
    assert KEYS["FAL_KEY"] not in str(error.value)
    assert fal.counts["submit"] == 1


async def test_refused_content_is_explained(fal: FakeFal, asking: Asking) -> None:
    """By the service's own words, and what to do."""
    fal.faults.result = [(422, {}, POLICY)]
    with pytest.raises(
        EngineFailure, match="refuses to draw this: The content"
    ) as told:
        await asking.picture(**DIALS)
    assert told.value.hint == "write the scene's image prompt in other words"

    fal.faults.unsafe = True
    with pytest.raises(EngineFailure, match="holds it back as unsafe"):
        await asking.picture(**DIALS, seed=8)


async def test_a_cancel_cancels_the_request(fal: FakeFal, asking: Asking) -> None:
    """At the service too, while it waits in the queue; the process lives on."""
    fal.faults.waits = 1000
    drawing = asyncio.create_task(asking.picture(**DIALS))
    assert await asyncio.to_thread(fal.submitted.wait, 60)
    await asyncio.to_thread(_appears, asking.folder / "receipts")
    await end_tasks([drawing])
    assert await asyncio.to_thread(fal.canceled.wait, 60)

    fal.faults.waits = 0
    await asking.picture(**DIALS)
    assert len(fal.requests) == 2, "what was canceled is asked anew"


async def test_a_process_that_dies_does_not_pay_twice(
    fal: FakeFal, asking: Asking
) -> None:
    """The next one asks after the request that was sent."""
    fal.faults.waits = 1000
    drawing = asyncio.create_task(asking.picture(**DIALS))
    assert await asyncio.to_thread(fal.submitted.wait, 60)
    receipts = asking.folder / "receipts"
    await asyncio.to_thread(_appears, receipts)
    await asking.die()
    with pytest.raises(EngineFailure):
        await drawing
    fal.faults.waits = 0
    fal.requests["request-0001"].waits = 0
    _, facts = await asking.picture(**DIALS)
    assert len(fal.requests) == 1
    assert facts["request_id"] == "request-0001"

    await asking.picture(**DIALS, seed=8)
    assert len(fal.requests) == 2, "another picture is another request"


async def test_a_lost_answer_is_not_asked_for_again(
    fal: FakeFal, asking: Asking
) -> None:
    """It may have been counted, so a person decides."""
    fal.faults.lost = 1
    with pytest.raises(EngineFailure, match="may be counted") as caught:
        await asking.picture(**DIALS)
    assert fal.counts["submit"] == 1
    assert not caught.value.retryable


async def test_what_is_no_picture_is_told(fal: FakeFal, asking: Asking) -> None:
    """Broken bytes, another shape; a file that comes late is waited for."""
    fal.faults.content = b"<html>no</html>"
    with pytest.raises(EngineFailure, match="is no picture"):
        await asking.picture(**DIALS)
    fal.faults.content, fal.faults.size = None, (512, 512)
    with pytest.raises(EngineFailure, match="drew 512x512 in place of 640x368"):
        await asking.picture(**DIALS, seed=8)
    fal.faults.size = (636, 366)
    fal.faults.file = [404]
    content, _ = await asking.picture(**DIALS, seed=9)
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (640, 368)
    assert fal.counts["file"] == 4


async def test_a_request_that_was_sent_is_not_forgotten_for_trouble_on_the_way(
    fal: FakeFal, asking: Asking
) -> None:
    """Gateways that give up, pages of proxies, a key that was changed: asked after again."""
    page = b"<html>login</html>"
    slow = {"retry-after": "0.02"}
    fal.faults.poll = [(504, slow, {}), (200, {}, page), (522, slow, {})]
    fal.faults.result = [(504, slow, {})]
    await asking.picture(**DIALS)
    assert len(fal.requests) == 1

    fal.faults.poll = [(200, {}, {"status": "IN_PROGRESS", "logs": None})]
    fal.faults.poll += [(401, {}, {"detail": "no such key"})] * 2
    for _ in range(2):
        with pytest.raises(EngineFailure, match="does not know the key in FAL_KEY"):
            await asking.picture(**DIALS, seed=8)
    await asking.picture(**DIALS, seed=8)
    assert len(fal.requests) == 2


@pytest.mark.parametrize("reply", [(504, {}, {}), (200, {}, b""), (200, {}, {})])
async def test_an_order_without_a_whole_answer_may_be_counted(
    fal: FakeFal, asking: Asking, reply: tuple[int, dict[str, str], Any]
) -> None:
    """Said, and not sent again by itself."""
    fal.faults.submit = [reply]
    with pytest.raises(EngineFailure, match="may be counted") as caught:
        await asking.picture(**DIALS)
    assert fal.counts["submit"] == 1
    assert not caught.value.retryable


async def test_an_address_that_ran_out_is_asked_for_anew_by_the_next_try(
    fal: FakeFal, asking: Asking
) -> None:
    """It would give nothing however often the film is tried again."""
    fal.faults.file = [410] * 4
    with pytest.raises(EngineFailure, match=r"does not give the picture \(HTTP 410\)"):
        await asking.picture(**DIALS)
    await asking.picture(**DIALS)
    assert len(fal.requests) == 2


@pytest.mark.parametrize("result", [[], {"images": []}, {"images": [{"url": None}]}])
async def test_a_result_without_a_picture_is_told(
    fal: FakeFal, asking: Asking, result: Any
) -> None:
    """Whatever its form; nobody asks again by himself."""
    fal.faults.result = [(200, {}, result)]
    with pytest.raises(EngineFailure, match="answered without a picture") as caught:
        await asking.picture(**DIALS)
    assert caught.value.code == Code.SERVICE_FAILED


async def test_a_proxy_that_refuses_was_never_a_request(
    fal: FakeFal, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is not told as one that may be counted."""
    with serving(Archive) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("NO_PROXY", "")
        await asking.die()
        with pytest.raises(EngineFailure, match="cannot be reached"):
            await asking.picture(**DIALS)
    assert not fal.requests


def _appears(receipts: Path) -> None:
    deadline = time.monotonic() + 60
    while not list(receipts.glob("*.json")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
