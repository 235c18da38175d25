"""Voices of single scenes: taken, refused by name, told, and nothing else disturbed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from colab_worker.engines.entry import EngineEntry
from colab_worker.engines.registry import BUILT_IN, PlanRefused, Registry
from colab_worker.film.script import script_markdown
from colab_worker.models.shelf import Shelf
from colab_worker.planner import Plan, plan
from colab_worker.stages.film import _metadata
from orchestrator.cli.exits import UsageError
from orchestrator.cli.script_form import from_form, to_form
from orchestrator.edits import edited
from orchestrator.writer.film_spec import film_spec, write_film
from orchestrator.writer.own_text import write_from_text
from shared_protocol.errors import describe_validation
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.orders import GenerateRequest
from shared_protocol.project import Project
from shared_protocol.scripts import Script, ScriptEdit, ScriptView
from shared_protocol.specs import FilmSpec, SceneSpec
from shared_protocol.vocab import VOICES
from tests.unit.test_worker_planner import FILM, film_keys, of_scene_2

SAMPLE = {"voice_sample": "a" * 64, "voice_consent": True}
DUO = EngineEntry("duo", "voice", "x:y", version="1", voices=("aria", "guy"))


def planned(registry: Registry | None = None, **changes: Any) -> Plan:
    """The plan of the film with some members changed."""
    spec = FilmSpec.model_validate(FILM | changes)
    return plan(spec, registry or Registry(BUILT_IN))


def params(made: Plan, unit_id: str) -> dict[str, Any]:
    """What a unit is made from."""
    return next(unit.params for unit in made.units if unit.id == unit_id)


def script(*voices: str | None) -> Script:
    """A script with a scene for each voice."""
    scenes = [
        {"narration": f"Words {n}.", "image_prompt": f"picture {n}", "voice": voice}
        for n, voice in enumerate(voices, start=1)
    ]
    return Script.model_validate({"title": "T", "language": "en", "scenes": scenes})


def view(told: Script) -> ScriptView:
    """The script as the server shows it."""
    return ScriptView(
        job_id="01900000-0000", version=1, script=told, words=4, narration_s=2.0
    )


def test_films_without_them_are_as_they_were_before_there_were_any() -> None:
    """No spec, unit or key tells of them: jobs and memos from then are found again."""
    told = [
        FilmSpec.model_validate(FILM | changes).model_dump_json()
        for changes in ({}, of_scene_2(voice=None))
    ]
    made = planned()

    assert told[0] == told[1]
    assert '"voice":null' not in told[0]
    assert params(made, "scene-002/voice").keys() == {
        *("text", "voice_id", "speed", "language"),
        *("sentence_pause_s", "paragraph_pause_s", "tail_s"),
    }
    assert "voices" not in params(made, "film")
    assert film_keys() == film_keys(**of_scene_2(voice=None))


def test_a_scene_is_spoken_by_its_voice_and_others_by_the_films() -> None:
    """Its unit has the key of that voice, whoever speaks the rest."""
    made = planned(**of_scene_2(voice="matthew"))
    voices = [params(made, f"scene-{n:03}/voice")["voice_id"] for n in (1, 2, 3)]
    film = film_keys(**of_scene_2(voice="guy"), voice_id="nancy")

    assert voices == ["aria", "guy", "aria"]
    assert film["scene-002/voice"] == film_keys(voice_id="guy")["scene-002/voice"]
    assert film["scene-003/voice"] == film_keys(voice_id="nancy")["scene-003/voice"]


@pytest.mark.parametrize("field", ["voice", "voice_id"])
def test_both_names_of_the_field_are_taken(field: str) -> None:
    """As a film has them; it is told under one."""
    scene = SceneSpec.model_validate(
        {"narration": "A.", "image_prompt": "b", field: "adam"}
    )

    assert scene.model_dump()["voice"] == "guy"
    assert SceneSpec.model_validate_json(scene.model_dump_json()) == scene


@pytest.mark.parametrize("kind", [FilmSpec, GenerateRequest, ScriptEdit])
def test_an_unknown_voice_is_refused_with_its_scene(kind: type[Any]) -> None:
    """And those there are are listed."""
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(of_scene_2(voice="bob") | {"version": 1})
    errors = caught.value.errors(include_url=False)
    told = [describe_validation([error]) for error in errors]

    assert "scenes.1.voice" in {param for param, _ in told}
    assert any("'bob' is not known; choose one of: guy" in words for _, words in told)


@pytest.mark.parametrize("kind", [FilmSpec, GenerateRequest])
def test_a_sample_and_the_voice_of_a_scene_exclude_each_other(kind: type[Any]) -> None:
    """A sample speaks the whole film."""
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(of_scene_2(voice="guy") | SAMPLE)
    param, told = describe_validation(caught.value.errors(include_url=False))

    assert param == "voice_sample"
    assert "scene 2 names the voice guy" in told


def test_an_edited_script_with_a_sample_is_refused_too() -> None:
    """Before anything is saved."""
    request = GenerateRequest.model_validate({"script": "A. B."} | SAMPLE)

    with pytest.raises(ApiError, match="scene 2 names the voice guy") as refused:
        film_spec(request, script(None, "guy"))
    assert refused.value.param == "voice_sample"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (of_scene_2(voice="nancy"),
         r"scenes.1.voice: duo has no voice nancy for scene 2; .* aria, guy\."),
        ({"voice_id": "brian"}, "voice_id: duo has no voice brian for scene 1"),
    ],
)  # fmt: skip
def test_what_the_engine_cannot_speak_is_refused(
    changes: dict[str, Any], sentence: str
) -> None:
    """Before anything is done, with the scene in the sentence."""
    registry = Registry((*BUILT_IN, DUO))
    engine = {"engine": {"voice": "duo"}}

    with pytest.raises(PlanRefused, match=sentence) as refused:
        planned(registry, **changes, **engine)
    assert refused.value.param == sentence.partition(":")[0]
    assert planned(registry, **of_scene_2(voice="guy"), **engine).units


def test_a_model_on_the_shelf_tells_its_voices(tmp_path: Path) -> None:
    """From the file of its speakers; one that tells nothing is asked when it speaks."""
    (tmp_path / "vits").mkdir()
    file = tmp_path / "vits" / "speaker_ids.json"
    engines = Shelf(tmp_path, has_gpu=False)

    def voices() -> tuple[str, ...] | None:
        return next(e.voices for e in engines.entries() if e.name == "vits")

    assert voices() is None
    file.write_text(json.dumps({"ED\n": 0, "p229\n": 1, "p226": 2}), "utf-8")
    assert voices() == ("guy", "aria")
    file.write_text("{", "utf-8")
    assert voices() is None


def test_draft_voices_speak_as_everybody() -> None:
    """What is not told is the whole vocabulary."""
    told = {engine.name: engine.voices for engine in Registry(BUILT_IN).describe()}
    scenes = [
        {"narration": "A.", "image_prompt": "b", "voice": voice} for voice in VOICES
    ]

    assert told["espeak"] is None
    assert len(planned(scenes=scenes).units) == 3 * len(VOICES) + 2


def test_the_film_tells_who_speaks_what() -> None:
    """In its metadata and in ``script.md``; in the old words where nobody else does."""
    film = params(planned(**of_scene_2(voice="guy")), "film")
    plain = params(planned(**of_scene_2(voice="aria")), "film")

    assert _metadata(film)["description"].endswith("voice aria, en; scene 2 voice guy")
    assert "> Picture: prompt 2\n> Voice: guy\n\n## Scene 3" in script_markdown(film)
    assert script_markdown(film).count("> Voice") == 1
    assert "voices" not in plain
    assert _metadata(plain)["description"].endswith("voice aria, en")


def test_a_script_of_ours_is_read_without_its_directions() -> None:
    """``script.md`` as a text: nobody speaks the name of a voice, or a prompt."""
    words = ["The crow flew far.", "She found a pitcher.", "At last she drank."]
    scenes = [
        {"narration": said, "image_prompt": "a hill", "voice": "guy"} for said in words
    ]
    text = script_markdown(params(planned(scenes=scenes), "film"))
    told = write_from_text(GenerateRequest(script=text), text)

    assert " ".join(scene.narration for scene in told.scenes).split() == (
        " ".join(words).split()
    )


def test_the_form_and_the_script_file_bring_voices_back() -> None:
    """An untouched form changes nothing, and ``script.md`` is such a form, too."""
    before = script(None, "guy", None)
    form = to_form(view(before))
    film = params(planned(**of_scene_2(voice="guy")), "film")

    assert edited(before, from_form(form, view(before))) == before
    scenes = from_form(script_markdown(film), view(before)).scenes or ()
    assert [scene.voice for scene in scenes] == [None, "guy", None]


@pytest.mark.parametrize(
    ("line", "voice"),
    [("> Voice: Davis Deep", "davis_deep"), ("> Voice:", None), ("", None)],
)
def test_the_form_names_another_voice_or_the_films(
    line: str, voice: str | None
) -> None:
    """Without a name, or without the line, it is the film's."""
    before = script(None, "guy")
    form = to_form(view(before)).replace("> Voice: guy", line)

    assert edited(before, from_form(form, view(before))).scenes[1].voice == voice


def test_an_unknown_voice_in_a_form_is_named_by_its_line() -> None:
    """So that it can be found in the editor."""
    before = script("guy")
    form = to_form(view(before)).replace("Voice: guy", "Voice: bob")

    with pytest.raises(UsageError, match=r"line 5: '## Scene 1': .*'bob' is not known"):
        from_form(form, view(before))


def test_a_lock_protects_the_voice() -> None:
    """As it does everything else of a scene."""
    before = script("guy", None)
    locked = before.scenes[0].model_copy(update={"locked": True})
    before = before.model_copy(update={"scenes": (locked, before.scenes[1])})
    other = locked.model_copy(update={"voice": None})

    with pytest.raises(ApiError, match="scene 1 is locked"):
        edited(before, ScriptEdit(version=1, scenes=(other, before.scenes[1])))


def test_a_project_makes_the_same_film_again() -> None:
    """Voices of scenes go with it, and come back."""
    request = GenerateRequest.model_validate(of_scene_2(voice="guy"))
    told = Project(request=request, asked=request).model_dump_json(exclude_unset=True)
    again, spec = write_film(Project.model_validate_json(told).request)

    assert [scene.voice for scene in again.scenes] == [None, "guy", None]
    assert [scene.voice for scene in spec.scenes] == [None, "guy", None]
