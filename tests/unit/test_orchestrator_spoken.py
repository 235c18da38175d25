"""What of a written narration is spoken: words, and nothing that is about them."""

# ruff: noqa: RUF001 full-width parentheses are told apart here

from __future__ import annotations

import pytest

from orchestrator.writer.spoken import count_words, spoken

SAID = "Mara fell. Then she rose."


@pytest.mark.parametrize(
    "narration",
    [
        "Mara fell. [pause] Then she rose.",
        "[SFX: thunder] Mara fell. Then she rose.",
        "Mara fell. (thunder) Then she rose.",
        "(Wide shot of a hall) Mara fell. Then she rose.",
        "Mara (sighs) fell. Then she (softly) rose.",
        "Mara fell (Image: a house). Then she rose.",
        "Mara fell. Then she rose. (Music swells).",
        "【雷鳴】Mara fell. Then she rose.（雷鳴）",
        "Picture: a tall woman\nMara fell. Then she rose.",
        "**Image prompt:** a tall woman\n\nMara fell. Then she rose.",
        "Mara fell. Then she rose.\n\nShot 3: close-up of the lamp",
        "CUT TO: the stair\n\nMara fell. Then she rose.",
        "Hook: Mara fell. Then she rose.",
        "**Climax:** *Mara* fell. Then she rose.",
        "## Scene 3: The stair\n\nMara fell. Then she rose.",
        "Scene 3: Mara fell. Then she rose.",
        "Narrator: Mara fell. Then she rose.",
    ],
)
def test_what_is_about_the_words_is_not_spoken(narration: str) -> None:
    """Directions, labels, prompts and headings, wherever they stand."""
    assert spoken(narration) == SAID


@pytest.mark.parametrize(
    "narration",
    [
        "In 1811 (the year of the comet) Mara fell.",
        "Mara fell. (It was the last time.) Then she rose.",
        "Picture this: a tall woman, alone.",
        "She had one rule: never look back.",
        "The shot rang out: Mara fell.",
        "It was quiet (too quiet).\n\nThen she rose.",
    ],
)
def test_words_of_the_story_are(narration: str) -> None:
    """Also in parentheses, and before a colon."""
    assert spoken(narration) == narration


@pytest.mark.parametrize("narration", ["", "[Music]", "Prompt: a door", "\x00", "---"])
def test_where_there_is_nothing_to_say_nothing_is_said(narration: str) -> None:
    """Not even an error: who asked knows what to do."""
    assert spoken(narration) == ""


def test_a_script_without_spaces_has_words_too() -> None:
    """As many as take as long in English."""
    assert count_words("Mara fell - then she rose.") == 5
    assert count_words("灯台守は今夜も階段をのぼった。") == 8
