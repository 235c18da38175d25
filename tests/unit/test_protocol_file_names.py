"""Names of files: what people called their film, on any disk and in any browser."""

from __future__ import annotations

import pytest

from shared_protocol.file_names import film_name, slug


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Crow and the Pitcher", "the-crow-and-the-pitcher"),
        ("../../etc/passwd", "etc-passwd"),
        ("...", "film"),
        ("Ænd / Ünder: 夜", "ænd-ünder-夜"),
        ("夜" * 200, "夜" * 30),
    ],
)
def test_slug_is_a_safe_name(title: str, name: str) -> None:
    """No separators, dots or endless names, whatever the title."""
    assert slug(title) == name


def test_a_film_is_saved_under_its_title() -> None:
    """In the script that the title is written in."""
    assert film_name("Die Krähe") == "die-krähe.mp4"
    assert film_name("?!") == "film.mp4"
