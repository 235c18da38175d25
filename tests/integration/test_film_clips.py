"""Clips: their length, motion and colours, seen in their frames."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import pytest
from PIL import Image, ImageDraw

from colab_worker.engines.base import BadInput, EngineError, Stopped
from colab_worker.film.probe import probe
from shared_protocol import vocab
from tests.film_material import (
    FPS,
    HEIGHT,
    WIDTH,
    Pixels,
    colourful,
    greys,
    make_clip,
    pictures,
    plain,
    spoken,
)

SHORT = spoken("A crow.", 0.1)


@pytest.mark.parametrize(
    ("duration_s", "count"), [(1.0, 10), (1.001, 11), (0.01, 1), (2.04, 21)]
)
def test_a_clip_is_its_narration_in_whole_frames(
    tmp_path: Path, duration_s: float, count: int
) -> None:
    """Rounded up, never down, and what it says of itself is what it has."""
    words = spoken("A crow.", max(duration_s, 0.25)) | {"duration_s": duration_s}
    clip, output = make_clip(tmp_path, plain(), words, zoom_effect=True)
    found = probe(clip)

    assert output.facts["frames"] == found.frames == count
    assert output.facts["duration_s"] == count / FPS
    assert found.duration_s == pytest.approx(count / FPS, abs=1e-6)
    assert len(greys(clip)) == count
    assert (found.width, found.height, found.has_audio) == (WIDTH, HEIGHT, False)
    assert [path.name for path in clip.parent.iterdir()] == ["clip.mp4"]


@pytest.mark.parametrize(
    ("move", "percent", "seconds", "fps"),
    [
        ("zoom_in", 10.0, 1.0, 30),
        ("zoom_out", 5.0, 5.0, 30),
        ("zoom_left", 10.0, 2.0, 24),
        ("zoom_right", 10.0, 2.0, 24),
        ("zoom_up", 3.0, 2.0, 24),
        ("zoom_down", 10.0, 2.0, 24),
        ("zoom_in", 1.0, 120.0, 10),
    ],
)
def test_the_zoom_is_smooth_and_as_asked(
    tmp_path: Path, move: str, percent: float, seconds: float, fps: int
) -> None:
    """Two dots part by the percentage, on straight lines within 0.1 px RMS."""
    words = spoken("A crow.", seconds)
    changes = {"move": move, "zoom_intensity": percent, "fps": fps}
    clip, _ = make_clip(tmp_path, dots(), words, zoom_effect=True, crf=4, **changes)
    left, right = tracks(greys(clip))
    apart = right[:, 0] - left[:, 0]
    first, last = (apart[0], apart[-1]) if move != "zoom_out" else (apart[-1], apart[0])

    assert last / first == pytest.approx(1 + percent / 100, abs=0.0015)
    for track in (left, right):
        off = track - straight(track)
        assert np.sqrt((off**2).mean(axis=0)).max() < 0.10
        assert np.abs(off).max() < 0.25


@pytest.mark.parametrize(
    ("move", "across", "down"),
    [
        ("pan_left", 1, 0),
        ("pan_right", -1, 0),
        ("pan_up", 0, 1),
        ("pan_down", 0, -1),
    ],
)
def test_a_pan_is_smooth_and_as_far_as_asked(
    tmp_path: Path, move: str, across: int, down: int
) -> None:
    """Against the camera, everything moves by the percentage of the frame."""
    words = spoken("A crow.", 2.0)
    changes = {"move": move, "zoom_intensity": 5.0, "fps": 24}
    clip, _ = make_clip(tmp_path, dots(), words, zoom_effect=True, crf=4, **changes)
    for track in tracks(greys(clip)):
        went = track[-1] - track[0]
        off = track - straight(track)

        assert went == pytest.approx((across * WIDTH / 20, down * HEIGHT / 20), abs=0.2)
        assert np.sqrt((off**2).mean(axis=0)).max() < 0.10
        assert np.abs(off).max() < 0.25


@pytest.mark.parametrize("zoom", [True, False])
def test_a_scene_fades_out_of_the_one_before(tmp_path: Path, zoom: bool) -> None:
    """From dark to bright in even steps, then only its own picture; not a frame more."""
    dark, bright = plain(grey=40), plain(grey=200)
    words = spoken("A crow.", 2.0)
    clip, output = make_clip(
        tmp_path, bright, words, before=(dark, words), crossfade_frames=5,
        zoom_effect=zoom,
    )  # fmt: skip
    light = greys(clip).mean(axis=(1, 2))
    wanted = [40 + 160 * n / 6 for n in range(1, 6)] + [200] * 15

    assert output.facts["frames"] == len(light) == 20
    assert light == pytest.approx(wanted, abs=2.5)


def test_the_camera_does_not_stop_for_a_fade(tmp_path: Path) -> None:
    """What fades out goes on along its line: the two clips are one movement."""
    words, changes = spoken("A crow.", 2.0), {"zoom_effect": True, "crf": 4}
    moving = {"crossfade_frames": 5, "zoom_intensity": 10.0} | changes
    first, _ = make_clip(tmp_path, dots(), words, **moving)
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    second, _ = make_clip(tmp_path, black, words, before=(dots(), words), **moving)
    leading = greys(second)[:3]
    scaled = np.clip((leading - 16.0) * 2.5 + 16, 0, 255).astype(np.uint8)
    track = np.concatenate([tracks(greys(first))[0], tracks(scaled)[0]])
    off = track - straight(track)

    assert np.abs(off[:20]).max() < 0.25
    assert np.abs(off[20:]).max() < 0.6  # half faded, it is measured less sharply


def test_a_scene_shorter_than_the_fade_still_shows_itself(tmp_path: Path) -> None:
    """Half of its frames are its own."""
    clip, _ = make_clip(
        tmp_path, plain(grey=200), SHORT | {"duration_s": 0.4},
        before=(plain(grey=40), SHORT), crossfade_frames=15,
    )  # fmt: skip

    assert (greys(clip).mean(axis=(1, 2)) > 195).tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    ("move", "axis", "edge"),
    [
        ("zoom_left", 0, 0),
        ("zoom_right", 0, WIDTH),
        ("zoom_up", 1, 0),
        ("zoom_down", 1, HEIGHT),
    ],
)
def test_a_move_goes_where_it_says(
    tmp_path: Path, move: str, axis: int, edge: int
) -> None:
    """What lies at the named edge stays at its distance times the zoom."""
    words = spoken("A crow.", 1.0)
    clip, _ = make_clip(
        tmp_path, dots(), words, zoom_effect=True, zoom_intensity=10.0, move=move
    )
    left, _ = tracks(greys(clip))
    before, after = left[0, axis] + 0.5 - edge, left[-1, axis] + 0.5 - edge

    assert after / before == pytest.approx(1.1, abs=0.01)


def test_without_zoom_nothing_moves(tmp_path: Path) -> None:
    """``zoom_effect: false`` is a still picture, and the move changes nothing."""
    words = spoken("A crow.", 1.0)
    still, _ = make_clip(tmp_path, colourful(), words)
    other, _ = make_clip(
        tmp_path, colourful(), words, move="zoom_out", zoom_intensity=9.0
    )
    shown = pictures(still).astype(int)

    assert np.abs(shown[0] - shown[-1]).mean() < 1.0
    assert still.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (500, 500), (97, 61)])
def test_a_picture_is_cropped_never_stretched(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """A circle stays round whatever the picture's shape."""
    width, height = size
    radius = min(size) / 4
    image = Image.new("RGB", size, "black")
    box = (width / 2 - radius, height / 2 - radius, width / 2 + radius, height / 2 + radius)  # fmt: skip
    ImageDraw.Draw(image).ellipse(box, fill="white")
    clip, _ = make_clip(tmp_path, np.array(image), SHORT, width=200, height=200)
    bright = greys(clip, 200, 200)[0] > 128
    rows, columns = np.flatnonzero(bright.any(1)), np.flatnonzero(bright.any(0))

    assert abs(np.ptp(rows) - np.ptp(columns)) <= 4
    assert abs(rows.mean() - 99.5) < 2
    assert abs(columns.mean() - 99.5) < 2


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "I;16", "1", "LA"])
def test_pictures_of_any_kind_are_shown(tmp_path: Path, mode: str) -> None:
    """Grey, palette, transparent and 16-bit pictures come out as they look."""
    path = tmp_path / "picture.png"
    if mode == "I;16":
        Image.fromarray(np.full((HEIGHT, WIDTH), 65535, np.uint16)).save(path)
    else:
        Image.new("RGB", (WIDTH, HEIGHT), "white").convert(mode).save(path)
    clip, _ = make_clip(tmp_path, path.read_bytes(), SHORT)

    assert greys(clip).mean() > 250


def test_every_colour_filter_is_another(tmp_path: Path) -> None:
    """Each filter of the vocabulary changes the picture, in the way its name says."""
    shown = {
        name: pictures(make_clip(tmp_path, colourful(), SHORT, color_filter=name)[0])[
            0
        ].astype(int)
        for name in vocab.COLOR_FILTERS
    }
    differences = {
        (a, b): np.abs(shown[a] - shown[b]).mean()
        for a in shown
        for b in shown
        if a < b
    }
    red, green, blue = (
        {name: frame[:, :, c].mean() for name, frame in shown.items()} for c in range(3)
    )
    light = {name: frame.mean() for name, frame in shown.items()}
    colour = {name: np.ptp(frame, axis=2).mean() for name, frame in shown.items()}
    spread = {name: frame.std() for name, frame in shown.items()}
    detail = {
        name: np.abs(np.diff(frame, axis=1)).mean() for name, frame in shown.items()
    }
    corner = {name: frame[-20:, -20:].mean() for name, frame in shown.items()}
    top, bottom = shown["sunset"][:60], shown["sunset"][-60:]

    assert min(differences.values()) > 1.0, min(
        differences, key=differences.__getitem__
    )
    assert red["warm"] / blue["warm"] > 1.15 * red["none"] / blue["none"]
    assert red["cool"] / blue["cool"] < 0.87 * red["none"] / blue["none"]
    assert colour["vibrant"] > 1.2 * colour["none"]
    assert red["vintage"] > green["vintage"] > blue["vintage"]
    assert colour["noir"] < 3
    assert spread["dramatic"] > spread["none"]
    assert colour["dramatic"] < colour["none"]
    assert light["horror"] < 0.7 * light["none"]
    assert green["horror"] > red["horror"]
    assert colour["anime"] > 1.1 * colour["none"]
    assert top[:, :, 0].mean() / top[:, :, 2].mean() > (
        bottom[:, :, 0].mean() / bottom[:, :, 2].mean()
    )
    assert detail["soft"] < 0.8 * detail["none"]
    assert detail["sharp"] > 1.1 * detail["none"]
    assert corner["cinematic"] < 0.9 * corner["none"]


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    """A clip done again is the same file."""
    words = spoken("A crow.", 1.0)
    first, second = (
        make_clip(tmp_path, colourful(), words, zoom_effect=True)[0] for _ in range(2)
    )

    assert first.read_bytes() == second.read_bytes()


def test_a_canceled_clip_leaves_nothing(tmp_path: Path) -> None:
    """What the tick raises goes through, ffmpeg is gone, and so is its folder."""

    def stop(fraction: float, note: str) -> None:
        if note == "encoding the clip" and fraction > 0:
            raise Stopped("canceled")

    words = spoken("A crow.", 900.0)
    begun = time.monotonic()
    with pytest.raises(Stopped):
        make_clip(tmp_path, plain(), words, tick=stop, zoom_effect=True, preset="slow")

    assert time.monotonic() - begun < 20
    names = [child.name() for child in psutil.Process().children(recursive=True)]
    assert not [name for name in names if "ffmpeg" in name]
    assert not list(tmp_path.glob("clip-*/out/work-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux to do it")
def test_ffmpeg_dies_with_its_parent(tmp_path: Path) -> None:
    """A worker process that is killed leaves no ffmpeg behind."""
    code = (
        "import sys; from pathlib import Path;"
        "from tests.film_material import *;"
        "make_clip(Path(sys.argv[1]), plain(), spoken('A crow.', 9000.0),"
        " zoom_effect=True, preset='slow')"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) as parent:
        child = started(parent.pid)
        os.kill(parent.pid, signal.SIGKILL)
    psutil.wait_procs([child], timeout=60)

    assert not child.is_running()


def started(pid: int) -> psutil.Process:
    """The ffmpeg that the process has started; waits for it."""
    while True:
        found = psutil.Process(pid).children()
        if found and "ffmpeg" in found[0].name():
            return found[0]
        time.sleep(0.02)


def test_ffmpegs_own_words_are_in_the_error(tmp_path: Path) -> None:
    """An encoder that refuses is quoted."""
    with pytest.raises(EngineError, match="preset/tune no-such-preset") as caught:
        make_clip(tmp_path, plain(), SHORT, preset="no-such-preset")

    assert "while encoding the clip" in str(caught.value)
    assert " @ 0x" not in str(caught.value)


@pytest.mark.parametrize(
    "damaged", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n broken", "cut", "huge"]
)
def test_a_damaged_picture_is_bad_input(tmp_path: Path, damaged: Any) -> None:
    """A picture that cannot be read: no retry would help."""
    path = tmp_path / "picture.png"
    Image.fromarray(colourful()).save(path)
    whole = path.read_bytes()
    if damaged == "cut":
        damaged = whole[: len(whole) // 2] + whole[-12:]
    if damaged == "huge":
        damaged = whole[:16] + b"\x00\x01\x00\x00" * 2 + whole[24:]
    with pytest.raises(BadInput, match="picture"):
        make_clip(tmp_path, damaged, SHORT)


def dots() -> Pixels:
    """Two soft bright dots on black, at four times the size of the frame."""
    size = (HEIGHT * 4, WIDTH * 4)
    rows, columns = np.indices(size)
    light = np.zeros(size)
    for across, down in ((0.25, 0.3), (0.7, 0.6)):
        far = (columns - across * size[1]) ** 2 + (rows - down * size[0]) ** 2
        light += 235 * np.exp(-far / (2 * 10.0**2))
    return light.astype(np.uint8)[:, :, None].repeat(3, axis=2)


def tracks(frames: Pixels) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Centres of the left and the right dot in every frame: frames x (across, down)."""
    return centres(frames, 0, WIDTH // 2), centres(frames, WIDTH // 2, WIDTH)


def centres(frames: Pixels, begin: int, end: int) -> npt.NDArray[np.float64]:
    """The centre of brightness between two columns, by frame."""
    rows, columns = np.indices(frames.shape[1:])
    found = []
    for frame in frames:
        light = np.clip(frame.astype(float) - 60, 0, None)
        light[:, :begin] = 0
        light[:, end:] = 0
        total = light.sum()
        found.append([(columns * light).sum() / total, (rows * light).sum() / total])
    return np.array(found)


def straight(track: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The straight line at constant speed that is nearest to a track."""
    frames = np.arange(len(track))
    lines = [np.polyval(np.polyfit(frames, axis, 1), frames) for axis in track.T]
    return np.stack(lines, axis=1)
