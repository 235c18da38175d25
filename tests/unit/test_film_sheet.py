"""The words of a contact sheet: in their cells, on one line, never markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from colab_worker.film.sheet import (
    GAP_PX,
    HEAD_PX,
    LABEL_PX,
    Cell,
    Grid,
    write_words,
)
from colab_worker.film.stills import _grid


def written(folder: Path, title: str, *cells: Cell) -> str:
    """The ASS file of a sheet of two columns."""
    out = folder / "sheet.ass"
    write_words(Grid(2, 2, 320, 180), title, cells, "en", out)
    return out.read_text(encoding="utf-8")


def test_words_stand_below_their_frames(tmp_path: Path) -> None:
    """The title above all, each mark and its words under the right cell."""
    told = written(
        tmp_path,
        "The film",
        *[Cell(f"{n}", f"seed {n}", f"words {n}") for n in range(3)],
    )
    events = re.findall(r",(\w+),\{\\pos\((\d+),(\d+)\)\}(.*)", told)
    right, below = 320 + GAP_PX, 180 + LABEL_PX + GAP_PX
    x, y = GAP_PX + 2, HEAD_PX + GAP_PX + 180 + 5

    assert events == [
        ("Title", "8", "12", "The film"),
        ("Mark", str(x), str(y), "0"),
        ("Seed", str(x + 316), str(y), "seed 0"),
        ("Words", str(x), str(y + 19), "words 0"),
        ("Mark", str(x + right), str(y), "1"),
        ("Seed", str(x + right + 316), str(y), "seed 1"),
        ("Words", str(x + right), str(y + 19), "words 1"),
        ("Mark", str(x), str(y + below), "2"),
        ("Seed", str(x + 316), str(y + below), "seed 2"),
        ("Words", str(x), str(y + below + 19), "words 2"),
    ]
    assert any((tmp_path / "fonts").iterdir())


def test_long_words_are_cut_and_markup_is_text(tmp_path: Path) -> None:
    """One line each, with a sign that there is more; braces and backslashes are shown."""
    told = written(
        tmp_path, "x", Cell("1", "", "word " * 5000), Cell("2", "", "{\\b1}\\N\nend")
    )
    lines = [line for line in told.splitlines() if ",Words," in line]

    assert re.fullmatch(r".*\}(word )+wor?d?…|.*\}(word ?)+…", lines[0])
    assert len(lines[0]) < 160
    assert lines[1].endswith("\\{\\\u2060b1\\}\\\u2060N end")


def test_a_title_makes_room_for_the_seed(tmp_path: Path) -> None:
    """However long it is: the seed stands whole beside it."""
    title = "1 · 0:00 · " + "long " * 20
    told = written(tmp_path, "x", *[Cell(title, s, "w") for s in ("seed 42", "")])
    beside, alone = (line for line in told.splitlines() if ",Mark," in line)

    assert beside.endswith("…")
    assert ",Seed,{\\pos(324,241)}seed 42\n" in told
    assert len(beside) < len(alone) - len("seed")


@pytest.mark.parametrize(
    ("count", "shape", "expected"),
    [
        (1, (1920, 1080), Grid(1, 1, 320, 180)),
        (6, (1920, 1080), Grid(3, 2, 320, 180)),
        (60, (1080, 1080), Grid(9, 7, 320, 320)),
        (6, (1080, 1920), Grid(4, 2, 216, 384)),
    ],
)
def test_a_sheet_is_about_square(
    count: int, shape: tuple[int, int], expected: Grid
) -> None:
    """Upright films get narrower cells, and more of them in a row."""
    grid = _grid(count, *shape)

    assert grid == expected
    assert grid.columns * grid.rows >= count
