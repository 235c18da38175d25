"""Scripts that change while the film is made: scenes left out, words edited, workers lost."""

from __future__ import annotations

from typing import Any

import pytest

from shared_protocol.errors import Code, ErrorBody
from tests.integration.script_steps import (
    edit,
    finished,
    half_made,
    refused,
    render,
    script,
)
from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator


async def test_a_scene_is_left_out_while_the_film_renders_and_comes_back(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """By its id, as often as one likes; it comes back to its place with its picture."""
    job_id = await half_made(studio, worker)
    whole = (await script(studio, job_id))["script"]["scenes"]
    out = await edit(studio, job_id, version=1, leave_out=2)
    again = await edit(studio, job_id, version=2, leave_out=2)
    await render(studio, job_id)
    await studio.until(job_id, "sent_to_colab", attempt=2)
    assert len(worker.jobs[job_id].spec.scenes) == 2
    back = await edit(studio, job_id, version=2, take_back=2)
    same = await edit(studio, job_id, version=3, take_back=2)
    await render(studio, job_id)
    await studio.until(job_id, "sent_to_colab", attempt=3)
    await worker.work(job_id)
    await studio.until(job_id, "complete")

    assert [scene["id"] for scene in out["script"]["scenes"]] == [1, 3]
    assert (out["left_out"], out["versions"][-1]["made_by"]) == (
        [whole[1]],
        "leave_out",
    )
    assert again["version"] == 2
    assert (back["script"]["scenes"], back["left_out"]) == (whole, [])
    assert same["version"] == 3
    assert worker.made.count("image-001") == 1


async def test_whoever_comes_after_a_scene_that_is_out_gets_another_id(
    studio: LiveOrchestrator,
) -> None:
    """So it can come back; it may also be put somewhere else by its id."""
    job_id = await studio.order(review=True)
    whole = (await script(studio, job_id))["script"]["scenes"]
    await edit(studio, job_id, version=1, leave_out=3)
    new = {"narration": "New.", "image_prompt": "new"}
    view = await edit(studio, job_id, version=2, scenes=[*whole[:2], new])
    moved = [whole[2], *view["script"]["scenes"]]
    after = await edit(studio, job_id, version=3, scenes=moved)

    assert [scene["id"] for scene in view["script"]["scenes"]] == [1, 2, 4]
    assert [scene["id"] for scene in after["script"]["scenes"]] == [3, 1, 2, 4]
    assert after["left_out"] == []


@pytest.mark.parametrize(
    ("order", "param"),
    [
        ({"leave_out": 7}, "leave_out"),
        ({"take_back": 7}, "take_back"),
        ({"leave_out": 1, "title": "Both"}, "body"),
        ({"leave_out": 1, "take_back": 2}, "body"),
    ],
)
async def test_what_cannot_be_left_out_is_refused(
    studio: LiveOrchestrator, order: dict[str, Any], param: str
) -> None:
    """A scene that never was there, and two orders at once."""
    job_id = await studio.order(review=True)
    reply = await refused(studio, job_id, 422, version=1, **order)

    assert reply["error"]["param"] == param
    assert (await script(studio, job_id))["version"] == 1


async def test_the_only_scene_is_not_left_out(studio: LiveOrchestrator) -> None:
    """The refusal says what does that, and locked scenes stay, too."""
    job_id = await studio.order(review=True)
    scenes = (await script(studio, job_id))["script"]["scenes"]
    scenes[0]["locked"] = True
    await edit(studio, job_id, version=1, scenes=scenes)
    locked = await refused(studio, job_id, 422, version=2, leave_out=1)
    await edit(studio, job_id, version=2, leave_out=2)
    scenes[0]["locked"] = False
    await edit(studio, job_id, version=3, scenes=scenes[:1])
    only = await refused(studio, job_id, 422, version=4, leave_out=1)

    assert "scene 1 is locked" in locked["message"]
    assert "cancel the film instead" in only["message"]


async def test_an_edit_while_rendering_takes_the_place_of_the_film(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The worker gets the new words under a higher attempt, and keeps the pictures."""
    job_id = await half_made(studio, worker)
    scenes = (await script(studio, job_id))["script"]["scenes"]
    scenes[2]["narration"] = "At last she drank."
    await edit(studio, job_id, version=1, scenes=scenes)
    await render(studio, job_id)
    await studio.until(job_id, "sent_to_colab", attempt=2)
    await worker.work(job_id)
    view = await studio.until(job_id, "complete")

    assert view["attempt"] == 2
    assert worker.jobs[job_id].spec.scenes[2].narration == "At last she drank."
    assert worker.made.count("image-001") == 1


async def test_an_edited_film_goes_on_at_another_worker(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The new machine gets the picture that the new clip is made from."""
    job_id, told = await finished(studio, worker)
    await worker.lose_machine()
    scenes = told["script"]["scenes"]
    scenes[1]["narration"] = "She dropped many stones into it."
    await edit(studio, job_id, version=1, scenes=scenes)
    await render(studio, job_id)
    await studio.until(job_id, "sent_to_colab", attempt=2)
    await worker.work(job_id)
    await studio.until(job_id, "complete")

    assert worker.made == ["voice-002", "clip-002", "film"]


async def test_a_worker_that_is_still_canceling_is_waited_for(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """It says so, and gets the film a moment later."""
    body = ErrorBody(code=Code.NOT_READY, message="It is being canceled.")
    worker.refusal = (409, body)
    job_id = await studio.order()
    view = await studio.until(job_id, "waiting_for_worker")
    assert "being canceled" in view["message"]

    worker.refusal = None
    await studio.until(job_id, "sent_to_colab")
