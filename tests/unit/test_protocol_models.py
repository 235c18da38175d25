"""What comes in is refused by field or means one thing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

import shared_protocol
from shared_protocol.artifacts import FileRef, MemoEntry, UnitResult
from shared_protocol.errors import (
    RETRYABLE,
    STATUS,
    Code,
    ErrorBody,
    describe_validation,
    problem,
)
from shared_protocol.jobs import JobState, JobSubmission, JobSummary, WaitRequest
from shared_protocol.orders import GenerateRequest
from shared_protocol.specs import FilmSpec
from shared_protocol.wire import Wire, canonical_json, content_key

SCENE = {"narration": "A fox.", "image_prompt": "a fox"}
SHA = "a" * 64


def film(**changes: Any) -> dict[str, Any]:
    """A small film, as JSON would bring it."""
    return {"scenes": [SCENE]} | changes


def asked(**changes: Any) -> dict[str, Any]:
    """A small request to the orchestrator."""
    return {"topic": "a fox"} | changes


def scenes(n: int = 1, long: int = 2, **changes: Any) -> dict[str, Any]:
    """A request with scenes in place of a text."""
    return {"scenes": [SCENE | {"narration": "x" * long}] * n} | changes


REFUSED: list[tuple[type[Wire], dict[str, Any], str, str]] = [
    (FilmSpec, film(colour="red"), "colour", "not a known field"),
    (FilmSpec, film(engine={"music": "x"}), "engine.music", "not a known field"),
    (FilmSpec, film(kind="opera"), "kind", "film"),
    (FilmSpec, film(scenes=[]), "scenes", "at least 1"),
    (FilmSpec, film(scenes=[SCENE] * 61), "scenes", "at most 60"),
    (FilmSpec, film(scenes=[{"narration": "A."}]), "scenes.0.image_prompt", "required"),
    (FilmSpec, film(scenes=[SCENE | {"narration": ""}]), "scenes.0.narration", "1 char"),
    (
        FilmSpec,
        film(scenes=[SCENE | {"narration": "x" * 20_001}]),
        "scenes.0.narration",
        "20000 characters",
    ),
    (FilmSpec, film(scenes=[SCENE | {"narration": "a\0"}]), "scenes.0.narration", "NUL"),
    (FilmSpec, film(title="half \ud83d"), "title", "surrogate"),
    (FilmSpec, film(voice_speed=float("nan")), "voice_speed", "finite"),
    (FilmSpec, film(voice_speed=2.01), "voice_speed", "less than or equal to 2"),
    (FilmSpec, film(voice_speed=0.49), "voice_speed", "greater than or equal to 0.5"),
    (FilmSpec, film(zoom_intensity=10.1), "zoom_intensity", "10"),
    (FilmSpec, film(zoom_intensity=0.9), "zoom_intensity", "1"),
    (FilmSpec, film(seed=2**32), "seed", "less than"),
    (FilmSpec, film(seed=-1), "seed", "0"),
    (FilmSpec, film(language="English"), "language", "pattern"),
    (FilmSpec, film(image_style="cubist"), "image_style", "watercolor"),
    (FilmSpec, film(caption={"style": "simple"}), "body", "set auto_captions"),
    (FilmSpec, film(caption={"text": " \n"}), "body", "set auto_captions"),
    (
        FilmSpec,
        film(caption={"text": "x"}, auto_captions=True),
        "body",
        "exclude each other",
    ),
    (
        FilmSpec,
        film(soft_captions=True, auto_captions=True),
        "body",
        "shown twice",
    ),
    (
        FilmSpec,
        film(soft_captions=True, caption={"style": "bold"}),
        "body",
        "nothing would be shown",
    ),
    (
        FilmSpec,
        film(caption={"text": "x" * 201}),
        "caption.text",
        "at most 200 characters",
    ),
    (FilmSpec, film(caption={"text": "x", "style": "loud"}), "caption.style", "elegant"),
    (GenerateRequest, {}, "body", "topic or script is required"),
    (GenerateRequest, {"scenes": []}, "body", "nothing to tell"),
    (GenerateRequest, scenes(num_scenes=4), "body", "num_scenes does nothing"),
    (GenerateRequest, scenes(script="x"), "body", "script does nothing"),
    (GenerateRequest, scenes(n=61), "scenes", "at most 60"),
    (GenerateRequest, scenes(n=60, long=2001), "body", "120000 characters"),
    (GenerateRequest, scenes(date="1969-12-31"), "date", "1970"),
    (FilmSpec, film(date="24.11.2026"), "date", "date"),
    (GenerateRequest, asked(topic=""), "topic", "1 character"),
    (GenerateRequest, asked(topic="x" * 2001), "topic", "2000 characters"),
    (GenerateRequest, asked(topic="a\0b"), "topic", "NUL"),
    (GenerateRequest, asked(script="\udfff"), "script", "surrogate"),
    (GenerateRequest, asked(text="x" * 120_001), "text", "120000 characters"),
    (GenerateRequest, asked(duration=61), "duration", "60"),
    (GenerateRequest, asked(duration=float("inf")), "duration", "finite"),
    (GenerateRequest, asked(num_scenes=0), "num_scenes", "1"),
    (GenerateRequest, asked(num_scenes=61), "num_scenes", "60"),
    (GenerateRequest, asked(speed=2.5), "speed", "2"),
    (GenerateRequest, asked(style="cubist"), "style", "watercolor"),
    (GenerateRequest, asked(style="noir", image_style="anime"), "style", "known field"),
    (GenerateRequest, asked(image_mode="stock"), "image_mode", "ai_only"),
    (GenerateRequest, asked(engine={"script": "gpt"}), "engine.script", "auto"),
    (
        GenerateRequest,
        asked(characters=[{"name": "A", "description": "b"}] * 6),
        "characters",
        "at most 5",
    ),
    (WaitRequest, {"jobs": {}}, "jobs", "at least 1"),
    (WaitRequest, {"jobs": {"../../etc": 0}}, "jobs.../../etc.[key]", "pattern"),
    (WaitRequest, {"jobs": {SHA[:8]: 0}, "wait_s": 61}, "wait_s", "60"),
    (JobSubmission, {"spec": film(), "attempt": 0}, "attempt", "1"),
    (UnitResult, {"files": [], "facts": {"s": float("nan")}}, "facts", "JSON"),
    (UnitResult, {"files": [], "seconds": float("inf")}, "seconds", "finite"),
    (MemoEntry, {"key": "A" * 64, "kind": "x", "result": {"files": []}}, "key", "pattern"),
    *(
        (
            FileRef,
            {"name": name, "sha256": SHA, "bytes": 1, "media_type": "x/y"},
            "name",
            "pattern",
        )
        for name in ("", ".hidden", "a/b", "..", "A.png", "a\n")
    ),
]  # fmt: skip


@pytest.mark.parametrize(("model", "body", "param", "reason"), REFUSED)
def test_faults_are_refused_by_field(
    model: type[Wire], body: dict[str, Any], param: str, reason: str
) -> None:
    """The sentence begins with the field and says what is wrong with it."""
    with pytest.raises(ValidationError) as refusal:
        model.model_validate(body)

    named, sentence = describe_validation(refusal.value.errors())
    assert named == param
    assert sentence.startswith(f"{param}: ")
    assert reason in sentence


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("storytype", "story_type", "true_crime"),
        ("style", "image_style", "noir"),
        ("voice", "voice_id", "brian"),
        ("speed", "voice_speed", 1.5),
        ("text", "script", "A fox. A hen."),
    ],
)
def test_old_and_new_spellings_mean_the_same(old: str, new: str, value: object) -> None:
    """Old clients' names of fields give the same request."""
    first = GenerateRequest.model_validate(asked(**{old: value}))

    assert first == GenerateRequest.model_validate(asked(**{new: value}))
    assert getattr(first, new) == value


def test_a_fixed_caption_and_automatic_ones_are_both_possible() -> None:
    """Each of the two kinds of captions is accepted by itself."""
    fixed = FilmSpec.model_validate(film(caption={"text": "Chapter 1"}))
    auto = FilmSpec.model_validate(film(auto_captions=True, caption={"style": "bold"}))

    assert fixed.caption is not None
    assert fixed.caption.text == "Chapter 1"
    assert auto.caption is not None
    assert auto.caption.style == "bold"


def test_one_film_has_one_spelling() -> None:
    """Order of members, aliases and the spelling of floats do not change a spec."""
    one = FilmSpec.model_validate_json(
        json.dumps(film(voice_speed=1, image_style="vintage", seed=3))
    )
    other = FilmSpec.model_validate_json(
        '{"seed": 3, "image_style": "retro", "voice_speed": 1.0e0, "scenes": '
        '[{"image_prompt": "a fox", "narration": "A fox."}]}'
    )

    assert one == other
    assert one.model_dump_json() == other.model_dump_json()
    assert content_key(one.model_dump(mode="json")) == content_key(
        other.model_dump(mode="json")
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None, "é€🎬"]}, '{"a":[true,null,"é€🎬"],"b":1}'),
        ({"z": {"y": 1.5, "x": 1e22}}, '{"z":{"x":1e+22,"y":1.5}}'),
        ({"s": 'quote " \\ \n \u2028'}, '{"s":"quote \\" \\\\ \\n \u2028"}'),
    ],
)
def test_canonical_json_is_the_same_everywhere(value: object, expected: str) -> None:
    """Members are sorted, text stays text, and nothing is between."""
    assert canonical_json(value) == expected


def test_keys_are_known_hashes() -> None:
    """The key of a value never changes between versions: memos live on disk."""
    assert content_key({"b": 1, "a": "é"}) == content_key({"a": "é", "b": 1})
    assert content_key({}) == (
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )
    assert content_key({"a": 1}) != content_key({"a": "1"})
    with pytest.raises(ValueError, match="JSON"):
        content_key({"a": float("nan")})


def test_readers_skip_what_they_do_not_know_yet() -> None:
    """A view from a newer server is read; a request with unknown fields is not."""
    view = {
        "job_id": "12345678", "title": "T", "status": "processing", "state": "running",
        "terminal": False, "version": 3, "progress": 40, "created_at": "x",
        "mood": "new in version 9",
    }  # fmt: skip

    assert JobSummary.model_validate(view).progress == 40


def test_states_that_end_are_terminal() -> None:
    """Three states end an attempt, and no other."""
    ended = {state for state in JobState if state.terminal}

    assert ended == {JobState.COMPLETE, JobState.ERROR, JobState.CANCELED}


def test_an_error_reply_speaks_every_client_s_language() -> None:
    """RFC 9457 members, a stable code, and the nested error object."""
    body = ErrorBody(
        code=Code.QUEUE_FULL, message="Full.", hint="Wait.", retryable=True
    )

    assert problem(body, 429, extra={"status": "busy"}) == {
        "type": "urn:moonreel:error:queue_full",
        "title": "Queue full",
        "status": "busy",
        "detail": "Full.",
        "success": False,
        "code": "queue_full",
        "message": "Full.",
        "retryable": True,
        "hint": "Wait.",
        "error": {
            "message": "Full.",
            "type": "Queue full",
            "code": "queue_full",
            "param": None,
        },
    }


def test_codes_of_requests_have_a_status_and_those_of_units_have_none() -> None:
    """Every code is either an HTTP refusal or a unit's failure."""
    of_units = set(Code) - set(STATUS)

    assert of_units == {
        Code.ENGINE_EXITED, Code.ENGINE_KILLED, Code.ENGINE_TIMEOUT, Code.ENGINE_HUNG,
        Code.ENGINE_WRONG_OUTPUT, Code.ENGINE_FAILED, Code.BAD_INPUT, Code.POISON,
        Code.CANCELED, Code.SERVICE_FAILED,
    }  # fmt: skip
    assert all(400 <= status < 600 for status in STATUS.values())
    assert set(STATUS) >= RETRYABLE


def test_public_names_exist_and_are_sorted() -> None:
    """``__all__`` lists what the package offers, each once, in order."""
    names = shared_protocol.__all__

    assert all(hasattr(shared_protocol, name) for name in names)
    assert sorted(names, key=lambda n: (not n.isupper(), n)) == names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"motion": "pan_left", "zoom_effect": False}, "motion"),
        ({"motion": "spin"}, "motion"),
        ({"transition": "wipe"}, "transition"),
        ({"fps": 60}, "fps"),
        ({"fps": "fast"}, "fps"),
        ({"resolution": "8k"}, "resolution"),
    ],
)
def test_what_a_clip_cannot_do_is_refused_by_name(
    options: dict[str, Any], field: str
) -> None:
    """The field at fault stands first in the sentence."""
    with pytest.raises(ValidationError) as refusal:
        FilmSpec.model_validate(film(**options))

    param, sentence = describe_validation(refusal.value.errors())
    assert param == field
    assert sentence.startswith(f"{field}: ")
