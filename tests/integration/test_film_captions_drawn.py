"""Captions as they are seen in the frames of a clip."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from shared_protocol import vocab
from tests.film_material import (
    CAPTIONS,
    HEIGHT,
    WIDTH,
    make_clip,
    pictures,
    plain,
    spoken,
)

FPS = 20
#: A word every quarter of a second, from 0.1 s on.
TEXT = "one two three four five six seven"
WORDS = spoken(TEXT, 1.95)


def drawn(
    folder: Path, words: dict[str, Any] = WORDS, **look: Any
) -> npt.NDArray[np.int64]:
    """How far each pixel of each frame is from the grey behind the captions."""
    clip, _ = make_clip(folder, plain(), words, captions=CAPTIONS | look, fps=FPS)
    return np.abs(pictures(clip).astype(int) - 90).max(axis=3)


def ink(shown: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Pixels with letters in every frame."""
    return (shown > 60).sum(axis=(1, 2))


@pytest.mark.parametrize("position", list(vocab.CAPTION_POSITIONS))
def test_captions_stand_where_they_are_told_to(tmp_path: Path, position: str) -> None:
    """The letters are in the named part of the frame, clear of its edges."""
    shown = drawn(tmp_path, spoken("Hi you", 0.6), position=position)[5]
    rows, columns = np.nonzero(shown > 60)
    down, across = rows.mean() / HEIGHT, columns.mean() / WIDTH
    row, _, column = position.partition("_")
    wanted = {"top": (0, 0.25), "center": (0.4, 0.6), "bottom": (0.75, 1)}[row]
    beside = {"left": (0, 0.25), "": (0.45, 0.55), "right": (0.75, 1)}[column]

    assert wanted[0] <= down <= wanted[1]
    assert beside[0] <= across <= beside[1]
    assert 0.05 * HEIGHT < rows.min() < rows.max() < 0.95 * HEIGHT
    assert 0.05 * WIDTH < columns.min() < columns.max() < 0.95 * WIDTH


def test_phones_cover_no_captions(tmp_path: Path) -> None:
    """In a tall film nothing stands where apps put titles and buttons."""
    text = "A sentence that is long enough for two whole lines of a tall film."
    for position in ("bottom", "bottom_right", "top"):
        clip, _ = make_clip(
            tmp_path,
            plain(180, 320),
            spoken(text, 1.0),
            captions=CAPTIONS | {"position": position, "style": "bold"},
            width=180,
            height=320,
        )
        shown = np.abs(pictures(clip, 180, 320).astype(int) - 90).max(axis=(0, 3))
        rows, columns = np.nonzero(shown > 60)

        assert rows.min() > 0.12 * 320
        assert rows.max() < 0.82 * 320
        assert columns.min() > 0.08 * 180
        assert columns.max() < 0.92 * 180


def test_every_style_is_another(tmp_path: Path) -> None:
    """No two styles of the vocabulary draw alike, and each draws."""
    frames = {s: drawn(tmp_path, style=s)[10] for s in vocab.CAPTION_STYLES}
    marks = {name: (shown > 60).sum() for name, shown in frames.items()}
    pairs = [
        np.abs(frames[a] - frames[b]).sum() for a in frames for b in frames if a < b
    ]

    assert min(pairs) > 2000
    assert marks["bold"] > 1.5 * marks["simple"]
    assert marks["minimal"] < marks["simple"]


def test_horror_is_red(tmp_path: Path) -> None:
    """The letters of the style are far redder than anything behind them."""
    look = CAPTIONS | {"style": "horror"}
    clip, _ = make_clip(tmp_path, plain(), WORDS, captions=look)
    frame = pictures(clip)[5].astype(int)

    assert (frame[:, :, 0] - frame[:, :, 1:].max(axis=2)).max() > 80


def test_without_animation_nothing_changes(tmp_path: Path) -> None:
    """From the first word on the caption stands still."""
    marks = ink(drawn(tmp_path))

    assert marks[1] == 0
    assert np.ptp(marks[3:-1]) < 0.02 * marks[10]


@pytest.mark.parametrize(
    ("animation", "at_first"), [("fade_in", True), ("fade_out", False)]
)
def test_fades(tmp_path: Path, animation: str, at_first: bool) -> None:
    """The caption's light grows at its beginning, or wanes at its end."""
    light = drawn(tmp_path, animation=animation).sum(axis=(1, 2))
    begin, middle, end = light[3], light[20], light[-1]

    assert (begin < 0.7 * middle) == at_first
    assert (end < 0.7 * middle) != at_first


@pytest.mark.parametrize(("animation", "sign"), [("slide_up", -1), ("slide_down", 1)])
def test_slides(tmp_path: Path, animation: str, sign: int) -> None:
    """The caption travels up, or down, to where it would stand without moving."""
    shown, still = drawn(tmp_path, animation=animation), drawn(tmp_path)
    height = [np.nonzero(frame > 25)[0].mean() for frame in (shown[5], shown[20])]

    assert sign * (height[1] - height[0]) > 5
    assert np.abs(shown[20] - still[20]).max() < 30


def test_typewriter(tmp_path: Path) -> None:
    """Letters appear from left to right while they are spoken."""
    shown = drawn(tmp_path, animation="typewriter")
    marks = ink(shown)
    right = [np.nonzero(frame > 60)[1].max() for frame in shown[4:-1]]

    assert 0 < marks[4] < 0.2 * marks[-1]
    assert (np.diff(right) >= 0).all()
    assert len(set(right)) > 12


def test_what_is_typed_stands_on_its_plate(tmp_path: Path) -> None:
    """The plate is there from the first letter on, as large as for the whole caption."""
    look = CAPTIONS | {"animation": "typewriter", "style": "elegant"}
    clip, _ = make_clip(tmp_path, plain(grey=200), WORDS, captions=look, fps=FPS)
    dark = (pictures(clip).max(axis=3) < 150).sum(axis=(1, 2))

    assert dark[0] < 20
    assert dark[4] > 0.95 * dark[-2] > 500


def test_pulse(tmp_path: Path) -> None:
    """The caption is larger on the beat than between two beats."""
    widths = [
        np.ptp(np.nonzero(f > 60)[1]) for f in drawn(tmp_path, animation="pulse")[3:-1]
    ]

    assert max(widths[:8]) > 1.08 * min(widths)
    assert max(widths[20:28]) > 1.08 * min(widths)


def test_karaoke(tmp_path: Path) -> None:
    """Words change colour from left to right, each when it is heard."""
    look = CAPTIONS | {"animation": "karaoke", "style": "bold"}
    clip, _ = make_clip(tmp_path, plain(), WORDS, captions=look, fps=FPS)
    frames = pictures(clip).astype(int)
    yellow = (frames[:, :, :, 0] - frames[:, :, :, 2]) > 90
    edge = [np.nonzero(y)[1].max() if y.any() else 0 for y in yellow[3:-1]]
    letters = np.nonzero(np.abs(frames[20] - 90).max(axis=2) > 60)[1]
    halfway = edge[len(edge) // 2]

    assert (np.diff(edge) >= 0).all()
    assert abs(halfway - letters.mean()) < 0.2 * WIDTH
    assert edge[-1] > 0.95 * letters.max()


#: A text, the language of its film, and its words by number as they stand side by side.
DIRECTIONS = {
    "arabic": ("كان يا ما كان", "ar", [3, 2, 1, 0]),
    "hebrew": ("פעם היה עורב צמא", "he", [3, 2, 1, 0]),
    "persian marks": ("«کتاب» (جدید)!", "fa", [1, 0]),
    "latin first": ("Moonreel فيلم جميل في London", "ar", [4, 3, 2, 1, 0]),
    "latin name": ("في New York فيلم جميل", "ar", [4, 3, 1, 2, 0]),
    "number": ("كان عام 2026 جميلا", "ar", [3, 2, 1, 0]),
    "in english": ("The word كتاب جديد means book", "en", [0, 1, 3, 2, 4, 5]),
    "english later": ("كتاب is Arabic for book", "en", [0, 1, 2, 3, 4]),
    "quoted": ("«كتاب قديم» قال", "en", [2, 1, 0]),
    "hindi": ("एक प्यासा कौआ था", "hi", [0, 1, 2, 3]),
    "chinese": ("从前。有一只。乌鸦。", "zh", [0, 1, 2]),
    "thai": ("กาล ครั้งหนึ่ง นานมาแล้ว", "th", [0, 1, 2]),
    "several fonts": ("aकb 从c 😀!", "en", [0, 1, 2]),
}


@pytest.mark.parametrize("animation", ["karaoke", "typewriter"])
@pytest.mark.parametrize("case", list(DIRECTIONS))
def test_words_come_in_the_order_in_which_they_are_read(
    tmp_path: Path, case: str, animation: str
) -> None:
    """Right to left, left to right, and both in one line: each word when it is heard."""
    text, language, side_by_side = DIRECTIONS[case]
    tokens = re.findall(r"[^ 。]+。?", text)
    words = {
        "text": text,
        "words": [[t, n * 0.5 + 0.1, n * 0.5 + 0.3] for n, t in enumerate(tokens)],
        "sentences": [0],
        "duration_s": len(tokens) * 0.5,
    }
    clip, _ = make_clip(
        tmp_path, plain(640, 360), words, fps=FPS, width=640, height=360,
        captions=CAPTIONS | {"animation": animation}, language=language,
    )  # fmt: skip
    frames = pictures(clip, 640, 360).astype(int)
    told = frames[:, :, :, 0] - frames[:, :, :, 2] > 60  # yellow: heard
    if animation == "typewriter":
        told = np.abs(frames - 90).max(axis=3) > 60
    before = [told[round((n * 0.5 + 0.05) * FPS)] for n in range(len(tokens))]
    after = [told[round((n * 0.5 + 0.4) * FPS)] for n in range(len(tokens))]
    middles = [
        np.nonzero(new & ~old)[1].mean() for old, new in zip(before, after, strict=True)
    ]

    assert np.argsort(middles).tolist() == side_by_side
    assert not before[0].any()
    for old, new in zip(before[1:], after[:-1], strict=True):
        assert (old != new).mean() < 0.0001


def test_the_first_word_of_two_directions_is_typed_letter_by_letter(
    tmp_path: Path,
) -> None:
    """An Arabic line that begins with a Latin word grows from that word's letters."""
    text = "Moonreel \u0641\u064a\u0644\u0645 \u062c\u0645\u064a\u0644"
    words = {
        "text": text,
        "words": [[t, 0.1 + n, 0.9 + n] for n, t in enumerate(text.split())],
        "sentences": [0],
        "duration_s": 3.0,
    }
    clip, _ = make_clip(
        tmp_path, plain(), words, fps=FPS,
        captions=CAPTIONS | {"animation": "typewriter"}, language="ar",
    )  # fmt: skip
    marks = ink(np.abs(pictures(clip).astype(int) - 90).max(axis=3))
    first = marks[: round(0.98 * FPS)]

    assert first[1] == 0
    assert len(set(first.tolist())) >= len("Moonreel")
    assert first[round(0.35 * FPS)] < 0.6 * first[-1]


def test_a_fixed_text_stays_for_the_whole_clip(tmp_path: Path) -> None:
    """``caption.text`` is shown from the first to the last frame."""
    marks = ink(drawn(tmp_path, mode="fixed", text="Chapter one"))

    assert marks.min() > 100


@pytest.mark.parametrize("animation", list(vocab.CAPTION_ANIMATIONS))
def test_text_is_drawn_as_it_is(tmp_path: Path, animation: str) -> None:
    """Markup, quotes and backslashes are letters like others: the caption gets wider."""
    words = spoken(r"a{\pos(0,0)}b c\Nd \h 100%: 'e', \"f\" {i}", 1.0)
    shown = drawn(tmp_path, words, animation=animation)[-10:].max(axis=0)
    rows, columns = np.nonzero(shown > 60)

    assert rows.min() > HEIGHT * 0.7
    assert np.ptp(columns) > WIDTH * 0.4


def test_what_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    """The job hears of characters that the caption leaves out."""
    words = spoken("A \ue123 crow.", 1.0)
    _, output = make_clip(tmp_path, plain(), words, captions=CAPTIONS)

    assert output.facts["ignored_text"] == ["\ue123"]
    assert "\ue123" in output.facts["warnings"][0]
