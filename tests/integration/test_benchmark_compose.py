"""The benchmark of films: only equal work is compared; what is measured becomes figures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.compose.peers.contenders import FOUR_PASSES, Case, moonreel
from benchmarks.compose.peers.fidelity import jitter_px, psnr_db
from benchmarks.compose.peers.material import SECONDS, Material
from benchmarks.compose.peers.same_work import check
from benchmarks.compose.peers.summary import outcome_of, write_plot
from tests.film_material import colourful, spoken, voice

CASE = Case(480, 270, fps=10, preset="ultrafast", crf=10)


@pytest.fixture
def given(tmp_path: Path) -> Material:
    """One scene with a picture of our own, so that nothing is downloaded."""
    words = spoken("A crow came to the well.", SECONDS)
    (tmp_path / "words.json").write_text(json.dumps(words), encoding="utf-8")
    Image.fromarray(colourful(480, 270)).save(tmp_path / "picture.png")
    sound = voice(tmp_path / "voice.wav", np.zeros(round(SECONDS * 22050)))
    return Material(
        pictures=[tmp_path / "picture.png"],
        voices=[sound],
        words=[tmp_path / "words.json"],
        sound=sound,
        cues=[(0.1, 4.9, words["text"])],
        font=tmp_path / "none.ttf",
    )


@pytest.mark.slow
def test_only_equal_work_is_compared(given: Material, tmp_path: Path) -> None:
    """A film is what was ordered, and no film of another length, move or rate is."""
    made = moonreel(CASE, given, tmp_path / "film")
    found = check(CASE, given, made.film)

    assert found["frames"] == 50
    assert (found["first"], found["last"]) == (0.0, pytest.approx(0.15, abs=0.005))
    assert made.passes.keys() == {"parts", "film"}
    assert min(made.total("wall_s"), made.total("cpu_s"), made.peak_mb) > 0
    assert psnr_db(made.film, made.film) == float("inf")
    for other in ({"fps": 12}, {"zoom": 0.1}, {"move": "pan_right"}, {"width": 360}):
        with pytest.raises(AssertionError):
            check(replace(CASE, **other), given, made.film)
    bare = replace(given, cues=[(0.0, 0.0, "before the first word")])
    with pytest.raises(AssertionError):
        check(CASE, bare, made.film)


@pytest.mark.slow
def test_the_camera_moves_on_a_straight_line(given: Material, tmp_path: Path) -> None:
    """A dot in the picture is found again in every frame."""
    rms, worst = jitter_px(moonreel, given, tmp_path / "dot", move="pan_left", fps=10)

    assert 0 < rms <= worst < 0.25


def test_what_was_measured_becomes_figures(tmp_path: Path) -> None:
    """Each with its target, whatever steps were run; and a plot of them."""
    found = {key: {"found": value} for key, value in measured("1920x1080").items()}
    figures = {figure.name: figure for figure in outcome_of(found).figures}
    cpu = figures["1920x1080 zoom: processor of four passes, x Moonreel"]
    loss = figures["1920x1080 default: PSNR lost to one encode"]

    assert (cpu.value, str(cpu.target)) == (8.0, ">= 6")
    assert figures["1920x1080 zoom: wall, x x264 alone"].value == 1.25
    assert figures["1920x1080 default: size"].value == 8.0
    assert (loss.value, loss.target and loss.target.met_by(loss.value)) == (0.25, True)
    assert outcome_of({}).figures == []
    write_plot(found, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def measured(size: str) -> dict[str, Any]:
    """Findings as the steps keep them, in round numbers."""
    ours = {"wall_s": 10.0, "cpu_s": 20.0, "bytes": 4_000_000, "peak_mb": 300.0}
    alone = ours | {"wall_s": 8.0}
    psnr = {"moonreel": 40.0, "raw": 40.25}
    runs = {"moonreel": [ours] * 3, "raw": [alone] * 3, "psnr": psnr}
    passes = {name: {"wall_s": 20.0, "cpu_s": 20.0} for name in FOUR_PASSES}
    third = [ours | {"cpu_s": 10.0}]
    four = [ours | {"cpu_s": 80.0, "passes": passes}]
    return {
        f"{size}/four-pass": {"photographs": 2, "moonreel": third, "four-pass": four},
        f"{size}/zoom": runs,
        f"{size}/default": runs,
        f"{size}/pan": {"moonreel": [ours], "pan": [alone]},
        f"{size}/fidelity": {
            "jitter": {"moonreel zoom": (0.01, 0.02), "four-pass zoom": (0.3, 0.5)},
            "psnr-moonreel": 41.0,
            "psnr-four-pass": 37.0,
        },
    }
