"""Only words that are spoken: what else a writer put into a narration is taken out.

The user's own text is left as it is where that may be meant; a narration that was asked
for has no reason to say "Shot:" or "[pause]".
"""

# ruff: noqa: RUF001 full-width parentheses are recognised here

from __future__ import annotations

import re
from functools import lru_cache

#: Lines about the picture and the cut, whatever follows the colon.
_ABOUT_PICTURE = re.compile(
    r"^[\s*_>#-]*(?:(?:(?:image|picture|scene|visual) )?(?:prompt|description)|picture|"
    r"photo|illustration|shot|setting|lighting|(?:(?:smash|match|jump) )?cut to|"
    r"fade (?:in|out|to)|dissolve to)(?: \d+)?[\s*_]*[:：].*$",
    re.IGNORECASE | re.MULTILINE,
)
#: The name of a part of the story, before words that are told.
_PART = re.compile(
    r"^[\s*_>#-]*(?:hook|set-?up|rise|rising action|climax|resolution|intro|outro|"
    r"conclusion)[\s*_]*[:：][*_]*\s*(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
_BRACKETS = re.compile(r"\s*(?:\[[^\[\]]*\]|【[^【】]*】)")
_LABELLED = re.compile(
    r"\s*[(（](?:image|picture|prompt|visuals?|shot|scene|camera|sfx|sound|music)\b"
    r"[^()（）]*[:：][^()（）]*[)）]",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\s*[(（](?:long |short |brief )?(?:pauses?|beat|silence|sighs?|laughs?|laughter|"
    r"chuckles?|whispers?|whispering|softly|quietly|music|applause)[)）]",
    re.IGNORECASE,
)
#: A parenthesis that is no part of a sentence.
_ASIDE = re.compile(
    r"(?:^|(?<=[.!?…\"”»。！？]))\s*[(（](?P<inside>[^()（）]+)[)）](?:[.!](?=\s|$))?",
    re.MULTILINE,
)


@lru_cache(maxsize=512)
def spoken(narration: str) -> str:
    """The narration without Markdown, headings, scene numbers and stage directions."""
    from shared_protocol.kit.text_scenes.cleaning import clean_text
    from shared_protocol.kit.text_scenes.model import UnspeakableText

    told = _PART.sub("", _ABOUT_PICTURE.sub("", narration))
    try:
        # With a title of its own, no first line of the narration is taken for one.
        clean = clean_text(f"# Title\n\n{told}")
    except UnspeakableText:  # nothing in it is
        return ""
    passages = (_without_directions(passage.text) for passage in clean.passages)
    return "\n\n".join(said for said in passages if said)


def _without_directions(told: str) -> str:
    for pattern in (_BRACKETS, _LABELLED, _CUE):
        told = pattern.sub("", told)
    return _ASIDE.sub(_unless_sentence, told).strip()


def _unless_sentence(aside: re.Match[str]) -> str:
    from shared_protocol.kit.text_scenes.cues import direction

    is_direction = direction(f"({aside['inside']})", in_script=False) is not None
    return "" if is_direction else aside[0]


@lru_cache(maxsize=512)
def count_words(text: str) -> int:
    """How many words of English take as long to say, in scripts without spaces too."""
    from shared_protocol.kit.text_scenes.pieces import spoken_words

    return round(spoken_words(text))
