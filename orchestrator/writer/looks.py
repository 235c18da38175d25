"""Image prompts: what the scene shows, then everybody's looks word for word.

The scene's own words come first and are never cut; a picture engine reads long prompts in
windows (CLIP's hold 77 tokens), so the looks are what the last window ends with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from orchestrator.writer.parts import WrittenImage
from shared_protocol.api import Character
from shared_protocol.jobs import MAX_PROMPT_CHARS
from shared_protocol.kit.text_scenes.prompts import SHOTS
from shared_protocol.kit.text_scenes.wording import first_words

LEAST_WORDS, MOST_WORDS = 20, 30
#: Words that each part may have; the shot has up to three, so all are 30 or fewer.
_SHARES = {"subject": 8, "action": 8, "setting": 7, "light": 4}


def image_prompt(image: WrittenImage, number: int, mood: str) -> str:
    """The prompt of scene ``number``, 20-30 words; the ten shots take turns."""
    shot = SHOTS[(number - 1) % len(SHOTS)]
    subject, action, setting, light = (
        _plain(first_words(getattr(image, name), words))
        for name, words in _SHARES.items()
    )
    prompt = f"{shot[0].upper()}{shot[1:]} of {subject}, {action}, {setting}, {light}"
    missing = LEAST_WORDS - len(prompt.split())
    if missing > 0:
        prompt = f"{prompt}, {first_words(mood, max(missing, 4))}"
    return first_words(prompt, MOST_WORDS)


def with_looks(prompt: str, shown: Iterable[str], cast: Sequence[Character]) -> str:
    """The prompt with the looks of everybody in ``shown``, as far as there is room."""
    names = {name.casefold() for name in shown}
    for person in cast:
        if person.name.casefold() in names:
            looks = f"{person.name}: {person.description}"
            prompt = f"{prompt.rstrip(' .,')}, {looks}"
    if len(prompt) <= MAX_PROMPT_CHARS:
        return prompt
    return prompt[:MAX_PROMPT_CHARS].rsplit(" ", 1)[0].rstrip(" ,.:")


def named_in(cast: Iterable[Character], *texts: str) -> list[str]:
    """The names of those who are named in one of the texts."""
    return [
        person.name
        for person in cast
        if any(
            re.search(rf"(?i)(?<!\w){re.escape(person.name)}(?!\w)", text)
            for text in texts
        )
    ]


def _plain(words: str) -> str:
    return words.strip(" .,;:")
