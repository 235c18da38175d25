"""Crops around what is interesting: photographs whose subject is known, and flat ones."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from colab_worker.film.subject import crop_corner

ASPECTS = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0}
#: Left, top, right, bottom of the subject, in shares of the photograph.
Box = tuple[float, float, float, float]
FACE: Box = (0.3, 0.05, 0.75, 0.55)
FLOWER: Box = (0.27, 0.2, 0.70, 0.85)
PAGODA: Box = (0.13, 0.07, 0.57, 0.9)


def portrait() -> Image.Image:
    """A woman's face before a flag, upright; from matplotlib's wheel."""
    path = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return Image.open(path).convert("RGB")


def photograph(name: str) -> Image.Image:
    """``china`` or ``flower``, which scikit-learn ships (as coqui-tts wants it)."""
    datasets = pytest.importorskip("sklearn.datasets")
    return Image.fromarray(datasets.load_sample_image(f"{name}.jpg"))


def kept(picture: Image.Image, box: Box, aspect: str) -> tuple[float, float]:
    """The shares of the subject in the chosen crop and in the middle of the picture."""
    width, height = crop_size(picture, ASPECTS[aspect])
    corner = crop_corner(picture, width, height)
    middle = (picture.width - width) // 2, (picture.height - height) // 2
    axis = 0 if width < picture.width else 1
    size, full = (width, height)[axis], picture.size[axis]
    begin, end = box[axis] * full, box[axis + 2] * full
    shares = [
        max(0.0, min(end, at[axis] + size) - max(begin, at[axis]))
        / min(end - begin, size)
        for at in (corner, middle)
    ]
    return shares[0], shares[1]


def crop_size(picture: Image.Image, aspect: float) -> tuple[int, int]:
    """The largest part of that shape."""
    width = min(picture.width, round(picture.height * aspect))
    return width, min(picture.height, round(picture.width / aspect))


def test_a_portrait_keeps_its_face() -> None:
    """In a wide film the middle of an upright picture would cut through the head."""
    chosen, middle = kept(portrait(), FACE, "16:9")

    assert chosen > 0.9
    assert chosen > middle + 0.2


@pytest.mark.parametrize("cut", [0.0, 0.1, 0.2, 0.26])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_flower_stays_whole(cut: float, mirrored: bool) -> None:
    """The nearer it is to the edge, the farther the crop goes after it."""
    picture = photograph("flower")
    left = cut * picture.width
    box = _cut(FLOWER, cut)
    picture = picture.crop((round(left), 0, *picture.size))
    if mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        box = (1 - box[2], box[1], 1 - box[0], box[3])
    for aspect in ("9:16", "1:1"):
        chosen, middle = kept(picture, box, aspect)

        assert chosen > 0.93
        assert chosen >= middle


def test_a_building_beside_the_middle_is_found() -> None:
    """Trees stand on both sides of the lake; the pagoda is what it is about."""
    chosen, middle = kept(photograph("china"), PAGODA, "9:16")

    assert chosen > 0.93
    assert chosen > middle + 0.2


BACKGROUNDS = ("sky", "grass", "wall", "night")


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("place", [0.04, 0.2, 0.8, 0.96])
@pytest.mark.parametrize("tall", [False, True])
def test_a_face_anywhere_is_kept(background: str, place: float, tall: bool) -> None:
    """Before any background, however busy, in pictures of either shape."""
    picture, box = placed(background, place, tall)
    for aspect in ("1:1", "16:9" if tall else "9:16"):
        chosen, middle = kept(picture, box, aspect)

        assert chosen > 0.9, aspect
        assert chosen > middle


def placed(background: str, place: float, tall: bool) -> tuple[Image.Image, Box]:
    """A face on a background; ``place`` is its share of the way along the longer side."""
    size = (432, 768) if tall else (768, 432)
    picture = backdrop(background, size)
    photo = portrait()
    face = photo.crop(
        tuple(round(s * photo.size[n % 2]) for n, s in enumerate(FACE))  # type: ignore[arg-type]
    ).resize((150, 180))
    mask = Image.new("L", face.size)
    ImageDraw.Draw(mask).ellipse((3, 3, 146, 176), fill=255)
    spare = size[0] - face.width, size[1] - face.height
    across, down = (0.6, place) if tall else (place, 0.6)
    at = round(across * spare[0]), round(down * spare[1])
    picture.paste(face, at, mask.filter(ImageFilter.GaussianBlur(3)))
    return picture, (
        at[0] / size[0],
        at[1] / size[1],
        (at[0] + face.width) / size[0],
        (at[1] + face.height) / size[1],
    )


def backdrop(name: str, size: tuple[int, int]) -> Image.Image:
    """Something that fills a picture evenly, or in layers."""
    random = np.random.default_rng(3)
    down = np.linspace(0, 1, size[1])[:, None, None]
    noise = random.normal(0, 1, (size[1], size[0], 1))
    if name == "sky":
        light = (120, 160, 220) * (1 - down) + (230, 225, 210) * down + 2 * noise
    elif name == "grass":
        light = np.array((90, 120, 60)) + 45 * noise
    elif name == "wall":
        rows, columns = np.indices((size[1], size[0]))
        shifted = columns + 30 * (rows // 24 % 2)
        gaps = (rows % 24 < 3) | (shifted % 60 < 3)
        light = np.where(gaps[:, :, None], (200, 195, 185), (120, 115, 110)) + 8 * noise
    else:
        light = np.array((12, 14, 30)) + 3 * noise + 230 * (noise > 3)
    return Image.fromarray(light.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("name", [*BACKGROUNDS, "plain"])
@pytest.mark.parametrize("size", [(768, 432), (432, 768)])
@pytest.mark.parametrize("aspect", list(ASPECTS))
def test_where_nothing_stands_out_it_is_the_middle(
    name: str, size: tuple[int, int], aspect: str
) -> None:
    """Within a fifteenth of the way to the edge."""
    plain = name == "plain"
    picture = Image.new("RGB", size, "teal") if plain else backdrop(name, size)
    width, height = crop_size(picture, ASPECTS[aspect])
    left, top = crop_corner(picture, width, height)

    assert abs(2 * left - (size[0] - width)) <= (size[0] - width) / 15 + 1
    assert abs(2 * top - (size[1] - height)) <= (size[1] - height) / 15 + 1


def test_a_picture_of_almost_the_films_shape_is_cropped_evenly() -> None:
    """As from models that draw 1344 x 768 for 16:9, wherever the subject is."""
    picture, _ = placed("sky", 0.04, True)
    picture = picture.resize((768, 1344))

    assert crop_corner(picture, 756, 1344) == (6, 0)


def test_the_same_picture_is_cropped_alike() -> None:
    """Asked again, and whatever its size."""
    picture, _ = placed("grass", 0.2, False)
    width, height = crop_size(picture, 1.0)
    first, again = (crop_corner(picture, width, height) for _ in range(2))
    double = picture.resize((picture.width * 2, picture.height * 2))
    larger = crop_corner(double, 2 * width, 2 * height)

    assert first == again
    assert larger[0] == pytest.approx(2 * first[0], abs=0.03 * double.width)


def _cut(box: Box, left: float) -> Box:
    """The same place in a picture whose left part is gone."""
    across = [(edge - left) / (1 - left) for edge in (box[0], box[2])]
    return across[0], box[1], across[1], box[3]
