"""A spec's plan: the same film is the same keys, and an edit changes only its own."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from colab_worker.engines.registry import BUILT_IN, EngineEntry, Registry
from colab_worker.planner import PAUSES_S, Plan, plan
from shared_protocol import vocab
from shared_protocol.specs import FilmSpec

OTHERS = Registry(
    (
        *BUILT_IN,
        EngineEntry("brush", "image", "x:y", version="1"),
        EngineEntry("choir", "voice", "x:y", version="1"),
        EngineEntry("twin", "voice", "x:y", version="1", preference=-1, clones=True),
    )
)

MUSIC = {"sha256": "a" * 64}

FILM: dict[str, Any] = {
    "scenes": [
        {"narration": f"Scene {n}.", "image_prompt": f"prompt {n}"} for n in (1, 2, 3)
    ],
    "auto_captions": True,
    "caption": {"style": "simple"},
}

IMAGES = {f"scene-{n:03}/image" for n in (1, 2, 3)}
VOICES = {f"scene-{n:03}/voice" for n in (1, 2, 3)}
CLIPS = {f"scene-{n:03}/clip" for n in (1, 2, 3)}
SOUND = {"sound", "film"}
EVERYTHING = IMAGES | VOICES | CLIPS | SOUND


def of_scene_2(**changes: Any) -> dict[str, Any]:
    """The film with a change in its second scene."""
    scenes = [dict(scene) for scene in FILM["scenes"]]
    scenes[1] |= changes
    return {"scenes": scenes}


def keys(planned: Plan) -> dict[str, str]:
    """Every unit's key, if each file's hash stood for the key of the unit that made it."""
    found: dict[str, str] = {}
    for unit in planned.units:
        hashes = {
            item.name: hashlib.sha256(
                f"{found[item.unit_id]}/{item.file}".encode()
            ).hexdigest()
            for item in unit.inputs
        }
        found[unit.id] = unit.key(hashes | unit.files)
    return found


def film_keys(**changes: Any) -> dict[str, str]:
    """The keys of the film with some members changed."""
    return keys(plan(FilmSpec.model_validate(FILM | changes), OTHERS))


EDITS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, set()),
    (of_scene_2(narration="Else."), {"scene-002/voice", "scene-002/clip"} | SOUND),
    (of_scene_2(image_prompt="else"), {"scene-002/image", "scene-002/clip", "film"}),
    (of_scene_2(negative_prompt="x"), {"scene-002/image", "scene-002/clip", "film"}),
    (of_scene_2(seed=5), {"scene-002/image", "scene-002/clip", "film"}),
    (of_scene_2(title="Dusk"), {"film"}),
    (of_scene_2(voice="brian"), {"scene-002/voice", "scene-002/clip"} | SOUND),
    (of_scene_2(voice="aria"), set()),  # who speaks the film anyway
    ({"title": "Another"}, {"film"}),
    ({"image_style": "noir"}, IMAGES | CLIPS | {"film"}),
    ({"voice_id": "brian"}, VOICES | CLIPS | SOUND),
    ({"voice_speed": 1.1}, VOICES | CLIPS | SOUND),
    ({"voice_sample": "d" * 64, "voice_consent": True}, VOICES | CLIPS | SOUND),
    ({"language": "de"}, VOICES | CLIPS | SOUND),
    ({"pacing": "slow"}, VOICES | CLIPS | SOUND),
    ({"zoom_effect": False}, CLIPS | {"film"}),
    ({"zoom_intensity": 6.0}, CLIPS | {"film"}),
    ({"motion": "pan_left"}, CLIPS | {"film"}),
    ({"transition": "crossfade"}, CLIPS | {"film"}),
    ({"fps": 25}, CLIPS | SOUND),
    ({"music": MUSIC}, SOUND),
    ({"fps": 30}, set()),  # what the quality means anyway
    ({"resolution": "2160p"}, IMAGES | CLIPS | {"film"}),
    ({"resolution": "1080p"}, set()),
    ({"color_filter": "warm"}, CLIPS | {"film"}),
    ({"auto_captions": False, "caption": None}, CLIPS | {"film"}),
    (
        {"auto_captions": False, "caption": None, "soft_captions": True},
        CLIPS | {"film"},
    ),
    ({"auto_captions": False, "caption": {"text": "Hi"}}, CLIPS | {"film"}),
    ({"caption": {"style": "bold"}}, CLIPS | {"film"}),
    ({"caption": {"position": "top"}}, CLIPS | {"film"}),
    ({"caption": {"animation": "pulse"}}, CLIPS | {"film"}),
    ({"aspect": "9:16"}, IMAGES | CLIPS | {"film"}),
    ({"quality": "draft"}, IMAGES | CLIPS | SOUND),
    ({"quality": "high"}, CLIPS | {"film"}),  # as many pixels as standard has
    ({"date": "2026-11-24"}, {"film"}),
    ({"sources": ["A page: https://example.org"]}, {"film"}),
    ({"seed": 1}, IMAGES | CLIPS | {"film"}),
    ({"engine": {"image": "brush"}}, IMAGES | CLIPS | {"film"}),
    ({"engine": {"voice": "choir"}}, VOICES | CLIPS | SOUND),
    ({"engine": {"image": "papercut", "voice": "espeak"}}, set()),
    ({"image": {"negative_prompt": "rain"}}, IMAGES | CLIPS | {"film"}),
]


@pytest.mark.parametrize(
    ("changes", "redone"),
    EDITS,
    # Sets print in another order in every process, and all must agree on the names.
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[:60],
)
def test_an_edit_changes_only_the_keys_it_must(
    changes: dict[str, Any], redone: set[str]
) -> None:
    """Whatever is not named here is found in the memo and not done again."""
    before, after = film_keys(), film_keys(**changes)

    assert {unit for unit in before if before[unit] != after[unit]} == redone
    assert before.keys() == after.keys() == EVERYTHING


def test_every_field_of_a_film_has_its_line_in_the_table() -> None:
    """A new option cannot be forgotten here: an option that does nothing is a fault."""
    edited = {name for changes, _ in EDITS for name in changes}

    assert edited == set(FilmSpec.model_fields) - {"kind", "open"}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("image_style", vocab.IMAGE_STYLES),
        ("voice_id", vocab.VOICE_IDS),
        ("color_filter", vocab.COLOR_FILTERS),
        ("pacing", vocab.PACINGS),
        ("aspect", vocab.ASPECTS),
        ("quality", vocab.QUALITIES),
        ("resolution", vocab.RESOLUTIONS),
        ("motion", vocab.MOTIONS),
        ("transition", vocab.TRANSITIONS),
    ],
)
def test_every_word_of_a_vocabulary_makes_another_film(
    field: str, words: vocab.Vocabulary
) -> None:
    """No two ids mean the same film."""
    films = {film_keys(**{field: word})["film"] for word in words}

    assert len(films) == len(words.ids)


@pytest.mark.parametrize(
    ("changes", "redone"),
    [
        ({"narration": "Else."}, {"scene-002/voice", "sound"}),
        ({"image_prompt": "else"}, {"scene-002/image"}),
    ],
)
def test_with_a_crossfade_an_edit_redoes_two_clips(
    changes: dict[str, Any], redone: set[str]
) -> None:
    """Its own, and the next one's, which fades out of it."""
    fading = {"transition": "crossfade"}
    before = film_keys(**fading)
    after = film_keys(**(of_scene_2(**changes) | fading))

    assert {unit for unit in before if before[unit] != after[unit]} == redone | {
        "scene-002/clip", "scene-003/clip", "film",
    }  # fmt: skip


def test_an_open_film_is_not_joined_yet() -> None:
    """Its scenes have the keys that they have in the whole film."""
    opened, whole = film_keys(open=True), film_keys()

    assert opened == {unit: whole[unit] for unit in EVERYTHING - SOUND}


def test_a_new_scene_leaves_the_others_alone() -> None:
    """Only its own units are new, and the film."""
    more = [*FILM["scenes"], {"narration": "The end.", "image_prompt": "dawn"}]
    before, after = film_keys(), film_keys(scenes=more)

    assert {u for u in after if after[u] != before.get(u)} == {
        "scene-004/image", "scene-004/voice", "scene-004/clip", "sound", "film",
    }  # fmt: skip


def test_pictures_of_one_prompt_differ_by_scene_and_not_by_chance() -> None:
    """The job's seed gives every scene a seed of its own, the same each time."""
    scene = {"narration": "A.", "image_prompt": "a hill"}
    first, second = (film_keys(scenes=[scene, scene]) for _ in range(2))

    assert first == second
    assert first["scene-001/image"] != first["scene-002/image"]


def test_units_come_after_what_they_need() -> None:
    """The order of the plan is one in which the work could be done."""
    planned = plan(FilmSpec.model_validate(FILM), OTHERS)
    seen: set[str] = set()
    for unit in planned.units:
        assert set(unit.needs) <= seen
        seen.add(unit.id)

    assert planned.units[-1].id == planned.goal == "film"
    assert {unit.lane for unit in planned.units if unit.kind == "image"} == {"gpu"}


@pytest.mark.parametrize(
    ("engine", "draft"),
    [
        ({}, True),
        ({"image": "brush"}, True),
        ({"voice": "choir"}, True),
        ({"image": "brush", "voice": "choir"}, False),
    ],
)
def test_a_film_with_a_stand_in_is_a_draft(engine: dict[str, str], draft: bool) -> None:
    """One draft engine is enough."""
    assert (
        plan(FilmSpec.model_validate(FILM | {"engine": engine}), OTHERS).draft is draft
    )


@pytest.mark.parametrize("kind", ["image", "voice"])
def test_an_unknown_engine_is_named_with_those_there_are(kind: str) -> None:
    """An engine asked for by name is never replaced by another."""
    spec = FilmSpec.model_validate(FILM | {"engine": {kind: "dalle"}})

    with pytest.raises(KeyError) as refusal:
        plan(spec, OTHERS)

    sentence = refusal.value.args[0]
    assert sentence.startswith(f"engine.{kind}: 'dalle'")
    assert all(e.name in sentence for e in OTHERS.of_kind(kind))


def test_every_pace_has_its_pauses() -> None:
    """Slower is longer, for each of the three pauses."""
    paces = [PAUSES_S[word] for word in vocab.PACINGS]

    assert all(
        sorted(column, reverse=True) == list(column)
        for column in zip(*paces, strict=True)
    )
