"""Captions: cues that can be read, text that is never taken for markup."""

from __future__ import annotations

import itertools
import re
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import matplotlib
import pytest

from colab_worker.film.captions.ass import document, escaped
from colab_worker.film.captions.burned import write_clip_captions
from colab_worker.film.captions.cues import Cue, cues_of, joined, title_cues
from colab_worker.film.captions.fonts import FontBook
from colab_worker.film.captions.letters import clusters
from colab_worker.film.captions.looks import STYLES, Frame, Look, line_measure
from colab_worker.film.captions.measure import MAX_LINE_CHARS, by_characters
from colab_worker.film.captions.subtitles import srt, vtt
from shared_protocol import vocab
from tests.film_material import CAPTIONS

FRAME = Frame(1280, 720)
PLAIN = Look("simple", "bottom", "none")
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
NASTY = ["don't", '"quoted"', "100%", "a:b", "c\\Nd", "{\\b1}", "\u05e9\u05dc", "end."]


def spoken(text: str, seconds_a_word: float = 0.4) -> dict[str, Any]:
    """Words of ``text``, each as long as the others; sentences end at full stops."""
    tokens = text.split()
    timed = [
        [t, n * seconds_a_word, (n + 1) * seconds_a_word] for n, t in enumerate(tokens)
    ]
    starts = [n + 1 for n, t in enumerate(tokens[:-1]) if t.endswith(".")]
    duration = len(tokens) * seconds_a_word
    return {"words": timed, "sentences": [0, *starts], "duration_s": duration}


def test_cues_hold_every_word_once_in_order() -> None:
    """Three thousand awkward words: none lost, none twice, none out of time."""
    text = " ".join(NASTY[n % len(NASTY)] for n in range(3000))
    cues = cues_of(spoken(text))
    told = [word.text for cue in cues for line in cue.lines for word in line]

    assert told == text.split()
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(cues))
    assert all(cue.start_s < cue.end_s <= 1200 for cue in cues)


def test_cues_are_readable() -> None:
    """At most two lines of forty-two characters; a sentence starts a cue of its own."""
    text = (
        "It was the driest summer that anyone on the hill could remember, and the pond "
        "behind the old mill had turned to cracked mud. A crow came. It was thirsty."
    )
    cues = cues_of(spoken(text))

    assert all(len(cue.lines) <= 2 for cue in cues)
    assert max(len(line) for c in cues for line in c.text.split("\n")) <= MAX_LINE_CHARS
    assert [cue.text for cue in cues[-2:]] == ["A crow came.", "It was thirsty."]


def test_a_word_longer_than_a_line_goes_on_below() -> None:
    """Its parts follow without a space, none longer than a line, none lost."""
    cues = cues_of(spoken("x" * 120 + " y."))
    lines = [line for cue in cues for line in cue.text.split("\n")]

    assert "".join(lines).replace(" ", "") == "x" * 120 + "y."
    assert max(map(len, lines)) <= MAX_LINE_CHARS


def test_sentences_without_spaces_are_joined_without_any() -> None:
    """They come as words of their own, and a caption writes them as the text does."""
    text = "\u5b83\u5f88\u6e34\u3002 \u6c34\uff01 Then. \u6c34\u3002"
    cues = cues_of(spoken(text, 0.3))
    shown = " ".join(cue.text.replace("\n", " ") for cue in cues)

    assert "\u5b83\u5f88\u6e34\u3002\u6c34\uff01" in shown.replace("\n", "")
    assert "\uff01 Then. \u6c34\u3002" in shown


def test_text_without_spaces_breaks_after_its_marks() -> None:
    """A Japanese paragraph is one token; its wide letters count twice."""
    text = "\u543e\u8f29\u306f\u732b\u3067\u3042\u308b\u3002" * 12
    cues = cues_of(spoken(text, 24.0))
    lines = [joined(line) for cue in cues for line in cue.lines]

    assert "".join(lines) == text
    assert max(map(by_characters, lines)) <= 1
    assert all(line.endswith("\u3002") for line in lines)


def test_cues_break_where_a_speaker_would() -> None:
    """After a clause rather than after an article or a preposition."""
    text = (
        "The lighthouse keeper climbed the stairs to the top of the tower every "
        "evening, because the lamp had to be lit before the first ship came in."
    )
    cues = cues_of(spoken(text, 0.3))
    last_words = [cue.text.split()[-1] for cue in cues]

    assert "evening," in last_words
    assert not {"the", "to", "of"} & set(last_words)


def test_small_words_of_english_say_nothing_of_other_languages() -> None:
    """French "on" is no preposition: its lines are cut for evenness alone."""
    text = "Demain matin si tout va bien on ira ensemble jusqu'au vieux moulin."
    lines = [line for cue in cues_of(spoken(text), language="fr") for line in cue.lines]
    lengths = [len(joined(line)) for line in lines]

    assert len(lines) == 2
    assert abs(lengths[0] - lengths[1]) <= 5


def test_words_without_time_are_still_shown() -> None:
    """A last word said in no time at the very end has a cue that can be seen."""
    words = [["Long ago.", 0.0, 2.0], ["So.", 2.0, 2.0]]
    cues = cues_of({"words": words, "sentences": [0, 1], "duration_s": 2.0})

    assert all(cue.end_s - cue.start_s > 0.05 for cue in cues)
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(cues))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("The End", 1),
        ("A title that is just a little longer than one line of a film", 1),
        ("A title that is much longer than any title ought to be, " * 4, 3),
        ("\u4e4c\u9e26\u53e3\u6e34\u4e86\uff0c" * 16, 3),
    ],
)
def test_a_fixed_text_is_shown_whole(text: str, parts: int) -> None:
    """For the whole clip; what does not fit two lines is shown in turn."""
    measure = line_measure(FRAME, PLAIN, FontBook("RobotoMedium", ()))
    cues = title_cues(text, 9.0, measure, "en")

    assert len(cues) == parts
    shown = " ".join(joined(line) for cue in cues for line in cue.lines)
    assert shown.replace(" ", "") == text.replace(" ", "")
    assert (cues[0].start_s, cues[-1].end_s) == (0.0, pytest.approx(9.0))
    assert all(a.end_s == b.start_s for a, b in itertools.pairwise(cues))
    assert all(len(cue.lines) <= 2 for cue in cues)
    for cue in cues:
        words = [word for line in cue.lines for word in line]
        middle_s = (cue.start_s + cue.end_s) / 2
        assert words[0].start_s == cue.start_s
        assert words[-1].end_s <= middle_s + 1e-6
        assert max(map(by_characters, cue.text.split("\n"))) <= 1


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (r"\Nnew", "\\\u2060Nnew"),
        (r"{\b1}bold", "\\{\\\u2060b1\\}bold"),
        ("two\nlines", "two lines"),
        ("100%, \"don't\": 'x'", "100%, \"don't\": 'x'"),
    ],
)
def test_text_is_never_markup(text: str, safe: str) -> None:
    """Backslashes, braces and line breaks of a text are only text."""
    assert escaped(text) == safe


@pytest.mark.parametrize("style", list(vocab.CAPTION_STYLES))
def test_tall_frames_get_shorter_lines(style: str) -> None:
    """A phone's width holds fewer letters, and no line is wider than its room."""
    look = Look(style, "bottom", "none")
    book = FontBook(STYLES[style].face, ())
    wide = line_measure(Frame(1920, 1080), look, book)
    tall = line_measure(Frame(1080, 1920), look, book)
    cues = cues_of(spoken("Mighty warriors wandered homeward, " * 9), tall)

    assert tall("Mighty warriors") > wide("Mighty warriors")
    assert max(tall(joined(line)) for cue in cues for line in cue.lines) <= 1


def test_every_look_writes_its_own_file() -> None:
    """No two styles, positions or animations of the vocabulary give the same file."""
    cues = cues_of(spoken("A crow came to the well. It was dry."))
    book = FontBook("Roboto", ())
    looks = itertools.product(
        vocab.CAPTION_STYLES, vocab.CAPTION_POSITIONS, vocab.CAPTION_ANIMATIONS
    )
    files = [document(cues, FRAME, Look(*words), book) for words in looks]

    assert len(set(files)) == len(files) == 6 * 7 * 8
    assert all(text.count("Dialogue:") == len(cues) for text in files)


def test_cues_can_be_read_in_their_time() -> None:
    """Twenty characters a second; a short cue joins a neighbour or stays for longer."""
    text = (
        "Extraordinary thunderstorms rolled across. Stop. Nobody anywhere remembered "
        "anything comparable. Listen! The lighthouse keepers climbed the tower stairs."
    )
    words, at = [], 0.0
    for word in text.split():
        words.append([word, at, at + len(word) / 17])
        at += (len(word) + 1) / 17
    starts = [n + 1 for n, (word, *_) in enumerate(words[:-1]) if word[-1] in ".!"]
    cues = cues_of({"words": words, "sentences": [0, *starts], "duration_s": at})

    assert all(len(joined_text(c)) <= 20 * length_s(c) for c in cues)


def test_a_pause_of_the_voice_is_reading_time() -> None:
    """A cue that was said too fast stays until it has been read."""
    words = [
        ["Extraordinary", 0.0, 0.3],
        ["thunderstorms!", 0.3, 0.6],
        ["Yes.", 4.0, 4.4],
    ]
    first, _ = cues_of({"words": words, "sentences": [0, 2], "duration_s": 5.0})

    assert first.end_s == pytest.approx(len("Extraordinary thunderstorms!") / 20)


def joined_text(cue: Cue) -> str:
    return cue.text.replace("\n", " ")


def length_s(cue: Cue) -> float:
    return cue.end_s - cue.start_s


def test_karaoke_follows_the_voice() -> None:
    """The spans of a cue add up to the times of its words, waits included."""
    words = [["one", 1.0, 1.333], ["two", 1.666, 2.0], ["three", 2.0, 2.3334]]
    cues = cues_of({"words": words, "sentences": [0], "duration_s": 3.0})
    look = Look("simple", "bottom", "karaoke")
    text = document(cues, FRAME, look, FontBook("Roboto", ()))

    assert r"{\kf33}one {\k34}{\kf33}two {\kf33}three" in text


def test_a_direction_mark_is_typed_with_the_letter_behind_it() -> None:
    """Each letter of the first word of a line of two directions has its own time."""
    words = [["Moon", 0.0, 1.0], ["\u0643\u062a\u0627\u0628", 1.0, 2.0]]
    told = {"words": words, "sentences": [0], "duration_s": 2.0}
    look = Look("simple", "bottom", "typewriter")
    text = document(cues_of(told, language="ar"), FRAME, look, FontBook("Roboto", ()))
    typed = re.findall(r"\\t\((\d+),\d+,[^)]*\)\}(?:\{[^}]*\})?([^{]*)", text)

    assert [t for t, _ in typed] == ["0", "250", "500", "750", "1000"]
    assert typed[0][1] == "\u200fM"
    assert "".join(shown for _, shown in typed).startswith("\u200fMoon ")


def test_what_no_font_can_draw_is_told(tmp_path: Path) -> None:
    """Characters without a glyph are left out of the picture and named."""
    words = spoken("Caf\u00e9 \ue123 na\u00efve")
    name, missing = write_clip_captions(CAPTIONS, words, "en", FRAME, 2.0, tmp_path)

    assert missing == ["\ue123"]
    assert "Caf\u00e9  na\u00efve" in (tmp_path / name).read_text(encoding="utf-8")
    assert len(list((tmp_path / "fonts").glob("Roboto*.ttf"))) == 5


def test_fonts_of_the_machine_help_out(tmp_path: Path) -> None:
    """Letters that no wheel has come from the first font of the system that has."""
    shutil.copyfile(FONTS / "DejaVuSans.ttf", tmp_path / "some.ttf")
    (tmp_path / "broken.ttf").write_bytes(b"\x00\x01\x00\x00 no font")
    book = FontBook("Roboto", (tmp_path, tmp_path / "absent"))
    runs = book.runs("a\u2d30\u2d31!")
    book.place(tmp_path / "placed")

    assert [(run.text, run.face and run.face.family) for run in runs] == [
        ("a", None),
        ("\u2d30\u2d31", "DejaVu Sans"),
        ("!", None),
    ]
    assert (tmp_path / "placed" / "some.ttf").exists()
    assert book.missing == []


@pytest.mark.parametrize(
    ("language", "text", "family"),
    [
        ("ar", "\u0643\u0627\u0646\u060c", "Noto Sans Arabic"),
        ("hi", "\u090f\u0915 \u0915\u094c\u0906", "Noto Sans Devanagari"),
        ("he", "\u05e9\u05dc\u05d5\u05dd", "Noto Sans Hebrew"),
        ("th", "\u0e01\u0e32", "Noto Sans Thai"),
        ("ta", "\u0b95\u0bbe", "Noto Sans Tamil"),
        ("bn", "\u0995\u09be\u0995", "Noto Sans Bengali"),
        ("te", "\u0c15\u0c3e", "Noto Sans Telugu"),
        ("zh", "\u4ece\u524d\u3002", "Noto Sans CJK SC"),
        ("zh-tw", "\u5f9e\u524d", "Noto Sans CJK TC"),
        ("ja", "\u3080\u304b\u3057", "Noto Sans CJK JP"),
        ("ko", "\uae4c\ub9c8\uadc0", "Noto Sans CJK KR"),
        ("en", "\u4ece\u524d", "Noto Sans CJK SC"),
        ("en", "\U0001f600\U0001f389", "Noto Emoji"),
        ("en", "\u2648\u2691", "Noto Sans Symbols"),
    ],
)
def test_every_script_has_a_font_that_comes_along(
    language: str, text: str, family: str
) -> None:
    """Without one font of the machine, each is drawn by its own, whole."""
    book = FontBook("RobotoMedium", (), language)
    (run,) = book.runs(text)

    assert run.face is not None
    assert run.face.family.startswith(family)
    assert run.text == text
    assert book.missing == []


def test_latin_greek_and_cyrillic_are_the_captions_own() -> None:
    """No other font is taken where the style's own can draw."""
    (run,) = FontBook("RobotoMedium", ()).runs(
        "na\u00efve \u041c\u0438\u0440 \u03b1, 5%"
    )

    assert run.face is None


def test_spaces_between_fonts_are_the_captions_own() -> None:
    """Those of a font of pictures may have no width; within one script they stay in it."""
    runs = FontBook("Roboto", ()).runs("a \U0001f600 b \u0643\u0627 \u0646 ")

    assert [run.text for run in runs] == ["a ", "\U0001f600", " b ", "\u0643\u0627 \u0646", " "]  # fmt: skip
    assert [run.face is None for run in runs] == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("e\u0301a", ["e\u0301", "a"]),
        ("\u092a\u094d\u092f\u093e\u0938", ["\u092a\u094d\u092f\u093e", "\u0938"]),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467!", ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "!"]),
        ("\U0001f44d\U0001f3fd\u2764\ufe0f", ["\U0001f44d\U0001f3fd", "\u2764\ufe0f"]),
        ("\u200eab\u200f", ["\u200ea", "b\u200f"]),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", ["\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7"]),
        ("\U0001f3f4\U000e0067\U000e007f!", ["\U0001f3f4\U000e0067\U000e007f", "!"]),
    ],
)  # fmt: skip
def test_letters_are_what_people_see(text: str, letters: list[str]) -> None:
    """Marks, joints and tones stay with the letter that they change."""
    assert list(clusters(text)) == letters


def test_long_words_are_cut_between_letters() -> None:
    """No mark begins a part, and a row of closing marks is cut like any other."""
    for text in ("\u092a\u094d\u092f\u093e" * 40, "!" * 120, "e\u0301" * 90):
        cues = cues_of(spoken(text, 9.0))
        lines = [joined(line) for cue in cues for line in cue.lines]

        assert "".join(lines) == text
        assert max(len(list(clusters(line))) for line in lines) <= MAX_LINE_CHARS
        assert not any(unicodedata.category(line[0]).startswith("M") for line in lines)


def test_a_script_with_tall_marks_keeps_lines_together() -> None:
    """Arabic is named with a size of its own, and the caption's comes back after it."""
    cues = cues_of(spoken("one \u0643\u0627\u0646 two"))
    text = document(cues, FRAME, PLAIN, FontBook("RobotoMedium", ()))
    tall = round(FRAME.letter_px * 1.75, 1)

    assert rf"one {{\fnNoto Sans Arabic\fs{tall}\fsp0\b0\i0}}" in text
    assert r"{\fn\fs\fsp\b\i} two" in text


def test_subtitle_files() -> None:
    """SubRip and WebVTT carry the same cues, in their own clocks and escapes."""
    cues = [cue.later(3600) for cue in cues_of(spoken("Tom & <Jerry> \\ran."))]

    assert srt(cues) == (
        "1\n01:00:00,000 --> 01:00:01,600\nTom & <\u2060Jerry> \\\u2060ran.\n"
    )
    assert vtt(cues) == (
        "WEBVTT\n\n01:00:00.000 --> 01:00:01.600\nTom &amp; &lt;Jerry&gt; \\ran.\n"
    )
