"""Image prompts in CLIP's tokens: counted as its tokenizer does, never at the scene's cost."""

from __future__ import annotations

import pytest

from colab_worker.engines.diffusion.styles import STYLES
from orchestrator.writer.clip import WINDOW, count_tokens
from orchestrator.writer.looks import (
    BUDGET,
    STYLE_TOKENS,
    image_prompt,
    length_warnings,
    with_looks,
)
from orchestrator.writer.parts import WrittenImage
from shared_protocol.dials import MAX_PROMPT_CHARS
from shared_protocol.orders import Character

MARA = Character(name="Mara", description="a tall woman of forty, red coat, grey braid")
SCENE = "Wide shot of a lighthouse, waves breaking, a rocky coast, grey storm light"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("A person riding a motorcycle", 5),
        ("a tall woman of forty in a red coat, grey braid", 12),
        ("Mara: a tall woman of forty in a red coat, grey braid", 14),
        ("DON'T   don't\n'tis", 6),
        ("12345", 5),
        ("H\u2082O, \u00bd mile", 7),
        ("na\u00efve cafe\u0301", 4),
        ("_under_ ...,'s", 6),
        ("\u6f22\u5b57 \U0001f600", 6),
        ("antidisestablishmentarianism", 6),
    ],
)
def test_tokens_are_counted_as_clip_does(text: str, tokens: int) -> None:
    """Against what two other implementations of its tokenizer say."""
    assert count_tokens(text) == tokens


def test_the_words_of_every_style_have_room() -> None:
    """The engine adds them after the budget of the prompt."""
    assert max(count_tokens(style.words) for style in STYLES.values()) <= STYLE_TOKENS


def test_looks_that_fit_stand_word_for_word() -> None:
    """After the scene's own words."""
    assert with_looks(SCENE, ["mara"], [MARA]) == f"{SCENE}, Mara: {MARA.description}"
    assert length_warnings([f"{SCENE}, Mara: {MARA.description}"], [MARA]) == []


def crowd(phrases: int) -> list[Character]:
    """Five people of as many phrases, and one of few words among them."""
    long = ", ".join(f"a {n}-fold braided leather belt" for n in range(phrases))
    return [MARA, *[Character(name=f"Person {n}", description=long) for n in "ABCD"]]


def test_looks_beyond_the_budget_lose_whole_phrases() -> None:
    """The longest first; the scene and those of few words keep everything."""
    cast = crowd(12)
    prompt = with_looks(SCENE, [person.name for person in cast], cast)

    assert prompt.startswith(f"{SCENE}, Mara: {MARA.description}, Person A: a 0-fold")
    assert BUDGET - 15 <= count_tokens(prompt) <= BUDGET
    kept = [part.split(", ") for part in prompt.split(", Person ")[1:]]
    sizes = [len(phrases) for phrases in kept]
    assert len(sizes) == 4
    assert max(sizes) - min(sizes) <= 1
    assert all(phrase.endswith("belt") for phrases in kept for phrase in phrases)


def test_a_long_scene_keeps_every_word() -> None:
    """However little room is left; looks always have a window."""
    scene = "a house by the sea, " * 90 + "the end"
    prompt = with_looks(scene, ["Mara"], [MARA])
    full = "word " * ((MAX_PROMPT_CHARS - 10) // 5) + "the end"

    assert prompt == f"{scene}, Mara: {MARA.description}"
    assert with_looks(full[:MAX_PROMPT_CHARS], ["Mara"], [MARA]) == full[:2000]


def test_a_word_without_end_does_not_break_the_prompt() -> None:
    """It is cut where the wire ends, and looks find no room."""
    parts = {"action": "she waits", "setting": "a hall", "light": "dusk"}
    prompt = image_prompt(WrittenImage(subject="w" * 5000, **parts), 1, "a quiet mood")

    assert len(prompt) == MAX_PROMPT_CHARS
    assert with_looks(prompt, ["Mara"], [MARA]) == prompt
    assert with_looks(f"{prompt}w", [], []) == f"{prompt}w"


def test_people_are_told_of_long_prompts() -> None:
    """Whose looks were shortened and where, and which prompts are read in parts."""
    cast = crowd(12)
    names = [person.name for person in cast]
    prompts = [SCENE, with_looks(SCENE, names, cast), with_looks(SCENE, names, cast)]
    told = length_warnings(prompts, cast)

    assert [line.split(", where")[0] for line in told[:-1]] == [
        f"The looks of Person {n} are shortened in scenes 2 and 3" for n in "ABCD"
    ]
    assert f"scenes 2 and 3 is longer than the {WINDOW} tokens" in told[-1]
    assert f"({count_tokens(prompts[1])} at most)" in told[-1]
