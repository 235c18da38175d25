"""``narration.txt``: the words that are spoken, and nothing else, to read or to paste."""

from __future__ import annotations

from collections.abc import Iterator

from shared_protocol.specs import FilmSpec


def narration_text(spec: FilmSpec) -> str:
    """The title, then a paragraph for each scene, below its title if it has one."""
    return "\n\n".join(_paragraphs(spec)) + "\n"


def _paragraphs(spec: FilmSpec) -> Iterator[str]:
    yield _one_line(spec.title)
    before = None
    for scene in spec.scenes:
        title = _one_line(scene.title or "")
        words = _one_line(scene.narration)
        # A heading that is read aloud, or goes on, stands there already.
        if title and title != before and not words.startswith(title):
            yield title
        before = title
        yield words


def _one_line(text: str) -> str:
    return " ".join(text.split())
