"""What is read from prompts, and that people look the same in every scene."""

from __future__ import annotations

import pytest

from colab_worker.engines.papercut.colour import rgb
from colab_worker.engines.papercut.dice import Dice
from colab_worker.engines.papercut.looks import COLOURS, Look, look_of
from colab_worker.engines.papercut.reading import Reading, read
from colab_worker.engines.papercut.scene import compose, furnish


def _look(prompt: str) -> Look:
    return look_of(read(prompt, "").cast[0].described)


def _names(reading: Reading) -> list[str]:
    return [thing.name for thing in reading.things]


@pytest.mark.parametrize(
    ("prompt", "places", "times", "weathers"),
    [
        ("a misty harbour at dawn", ["harbor"], ["dawn"], ["fog"]),
        ("snow-covered peaks under moonlight", ["mountain"], ["night"], ["snow"]),
        ("villages by rivers at golden hour", ["village", "river"], ["afternoon"], []),
        ("THUNDER over the WOODS at Midnight", ["forest"], ["night"], ["storm"]),
    ],
)
def test_places_times_and_weathers_are_found(
    prompt: str, places: list[str], times: list[str], weathers: list[str]
) -> None:
    """Plurals, synonyms, phrases and capitals are understood."""
    found = read(prompt, "")

    assert (places, times, weathers) == (found.places, found.times, found.weathers)


@pytest.mark.parametrize(
    ("prompt", "things"),
    [
        ("two wolves and a raven", ["wolf", "crow"]),
        ("a thirsty crow beside a jug and an old well", ["crow", "pitcher", "well"]),
        ("it went well and he would bear the train of thought", ["train"]),
        ("the steam train crosses the bridge", ["train", "bridge"]),
        ("palm trees and mice", ["palm", "mouse"]),
        ("the bread rose, the sun rose, a red rose", ["flower"]),
    ],
)
def test_things_are_found_and_verbs_are_not(prompt: str, things: list[str]) -> None:
    """Words with another meaning count only where they are nouns."""
    assert things == _names(read(prompt, ""))


def test_numbers_and_crowds_are_counted() -> None:
    """Two, several and crowds."""
    assert [2] == [thing.count for thing in read("two wolves", "").things]
    assert [1] == [thing.count for thing in read("a wolf", "").things]
    assert read("a crowd of people", "").cast[0].count > 4


@pytest.mark.parametrize(
    "scene",
    [
        "Wide shot of a harbor at dawn, an old fisherman in a red coat mends a net",
        "Close-up of an old fisherman in a red coat, storm at night",
        "In the village an old fisherman in a red coat meets a king in a blue robe",
        "an old fisherman wearing a red coat, two-shot",
    ],
)
def test_the_same_words_give_the_same_person(scene: str) -> None:
    """Outline and colours come from the figure's words, not from the scene."""
    look = _look(scene)

    assert look == _look("an old fisherman in a red coat")
    assert rgb(COLOURS["red"]) == look.cloth
    assert ("old", "coat") == (look.age, look.garment)


def test_what_is_not_said_comes_from_the_words_themselves() -> None:
    """Two different people differ although nothing of their looks is said."""
    looks = {
        _look(f"{name} walks along the beach")
        for name in ("Mara", "Tom", "Elena", "Leo")
    }

    assert len(looks) == 4


def test_a_name_takes_its_description_along() -> None:
    """ "Mara, an old woman in a green shawl" is one person."""
    found = read("Mara, an old woman in a green shawl, waits at the pier", "")

    assert ["mara"] == [member.described.who for member in found.cast]
    assert ("green", "old") == (
        found.cast[0].described.cloth,
        found.cast[0].described.age,
    )


def test_hair_and_clothes_keep_their_colours_apart() -> None:
    """Red hair is no red dress."""
    look = _look("a girl with red hair in a blue dress")

    assert (rgb(COLOURS["blue"]), rgb(COLOURS["red"])) == (look.cloth, look.hair_colour)


@pytest.mark.parametrize(
    ("prompt", "pose"),
    [("a boy runs home", "run"), ("a woman sits by the fire", "sit"), ("a nun prays", "pray"), ("a man", "stand")],
)  # fmt: skip
def test_verbs_give_the_pose(prompt: str, pose: str) -> None:
    """What people do is how they stand."""
    assert pose == read(prompt, "").cast[0].pose


def test_riders_sit_on_their_animal() -> None:
    """A mount belongs to its rider."""
    assert "horse" == read("a knight on horseback", "").cast[0].rides
    assert "camel" == read("a merchant riding a camel", "").cast[0].rides


@pytest.mark.parametrize(
    ("negative", "left"),
    [("birds", ["horse"]), ("animals", []), ("blurry, text, watermark", ["crow", "horse"]), ("horses", ["crow"])],
)  # fmt: skip
def test_the_negative_prompt_is_read(negative: str, left: list[str]) -> None:
    """Single words and whole groups are taken away, nonsense is not."""
    assert left == _names(read("a crow and a horse", negative))


def test_denials_are_read_up_to_the_next_pause() -> None:
    """``no birds, a house`` keeps the house."""
    found = read("a hill with no birds, a house", "")

    assert ["house"] == _names(found)
    assert "birds" in found.removed


@pytest.mark.parametrize(
    ("prompt", "things"),
    [
        ("a captain looks through the window of a ship, the sea", ["ship"]),
        ("a robot in a laboratory, a computer, rocks", ["computer"]),
        ("an old tree in a room", ["tree"]),
        ("a window, the sea", ["window"]),
    ],
)
def test_things_stand_where_they_belong(prompt: str, things: list[str]) -> None:
    """No window hangs over the sea and no rock lies in a room, if there is anything else."""
    reading, dice = read(prompt, ""), Dice(prompt, 3)
    furnish(reading, compose(reading, dice), dice)

    assert _names(reading) == things


def test_what_somebody_does_is_nobody_more() -> None:
    """A woman who cooks, and guards the door, is no company of cooks and guards."""
    assert len(read("a woman cooks dinner and guards the door", "").cast) == 1
    assert len(read("a cook and the guards of a castle", "").cast) == 2
