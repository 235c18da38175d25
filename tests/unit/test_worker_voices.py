"""Voices before any model is loaded: samples, consent, places, pieces, who speaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from colab_worker.engines.coqui.alignment import _by_word
from colab_worker.engines.coqui.pieces import pieces
from colab_worker.engines.coqui.placing import GIB, choose_device
from colab_worker.engines.entry import EngineEntry
from colab_worker.engines.registry import BUILT_IN, PlanRefused, Registry
from colab_worker.film.narration import SAMPLE_RATE
from colab_worker.planner import plan
from colab_worker.voice_sample import BadSample, check_sample
from shared_protocol.errors import describe_validation
from shared_protocol.specs import FilmSpec
from tests.workers import film

SAMPLE = {"voice_sample": "a" * 64, "voice_consent": True}
CLONER = EngineEntry(
    "xtts", "voice", "x:y", version="1", languages=("en", "zh"), preference=-1,
    clones=True,
)  # fmt: skip


def wav(file: Path, seconds: float, level: float = 0.2, spoken: float = 1.0) -> Path:
    """A buzz for a share of the time."""
    import wave

    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = level * np.sin(2 * np.pi * 200 * at) * (at < seconds * spoken)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes((sound * 32_767).astype("<i2").tobytes())
    return file


def test_a_good_sample_is_measured(tmp_path: Path) -> None:
    """From six seconds to thirty."""
    assert check_sample(wav(tmp_path / "a.wav", 6.0)) == pytest.approx(6, abs=0.01)
    assert check_sample(wav(tmp_path / "b.wav", 30)) == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"seconds": 5.0}, "is 5.0 s long; 6 to 30 s are needed"),
        ({"seconds": 45.0}, "more than 30 s long"),
        ({"seconds": 8.0, "level": 0.0}, "silent"),
        ({"seconds": 8.0, "level": 0.001}, "silent"),
        ({"seconds": 20.0, "spoken": 0.1}, "only 2.0 s of the sample can be heard"),
    ],
)
def test_a_bad_sample_says_what_to_do(
    tmp_path: Path, options: dict[str, float], sentence: str
) -> None:
    """Length and silence."""
    with pytest.raises(BadSample, match=sentence):
        check_sample(wav(tmp_path / "a.wav", **options))


@pytest.mark.parametrize("content", [b"<html>", b"RIFF____WAVE", b"OggSxxxxxxxxxxxxxx"])
def test_what_is_no_sound_is_no_sample(tmp_path: Path, content: bytes) -> None:
    """By its first bytes, or once it is read."""
    file = tmp_path / "a.bin"
    file.write_bytes(content)
    with pytest.raises(BadSample, match=r"not wav, mp3|cannot be read|is 0.0 s long"):
        check_sample(file)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"voice_sample": "a" * 64}, "voice_consent: is needed with voice_sample"),
        ({"voice_consent": True}, "voice_consent: does nothing without voice_sample"),
    ],
)
def test_consent_and_sample_belong_together(
    fields: dict[str, Any], sentence: str
) -> None:
    """Either alone is refused by its name."""
    with pytest.raises(ValidationError) as caught:
        FilmSpec.model_validate(film() | fields)
    param, told = describe_validation(caught.value.errors(include_url=False))
    assert param == "voice_consent"
    assert told.startswith(sentence)


def voice_of(made: Registry, **options: Any) -> Any:
    """The voice unit of a film."""
    spec = FilmSpec.model_validate(film(**options))
    return next(u for u in plan(spec, made).units if u.kind == "voice")


def test_a_sample_takes_the_engine_that_can() -> None:
    """By itself and by name; the vocabulary's voice then does nothing."""
    made = Registry((*BUILT_IN, CLONER))
    unit = voice_of(made, **SAMPLE, voice_id="guy")
    assert unit.engine.name == "xtts"
    assert unit.files == {"voice_sample": "a" * 64}
    assert unit.params["voice_id"] == "sample"
    other = voice_of(made, **SAMPLE, engine={"voice": "xtts"})
    hashes = {"voice_sample": "a" * 64}
    assert other.key(hashes) == unit.key(hashes)
    assert other.key({"voice_sample": "b" * 64}) != unit.key(hashes)
    assert voice_of(made).engine.name == "espeak"


@pytest.mark.parametrize(
    ("engines", "options", "sentence"),
    [
        ((CLONER,), SAMPLE | {"engine": {"voice": "espeak"}},
         "voice_sample: espeak cannot speak with the voice of a sample; choose one "
         "that can: xtts"),
        ((), SAMPLE, "voice_sample: no engine of this worker speaks with a sample"),
        ((CLONER,), {"engine": {"voice": "xtts"}},
         "voice_sample: xtts speaks with the voice of a sample; give one"),
        ((CLONER,), SAMPLE | {"language": "fi"}, "language: xtts speaks en, zh and not"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(
    engines: tuple[EngineEntry, ...], options: dict[str, Any], sentence: str
) -> None:
    """A film never gets another voice in silence."""
    with pytest.raises(PlanRefused, match=sentence):
        voice_of(Registry((*BUILT_IN, *engines)), **options)


@pytest.mark.parametrize(
    ("needed", "free", "total", "device"),
    [
        (3 * GIB, None, None, "cpu"),
        (3 * GIB, 15 * GIB, 16 * GIB, "cuda"),
        (3 * GIB, 3 * GIB, 16 * GIB, "cpu"),
        (3 * GIB, 12 * GIB, 12 * GIB, "cpu"),
        (GIB // 4, 2 * GIB, 16 * GIB, "cuda"),
    ],
)
def test_a_voice_takes_the_gpu_only_beside_the_picture_model(
    needed: int, free: int | None, total: int | None, device: str
) -> None:
    """It must fit now, and leave room for pictures on the whole card."""
    assert choose_device(needed, free, total) == device


def test_long_sentences_are_cut_at_marks_then_words_then_letters() -> None:
    """Nothing is lost, nothing is longer than the limit."""
    assert pieces("short", 10) == ["short"]
    assert pieces("one two, three four; five", 12) == [
        "one two,",
        "three four;",
        "five",
    ]
    assert pieces("one two three four", 9) == ["one two", "three", "four"]
    assert pieces("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert pieces("雨が降る、夜だった。", 6) == ["雨が降る、", "夜だった。"]


def test_pieces_that_were_heard_become_words() -> None:
    """Marks belong to their word, times never go back or beyond the sound."""
    heard = [(" The", 0.0, 0.2), (" cr", 0.2, 0.4), ("ow", 0.4, 0.5), (".", 0.5, 9.0)]
    assert _by_word(heard, ["The", "crow."], 1.0) == [(0.0, 0.2), (0.2, 1.0)]
    assert _by_word(heard, ["Other", "words"], 1.0) == []
    back = [(" a", 0.5, 0.6), (" b", 0.1, 0.2)]
    assert _by_word(back, ["a", "b"], 1.0) == [(0.5, 0.6), (0.6, 0.6)]
