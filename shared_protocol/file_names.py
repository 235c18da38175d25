"""What files are called on a disk: made of titles in any script, safe everywhere."""

from __future__ import annotations

import re
import unicodedata

LONGEST_BYTES = 90


def slug(title: str) -> str:
    """A file name from a title: ``The Crow`` is ``the-crow``; never empty."""
    text = unicodedata.normalize("NFC", title).casefold()
    words = re.sub(r"[\W_]+", "-", text).strip("-")
    short = words.encode()[:LONGEST_BYTES].decode(errors="ignore")
    return short.rstrip("-") or "film"


def film_name(title: str) -> str:
    """What the film of that title is saved as."""
    return f"{slug(title)}.mp4"
