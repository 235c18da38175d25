"""Only words that are spoken: what else a writer put into a narration is taken out."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=512)
def spoken(narration: str) -> str:
    """The narration without Markdown, headings, scene numbers and stage directions."""
    from shared_protocol.kit.text_scenes.cleaning import clean_text
    from shared_protocol.kit.text_scenes.model import UnspeakableText

    try:
        # With a title of its own, no first line of the narration is taken for one.
        clean = clean_text(f"# Title\n\n{narration}")
    except UnspeakableText:  # nothing in it is
        return ""
    return "\n\n".join(passage.text for passage in clean.passages).strip()


def count_words(text: str) -> int:
    """How many words of English take as long to say, in scripts without spaces too."""
    from shared_protocol.kit.text_scenes.pieces import spoken_words

    return round(spoken_words(text))
