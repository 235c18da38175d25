"""Frames on their way to ffmpeg, and work that is done beside other work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ffmpeg
import pytest

from colab_worker.engines.base import Tick
from colab_worker.film.beside import beside
from colab_worker.film.ffmpeg import INPUT, run
from colab_worker.film.probe import probe

SIZE, FPS = (320, 180), 30


def _encode(
    out: Path, frames: int, ahead: int, *, slowly: bool, preset: str = "ultrafast"
) -> list[int]:
    """Feeds grey frames; how many were ahead of the film, at each look."""
    fed = 0

    def feed() -> Iterator[memoryview]:
        nonlocal fed
        for _ in range(frames):
            fed += 1
            yield memoryview(bytes(SIZE[0] * SIZE[1] * 3 // 2))

    apart = []

    def look(share: float, _words: str) -> None:
        apart.append(fed - round(share * frames))

    stream = ffmpeg.input(
        "pipe:0",
        format="rawvideo",
        pixel_format="yuv420p",
        video_size=SIZE,
        framerate=FPS,
        **INPUT,
    )
    if slowly:
        stream = stream.filter("realtime")
    options: dict[str, Any] = {"vcodec": "libx264", "preset": preset, "threads": 1}
    output = stream.output(str(out), **options, format="mp4")
    run(
        output,
        folder=out.parent,
        tick=look,
        words="encoding",
        length_s=frames / FPS,
        feed=feed(),
        ahead=ahead,
    )
    return apart


def test_frames_do_not_pile_up_before_a_slow_encoder(tmp_path: Path) -> None:
    """At most those allowed are drawn before their turn, one more in hand."""
    apart = _encode(tmp_path / "film.mp4", 60, 14, slowly=True)

    assert len(apart) > 5
    assert max(apart) <= 14 + 2
    assert probe(tmp_path / "film.mp4").frames == 60


def test_an_encoder_that_needs_more_frames_gets_them(tmp_path: Path) -> None:
    """x264 looks further ahead than one frame: it is fed all the same."""
    _encode(tmp_path / "film.mp4", 4, 1, slowly=False, preset="veryfast")

    assert probe(tmp_path / "film.mp4").frames == 4


def test_what_is_done_beside_is_waited_for() -> None:
    """The block ends first; its caller hears what is still going on."""
    heard: list[str] = []
    go_on = threading.Event()

    def listen(_part: float, words: str) -> None:
        heard.append(words)
        go_on.set()

    with beside(lambda _tick: _wait_for(go_on), listen, "still at it"):
        assert heard == []

    assert set(heard) == {"still at it"}


def test_failures_of_both_sides_are_raised() -> None:
    """What is beside fails the whole; a failure or a stop of the caller ends it."""
    with (
        pytest.raises(ValueError, match="no poster"),
        beside(_failing, lambda *_: None, ""),
    ):
        pass

    ended = threading.Event()
    with (
        pytest.raises(KeyError, match="no film"),
        beside(_until_told(ended), lambda *_: None, ""),
    ):
        raise KeyError("no film")
    assert ended.is_set()

    ended = threading.Event()
    with pytest.raises(InterruptedError), beside(_until_told(ended), _stop, ""):
        pass
    assert ended.is_set()


def _wait_for(event: threading.Event) -> None:
    assert event.wait(30)


def _failing(_tick: Tick) -> None:
    raise ValueError("no poster")


def _until_told(ended: threading.Event) -> Any:
    def work(tick: Tick) -> None:
        try:
            while True:
                tick(0.0, "")
        finally:
            ended.set()

    return work


def _stop(_part: float, _words: str) -> None:
    raise InterruptedError
