"""What words do to the picture: places, hours, weather, shots, clothes, refusals."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from colab_worker.engines.base import ImageRequest
from colab_worker.engines.papercut import PapercutEngine
from colab_worker.engines.papercut.enclosed import ENCLOSED
from colab_worker.engines.papercut.lexicon import PLACES, TIMES, WEATHERS
from colab_worker.engines.papercut.scene import SETTINGS
from colab_worker.engines.papercut.silhouettes.catalogue import ITEMS
from colab_worker.engines.papercut.styles import STYLES
from shared_protocol.vocab import IMAGE_STYLES

Pixels = NDArray[np.int16]

#: Pictures that several tests compare with.
_drawn: dict[ImageRequest, Pixels] = {}


@pytest.fixture
def draw(tmp_path: Path):
    """Draws a prompt and returns its pixels."""

    def picture(
        prompt: str, negative: str = "", style: str = "cinematic", seed: int = 3
    ) -> Pixels:
        request = ImageRequest(prompt, negative, style, seed, 192, 108)
        if request not in _drawn:
            out = tmp_path / "picture.png"
            PapercutEngine().draw(request, out, lambda fraction, words: None)
            with Image.open(out) as image:
                _drawn[request] = np.asarray(image).astype(np.int16)
        return _drawn[request]

    return picture


def _reds(pixels: Pixels) -> NDArray[np.bool_]:
    red, green, blue = np.moveaxis(pixels, 2, 0)
    return (red > 1.6 * green) & (red > 1.6 * blue) & (red > 70)


def _red(pixels: Pixels) -> int:
    return int(_reds(pixels).sum())


def test_every_place_has_a_setting() -> None:
    """A place that the lexicon knows can be drawn."""
    assert set(PLACES) == set(SETTINGS)
    assert {s.enclosed for s in SETTINGS.values() if s.enclosed} == set(ENCLOSED)


def test_there_is_much_to_choose_from() -> None:
    """At least fifteen places, six times of day, six weathers."""
    assert len(PLACES) >= 15
    assert len(TIMES) >= 6
    assert len(WEATHERS) >= 6


def test_every_style_is_known() -> None:
    """The styles are those of the protocol."""
    assert set(IMAGE_STYLES) == set(STYLES)


@pytest.mark.parametrize(
    "prompt", ["a castle on a hill at noon", "a man in a street at night"]
)
def test_no_two_styles_look_alike(prompt: str, draw) -> None:
    """Any two differ by more than their grain, in colour or in drawing."""
    drawn = {style: draw(prompt, style=style) for style in IMAGE_STYLES}
    near = [
        (one, other)
        for one, other in itertools.combinations(drawn, 2)
        if np.abs(drawn[one] - drawn[other]).mean() < 7
    ]

    assert near == []


@pytest.mark.parametrize("place", sorted(PLACES))
def test_every_place_changes_the_picture(place: str, draw) -> None:
    """Each place draws something else than plain hills at the same hour."""
    word = PLACES[place].split()[0].replace("-", " ")
    other = "hills" if place != "hills" else "desert"

    difference = np.abs(draw(f"{word}, noon") - draw(f"{other}, noon")).mean()

    assert difference > 4


def test_times_of_day_order_by_light(draw) -> None:
    """Night is darker than dusk, dusk darker than noon; all six differ."""
    light = {time: draw(f"a meadow at {time}").mean() for time in TIMES}

    assert light["night"] < light["dusk"] < light["noon"]
    assert len({round(value, 2) for value in light.values()}) == 6


@pytest.mark.parametrize("weather", sorted(set(WEATHERS) - {"clear"}))
def test_every_weather_changes_the_picture(weather: str, draw) -> None:
    """Each weather can be seen against a clear sky."""
    clear = draw("a meadow at noon, clear")

    assert np.abs(draw(f"a meadow at noon, {weather}") - clear).mean() > 2


def test_snow_is_brighter_than_grass(draw) -> None:
    """A snowfield at noon is brighter than a meadow at noon, above all below."""
    snow, grass = draw("a snowfield at noon"), draw("a meadow at noon")

    assert snow[82:].mean() > grass[82:].mean() + 15


def test_a_red_coat_adds_red(draw) -> None:
    """The colour of clothing is drawn."""
    red = draw("medium shot of an old fisherman in a red coat, meadow, noon")
    blue = draw("medium shot of an old fisherman in a blue coat, meadow, noon")

    assert _red(red) > _red(blue) + 150


def test_close_up_shows_more_of_a_person_than_wide(draw) -> None:
    """The shot changes the scale of the subject."""
    sizes = [
        _red(draw(f"{shot} of a man in a red coat, meadow, noon"))
        for shot in ("establishing shot", "wide shot", "medium shot")
    ]

    assert sizes[0] < sizes[1] < sizes[2]


@pytest.mark.parametrize(
    "shot", ["establishing shot", "wide shot", "medium shot", "close-up", "over-the-shoulder", "two-shot", "low-angle", "aerial"],
)  # fmt: skip
def test_shots_differ(shot: str, draw) -> None:
    """No shot falls back to the plain picture."""
    plain = (
        draw("a man and a woman on a road at noon")
        if "wide" not in shot
        else draw("close-up, a man and a woman on a road at noon")
    )

    assert (
        np.abs(draw(f"{shot}, a man and a woman on a road at noon") - plain).mean() > 2
    )


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [
        ("a man on a road at noon", "people"),
        ("a horse in a meadow at noon", "animals"),
        ("a meadow with birds at noon", "birds"),
        ("a house on a hill at noon", "buildings"),
        ("a meadow, overcast, at noon", "clouds"),
        ("a car on a road at noon", "cars"),
        ("a forest at noon", "trees"),
        ("a meadow at night, full moon", "moon"),
    ],
)
def test_the_negative_prompt_takes_away(prompt: str, negative: str, draw) -> None:
    """What it names is not drawn."""
    assert np.abs(draw(prompt, negative) - draw(prompt)).max() > 20


def test_a_denial_in_the_prompt_takes_away(draw) -> None:
    """``without`` and ``no`` work like a negative prompt."""
    with_horse = draw("a red horse, a meadow at noon")
    without = draw("a red horse, a meadow at noon", "horse")

    assert _red(with_horse) > _red(without) + 50
    assert _red(draw("a meadow at noon without a red horse")) < _red(with_horse) - 50


def test_who_sits_is_drawn_on_the_chair(draw) -> None:
    """Both in one place, which is that of somebody alone; who stands is beside it."""
    woman, sand = "a woman in a red coat", ", a desert at noon"
    alone, sits, stands = (
        np.median(np.nonzero(_reds(draw(f"{woman} {does}{sand}")))[1])
        for does in ("sits", "sits on a chair", "stands beside a chair")
    )
    seated = f"{woman} sits on a chair{sand}"
    chair = np.abs(draw(seated) - draw(seated, "chairs")).max(axis=2) > 40
    place = np.median(np.nonzero(chair)[1])

    assert abs(sits - alone) < 4
    assert abs(place - sits) < 10
    assert abs(stands - alone) > 15


def test_no_flower_blooms_in_the_snow(draw) -> None:
    """Nor do mushrooms grow in a forest; they do where it is clear."""
    for place in ("garden", "meadow", "forest"):
        snow, clear = (
            [
                (draw(prompt, seed=seed) != draw(prompt, "flowers", seed=seed)).any()
                for seed in range(3)
            ]
            for prompt in (f"a {place} at noon, snow", f"a {place} at noon, clear")
        )

        assert not any(snow)
        assert any(clear)


@pytest.mark.parametrize("name", sorted(ITEMS))
def test_every_item_can_be_drawn(name: str) -> None:
    """Outlines stand on the ground, near 1 high, with tones that the stage knows."""
    shape = ITEMS[name].draw(np.random.default_rng(1))
    points = np.concatenate([part.points for part in shape])

    assert np.isfinite(points).all()
    assert 0.5 < points[:, 1].max() < 2.5
    assert points[:, 1].min() > -0.5


@pytest.mark.parametrize(
    "mood",
    ["hope", "loneliness and grief", "fear", "joy", "rage", "a secret mystery", "love"],
)
def test_moods_alone_give_different_pictures(mood: str, draw) -> None:
    """Abstract prompts are told apart from each other."""
    assert np.abs(draw(mood) - draw("calm")).mean() > 5


def test_noir_is_grey_and_anime_is_not(draw) -> None:
    """Styles bend the colours."""
    spread = {
        s: np.ptp(draw("a castle at sunset", style=s), axis=2).mean()
        for s in ("noir", "documentary", "anime")
    }

    assert spread["noir"] == 0
    assert spread["documentary"] < spread["anime"]
