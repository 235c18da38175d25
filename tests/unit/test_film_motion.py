"""Sizes, lengths and moves of clips, and the drawing of any part of a picture."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from colab_worker.film.motion import windows
from colab_worker.film.quality import MOVES, canvas, frames_for, move_for
from colab_worker.film.resample import Planes, frames
from shared_protocol import vocab

ZOOMS = [word for word in vocab.MOTIONS if word.startswith("zoom_")]
PANS = [word for word in vocab.MOTIONS if word.startswith("pan_")]
SIZE = (160, 96)


@pytest.mark.parametrize("aspect", list(vocab.ASPECTS))
@pytest.mark.parametrize("quality", list(vocab.QUALITIES))
def test_canvases_have_their_aspect(aspect: str, quality: str) -> None:
    """Even sides in the proportion asked for; the short side tells the quality."""
    frame = canvas(aspect, quality)
    across, down = map(int, aspect.split(":"))
    short = {"draft": 480, "fast": 720, "standard": 1080, "high": 1080}[quality]

    assert frame.width % 2 == frame.height % 2 == 0
    assert frame.width / frame.height == pytest.approx(across / down, rel=0.003)
    assert min(frame.width, frame.height) == short


@pytest.mark.parametrize("resolution", list(vocab.RESOLUTIONS))
@pytest.mark.parametrize("fps", [24, 25, 30])
def test_a_resolution_and_a_rate_win_over_the_quality(
    resolution: str, fps: int
) -> None:
    """The short side is the number in the word; the encode is that of the quality."""
    frame, usual = canvas("9:16", "high", resolution, fps), canvas("9:16", "high")

    assert frame.width == int(resolution[:-1])
    assert frame.height % 2 == 0
    assert frame.height / frame.width == pytest.approx(16 / 9, rel=0.003)
    assert (frame.fps, frame.preset, frame.crf) == (fps, usual.preset, usual.crf)


@pytest.mark.parametrize(
    ("seconds", "count"),
    [
        (1.0, 30),
        (1.0000000001, 30),
        (1.0001, 31),
        (0.0, 1),
        (0.1 + 0.2, 9),
        (120.0, 3600),
    ],
)
def test_a_length_in_frames(seconds: float, count: int) -> None:
    """Rounded up, but not for the last bit of a float."""
    assert frames_for(seconds, 30) == count


def test_neighbours_move_differently() -> None:
    """No scene moves as the one before it, whatever the seed, and all moves come."""
    for seed in range(50):
        moves = [move_for(index, seed) for index in range(60)]

        assert all(a != b for a, b in itertools.pairwise(moves))
        assert set(moves) == set(MOVES)
    assert len({tuple(move_for(i, s) for i in range(6)) for s in range(50)}) > 20


@pytest.mark.parametrize("motion", [*ZOOMS, *PANS])
def test_a_motion_that_is_asked_for_is_that_of_every_scene(motion: str) -> None:
    """Nothing is left to turns then."""
    assert {move_for(index, 3, motion) for index in range(9)} == {motion}


def test_the_table_of_qualities_is_imported_quickly() -> None:
    """The worker's parent plans films without numpy, Pillow or ffmpeg."""
    code = (
        "import sys, colab_worker.film.quality, colab_worker.film.probe, "
        "colab_worker.film.headers; "
        "print({'numpy', 'PIL', 'ffmpeg', 'imageio_ffmpeg'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("move", [*ZOOMS, *PANS])
def test_windows_lie_inside_the_picture(move: str) -> None:
    """Never beyond an edge, and as near as the percentage says."""
    shown = list(windows(move, 10.0, 50))

    for window in shown:
        assert window.x >= 0
        assert window.y >= 0
        assert window.x + window.width <= 1 + 1e-12
        assert window.y + window.height <= 1 + 1e-12
    assert max(window.width for window in shown) == pytest.approx(
        1 if move in ZOOMS else 1 / 1.1
    )
    assert min(window.width for window in shown) == pytest.approx(1 / 1.1)


@pytest.mark.parametrize("move", PANS)
def test_a_pan_crosses_the_picture_from_edge_to_edge(move: str) -> None:
    """The camera goes the way that the word says, at one scale and one speed."""
    shown = list(windows(move, 10.0, 50))
    steps = [(b.x - a.x, b.y - a.y) for a, b in itertools.pairwise(shown)]
    way = (1 - 1 / 1.1) / 49
    wanted = {
        "pan_left": (-way, 0), "pan_right": (way, 0),
        "pan_up": (0, -way), "pan_down": (0, way),
    }[move]  # fmt: skip

    assert len({window.width for window in shown}) == 1
    for step in steps:
        assert step == pytest.approx(wanted, abs=1e-9)


def test_drawing_agrees_with_a_careful_resampler() -> None:
    """Within a few levels of Pillow's, for windows at odd places."""
    random = np.random.default_rng(5)
    small = random.integers(20, 235, (18, 30), dtype=np.uint8)
    smooth = Image.fromarray(small).resize((240, 144), Image.Resampling.BICUBIC)
    blue, red = (np.full((72, 120), level, np.uint8) for level in (90, 160))
    planes = Planes(np.asarray(smooth), blue, red)
    width, height = SIZE
    shown = list(windows("zoom_left", 9.0, 7))
    for window, frame in zip(shown, frames(planes, *SIZE, shown), strict=True):
        box = (window.x * 240, window.y * 144,
               (window.x + window.width) * 240, (window.y + window.height) * 144)  # fmt: skip
        wanted = smooth.resize(SIZE, Image.Resampling.BILINEAR, box=box)
        values = np.frombuffer(frame, np.uint8)
        luma = values[: width * height].reshape(height, width).astype(int)
        chroma = values[width * height :].reshape(2, -1)

        assert np.abs(luma - np.asarray(wanted)).mean() < 1.5
        assert np.unique(chroma[0]).tolist() == [90]
        assert np.unique(chroma[1]).tolist() == [160]


def test_black_and_white_stay_what_they_are() -> None:
    """The whole range of a byte passes without wrapping around."""
    luma = np.zeros((144, 240), np.uint8)
    luma[:, 120:] = 255
    white = np.full((72, 120), 255, np.uint8)
    planes = Planes(luma, white, white)
    frame = next(frames(planes, *SIZE, list(windows("zoom_in", 5.0, 1))))
    values = np.frombuffer(frame, np.uint8)[: SIZE[0] * SIZE[1]].reshape(96, 160)

    assert (values[:, :79] == 0).all()
    assert (values[:, 81:] == 255).all()
