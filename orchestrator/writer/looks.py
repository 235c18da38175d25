"""Image prompts: what the scene shows, then everybody's looks word for word.

The scene's own words come first and are never cut. Picture engines read long prompts in
windows of CLIP's tokens, so the looks share a budget of a few windows with them and with
the words of the image style, which the engine adds at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from orchestrator.writer.clip import WINDOW, count_tokens
from orchestrator.writer.parts import WrittenImage
from shared_protocol.dials import MAX_PROMPT_CHARS
from shared_protocol.kit.text_scenes.prompts import SHOTS
from shared_protocol.kit.text_scenes.wording import first_words
from shared_protocol.orders import Character
from shared_protocol.references import Reference, References
from shared_protocol.scripts import ScriptScene

LEAST_WORDS, MOST_WORDS = 20, 30
#: Tokens that the words of an image style may have.
STYLE_TOKENS = 30
#: Tokens of a prompt with everybody's looks: more than three windows crowd out the scene.
BUDGET = 3 * WINDOW - STYLE_TOKENS
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
    return first_words(prompt, MOST_WORDS)[:MAX_PROMPT_CHARS]


def with_looks(prompt: str, shown: Iterable[str], cast: Sequence[Character]) -> str:
    """The prompt with the looks of everybody in ``shown``, word for word.

    Beyond the budget they lose their last phrases, the longest first; the scene's own
    words lose nothing.
    """
    names = {name.casefold() for name in shown}
    looks = [_phrases(person) for person in cast if person.name.casefold() in names]
    budget = max(BUDGET, count_tokens(prompt) + WINDOW)
    while not _fits(told := _together(prompt, looks), budget) and looks:
        longest = max(looks, key=lambda phrases: (len(phrases) > 1, _size(phrases)))
        longest.pop()
        looks = [phrases for phrases in looks if phrases]
    return told


def likenesses(shown: Iterable[str], cast: Iterable[Character]) -> References:
    """The pictures of everybody in ``shown`` of whom there is one."""
    names = {name.casefold() for name in shown}
    return tuple(
        Reference(sha256=person.reference, name=person.name)
        for person in cast
        if person.reference is not None and person.name.casefold() in names
    )


def unseen_warnings(
    scenes: Iterable[ScriptScene], cast: Iterable[Character]
) -> list[str]:
    """What is said of those whose picture no scene needs, as sentences."""
    seen = {reference.name for scene in scenes for reference in scene.references}
    return [
        f"The picture of {person.name} is not used: no scene shows {person.name}."
        for person in cast
        if person.reference is not None and person.name not in seen
    ]


def length_warnings(prompts: Sequence[str], cast: Sequence[Character]) -> list[str]:
    """What people should know of prompts that are long, as sentences."""
    found = []
    for person in cast:
        whole = _together("", [_phrases(person)])
        beginning = f", {person.name}: "
        cut = [
            number
            for number, prompt in enumerate(prompts, start=1)
            if beginning in prompt and whole not in prompt
        ]
        if cut:
            found.append(
                f"The looks of {person.name} are shortened in {_scenes(cut)}, where they "
                "would crowd out the scene; describe the characters in fewer words."
            )
    sizes = {n: count_tokens(prompt) for n, prompt in enumerate(prompts, start=1)}
    long = [number for number, size in sizes.items() if size > WINDOW]
    if long:
        found.append(
            f"The image prompt of {_scenes(long)} is longer than the {WINDOW} tokens that "
            f"CLIP reads at once ({max(sizes.values())} at most): picture models read it in "
            "parts, and what stands last counts least."
        )
    return found


def _phrases(person: Character) -> list[str]:
    first, *others = re.split(r"(?<=[,;.])\s+", person.description.strip(" .,;"))
    return [f"{person.name}: {first}", *others]


def _together(prompt: str, looks: Iterable[Sequence[str]]) -> str:
    parts = [" ".join(phrases).strip(" .,;") for phrases in looks]
    return ", ".join([prompt.rstrip(" .,"), *parts]) if parts else prompt


def _fits(prompt: str, budget: int) -> bool:
    return count_tokens(prompt) <= budget and len(prompt) <= MAX_PROMPT_CHARS


def _size(phrases: Sequence[str]) -> int:
    return count_tokens(" ".join(phrases))


def _scenes(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"scene {numbers[0]}"
    return f"scenes {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


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
