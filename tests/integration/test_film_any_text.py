"""Three thousand words of any kind: a captioned film, checked on its frames."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colab_worker.engines.base import UnitCall
from colab_worker.engines.espeak import EspeakEngine
from colab_worker.film.captions.cues import Cue, cues_of, joined
from colab_worker.film.captions.fonts import FontBook
from colab_worker.film.captions.looks import STYLES, Frame, Look, line_measure
from colab_worker.film.probe import probe
from colab_worker.stages import voice
from shared_protocol.kit.text_scenes import split_text
from tests.film_material import (
    CAPTIONS,
    HEIGHT,
    WIDTH,
    Pixels,
    greys,
    make_clip,
    make_film,
    plain,
    quiet,
)
from tests.film_material import voice as write_voice

# ruff: noqa: RUF001 other scripts and typographic quotes are tested

PARAGRAPH = r"""
"Don't," said the 3rd crow: 'it is 100% dry; 50 % of it is sand.' He wrote C:\New\table and {\b1} on
a {card}, then \N and <i>left</i> & went on, at 5:30, for $2.50. 😀 🎉 👍🏽 Nobody knew why #1 came
before 2_000 or what a/b meant… كان يا ما كان غراب عطشان، يبحث عن الماء. एक प्यासा कौआ था। वह बहुत
दूर से आया था। 从前有一只乌鸦，它很渴。 Then, — as everyone remembers — the rain began to fall.
"""
SCENES, FPS = 20, 5
LOOK = Look("simple", "bottom", "none")
FRAME = Frame(WIDTH, HEIGHT)


@dataclass
class Made:
    """A film, its clips with their words, and what was told."""

    text: str
    film: Path
    clips: list[Path]
    words: list[dict[str, Any]]
    warnings: list[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The text split, spoken, captioned and joined as the worker does it.

    The film is silent: to level a quarter of an hour of voice takes minutes.
    """
    folder = tmp_path_factory.mktemp("any-text")
    silence = write_voice(folder / "silence.wav", np.zeros(2205))
    paragraph = " ".join(PARAGRAPH.split())
    text = "\n\n".join([paragraph] * (3000 // len(paragraph.split()) + 1))
    clips, voices, words, warnings = [], [], [], []
    for number, scene in enumerate(split_text(text, num_scenes=SCENES).scenes):
        out = folder / f"voice-{number}"
        out.mkdir()
        voice.run(_voice_call(scene.narration, out), EspeakEngine(), quiet)
        told = json.loads((out / "words.json").read_text(encoding="utf-8"))
        clip, output = make_clip(folder, plain(), told, captions=CAPTIONS, fps=FPS)
        clips, voices = [*clips, clip], [*voices, silence]
        words.append(told)
        warnings += output.facts.get("warnings", [])
    film, _ = make_film(folder, clips, voices, words, captions=CAPTIONS, fps=FPS)
    return Made(text, film, clips, words, warnings)


def _voice_call(narration: str, out: Path) -> UnitCall:
    params = {
        "text": narration,
        "voice_id": "aria",
        "speed": 2.0,
        "language": "en",
        "sentence_pause_s": 0.38,
        "paragraph_pause_s": 0.75,
        "tail_s": 0.8,
    }
    return UnitCall("voice", "espeak", params, {}, out)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_three_thousand_words_become_a_captioned_film(made: Made) -> None:
    """One test, so that the film is made once."""
    nothing_is_lost_and_all_can_be_drawn(made)
    the_frames_show_the_captions(made)
    every_scene_is_in_the_film(made)


def nothing_is_lost_and_all_can_be_drawn(made: Made) -> None:
    """Every word is spoken once and stands once in the subtitles, in order."""
    spoken = [word for told in made.words for word, *_ in told["words"]]
    srt = (made.film / "captions.srt").read_text(encoding="utf-8")
    blocks = [block.split("\n")[2:] for block in srt.strip().split("\n\n")]
    shown = "".join(line for block in blocks for line in block)
    shown = re.sub(
        "[\u200e\u200f\u2060]", "", shown
    )  # keep marks apart, give directions

    assert len(made.text.split()) >= 3000
    assert "".join(spoken) == "".join(_said(made.text).split())
    assert shown.replace(" ", "") == "".join(spoken)
    assert made.warnings == []


def _said(text: str) -> str:
    """The text without the one piece of HTML in it, which is markup in Markdown too."""
    return text.replace("<i>", "").replace("</i>", "")


def the_frames_show_the_captions(made: Made) -> None:
    """In the film, each cue is drawn whole, in the safe area, while it is heard, only then."""
    seen, begin, film = 0, 0, greys(made.film / "film.mp4")
    for clip, words in zip(made.clips, made.words, strict=True):
        book = FontBook(STYLES[LOOK.style].face)
        measure = line_measure(FRAME, LOOK, book)
        cues = cues_of(words, measure)
        count = probe(clip).frames
        frames = np.abs(film[begin : begin + count].astype(int) - 90) > 60
        begin += count
        for cue in cues:
            _check(frames[_frame(cue)], cue, book)
        for before, after in itertools.pairwise(cues):
            if after.start_s - before.end_s > 3 / FPS:
                between = (before.end_s + after.start_s) / 2
                assert not frames[round(between * FPS)].any(), cue.text
        seen += len(cues)

    assert seen > 300


def _frame(cue: Cue) -> int:
    return round((cue.start_s + cue.end_s) / 2 * FPS)


def _check(ink: Pixels, cue: Cue, book: FontBook) -> None:
    rows, columns = np.nonzero(ink)
    assert len(cue.lines) <= 2
    assert len(rows), f"nothing is drawn of {cue.text!r}"
    widest = max(book.width(joined(line)) for line in cue.lines) * FRAME.letter_px
    share = np.ptp(columns) / widest
    plain_text = all(
        run.face is None for line in cue.lines for run in book.runs(joined(line))
    )
    assert (0.85 if plain_text else 0.5) < share < 1.2, (cue.text, share)
    assert columns.min() >= 0.05 * WIDTH
    assert columns.max() <= 0.95 * WIDTH
    assert rows.min() > 0.6 * HEIGHT
    assert rows.max() < 0.95 * HEIGHT


def every_scene_is_in_the_film(made: Made) -> None:
    """All of its frames, and a sound as long as they are."""
    found = probe(made.film / "film.mp4")
    frames = sum(probe(clip).frames for clip in made.clips)

    assert found.frames == frames
    assert abs(found.audio_s - frames / FPS) < 0.001
