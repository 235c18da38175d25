"""The old form of a film request: every field arrives, or is spoken of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from colab_worker.legacy import LegacyFilm, film_spec
from shared_protocol.errors import Code
from shared_protocol.kit.http_errors import ApiError, parse_model
from shared_protocol.specs import FilmSpec

SCRIPT = "The fox ran. The hen slept. The moon rose."


def read(**body: Any) -> tuple[FilmSpec, tuple[str, ...]]:
    """What a request with that body means, and the warnings."""
    raw = json.dumps({"script": SCRIPT} | body).encode()
    return film_spec(parse_model(raw, LegacyFilm))


FIELDS: list[tuple[dict[str, Any], str, object]] = [
    ({"style": "vintage"}, "image_style", "retro"),
    ({"image_style": "noir"}, "image_style", "noir"),
    ({"voice": "adam"}, "voice_id", "guy"),
    ({"voice_id": "brian"}, "voice_id", "brian"),
    ({"speed": 1.5}, "voice_speed", 1.5),
    ({"voice_speed": 0.5}, "voice_speed", 0.5),
    ({"zoom_effect": False}, "zoom_effect", False),
    ({"zoom_intensity": 7}, "zoom_intensity", 7.0),
    ({"auto_captions": True}, "auto_captions", True),
    ({"soft_captions": True}, "soft_captions", True),
    ({"color_filter": "warm"}, "color_filter", "warm"),
    ({"topic": "A fox"}, "title", "A fox"),
    ({"topic": "x" * 2000}, "title", "x" * 200),
    ({"pacing": "slow"}, "pacing", "slow"),
    ({"aspect": "9:16"}, "aspect", "9:16"),
    ({"quality": "draft"}, "quality", "draft"),
    ({"seed": 9}, "seed", 9),
    ({"effects": {"zoom_effect": False}}, "zoom_effect", False),
    ({"effects": {"zoom_intensity": 2}, "zoom_intensity": 9}, "zoom_intensity", 2.0),
    ({"effects": {"color_filter": "cool"}, "color_filter": "warm"}, "color_filter", "cool"),
    ({"effects": {"auto_captions": True}}, "auto_captions", True),
    ({"effects": {"soft_captions": True}}, "soft_captions", True),
    ({"effects": {}, "color_filter": "warm"}, "color_filter", "warm"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field", "value"), FIELDS)
def test_a_field_arrives(body: dict[str, Any], field: str, value: object) -> None:
    """Flat or nested, under its old or new name; the nested one wins."""
    spec, warnings = read(**body)

    assert getattr(spec, field) == value
    assert warnings == ()


def test_what_is_left_out_is_as_it_always_was() -> None:
    """The old defaults hold, and one scene is made of every picture."""
    spec, _ = read(image_prompts=["fox", "hen", "moon"])

    assert (spec.voice_speed, spec.zoom_effect, spec.zoom_intensity) == (1.0, True, 5.0)
    assert (spec.auto_captions, spec.color_filter, spec.title) == (
        False, "none", "Untitled",
    )  # fmt: skip
    assert [(s.narration, s.image_prompt) for s in spec.scenes] == [
        ("The fox ran.", "fox"), ("The hen slept.", "hen"), ("The moon rose.", "moon"),
    ]  # fmt: skip


@pytest.mark.parametrize("place", [{}, {"effects": {}}])
def test_captions_arrive_from_either_place(place: dict[str, Any]) -> None:
    """The look of a caption survives, flat and nested."""
    caption = {"text": "Hello", "style": "bold", "position": "top"}
    body = {"effects": {"caption": caption}} if place else {"caption": caption}
    spec, _ = read(**body)

    assert spec.caption is not None
    assert (spec.caption.text, spec.caption.style) == ("Hello", "bold")


def test_engines_arrive() -> None:
    """An engine asked for by name is kept for the planner to find or refuse."""
    assert read(engine={"image": "sdxl"})[0].engine.image == "sdxl"


def test_num_images_cuts_the_script() -> None:
    """As many scenes as asked for, with all of the words."""
    spec, warnings = read(num_images=2)

    assert len(spec.scenes) == 2
    assert " ".join(scene.narration for scene in spec.scenes) == SCRIPT
    assert warnings == ()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"duration": 3}, "duration was not used"),
        ({"story_type": "true_crime"}, "story_type was not used"),
        ({"image_prompts": ["a"] * 5}, "The last 2 image_prompts were not used"),
        ({"num_images": 5}, "only 3 sentences"),
    ],
)
def test_what_cannot_be_used_is_spoken_of(body: dict[str, Any], words: str) -> None:
    """Nothing that was asked for disappears without a word."""
    _, warnings = read(**body)

    assert any(words in warning for warning in warnings)


@pytest.mark.parametrize(
    ("body", "param", "words"),
    [
        ({"script": "  \n "}, "script", "read aloud"),
        ({"script": None}, "script", "string"),
        ({"script": "a\0b"}, "script", "NUL"),
        ({"scrpt": "x"}, "scrpt", "not a known field"),
        ({"effects": {"zoom": 1}}, "effects.zoom", "not a known field"),
        ({"num_images": 2, "image_prompts": ["a"]}, "body", "make them equal"),
        ({"num_images": 61}, "num_images", "60"),
        ({"image_prompts": ["a"] * 61}, "body", "more than 60"),
        ({"image_prompts": [""]}, "image_prompts.0", "1 character"),
        ({"style": "cubist"}, "style", "watercolor"),
        ({"voice": "hal"}, "voice", "emma_british"),
        ({"zoom_intensity": 11}, "zoom_intensity", "10"),
        ({"duration": 61}, "duration", "60"),
        ({"caption": {"style": "bold"}}, "body", "set auto_captions"),
        (
            {"caption": {"text": "x"}, "effects": {"auto_captions": True}},
            "body",
            "exclude each other",
        ),
        (
            {"script": "word " * 20_000, "num_images": 1},
            "num_images",
            "20000 characters; ask for at least 5",
        ),
    ],
)
def test_what_no_film_can_be_made_of_is_refused_by_field(
    body: dict[str, Any], param: str, words: str
) -> None:
    """422 with the field and the reason, never an accident."""
    with pytest.raises(ApiError) as refusal:
        read(**body)

    assert (refusal.value.code, refusal.value.param) == (Code.INVALID_FIELD, param)
    assert words in str(refusal.value)
