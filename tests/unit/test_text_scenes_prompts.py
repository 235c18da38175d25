"""Image prompts drawn from a scene's own words, with what is carried forward."""

from pathlib import Path

import pytest

from shared_protocol.kit.text_scenes import SplitText, split_text

EXAMPLES = Path(__file__).parents[2] / "examples"


def prompts(text: str, **options) -> list[str]:
    return [scene.image_prompt for scene in split_text(text, **options).scenes]


@pytest.fixture(params=["the-crow-and-the-pitcher.md", "the-lighthouse.md"])
def example(request) -> SplitText:
    return split_text((EXAMPLES / request.param).read_text(encoding="utf-8"))


def test_prompts_have_twenty_to_thirty_words(example):
    """Every prompt keeps to the length that image models take well."""
    counts = [len(scene.image_prompt.split()) for scene in example.scenes]

    assert all(20 <= count <= 30 for count in counts), counts


def test_shots_rotate(example):
    """The first scene is established, and each prompt begins with its own shot."""
    assert "establishing shot" == example.scenes[0].shot
    assert len({scene.shot for scene in example.scenes}) == min(10, len(example.scenes))
    for scene in example.scenes:
        assert scene.image_prompt.lower().startswith(scene.shot)


def test_prompts_hold_no_quotes(example):
    """Nobody's speech is painted into a picture."""
    for scene in example.scenes:
        assert not set('"“”«»') & set(scene.image_prompt)


def test_pronouns_become_the_last_named_character():
    """ "He" is the crow, with the look it was introduced with."""
    second = prompts(
        "A thirsty crow landed on the old well. He pushed a heavy jar with his wings.",
        num_scenes=2,
    )[1]

    assert "the thirsty crow pushed a heavy jar" in second


def test_she_and_he_are_told_apart():
    """Gender, once known, decides whom a pronoun means."""
    third = prompts(
        "Mara, an old keeper, climbed the tower. She lit the lamp. "
        "A fisherman waved from the boat. She waved back from the window.",
        num_scenes=4,
    )[3]

    assert "Mara, old keeper, waved back" in third


def test_time_and_place_are_carried_forward():
    """A scene that says neither takes both from the one before."""
    first, second = prompts(
        "At midnight a fox crept through the forest. He found a silver key.",
        num_scenes=2,
    )

    assert "night" in first
    assert "the forest" in second
    assert "moonlit night" in second


def test_a_new_time_replaces_the_old():
    """Evening ends the morning."""
    second = prompts(
        "At dawn the farmer left the farm. In the evening he came back tired.",
        num_scenes=2,
    )[1]

    assert "evening light" in second
    assert "morning" not in second


def test_what_is_not_there_is_not_drawn():
    """ "No rain" puts no rain into the picture."""
    (only,) = prompts("No rain had fallen on the hills for forty days.", num_scenes=1)

    assert "rainfall" not in only
    assert "falling rain" not in only


def test_stage_directions_reach_no_prompt():
    """What is not read aloud is not drawn either, but a scene line's place is."""
    (only,) = prompts(
        "EXT. BEACH - NIGHT\n\n[thunder crashes]\n\nNARRATOR: Nothing moved at all."
    )

    assert "thunder" not in only.lower()
    assert "EXT" not in only
    assert "beach" in only


def test_context_is_in_every_prompt():
    """The words about the whole film are carried by each scene."""
    for prompt in prompts(
        "A crow flew. A fox ran. A bear slept.",
        num_scenes=3,
        prompt_context="ancient Japan",
    ):
        assert "ancient Japan" in prompt


def test_light_of_the_context_takes_the_place_of_the_usual_light():
    """Two kinds of light would contradict each other; what the text tells stays."""
    text = "Ann opened the old gate. She walked slowly along the wall."
    lit = split_text(text, prompt_context="tense mood, hard street light").scenes[0]
    plain = split_text(text, prompt_context="tense mood").scenes[0]
    told = split_text(
        f"{text} It was night.",
        num_scenes=1,
        prompt_context="tense mood, hard street light",
    ).scenes[0]

    assert "soft natural light" in plain.image_prompt
    assert "soft natural light" not in lit.image_prompt
    assert "moonlit night" in told.image_prompt


def test_other_languages_keep_their_own_words():
    """A German scene is described in German, after the shot."""
    (only,) = prompts("Der Wolf ging mit dem Korb durch den Wald und war froh.")

    assert "Der Wolf ging mit dem Korb durch den Wald" in only


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Die Frau ging nach dem Weg fragen, weil der alte Mann sie durch den dunklen Wald "
         "mit einem roten Mantel und seinem Hund schickte.", ["roten Mantel", "Hund"]),
        ("Il dort. Elle était dans un village au bord de la forêt, et elle avait été très "
         "longtemps avec sa grand-mère malade.", ["grand-mère malade", "forêt"]),
        ("Byl jednou jeden král, který žil v hradu na kopci, a měl jeho tři syny, ale jeho "
         "žena byla nemocná.", ["král", "žena"]),
    ],
)  # fmt: skip
def test_keywords_are_of_the_language_of_the_text(text: str, told: list[str]) -> None:
    """What matters in the scene follows what happens; words that say nothing do not."""
    (only,) = prompts(text, num_scenes=1)
    _, _, more = only.partition("soft natural light")

    for phrase in told:
        assert phrase in only
    assert not {"der", "weil", "dans", "elle", "était", "jeho", "byla", "který"} & set(
        more.replace(",", "").lower().split()
    )


def test_emoji_are_not_painted():
    """Signs go, with what joined them; what shapes letters stays."""
    (emoji,) = prompts("The boy ☀️ smiled 👨\u200d👩\u200d👧 at the old lighthouse.")
    (persian,) = prompts("پسر به خانه می\u200cرود.")

    assert "the boy smiled at the old lighthouse" in emoji.lower()
    assert "می\u200cرود" in persian
