"""Scripts on the desk: read, edited, locked, taken back, rendered and rendered again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.script_steps import edit, finished, refused, render, script
from tests.servers.fake_worker import FakeWorker
from tests.servers.live_orchestrator import LiveOrchestrator


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


async def test_trying_again_takes_the_script_as_it_was_edited(
    studio: LiveOrchestrator, worker: FakeWorker
) -> None:
    """Whoever mends the scene that failed does not get the old words again."""
    job_id = await studio.submitted()
    await worker.work(job_id, units=2)
    await worker.fail(job_id, "Scene 3 cannot be drawn.")
    await studio.until(job_id, "error")
    told = await script(studio, job_id)
    scenes = told["script"]["scenes"]
    scenes[2]["image_prompt"] = "A pitcher that can be drawn."
    await edit(studio, job_id, version=1, scenes=scenes)
    reply = await studio.api.post(f"/api/jobs/{job_id}/retry", json={})
    assert reply.status_code == 202
    await studio.until(job_id, "sent_to_colab", attempt=2)
    await worker.work(job_id)
    await studio.until(job_id, "complete")

    sent = worker.jobs[job_id].spec.scenes
    assert sent[2].image_prompt == "A pitcher that can be drawn."
    assert (await script(studio, job_id))["render"]["nothing_to_do"] is True


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
