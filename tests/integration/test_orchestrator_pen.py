"""Short questions to the writer: analysis, templates, scenes told otherwise; word lists."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.writer.asking import ATTEMPTS
from shared_protocol import vocab
from tests.servers.gemini import ANALYSIS, KEY, Asked, FakeGemini, Fault
from tests.servers.live_orchestrator import LiveOrchestrator


@pytest.fixture
async def studio(tmp_path: Path, gemini: FakeGemini) -> AsyncIterator[LiveOrchestrator]:
    """An orchestrator with a key."""
    async with LiveOrchestrator(
        tmp_path / "home",
        gemini_keys=(KEY,),
        gemini_url=gemini.url,
        writer_first_wait_s=0.01,
    ) as live:
        yield live


async def scenes_of(studio: LiveOrchestrator, job_id: str) -> list[dict[str, Any]]:
    """The scenes of a script."""
    reply = await studio.api.get(f"/api/jobs/{job_id}/script")
    return list(reply.json()["script"]["scenes"])


@pytest.mark.parametrize(
    "names", [("scriptContent", "scriptType"), ("script_content", "script_type")]
)
async def test_a_script_is_analysed_once(
    studio: LiveOrchestrator, gemini: FakeGemini, names: tuple[str, str]
) -> None:
    """In the names of either spelling; the same script costs one request."""
    body = dict(zip(names, ("Nobody ever came back.", "horror"), strict=True))
    first = await studio.api.post("/api/analyze-script", json=body)
    second = await studio.api.post("/api/analyze-script", json=body)

    assert first.json() == second.json() == ANALYSIS
    assert len(gemini.asked) == 1
    assert "Nobody ever came back." in gemini.asked[0].prompt
    assert "horror" in gemini.asked[0].prompt


async def test_a_film_is_written_in_the_manner_of_a_script(
    studio: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """The template is in the question; without one the route refuses."""
    order = {"topic": "a well", "duration": 1, "num_scenes": 3, "review": True}
    path = "/api/generate-with-template"
    refused = await studio.api.post(path, json=order)
    assert (refused.status_code, refused.json()["error"]["param"]) == (422, "template")

    reply = await studio.api.post(path, json=order | {"template": ANALYSIS})
    assert reply.status_code == 202, reply.text
    await studio.until(reply.json()["job_id"], "review")
    assert "a flat statement that frightens" in gemini.asked[0].prompt


async def test_a_scene_is_told_otherwise_and_one_way_is_chosen(
    studio: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """Also in own text; nothing is saved before the choice."""
    job_id = await studio.order(review=True)
    scenes = await scenes_of(studio, job_id)
    order = {"scene": 2, "note": "funnier", "alternatives": 3}
    reply = await studio.api.post(f"/api/jobs/{job_id}/script/rewrite", json=order)
    told = reply.json()

    assert reply.status_code == 200, reply.text
    assert len(told["alternatives"]) == 3
    assert {scene["id"] for scene in told["alternatives"]} == {2}
    assert "funnier" in gemini.asked[0].prompt
    assert scenes[2]["narration"] in gemini.asked[0].prompt
    assert await scenes_of(studio, job_id) == scenes

    scenes[1] = told["alternatives"][1]
    edit = {"version": told["version"], "scenes": scenes}
    saved = await studio.api.put(f"/api/jobs/{job_id}/script", json=edit)
    assert saved.json()["script"]["scenes"][1] == told["alternatives"][1]


async def test_a_scene_told_otherwise_keeps_the_pictures_of_those_it_shows(
    studio: LiveOrchestrator,
) -> None:
    """Of the cast, those who are shown now; what a person added stays."""
    png = b"\x89PNG\r\n\x1a\n and somebody"
    sha256 = hashlib.sha256(png).hexdigest()
    headers = {"Content-Type": "image/png"}
    await studio.api.post("/api/references", content=png, headers=headers)
    cast = [
        {"name": name, "description": "somebody", "reference": sha256}
        for name in ("Crow", "Mara")
    ]
    job_id = await studio.order(review=True, characters=cast)
    scenes = await scenes_of(studio, job_id)
    mine = {"sha256": sha256, "name": "My well", "weight": 0.5}
    scenes[0]["references"].append(mine)
    edit = {"version": 1, "scenes": scenes}
    await studio.api.put(f"/api/jobs/{job_id}/script", json=edit)
    order = {"scene": scenes[0]["id"]}
    told = await studio.api.post(f"/api/jobs/{job_id}/script/rewrite", json=order)

    assert [found["name"] for found in scenes[0]["references"]] == ["Crow", "My well"]
    (other,) = told.json()["alternatives"]
    names = [found["name"] for found in other["references"]]
    assert names == ["Mara", "My well"]


async def test_a_scene_is_told_otherwise_in_the_language_of_its_script(
    studio: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """Own text names no topic; and only the first scene opens the story."""
    text = "Der Mond ging auf und die Nacht war still.\n\nDann kam der Wind."
    job_id = await studio.order(script=text, num_scenes=2, review=True)
    for scene in (1, 2):
        path = f"/api/jobs/{job_id}/script/rewrite"
        reply = await studio.api.post(path, json={"scene": scene})
        assert reply.status_code == 200, reply.text

    first, second = (asked.prompt for asked in gemini.asked)
    for prompt in (first, second):
        assert "Write the narration in the language de." in prompt
    opens = "Open with a strong first sentence"
    assert (opens in first, opens in second) == (True, False)


async def test_an_alternative_without_words_is_none(
    studio: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """It is left out; an answer of such alone is asked for again."""

    def mute(places: slice) -> Any:
        def edit(_asked: Asked, answer: dict[str, Any]) -> dict[str, Any]:
            for scene in answer["alternatives"][places]:
                scene["narration"] = "[Music swells]"
            return answer

        return edit

    job_id = await studio.order(review=True)
    path, order = f"/api/jobs/{job_id}/script/rewrite", {"scene": 1, "alternatives": 3}
    gemini.edit = mute(slice(1))
    some = await studio.api.post(path, json=order)
    gemini.edit = mute(slice(None))
    none = await studio.api.post(path, json=order)

    assert len(some.json()["alternatives"]) == 2
    assert (none.status_code, none.json()["code"]) == (502, "writer_failed")
    assert len(gemini.asked) == 1 + ATTEMPTS


async def test_an_analysis_longer_than_a_template_is_cut(
    studio: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """So that it can be sent with an order as it stands."""
    long = {"hook_example": "Nobody. " * 500, "tone": ["dark"] * 30}
    gemini.edit = lambda _asked, answer: answer | long
    reply = await studio.api.post("/api/analyze-script", json={"scriptContent": "x"})
    template = reply.json()

    assert reply.status_code == 200, reply.text
    assert (len(template["hook_example"]), len(template["tone"])) == (2000, 20)
    order = {"topic": "a well", "review": True, "template": template}
    ordered = await studio.api.post("/api/generate-with-template", json=order)
    assert ordered.status_code == 202, ordered.text


async def test_the_same_wish_is_asked_again(
    studio: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """Whoever asks twice wants something else."""
    job_id = await studio.order(review=True)
    for _ in range(2):
        await studio.api.post(f"/api/jobs/{job_id}/script/rewrite", json={"scene": 1})

    assert len(gemini.asked) == 2


async def test_a_locked_or_unknown_scene_is_not_rewritten(
    studio: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """409 and 422, before anybody is asked."""
    job_id = await studio.order(review=True)
    scenes = await scenes_of(studio, job_id)
    scenes[0]["locked"] = True
    await studio.api.put(
        f"/api/jobs/{job_id}/script", json={"version": 1, "scenes": scenes}
    )
    path = f"/api/jobs/{job_id}/script/rewrite"
    locked = await studio.api.post(path, json={"scene": 1})
    unknown = await studio.api.post(path, json={"scene": 9})

    assert (locked.status_code, unknown.status_code) == (409, 422)
    assert gemini.asked == []


async def test_a_refusal_of_the_service_is_ours(
    studio: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """Its code and sentence, in the one error body."""
    gemini.faults = [Fault("blocked")]
    reply = await studio.api.post("/api/analyze-script", json={"scriptContent": "x"})

    assert (reply.status_code, reply.json()["code"]) == (422, "writer_blocked")


async def test_without_a_key_the_sentence_says_how_to_get_one(tmp_path: Path) -> None:
    """For the analysis and for a rewrite; own text itself needs none."""
    async with LiveOrchestrator(tmp_path / "home") as studio:
        job_id = await studio.order(review=True)
        replies = [
            await studio.api.post("/api/analyze-script", json={"scriptContent": "x"}),
            await studio.api.post(
                f"/api/jobs/{job_id}/script/rewrite", json={"scene": 1}
            ),
        ]

    for reply in replies:
        assert (reply.status_code, reply.json()["code"]) == (422, "needs_key")
        assert "GEMINI_API_KEY" in reply.json()["message"]


async def test_the_words_of_an_order_can_be_listed(studio: LiveOrchestrator) -> None:
    """All ids with their other spellings."""
    types = (await studio.api.get("/api/story-types")).json()
    styles = (await studio.api.get("/api/styles")).json()

    assert tuple(types["story_types"]) == vocab.STORY_TYPES.ids
    assert types["story_types"]["true_crime"]["fact_based"] is True
    assert types["story_types"]["sci_fi_future"]["aliases"] == ["scifi_future"]
    assert tuple(styles["styles"]) == vocab.IMAGE_STYLES.ids
    assert styles["total"] == 16
