"""Japanese in the draft voice: kanji are read, or it is said that they are spelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_worker.engines.base import Speech, VoiceRequest
from colab_worker.engines.espeak import EspeakEngine, japanese
from colab_worker.engines.espeak.spoken import spoken_form

CROW = "カラスは喉が渇いていて、高い水差しを見つけました。"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (CROW, "カラスワノドガカワイテイテ、タカイミズサシヲミツケマシタ。"),
        ("2026年3月15日", "2026ネン3ガツ15ニチ"),
        ("３月", "3ガツ"),
        ("人々", "ヒトビト"),
        ("Moonreelで映画を作る", "Moonreelデエイガヲツクル"),
        ("みずがない", "みずがない"),
    ],
)
def test_kanji_are_read(written: str, said: str) -> None:
    """As somebody would read them aloud, particles and dates included."""
    assert spoken_form(written, "", "", "ja") == said


def test_only_japanese_is_read_so() -> None:
    """Chinese writes with the same characters."""
    assert spoken_form("高い", "", "", "zh") == "高い"


def test_what_is_read_takes_no_longer_than_its_kana(tmp_path: Path) -> None:
    """Spelled, a character takes a second and more."""
    kana = japanese.in_kana(CROW)

    assert _speech(CROW, tmp_path).duration_s == pytest.approx(
        _speech(kana, tmp_path).duration_s, rel=0.05
    )
    assert _speech(CROW, tmp_path).warnings == ()


def test_without_the_reader_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One warning that says what to do; none where nothing is spelled."""
    monkeypatch.setattr(japanese, "READER", "a_package_that_is_not_there")

    (warning,) = _speech(CROW, tmp_path).warnings
    assert "cannot read kanji" in warning
    assert "moonreel[japanese]" in warning
    assert _speech("みずがない。", tmp_path).warnings == ()


def _speech(text: str, folder: Path) -> Speech:
    pauses = {"sentence_pause_s": 0.4, "paragraph_pause_s": 0.9, "tail_s": 0.5}
    request = VoiceRequest(text, "aria", 1.0, "ja", **pauses)
    return EspeakEngine().speak(request, folder / "out.wav", lambda part, note: None)
