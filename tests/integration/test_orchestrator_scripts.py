"""Scripts on the desk: read, edited, locked, taken back, rendered and rendered again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared_protocol.errors import Code, ErrorBody
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


async def test_review_waits_until_the_script_is_rendered(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """No worker hears of the film before; then it gets the words as they were edited."""
    job_id = await studio.order(review=True)
    view = await studio.until(job_id, "review")
    assert (view["terminal"], view["stage"]) == (False, "review")
    told = await script(studio, job_id)
    assert told["version"] == 1
    assert told["render"]["pictures"] == 3
    scenes = told["script"]["scenes"]
    scenes[0]["narration"] = "The crow was very thirsty."
    await edit(studio, job_id, version=1, scenes=scenes)
    assert worker.jobs == {}

    await render(studio, job_id, version=2)
    await studio.until(job_id, "sent_to_colab")

    sent = worker.jobs[job_id].spec.scenes
    assert sent[0].narration == "The crow was very thirsty."
    assert len(sent) == 3


async def test_a_review_can_be_canceled(studio: LiveOrchestrator) -> None:
    """Nobody has to render what he does not like."""
    job_id = await studio.order(review=True)
    reply = await studio.api.post(f"/api/jobs/{job_id}/cancel", json={})

    assert (reply.status_code, reply.json()["state"]) == (200, "canceled")


async def test_an_edit_after_rendering_redoes_only_what_it_touches(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """It is said beforehand, and then exactly that is done."""
    job_id, told = await finished(studio, worker)
    assert told["render"]["nothing_to_do"] is True
    scenes = told["script"]["scenes"]
    scenes[1]["narration"] = "She dropped many stones into it."
    plan = (await edit(studio, job_id, version=1, scenes=scenes))["render"]
    assert plan["scenes"] == [{"scene": 2, "id": 2, "redo": ["voice", "clip"]}]
    assert (plan["pictures"], plan["voices"], plan["clips"]) == (0, 1, 1)
    assert plan["message"] == "To be made: 1 voice, 1 clip, and the film."

    await render(studio, job_id)
    view = await studio.until(job_id, "sent_to_colab", attempt=2)
    assert view["mirrored"] >= 9
    await worker.work(job_id)
    await studio.until(job_id, "complete")

    assert worker.made == ["voice-002", "clip-002", "film"]
    assert (await script(studio, job_id))["render"]["nothing_to_do"] is True


async def test_a_preview_changes_nothing(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """It tells what other options would cost, and the film stays complete."""
    job_id, _ = await finished(studio, worker)
    plan = (await render(studio, job_id, 200, preview=True, options={"seed": 5}))[
        "plan"
    ]
    other = {"voice_id": "guy"}
    voices = (await render(studio, job_id, 200, preview=True, options=other))["plan"]

    assert (plan["pictures"], plan["voices"]) == (3, 0)
    assert (voices["pictures"], voices["voices"], voices["clips"]) == (0, 3, 3)
    assert (await studio.film(job_id))["state"] == "complete"


async def test_options_can_be_changed_with_the_script_kept(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Another voice: pictures stay."""
    job_id, _ = await finished(studio, worker)
    await render(studio, job_id, options={"voice_id": "guy"})
    await studio.until(job_id, "sent_to_colab", attempt=2)
    await worker.work(job_id)
    await studio.until(job_id, "complete")

    assert worker.jobs[job_id].spec.voice_id == "guy"
    assert not any(name.startswith("image") for name in worker.made)


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"duration": 3}, "options.duration"),
        ({"new_script": True}, "options.new_script"),
        ({"grounding": True}, "options.grounding"),
        ({"style": "noir"}, "options.style"),
        ({"zoom_intensity": 99}, "options.zoom_intensity"),
    ],
)
async def test_an_option_that_would_do_nothing_is_refused(
    studio: LiveOrchestrator, options: dict[str, Any], param: str
) -> None:
    """By its name, and nothing is begun."""
    job_id = await studio.order(review=True)
    reply = await render(studio, job_id, 422, options=options)

    assert reply["error"]["param"] == param
    assert (await studio.film(job_id))["state"] == "review"


async def test_rendering_the_same_again_is_refused(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """There is nothing to do, and the film stays."""
    job_id, _ = await finished(studio, worker)
    reply = await render(studio, job_id, 409)

    assert reply["message"] == "Nothing has changed since this film was made."
    assert (await studio.film(job_id))["state"] == "complete"


async def test_scenes_are_moved_added_and_deleted(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """A moved scene keeps its picture and voice; files of a deleted one are gone."""
    job_id, told = await finished(studio, worker)
    first, second, third = told["script"]["scenes"]
    new = {"narration": "Then she flew away.", "image_prompt": "a crow in the sky"}
    view = await edit(studio, job_id, version=1, scenes=[second, first, third, new])
    assert [scene["id"] for scene in view["script"]["scenes"]] == [2, 1, 3, 4]
    redo = {scene["scene"]: scene["redo"] for scene in view["render"]["scenes"]}
    assert redo == {1: ["clip"], 2: ["clip"], 4: ["picture", "voice", "clip"]}

    shorter = await edit(studio, job_id, version=2, scenes=[first, third])
    assert shorter["version"] == 3
    await render(studio, job_id)
    await studio.until(job_id, "sent_to_colab", attempt=2)
    await worker.work(job_id)
    done = await studio.until(job_id, "complete")
    named = {artifact["scene"] for artifact in done["artifacts"]}
    assert named == {None, 1, 2}


async def test_a_deleted_id_is_never_given_again(studio: LiveOrchestrator) -> None:
    """A new scene gets a picture of its own, not the seed of one that is gone."""
    job_id = await studio.order(review=True)
    scenes = (await script(studio, job_id))["script"]["scenes"]
    new = {"narration": "New.", "image_prompt": "new"}
    view = await edit(studio, job_id, version=1, scenes=[*scenes[:2], new])

    assert [scene["id"] for scene in view["script"]["scenes"]] == [1, 2, 4]


async def test_two_editors_cannot_overwrite_each_other(
    studio: LiveOrchestrator,
) -> None:
    """The second one is told to read again, and loses nothing unseen."""
    job_id = await studio.order(review=True)
    await edit(studio, job_id, version=1, title="Mine")
    reply = await refused(studio, job_id, 409, version=1, title="Yours")

    assert reply["error"]["param"] == "version"
    assert (await script(studio, job_id))["script"]["title"] == "Mine"
    assert (await studio.film(job_id))["title"] == "Mine"


async def test_an_earlier_version_is_taken_back(studio: LiveOrchestrator) -> None:
    """As a new version, so that even this can be undone."""
    job_id = await studio.order(review=True)
    before = (await script(studio, job_id))["script"]
    await edit(studio, job_id, version=1, scenes=before["scenes"][:1])
    view = await edit(studio, job_id, version=2, restore=1)

    assert view["script"] == before
    assert [line["made_by"] for line in view["versions"]] == ["writer", "edit", "edit"]
    unknown = await refused(studio, job_id, 422, version=3, restore=9)
    assert unknown["error"]["param"] == "restore"


async def test_a_scene_is_left_out_while_the_film_renders_and_comes_back(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """By its id, as often as one likes; it comes back to its place with its picture."""
    job_id = await studio.order()
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id, units=5)
    await studio.until(job_id, files=5)
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


async def test_a_locked_scene_stays_as_it_is(studio: LiveOrchestrator) -> None:
    """Until it is unlocked, which may be in the same edit."""
    job_id = await studio.order(review=True)
    scenes = (await script(studio, job_id))["script"]["scenes"]
    scenes[0]["locked"] = True
    await edit(studio, job_id, version=1, scenes=scenes)
    changed = [{**scenes[0], "narration": "Other."}, *scenes[1:]]

    kept = await refused(studio, job_id, 422, version=2, scenes=changed)
    assert kept["error"]["param"] == "scenes.0.locked"
    gone = await refused(studio, job_id, 422, version=2, scenes=scenes[1:])
    assert "scene 1 is locked" in gone["message"]
    moved = [*scenes[1:], scenes[0]]
    assert (await edit(studio, job_id, version=2, scenes=moved))["version"] == 3
    changed[0]["locked"] = False
    assert (await edit(studio, job_id, version=3, scenes=changed))["version"] == 4


@pytest.mark.parametrize(
    ("scenes", "param"),
    [
        ([{"id": 7, "narration": "a", "image_prompt": "b"}], "scenes.0.id"),
        ([{"id": 1, "narration": "a", "image_prompt": "b"}] * 2, "scenes.0.id"),
        ([{"narration": "", "image_prompt": "b"}], "scenes.0.narration"),
        ([{"narration": "a", "prompt": "b"}], "scenes.0.image_prompt"),
        ([], "scenes"),
    ],
)
async def test_a_wrong_scene_is_named(
    studio: LiveOrchestrator, scenes: list[dict[str, Any]], param: str
) -> None:
    """The field, and nothing is saved."""
    job_id = await studio.order(review=True)
    reply = await refused(studio, job_id, 422, version=1, scenes=scenes)

    assert reply["error"]["param"] == param
    assert (await script(studio, job_id))["version"] == 1


async def test_an_edit_while_rendering_takes_the_place_of_the_film(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """The worker gets the new words under a higher attempt, and keeps the pictures."""
    job_id = await studio.order()
    await studio.until(job_id, "sent_to_colab")
    await worker.work(job_id, units=5)
    await studio.until(job_id, files=5)
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


async def test_scripts_outlive_a_restart(tmp_path: Path) -> None:
    """A film in review waits in the database, with its versions."""
    home = tmp_path / "home"
    async with LiveOrchestrator(home) as first:
        job_id = await first.order(review=True)
        await edit(first, job_id, version=1, title="Kept")
    async with LiveOrchestrator(home) as second:
        assert (await second.film(job_id))["state"] == "review"
        assert (await script(second, job_id))["script"]["title"] == "Kept"
        assert (await second.api.delete(f"/api/jobs/{job_id}")).status_code == 204
        gone = await second.api.get(f"/api/jobs/{job_id}/script")
    assert gone.status_code == 404
