"""``script.md``: what is said and shown, and where its facts come from."""

from __future__ import annotations

from colab_worker.film.script import script_markdown

FILM = {
    "title": "The Lamp",
    "scene_titles": ["Dusk", None],
    "narrations": ["Mara climbed.", "She lit it."],
    "image_prompts": ["a stair", "a lamp"],
    "sources": [],
}


def test_sources_stand_at_the_end() -> None:
    """Each on a line of its own, and no heading without any."""
    page = "Lighthouses: https://example.org/lighthouses"
    told = script_markdown(FILM | {"sources": [page]})

    assert told.endswith(f"## Sources\n\n- {page}\n")
    assert "Sources" not in script_markdown(FILM)
