"""VITS through the engine, on a tiny model: bytes, voices, speed, times, faults."""

from __future__ import annotations

import json
import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colab_worker.engines.base import (
    BadInput,
    EngineError,
    Speech,
    Stopped,
    VoiceRequest,
)
from colab_worker.engines.entry import make_engine
from colab_worker.models.shelf import Shelf
from tests.models.evil import Evil

TEXT = "The crow was thirsty. It found a pitcher!\n\nThe water was low."
REQUEST = VoiceRequest(
    text=TEXT,
    voice_id="aria",
    speed=1.0,
    language="en",
    sentence_pause_s=0.4,
    paragraph_pause_s=0.8,
    tail_s=0.6,
)


def silent(part: float, note: str) -> None:
    """Nobody listens."""


def address(shelf: Path) -> str:
    """The engine as the registry knows it."""
    entries = {e.name: e for e in Shelf(shelf, has_gpu=False).entries()}
    assert entries["vits"].unavailable is None
    return entries["vits"].address


@pytest.fixture(scope="module")
def engine(shelf: Path) -> Any:
    """The engine, loaded."""
    made = make_engine(address(shelf))
    made.load()
    return made


def spoken(engine: Any, out: Path, **changes: Any) -> tuple[bytes, Speech]:
    """The bytes of the sound, and what is told of it."""
    speech = engine.speak(replace(REQUEST, **changes), out / "a.wav", silent)
    return (out / "a.wav").read_bytes(), speech


def test_the_same_request_gives_the_same_bytes(
    engine: Any, shelf: Path, tmp_path: Path
) -> None:
    """Again in the same engine, and in one that is loaded anew."""
    first, _ = spoken(engine, tmp_path)
    other = make_engine(address(shelf))
    other.load()

    assert spoken(engine, tmp_path)[0] == first
    assert spoken(other, tmp_path)[0] == first


def test_every_word_has_its_time(engine: Any, tmp_path: Path) -> None:
    """The tokens of the text in order, never going back, within the sound."""
    _, speech = spoken(engine, tmp_path)
    assert [word.text for word in speech.words] == TEXT.split()
    assert speech.sentences == (0, 4, 8)
    times = [at for word in speech.words for at in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert all(word.end_s > word.start_s for word in speech.words)
    with wave.open(str(tmp_path / "a.wav")) as file:
        shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        length_s = file.getnframes() / file.getframerate()
    assert shape == (1, 2, 22_050)
    assert speech.duration_s == pytest.approx(length_s)
    assert speech.words[-1].end_s <= length_s - REQUEST.tail_s + 0.001


def test_pauses_are_silence_of_the_asked_length(engine: Any, tmp_path: Path) -> None:
    """Between sentences, between paragraphs, and at the end."""
    bytes_short, short = spoken(engine, tmp_path)
    _, long = spoken(engine, tmp_path, sentence_pause_s=1.4, paragraph_pause_s=2.8)
    assert long.duration_s - short.duration_s == pytest.approx(3.0, abs=0.001)
    tail = np.frombuffer(bytes_short[44:], "<i2")[-int(0.6 * 22_050) :]
    assert not tail.any()


def test_each_voice_is_another_speaker(engine: Any, tmp_path: Path) -> None:
    """As the vocabulary has them."""
    sounds = {spoken(engine, tmp_path, voice_id=v)[0] for v in ("aria", "guy", "emma")}
    assert len(sounds) == 3


def test_speed_is_right_at_the_same_pitch(engine: Any, tmp_path: Path) -> None:
    """Within three percent; the next speech is not touched by it."""
    alone = {"sentence_pause_s": 0.0, "paragraph_pause_s": 0.0, "tail_s": 0.0,
             "text": "The crow was thirsty and the water was low."}  # fmt: skip
    plain = spoken(engine, tmp_path, **alone)[1].duration_s
    for speed in (0.5, 0.8, 1.25, 2.0):
        _, speech = spoken(engine, tmp_path, speed=speed, **alone)
        assert speech.duration_s == pytest.approx(plain / speed, rel=0.03)
        times = [at for word in speech.words for at in (word.start_s, word.end_s)]
        assert times == sorted(times)
        assert times[-1] <= speech.duration_s + 0.001
    assert spoken(engine, tmp_path, **alone)[1].duration_s == plain


def test_a_cancel_stops_before_the_next_sentence(engine: Any, tmp_path: Path) -> None:
    """Nothing is written."""
    heard: list[str] = []

    def stops(part: float, note: str) -> None:
        heard.append(note)
        if len(heard) == 2:
            raise Stopped("canceled")

    with pytest.raises(Stopped):
        engine.speak(REQUEST, tmp_path / "b.wav", stops)
    assert heard == ["sentence 1 of 3", "sentence 2 of 3"]
    assert not (tmp_path / "b.wav").exists()


def test_a_speaker_that_is_not_there_is_told(shelf: Path, tmp_path: Path) -> None:
    """With the voice that was asked for."""
    import shutil

    folder = shutil.copytree(shelf / "vits", tmp_path / "vits")
    speakers = json.loads((folder / "speaker_ids.json").read_text("utf-8"))
    speakers["p999"] = speakers.pop("p229")
    (folder / "speaker_ids.json").write_text(json.dumps(speakers), "utf-8")
    engine = make_engine(address(tmp_path))
    engine.load()

    with pytest.raises(BadInput, match="no speaker p229, who is aria"):
        spoken(engine, tmp_path)


def test_a_silent_voice_is_an_error_and_a_clipped_one_a_warning(
    shelf: Path, tmp_path: Path
) -> None:
    """Each is tried again first; what can be heard is kept, and told."""
    engine = make_engine(address(shelf))
    engine.load()
    decoder = engine._model._model.waveform_decoder
    hook = decoder.register_forward_hook(lambda *told: told[-1] * 0)
    with pytest.raises(EngineError, match="stayed silent at 'The crow was"):
        spoken(engine, tmp_path)
    hook.remove()
    decoder.register_forward_hook(lambda *told: told[-1] * 1e6)
    _, speech = spoken(engine, tmp_path)
    assert len(speech.warnings) == 3
    assert speech.warnings[0].startswith("The voice came out clipped at 'The crow")


def test_weights_that_are_programs_are_never_run(shelf: Path, tmp_path: Path) -> None:
    """A model file is data; one that is more is refused with a sentence."""
    import shutil

    import torch

    folder = shutil.copytree(shelf / "vits", tmp_path / "vits")
    ran = tmp_path / "ran"
    torch.save({"model": Evil(ran), "step": 0}, folder / "model_file.pth")
    with pytest.raises(EngineError, match="the voice model vits cannot be loaded"):
        make_engine(address(tmp_path)).load()
    assert not ran.exists()


def test_phonemes_without_a_program_of_the_system(tmp_path: Path) -> None:
    """The real model speaks phonemes: they come from the wheel, words keep their times."""
    from tests.models.tiny_voice import build_vits

    build_vits(tmp_path / "vits", phonemes=True)
    engine = make_engine(address(tmp_path))
    engine.load()
    _, speech = spoken(engine, tmp_path, text="Dr. Crow paid 42 coins.")
    assert [word.text for word in speech.words] == [
        "Dr.",
        "Crow",
        "paid",
        "42",
        "coins.",
    ]

    from colab_worker.engines.coqui.phonemes import phonemes

    assert phonemes("hello world", "en-us") == "h_ə_l_ˈoʊ w_ˈɜː_l_d"  # noqa: RUF001
    with pytest.raises(ValueError, match="does not know the language"):
        phonemes("x", "nosuch")
