"""From the user's own words to the spec that a worker gets."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.writer.film_spec import write_film
from orchestrator.writer.moods import MOODS
from shared_protocol.dials import MAX_PROMPT_CHARS
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import Script
from shared_protocol.specs import FilmSpec
from shared_protocol.vocab import STORY_TYPES

STORY = (
    "Mara climbed the hill at dusk.\n\n"
    "The old lighthouse was dark, and the sea was loud.\n\n"
    "Then Mara lit the lamp again."
)


def write(**fields: Any) -> tuple[Script, FilmSpec]:
    """The script and spec for an order, as they come from the wire."""
    order = GenerateRequest.model_validate({"script": STORY, **fields})
    return write_film(order)


def test_every_word_is_told_in_order() -> None:
    """Nothing of the text is lost, added or told twice."""
    script, spec = write(num_scenes=3)

    told = " ".join(scene.narration for scene in spec.scenes)
    assert told.split() == STORY.split()
    assert len(script.scenes) == len(spec.scenes) == 3


def test_the_number_of_scenes_is_ours_unless_it_was_asked_for() -> None:
    """The default of the field does not cut a short text into ten pieces."""
    assert len(write()[1].scenes) < 10
    assert len(write(num_scenes=2)[1].scenes) == 2


def test_characters_look_the_same_wherever_they_are_named() -> None:
    """A description is in the prompts of the scenes that name its character."""
    mara = {"name": "Mara", "description": "a tall woman in a red coat"}
    prompts = [s.image_prompt for s in write(num_scenes=3, characters=[mara])[1].scenes]

    assert ["red coat" in prompt for prompt in prompts] == [True, False, True]


def test_a_name_inside_a_word_is_no_character() -> None:
    """Ann is not in the annex."""
    order = {
        "script": "The annex was cold.",
        "characters": [{"name": "Ann", "description": "a girl in blue"}],
    }
    spec = write_film(GenerateRequest.model_validate(order))[1]

    assert "blue" not in spec.scenes[0].image_prompt


def test_a_long_prompt_stays_within_the_wire() -> None:
    """Many long descriptions never make a spec that a worker would refuse."""
    cast = [
        {"name": name, "description": "x" * 400}
        for name in ("Mara", "Hill", "Dusk", "Lamp", "Sea")
    ]
    prompts = [s.image_prompt for s in write(num_scenes=1, characters=cast)[1].scenes]

    assert all(len(prompt) <= MAX_PROMPT_CHARS for prompt in prompts)


@pytest.mark.parametrize("story_type", STORY_TYPES.ids)
def test_every_story_type_has_its_mood(story_type: str) -> None:
    """A chosen story type changes the pictures, each in its own way."""
    chosen = write(story_type=story_type)[1].scenes[0].image_prompt

    assert chosen != write()[1].scenes[0].image_prompt
    assert len(set(MOODS.values())) == len(STORY_TYPES.ids)


def test_options_reach_the_spec() -> None:
    """What shapes pictures, voice and film is passed on unchanged."""
    options: dict[str, Any] = {
        "image_style": "noir",
        "voice_id": "guy",
        "voice_speed": 1.2,
        "zoom_intensity": 3.0,
        "auto_captions": True,
        "color_filter": "warm",
        "pacing": "fast",
        "aspect": "9:16",
        "quality": "draft",
        "seed": 77,
        "language": "de",
        "title": "The Lamp",
    }
    spec = write(**options, engine={"image": "sdxl", "voice": "coqui"})[1]

    assert {name: getattr(spec, name) for name in options} == options
    assert (spec.engine.image, spec.engine.voice) == ("sdxl", "coqui")
    assert not write(zoom_effect=False)[1].zoom_effect


def test_the_soft_track_reaches_the_spec() -> None:
    """It stands alone: with burned-in captions it is refused."""
    assert write(soft_captions=True)[1].soft_captions
    with pytest.raises(ApiError, match="shown twice"):
        write(soft_captions=True, auto_captions=True)


def test_a_seed_follows_from_the_words() -> None:
    """The same text gives the same film; another text another one."""
    assert write()[1].seed == write()[1].seed
    assert write()[1].seed != write(script=STORY + " The end.")[1].seed


def test_an_option_that_cannot_be_honoured_is_a_warning() -> None:
    """Own text cannot be made wilder; the film says so, and only if asked."""
    asked = write(hook_intensity="extreme")[0].warnings

    assert any(text.startswith("hook_intensity") for text in asked)
    assert not any(text.startswith("hook") for text in write()[0].warnings)


def test_a_duration_gives_the_number_of_scenes() -> None:
    """One for every twelve seconds of what was asked; the text is told whole."""
    story = " ".join(f"The {n}th lamp went out over the sea." for n in range(60))
    script, _ = write(script=story, duration=2)
    longer, _ = write(script=story, duration=4)

    assert (len(script.scenes), len(longer.scenes)) == (10, 20)
    assert " ".join(scene.narration for scene in script.scenes) == story
    assert any("3.2 minutes to read" in text for text in script.warnings)
    assert not any(
        "minutes to read" in text for text in write(script=story)[0].warnings
    )


def test_headings_are_read_only_if_asked() -> None:
    """They are chapter titles either way."""
    text = "# Lamps\n\n## One\n\nIt burned.\n\n## Two\n\nIt went out."
    silent, spoken = write(script=text)[0], write(script=text, read_headings=True)[0]

    assert [s.narration for s in silent.scenes] == ["It burned.\n\nIt went out."]
    assert " ".join(s.narration for s in spoken.scenes).split() == (
        ["Lamps.", "One.", "It", "burned.", "Two.", "It", "went", "out."]
    )
    assert silent.scenes[0].title == spoken.scenes[0].title == "One / Two"


def test_headings_of_a_topic_are_refused() -> None:
    """There is no text that they could stand in."""
    with pytest.raises(ValueError, match="read_headings"):
        GenerateRequest(topic="Lamps", read_headings=True)


def test_a_caption_that_shows_nothing_is_refused_by_name() -> None:
    """The spec's own rules come back as 422, not as a crash."""
    with pytest.raises(ApiError, match="auto_captions") as caught:
        write(caption={"style": "bold"})

    assert caught.value.status == 422


def test_given_scenes_are_told_as_they_are() -> None:
    """Words, pictures, seeds and titles arrive unchanged; only the language is found."""
    scenes = [
        {"narration": "*Der* Mond war  nicht da, und die Nacht war still.",
         "image_prompt": "a moon", "negative_prompt": "text", "seed": 4},
        {"narration": "2. Ende", "image_prompt": "a sun", "title": "Last"},
    ]  # fmt: skip
    order = GenerateRequest.model_validate({"scenes": scenes})
    script, spec = write_film(order)

    assert [scene.model_dump(exclude_defaults=True) for scene in spec.scenes] == scenes
    assert [scene.narration for scene in script.scenes] == [
        scene["narration"] for scene in scenes
    ]
    assert (spec.language, script.language) == ("de", "de")
    assert spec.title == "*Der* Mond war nicht da, und die Nacht war still."


def test_a_film_names_the_day_it_is_made() -> None:
    """Today, or the day that was asked for."""
    assert write()[1].date is not None
    assert str(write(date="2001-02-03")[1].date) == "2001-02-03"
