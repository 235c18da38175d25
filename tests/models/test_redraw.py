"""A picture drawn again from itself: a little noise changes it little, much more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colab_worker.engines.base import BadInput
from colab_worker.engines.entry import make_engine
from tests.models.test_identity import locked
from tests.models.test_loras import use
from tests.models.test_sdxl import REQUEST, entry, silent

FLUX = {"scheduler": "flow_euler", "guidance": None, "steps": 8}


@pytest.fixture(scope="module", params=["sdxl", "flux-schnell"])
def engine(shelf: Path, request: pytest.FixtureRequest) -> Any:
    """Each family, loaded, with the dials that it takes."""
    made = make_engine(entry(shelf, request.param).address)
    made.load()
    made.dials = FLUX if request.param == "flux-schnell" else {"steps": 8}
    return made


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that no model drew, larger than what is drawn here."""
    file = tmp_path_factory.mktemp("before") / "aaa"
    across = np.linspace(0, 255, 96, dtype=np.uint8)
    Image.fromarray(np.stack([np.tile(across, (96, 1))] * 3, -1)).save(file, "PNG")
    return file


def drawn(engine: Any, folder: Path, **changes: Any) -> Any:
    """The picture as numbers."""
    request = replace(REQUEST, **engine.dials | changes)
    engine.draw(request, folder / "a.png", silent)
    with Image.open(folder / "a.png") as picture:
        return np.asarray(picture, np.int16)


def test_the_strength_is_how_much_becomes_otherwise(
    engine: Any, before: Path, tmp_path: Path
) -> None:
    """From nearly the decoder's own copy to nearly a picture without it."""
    ways = [
        drawn(engine, tmp_path, redraw=before, strength=strength)
        for strength in (0.13, 0.5, 1.0)
    ]
    far = [float(np.abs(way - ways[0]).mean()) for way in ways]
    assert 0 == far[0] < far[1] < far[2]
    again = drawn(engine, tmp_path, redraw=before, strength=0.5)
    assert np.array_equal(again, ways[1])
    assert not np.array_equal(
        drawn(engine, tmp_path, redraw=before, strength=0.5, seed=8), ways[1]
    )


def test_it_leaves_nothing_for_the_next_picture(
    engine: Any, before: Path, tmp_path: Path
) -> None:
    """A picture from noise is the same before and after, to the byte."""
    first = drawn(engine, tmp_path)
    drawn(engine, tmp_path, redraw=before, strength=0.5)
    assert np.array_equal(drawn(engine, tmp_path), first)


def test_only_the_steps_that_are_taken_are_told(
    engine: Any, before: Path, tmp_path: Path
) -> None:
    """Half of eight are four, and the last is the fourth."""
    told: list[str] = []
    request = replace(REQUEST, **engine.dials, redraw=before, strength=0.5)
    engine.draw(request, tmp_path / "a.png", lambda part, note: told.append(note))
    steps = [note for note in told if note.startswith("step")]
    assert steps == [f"step {n} of 4" for n in range(1, 5)]


def test_the_picture_gets_the_size_that_was_asked(
    engine: Any, before: Path, tmp_path: Path
) -> None:
    """A square becomes wide by losing its edges, not by being stretched."""
    wide = drawn(engine, tmp_path, redraw=before, strength=0.5, width=96, height=48)
    assert wide.shape == (48, 96, 3)


def test_with_a_lora_and_a_likeness(shelf: Path, before: Path, tmp_path: Path) -> None:
    """What is worn and who is shown count there too."""
    engine = make_engine(entry(shelf).address)
    engine.load()
    engine.dials = {"steps": 4, "redraw": before, "strength": 0.5}
    ways = [
        drawn(engine, tmp_path),
        drawn(engine, tmp_path, loras=(use(shelf, "ink"),)),
        drawn(engine, tmp_path, **locked((before, "Ann"))),
        drawn(engine, tmp_path),
    ]
    assert np.array_equal(ways[0], ways[3])
    assert len({way.tobytes() for way in ways}) == 3


def test_what_is_no_picture_is_told(engine: Any, tmp_path: Path) -> None:
    """In words, before anything is drawn."""
    (tmp_path / "bbb").write_bytes(b"no picture")
    with pytest.raises(BadInput, match="picture to redraw cannot be read"):
        drawn(engine, tmp_path, redraw=tmp_path / "bbb", strength=0.5)
