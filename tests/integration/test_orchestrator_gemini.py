"""A topic becomes a script: the real client, and a server that speaks its wire."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestrator.writer.moods import MOODS
from shared_protocol import vocab
from tests.servers.gemini import FakeGemini
from tests.servers.live_orchestrator import LiveOrchestrator
from tests.writing import TOPIC, reviewed, studio_of


async def test_a_topic_becomes_a_script(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """One request; scenes, words, prompts, cast, tokens and price are as they should."""
    view = await reviewed(keyed)
    script = view["script"]

    assert len(gemini.asked) == 1
    assert script["title"] == "The Lamp"
    assert len(script["scenes"]) == 4
    assert abs(view["words"] - 150) <= 0.15 * 150
    assert script["usage"] | {"price_usd": 0} == {
        "model": "gemini-2.5-flash", "requests": 1, "input_tokens": 100,
        "output_tokens": 400, "price_usd": 0,
    }  # fmt: skip
    assert script["usage"]["price_usd"] == pytest.approx(0.00103)
    assert script["warnings"] == []
    film = await keyed.film(view["job_id"])
    assert film["usage"] == script["usage"]
    assert "(gemini-2.5-flash: 500 tokens, about $0.001)" in film["message"]


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_the_version_of_the_api_can_be_set(
    tmp_path: Path, gemini: FakeGemini, version: str
) -> None:
    """Both are spoken; the script is the same."""
    home = tmp_path / "home"
    async with studio_of(home, gemini, gemini_api_version=version) as keyed:
        view = await reviewed(keyed)

    assert len(view["script"]["scenes"]) == 4
    assert [asked.path.split("/")[1] for asked in gemini.asked] == [version]


async def test_prompts_have_shot_scene_and_looks(keyed: LiveOrchestrator) -> None:
    """20-30 words, another shot in each scene, and looks word for word."""
    scenes = (await reviewed(keyed, num_scenes=6))["script"]["scenes"]
    prompts = [scene["image_prompt"] for scene in scenes]

    looks = "Mara: a tall woman of forty in a red coat, grey braid"
    assert all(looks in prompt for prompt in prompts)
    dog = [", Otto: a small dog with one white ear" in prompt for prompt in prompts]
    assert dog == [False, True] * 3
    own = [prompt.split(", Mara: ")[0] for prompt in prompts]
    assert all(20 <= len(text.split()) <= 30 for text in own), own
    assert len({text.split(" of ")[0] for text in own}) == 6


async def test_the_order_describes_its_own_characters(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """Their looks win over those that the service makes up, in whatever case."""
    mara = {"name": "Mara", "description": "a girl of nine with a green hat"}
    script = (await reviewed(keyed, characters=[mara]))["script"]

    assert all(
        "Mara: a girl of nine with a green hat" in s["image_prompt"]
        for s in script["scenes"]
    )
    assert "Mara: a girl of nine with a green hat" in gemini.asked[0].prompt
    assert [person["name"] for person in script["characters"]] == ["Mara", "Otto"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("hook_intensity", vocab.HOOK_INTENSITIES.ids),
        ("pacing", vocab.PACINGS.ids),
        ("language", ("auto", "de", "pt-br")),
        ("duration", (1, 2, 3)),
        ("num_scenes", (3, 4, 5)),
        ("title", ("The Lamp", "The Stair")),
    ],
)
async def test_every_option_of_the_writing_changes_the_question(
    keyed: LiveOrchestrator, gemini: FakeGemini, field: str, values: tuple[Any, ...]
) -> None:
    """No two values ask the same."""
    for value in values:
        await reviewed(keyed, **{field: value})

    assert len({asked.prompt for asked in gemini.asked}) == len(values)


async def test_every_story_type_is_asked_for(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """By its name and its mood."""
    for story_type in vocab.STORY_TYPES:
        await reviewed(keyed, story_type=story_type)

    for asked, story_type in zip(gemini.asked, vocab.STORY_TYPES, strict=True):
        assert story_type.replace("_", " ") in asked.prompt
        assert MOODS[story_type] in asked.prompt


async def test_the_language_asked_for_is_that_of_the_film(
    keyed: LiveOrchestrator,
) -> None:
    """Else it is the one that the service names."""
    assert (await reviewed(keyed, language="de"))["script"]["language"] == "de"
    assert (await reviewed(keyed))["script"]["language"] == "en"


async def test_the_same_request_is_asked_once(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """Another film of the same words costs nothing, unless a new script is wanted."""
    first = await reviewed(keyed)
    again = await reviewed(keyed)
    assert len(gemini.asked) == 1
    assert again["script"]["scenes"] == first["script"]["scenes"]
    assert again["script"]["usage"] is None

    await reviewed(keyed, new_script=True)
    assert len(gemini.asked) == 2


@pytest.mark.parametrize(("duration", "least"), [(13, 2), (60, 5)])
async def test_a_scene_has_to_hold_its_words(
    keyed: LiveOrchestrator, gemini: FakeGemini, duration: int, least: int
) -> None:
    """Too few for so long a story are refused by name; own text is as it is."""
    fields = {"duration": duration, "num_scenes": least - 1}
    reply = await keyed.api.post("/api/generate-video", json=TOPIC | fields)

    assert (reply.status_code, reply.json()["error"]["param"]) == (422, "num_scenes")
    assert f"needs {least} scenes or more" in reply.json()["message"]
    assert gemini.asked == []
    await keyed.order(review=True, **fields)


async def test_an_hour_keeps_its_names_and_looks(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """An outline and six chapters, each told what was before; the cast never changes."""
    view = await reviewed(keyed, duration=60, num_scenes=60)
    scenes = view["script"]["scenes"]

    assert len(gemini.asked) == 7
    assert len(scenes) == 60
    assert abs(view["words"] - 9000) <= 0.15 * 9000
    looks = "Mara: a tall woman of forty in a red coat, grey braid"
    assert all(looks in scene["image_prompt"] for scene in scenes)
    otto = [
        s for s in scenes if "Otto: a small dog with one white ear" in s["image_prompt"]
    ]
    assert len(otto) == 30  # he is in every second scene of each chapter
    assert all("Mara" in scene["narration"] for scene in scenes)
    shots = [scene["image_prompt"].split(" of ")[0] for scene in scenes]
    assert shots[:10] == shots[10:20]
    assert len(set(shots[:10])) == 10
    for number, asked in enumerate(gemini.asked[1:], start=1):
        assert f"write chapter {number} of 6" in asked.prompt
        assert looks in asked.prompt
        told = f"Mara has done {number - 1} things."
        assert (told in asked.prompt) == (number > 1)


async def test_facts_are_looked_up_and_their_sources_kept(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """One more request, with the search tool; its answer is what the story keeps to."""
    fields = {"story_type": "true_crime", "grounding": True}
    script = (await reviewed(keyed, **fields))["script"]

    search, story = gemini.asked
    assert search.body["tools"] == [{"googleSearch": {}}]
    assert "tools" not in story.body
    assert "built in 1811" in story.prompt
    assert script["sources"] == [
        {"title": "Lighthouses", "url": "https://example.org/lighthouses"}
    ]


async def test_every_chapter_keeps_to_the_facts_and_only_the_first_is_a_hook(
    keyed: LiveOrchestrator, gemini: FakeGemini
) -> None:
    """The summary of what was told does not take the place of what was looked up."""
    fields = {"story_type": "true_crime", "grounding": True, "duration": 30}
    await reviewed(keyed, num_scenes=12, **fields)

    _, outline, *chapters = gemini.asked
    assert len(chapters) == 3
    assert all("built in 1811" in asked.prompt for asked in (outline, *chapters))
    hooks = ["Open with a strong first sentence" in a.prompt for a in chapters]
    assert hooks == [True, False, False]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"grounding": True, "story_type": "comedy_funny"}, "fact-based"),
        ({"script": "My text.", "grounding": True, "story_type": "true_crime"}, "own"),
        ({"script": "My text.", "new_script": True}, "new_script"),
        ({"script": "My text.", "engine": {"script": "gemini"}}, "engine.script"),
        ({"engine": {"script": "text"}}, "engine.script"),
        ({"engine": {"script": "openai"}}, "MOONREEL_OPENAI_URL"),
    ],
)
async def test_what_would_do_nothing_is_refused(
    keyed: LiveOrchestrator, gemini: FakeGemini, fields: dict[str, Any], words: str
) -> None:
    """By its name, before anybody is asked."""
    body = {k: v for k, v in (TOPIC | fields).items() if v is not None}
    reply = await keyed.api.post("/api/generate-video", json=body)

    assert reply.status_code == 422
    assert words in reply.json()["message"]
    assert gemini.asked == []
