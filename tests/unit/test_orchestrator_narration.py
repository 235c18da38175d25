"""``narration.txt``: plain words, a paragraph a scene."""

from __future__ import annotations

from orchestrator.narration import narration_text
from shared_protocol.specs import FilmSpec


def test_a_paragraph_a_scene_under_its_chapter() -> None:
    """Line breaks within a scene go; prompts of pictures are not in it."""
    assert told(
        (None, "A crow\nflew."), ("Dusk", "She drank."), ("Dusk", "Night.")
    ) == ("The Crow\n\nA crow flew.\n\nDusk\n\nShe drank.\n\nNight.\n")


def test_a_heading_that_is_read_aloud_stands_there_once() -> None:
    """It is among the words already."""
    assert told(("Dusk", "Dusk. She drank.")) == "The Crow\n\nDusk. She drank.\n"


def told(*scenes: tuple[str | None, str]) -> str:
    """The file of a film with these titles and words."""
    made = [
        {"title": title, "narration": words, "image_prompt": "a picture"}
        for title, words in scenes
    ]
    return narration_text(
        FilmSpec.model_validate({"title": "The Crow", "scenes": made})
    )
