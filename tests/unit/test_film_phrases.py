"""Captions of scripts without spaces: whole words on a line, word by word in time."""

# ruff: noqa: RUF001 - the marks of Chinese are meant

from __future__ import annotations

import pytest

from colab_worker.film.captions.cues import cues_of, joined
from colab_worker.film.captions.phrases import CLOSING, phrases

JAPANESE = "カラスは喉が渇いていて、高い水差しを見つけました。"
THAI = (
    "อีกาตัวหนึ่งกระหายน้ำมากจนเกือบตาย มันเห็นเหยือกน้ำใบหนึ่งตั้งอยู่ไกลๆ "
    "จึงบินลงไปดูด้วยความหวังว่าจะได้ดื่มน้ำเย็นๆให้ชื่นใจสักหน่อย"
)
SIMPLIFIED = "她把石头一块一块地扔进去，最后水升了起来，“真好！”她说。"
TRADITIONAL = "烏鴉口渴了，發現了一個高高的水壺。"


@pytest.mark.parametrize(
    ("text", "language", "whole"),
    [
        (JAPANESE, "ja", ["カラスは", "渇いていて、", "見つけました。"]),
        ("水差しが", "ja", ["水差しが"]),
        (THAI.split()[2], "th", ["หวัง", "เย็นๆ", "ชื่นใจ"]),
        (SIMPLIFIED, "zh", ["石头", "最后", "“真好！”"]),
        (TRADITIONAL, "zh-TW", ["發現", "水壺。"]),
        ("發現了水壺", "zh-Hant", ["發現", "水壺"]),
    ],
)
def test_words_stay_whole(text: str, language: str, whole: list[str]) -> None:
    """Phrases are the text; no word is cut, no mark begins a phrase."""
    found = phrases(text, language)

    assert "".join(found) == text
    ends = {len("".join(found[:count])) for count in range(len(found) + 1)}
    for word in whole:
        begin = text.index(word)
        assert ends.isdisjoint(range(begin + 1, begin + len(word))), found
    assert not any(phrase[0] in CLOSING for phrase in found)


@pytest.mark.parametrize("text", ["water", "한국어", "नमस्ते", "http://a.example/b"])
def test_scripts_with_spaces_are_left_alone(text: str) -> None:
    """A word is a phrase there."""
    assert phrases(text, "en") == [text]


def test_thai_breaks_at_its_spaces_and_between_its_words() -> None:
    """A space ends a clause there; a long clause goes on below, at a word's end."""
    cues = cues_of(_spoken(THAI), language="th")
    lines = [joined(line) for cue in cues for line in cue.lines]

    first, second, *rest = THAI.split()
    assert lines[:2] == [first, second]
    assert "".join(lines[2:]) == rest[0]
    assert len(lines) > 3
    words = phrases(rest[0], "th")
    ends = {"".join(words[: count + 1]) for count in range(len(words))}
    assert {"".join(lines[2 : count + 1]) for count in range(2, len(lines))} <= ends


def test_each_phrase_has_its_own_time() -> None:
    """What is marked word by word goes through a sentence, too, that has no spaces."""
    (cue,) = cues_of(_spoken(JAPANESE), language="ja")
    words = [word for line in cue.lines for word in line]

    assert [word.text for word in words] == phrases(JAPANESE, "ja")
    assert len(words) > 4
    starts = [JAPANESE.index(word.text) / 10 for word in words]
    assert [word.start_s for word in words] == pytest.approx(starts)
    ends = [*starts[1:], len(JAPANESE) / 10]
    assert [word.end_s for word in words] == pytest.approx(ends)


def _spoken(text: str) -> dict[str, object]:
    """The tokens of ``text``, a tenth of a second for each character."""
    words, at = [], 0.0
    for token in text.split():
        words.append([token, at, at + len(token) / 10])
        at += len(token) / 10
    return {"words": words, "sentences": [0], "duration_s": at}
