"""The papercut engine as the worker uses it: bytes, sizes, refusals, cancelling."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colab_worker.engines.base import BadInput, ImageRequest, Stopped
from colab_worker.engines.papercut import PapercutEngine
from colab_worker.engines.papercut.canvas import Canvas, Fill, Paper
from colab_worker.engines.papercut.colour import BLACK, WHITE
from colab_worker.engines.papercut.cuts import brushed, faceted, wobbly
from colab_worker.engines.papercut.geometry import box, oval
from shared_protocol.vocab import IMAGE_STYLES

PROMPT = "an old fisherman in a red coat, a lighthouse by the sea at dusk, rain"


def _quiet(fraction: float, words: str) -> None:
    """A tick that nobody listens to."""


def _request(
    prompt: str = PROMPT,
    style: str = "cinematic",
    width: int = 160,
    height: int = 90,
    seed: int = 7,
) -> ImageRequest:
    return ImageRequest(prompt, "", style, seed, width, height)


def _bytes(request: ImageRequest, folder: Path) -> bytes:
    out = folder / "picture.png"
    PapercutEngine().draw(request, out, _quiet)
    return out.read_bytes()


def test_same_request_same_bytes_in_a_fresh_process(tmp_path: Path) -> None:
    """Chance comes from the words and the seed alone, whatever the process."""
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.unit.test_papercut import _bytes, _request\n"
        "import hashlib\n"
        "print(hashlib.sha256(_bytes(_request(), Path(sys.argv[1]))).hexdigest())"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": "12345", "PATH": ""},
    )  # fmt: skip

    assert (
        hashlib.sha256(_bytes(_request(), tmp_path)).hexdigest() == done.stdout.strip()
    )


def test_another_seed_is_another_picture(tmp_path: Path) -> None:
    """The seed varies the composition."""
    first = _bytes(_request(seed=1), tmp_path)

    assert _bytes(_request(seed=2), tmp_path) != first


@pytest.mark.parametrize(
    ("width", "height"),
    [(64, 64), (320, 180), (180, 320), (200, 200), (641, 77), (64, 1500)],
)
def test_the_size_is_exact_and_the_mode_rgb(
    width: int, height: int, tmp_path: Path
) -> None:
    """Any size between the limits comes out to the pixel."""
    _bytes(_request(width=width, height=height), tmp_path)

    with Image.open(tmp_path / "picture.png") as image:
        image.load()
        assert ("PNG", "RGB", (width, height)) == (image.format, image.mode, image.size)


@pytest.mark.parametrize(
    ("width", "height"), [(63, 100), (100, 4097), (0, 0), (-5, 200)]
)
def test_sizes_outside_the_limits_are_refused(
    width: int, height: int, tmp_path: Path
) -> None:
    """The sentence names the side and the limits."""
    with pytest.raises(BadInput, match="64 to 4096"):
        _bytes(_request(width=width, height=height), tmp_path)


def test_an_unknown_style_is_refused_by_name(tmp_path: Path) -> None:
    """The sentence repeats the word and lists the styles."""
    with pytest.raises(BadInput, match=r"'crayon'.*watercolor"):
        _bytes(_request(style="crayon"), tmp_path)


def test_every_style_of_the_vocabulary_draws_another_picture(tmp_path: Path) -> None:
    """No style is an alias of another."""
    pictures = {
        style: _bytes(_request(style=style), tmp_path) for style in IMAGE_STYLES
    }

    assert len(set(pictures.values())) == len(tuple(IMAGE_STYLES)) == 16


def test_every_way_to_cut_bends_each_shape_alone() -> None:
    """Shapes that are bent together come out as if each were bent by itself."""
    shapes = [oval(40, 50, 30), box(10, 10, 90, 20), oval(400, 300, 80, n=9)]
    for bend in (wobbly(0.004, 30), brushed(0.003), faceted(0.05)):
        together = bend(shapes, 500.0)
        alone = [bend([shape], 500.0)[0] for shape in shapes]

        assert len(together) == 3
        assert all(np.array_equal(a, b) for a, b in zip(together, alone, strict=True))


def test_outlines_meet_at_corners(tmp_path: Path) -> None:
    """An inked square has ink where its sides meet, on the outside too."""
    canvas = Canvas(800, 800, Paper(shadow=0, rim=0, outline=BLACK, outline_size=0.02))
    canvas.image.paste((255, 255, 255), (0, 0, 800, 800))
    canvas.lay([box(200, 200, 600, 600)], Fill((1.0, 1.0, 1.0)), lift=0)
    ink = np.asarray(canvas.image.convert("L")) < 128

    assert all(ink[y, x] for x in (191, 609) for y in (191, 609))


def test_lamps_shine_together_as_one_after_another() -> None:
    """The light of several is what each adds to the light of the others."""
    lamps = [(60.0, 60.0, 50.0), (100.0, 70.0, 50.0), (150.0, 40.0, 50.0)]
    together, apart = (Canvas(200, 120, Paper()) for _ in range(2))

    together.glows(lamps, WHITE, 0.7)
    for lamp in lamps:
        apart.glow(*lamp, WHITE, 0.7)

    one, other = (np.asarray(c.image).astype(int) for c in (together, apart))
    assert other.max() > 150
    assert np.abs(one - other).max() <= 8


@pytest.mark.parametrize("outline", [None, BLACK])
def test_small_shapes_are_printed_one_by_one_as_at_once(
    outline: tuple[float, float, float] | None,
) -> None:
    """Where they lie apart, nothing tells how they were printed."""
    dots = [oval(x, y, 6.0) for x in range(-3, 240, 40) for y in range(5, 120, 30)]
    paper = Paper(outline=outline, outline_size=0.01)
    scattered, at_once = (Canvas(220, 120, paper) for _ in range(2))

    scattered.scatter(dots, WHITE, 0.8)
    at_once.dab(dots, WHITE, 0.8)

    one, other = (np.asarray(c.image).astype(int) for c in (scattered, at_once))
    assert other.max() > 150
    assert np.abs(one - other).max() <= 2


def test_a_sheet_hides_its_own_shadow_and_nothing_else() -> None:
    """Leaving out what will be covered shows nowhere."""
    sheet = [box(20, 20, 1180, 880)]
    canvas = Canvas(1200, 900, Paper(shadow=1.0, shadow_size=0.05, rim=0))
    canvas.image.paste((255, 255, 255), (0, 0, 1200, 900))

    canvas.lay(sheet, Fill(WHITE))

    grey = np.asarray(canvas.image)[..., 0]
    assert grey[30:870, 30:1170].min() == 255
    assert grey[895, 100:1100].max() < 200


def test_a_tick_that_stops_ends_the_drawing(tmp_path: Path) -> None:
    """Stopped goes through, and no file is left behind."""
    seen: list[str] = []

    def stop_later(fraction: float, words: str) -> None:
        seen.append(words)
        if fraction > 0.4:
            raise Stopped("canceled")

    with pytest.raises(Stopped):
        PapercutEngine().draw(_request(), tmp_path / "picture.png", stop_later)

    assert len(seen) > 2
    assert not (tmp_path / "picture.png").exists()


def test_ticks_rise_from_zero_to_one(tmp_path: Path) -> None:
    """Progress is told between the layers and never falls."""
    told: list[float] = []

    PapercutEngine().draw(
        _request(),
        tmp_path / "picture.png",
        lambda fraction, words: told.append(fraction),
    )

    assert told == sorted(told)
    assert told[0] == 0.0 and 0.9 <= told[-1] <= 1.0
    assert len(told) >= 8


@pytest.mark.parametrize(
    "prompt",
    ["", "   ", "qwerty zxcvb 12345 !!!", "Mara", "no people, no birds", "\u6797\u306e\u4e2d \U0001f319", "a" * 2000, "the the the, and. of; in"],
)  # fmt: skip
def test_any_prompt_gives_a_picture(prompt: str, tmp_path: Path) -> None:
    """Nothing known in the words still gives a picture with some contrast."""
    _bytes(_request(prompt), tmp_path)

    with Image.open(tmp_path / "picture.png") as image:
        low, high = image.convert("L").getextrema()
    assert high - low > 60
