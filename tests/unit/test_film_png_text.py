"""Words in a PNG file: readers find them, the picture is the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from colab_worker.engines.base import UnitCall
from colab_worker.engines.papercut import PapercutEngine
from colab_worker.film.headers import check_png
from colab_worker.film.png_text import add_text
from colab_worker.stages import image


def test_words_are_added_and_the_picture_stays(tmp_path: Path) -> None:
    """Any language and sign; a second reader agrees."""
    path = tmp_path / "a.png"
    pixels = np.arange(300, dtype=np.uint8).reshape(10, 10, 3)
    Image.fromarray(pixels).save(path)
    add_text(path, {"Description": "烏鴉 [x=1]; \\ ä", "Comment": ""})

    assert check_png(path) == (10, 10)
    with Image.open(path) as picture:
        assert isinstance(picture, PngImagePlugin.PngImageFile)
        assert picture.text == {"Description": "烏鴉 [x=1]; \\ ä", "Comment": ""}
        assert (np.asarray(picture) == pixels).all()


def test_what_is_no_png_is_left_alone(tmp_path: Path) -> None:
    """Checking it is the business of others."""
    path = tmp_path / "a.png"
    path.write_bytes(b"GIF89a, perhaps")
    add_text(path, {"Description": "x"})

    assert path.read_bytes() == b"GIF89a, perhaps"


def test_a_picture_says_how_it_was_drawn(tmp_path: Path) -> None:
    """Prompt, engine, style and seed, in the file that the stage hands over."""
    params = {
        "prompt": "a crow by a well",
        "negative_prompt": "",
        "style": "noir",
        "seed": 7,
        "width": 64,
        "height": 64,
    }
    engine = PapercutEngine()
    engine.load()
    call = UnitCall("image", "papercut", params, {}, tmp_path)
    image.run(call, engine, lambda *_: None)

    with Image.open(tmp_path / "picture.png") as picture:
        assert isinstance(picture, PngImagePlugin.PngImageFile)
        assert picture.text == {
            "Description": "a crow by a well",
            "Software": "Moonreel",
            "Source": "papercut",
            "Comment": "style: noir; seed: 7",
        }
