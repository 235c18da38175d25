"""Writes a story about a topic: in one answer, or chapter by chapter when it is long."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from orchestrator.writer import briefing
from orchestrator.writer.asking import Asker
from orchestrator.writer.clip import count_tokens
from orchestrator.writer.looks import (
    image_prompt,
    length_warnings,
    likenesses,
    named_in,
    unseen_warnings,
    with_looks,
)
from orchestrator.writer.moods import MOODS
from orchestrator.writer.parts import (
    Outline,
    WrittenChapter,
    WrittenCharacter,
    WrittenScene,
    WrittenStory,
)
from orchestrator.writer.services.base import Ask, Nonsense
from orchestrator.writer.spoken import count_words, spoken
from shared_protocol.orders import MAX_CHARACTERS, Character, GenerateRequest
from shared_protocol.scripts import Script, ScriptScene
from shared_protocol.specs import MAX_NARRATION_CHARS

WORDS_A_MINUTE = 150
#: Longer stories are written in chapters of about this many words.
CHAPTER_WORDS = 1500
#: Scenes are not joined to longer ones than this.
MAX_JOINED_CHARS = MAX_NARRATION_CHARS - 2
#: A script may be so much longer or shorter than asked for.
TOLERANCE = 0.15

Told = TypeVar("Told", WrittenStory, WrittenChapter)
#: Hears the scenes that are whole so far, and the language they are in.
OnScenes = Callable[[tuple[ScriptScene, ...], str], Awaitable[None]]


@dataclass(frozen=True)
class Wanted:
    """How much is to be written."""

    scenes: int
    words: int

    def faults(self, scenes: Sequence[WrittenScene]) -> list[str]:
        """What is wrong with the amount, as sentences to the writer."""
        words, found = _count(scenes), []
        if len(scenes) != self.scenes:
            found.append(f"It has {len(scenes)} scenes instead of {self.scenes}.")
        if abs(words - self.words) > TOLERANCE * self.words:
            found.append(f"It has {words} words instead of about {self.words}.")
        return found

    def distance(self, scenes: Sequence[WrittenScene]) -> float:
        """How far from what is wanted."""
        words = abs(_count(scenes) - self.words) / self.words
        return words + abs(len(scenes) - self.scenes) / self.scenes


class StoryWriter:
    """One story for one order."""

    def __init__(
        self,
        asker: Asker,
        request: GenerateRequest,
        on_scenes: OnScenes | None = None,
    ) -> None:
        self._asker = asker
        self._request = request
        self._on_scenes = on_scenes
        self._wanted = Wanted(
            request.num_scenes, max(round(request.duration * WORDS_A_MINUTE), 1)
        )
        self._cast: tuple[Character, ...] = request.characters
        #: As the service names it.
        self._language = ""
        #: Scenes of the chapters that are written.
        self._before: tuple[ScriptScene, ...] = ()
        self._can_read = False

    async def write(self) -> Script:
        """The script; raises WritingError with a sentence."""
        facts = None
        if self._request.grounding:
            facts = await self._asker.ask_text(briefing.facts_ask(self._request))
        chapters = math.ceil(self._wanted.words / CHAPTER_WORDS)
        chapters = min(chapters, self._wanted.scenes)
        if chapters < 2:
            title = await self._write_at_once(facts)
        else:
            title = await self._write_chapters(chapters, facts)
        return self._script(title)

    async def _write_at_once(self, facts: str | None) -> str:
        wanted = self._wanted
        ask = briefing.story_ask(self._request, wanted.scenes, wanted.words, facts)
        story = await self._told(ask, WrittenStory, wanted)
        self._introduce(story.characters)
        self._before = self._scenes(story.scenes)
        self._language = story.language
        return story.title

    async def _write_chapters(self, chapters: int, facts: str | None) -> str:
        request, wanted = self._request, self._wanted
        ask = briefing.outline_ask(request, chapters, wanted.words, facts)
        outline = await self._asker.ask(ask, Outline)
        self._introduce(outline.characters)
        self._language = outline.language
        parts, summary = len(outline.chapters), ""
        for number in range(1, parts + 1):
            part = _share(wanted, number, parts)
            ask = briefing.chapter_ask(
                request, outline, number, part.scenes, part.words, summary, facts
            )
            chapter = await self._told(ask, WrittenChapter, part)
            summary = chapter.summary
            self._before += self._scenes(chapter.scenes)
        return outline.title

    async def _told(self, ask: Ask, model: type[Told], wanted: Wanted) -> Told:
        """The answer; one of a wrong length is repaired once, and the better one taken."""
        first = await self._asker.ask(ask, model, self._hear, _speakable)
        await self._learn_to_read()
        faults = wanted.faults(first.scenes)
        if not faults:
            return first
        repair = briefing.repair_ask(ask, first.model_dump_json(), faults)
        second = await self._asker.ask(repair, model, self._hear, _speakable)
        best = min((second, first), key=lambda told: wanted.distance(told.scenes))
        merged = _merged(best.scenes, wanted.scenes)
        return best.model_copy(update={"scenes": merged})

    async def _hear(self, part: Any) -> None:
        """Tells of the scenes of a growing answer; the last one may be half written."""
        if self._on_scenes is None or not isinstance(part, dict):
            return
        await self._learn_to_read()
        written = [
            scene
            for found in (part.get("scenes") or [])[:-1]
            if (scene := _scene(found)) is not None
        ]
        if not written:
            return
        people = [
            person
            for found in part.get("characters") or []
            if (person := _person(found)) is not None
        ]
        self._introduce(people)
        if isinstance(named := part.get("language"), str):
            self._language = named
        told = self._before + self._scenes(written)
        await self._on_scenes(told, self._spoken_language(told))

    async def _learn_to_read(self) -> None:
        """Loads what reading an answer needs, beside the loop.

        Not before there is one to read: until the question is out, nothing may slow it.
        """
        if not self._can_read:
            await asyncio.to_thread(_warm_up)
            self._can_read = True

    def _introduce(self, people: Sequence[WrittenCharacter]) -> None:
        """Adds those who are new; whom the order describes looks as it says."""
        known = {person.name.casefold() for person in self._cast}
        fresh = [
            Character(name=person.name[:80], description=person.looks[:400])
            for person in people
            if person.name.casefold() not in known
        ]
        self._cast = (*self._cast, *fresh)[:MAX_CHARACTERS]

    def _scenes(self, written: Sequence[WrittenScene]) -> tuple[ScriptScene, ...]:
        first = len(self._before) + 1
        mood = MOODS[self._request.story_type]
        return tuple(
            told_scene(scene, number, self._cast, mood)
            for number, scene in enumerate(written, start=first)
        )

    def _spoken_language(self, scenes: Sequence[ScriptScene]) -> str:
        asked = self._request.language
        return _language(self._language, scenes) if asked == "auto" else asked

    def _script(self, title: str) -> Script:
        return Script(
            title=self._request.title or " ".join(title.split())[:200],
            language=self._spoken_language(self._before),
            characters=self._cast,
            scenes=self._before,
            warnings=tuple(self._warnings()),
            sources=tuple(self._asker.sources.values()),
            usage=self._asker.usage if self._asker.usage.requests else None,
        )

    def _warnings(self) -> list[str]:
        told, wanted, found = self._before, self._wanted, []
        words = sum(count_words(scene.narration) for scene in told)
        if len(told) != wanted.scenes:
            found.append(
                f"The script has {len(told)} scenes instead of {wanted.scenes}."
            )
        if abs(words - wanted.words) > TOLERANCE * wanted.words:
            found.append(
                f"The script has {words} words, about {words / WORDS_A_MINUTE:.1f} "
                f"minutes instead of {self._request.duration:g}."
            )
        prompts = [scene.image_prompt for scene in told]
        found += length_warnings(prompts, self._cast)
        return found + unseen_warnings(told, self._cast)


def _warm_up() -> None:
    count_tokens("a scene")
    spoken("A sentence.")


def told_scene(
    scene: WrittenScene, number: int, cast: Sequence[Character], mood: str
) -> ScriptScene:
    """A scene as it is kept: only words that are spoken, and its whole image prompt."""
    prompt = image_prompt(scene.image, number, mood)
    shown = [
        *scene.characters,
        *named_in(cast, scene.image.subject, scene.image.action),
    ]
    return ScriptScene(
        id=number,
        narration=spoken(scene.narration),
        image_prompt=with_looks(prompt, shown, cast),
        references=likenesses(shown, cast),
    )


def is_speakable(scene: WrittenScene) -> bool:
    """Whether it has words to speak, and no more than a scene may have."""
    return 0 < len(spoken(scene.narration)) <= MAX_NARRATION_CHARS


def _speakable(told: Told) -> Told:
    """Without scenes that have nothing to say, or far too much."""
    scenes = [scene for scene in told.scenes if is_speakable(scene)]
    if not scenes:
        raise Nonsense("the answer has no words to speak")
    return told.model_copy(update={"scenes": scenes})


def _share(wanted: Wanted, number: int, parts: int) -> Wanted:
    """What is left for chapter ``number``, so that all chapters add up."""

    def of(amount: int) -> int:
        return amount * number // parts - amount * (number - 1) // parts

    return Wanted(max(of(wanted.scenes), 1), max(of(wanted.words), 1))


def _merged(scenes: Sequence[WrittenScene], most: int) -> list[WrittenScene]:
    """At most that many scenes: the shortest neighbours become one, where one holds both."""
    left = list(scenes)
    while len(left) > most:
        at = min(range(len(left) - 1), key=lambda n: _count(left[n : n + 2]))
        if sum(len(scene.narration) for scene in left[at : at + 2]) > MAX_JOINED_CHARS:
            break
        words = f"{left[at].narration}\n\n{left[at + 1].narration}"
        left[at : at + 2] = [left[at].model_copy(update={"narration": words})]
    return left


def _count(scenes: Sequence[WrittenScene]) -> int:
    return sum(count_words(spoken(scene.narration)) for scene in scenes)


def _scene(found: Any) -> WrittenScene | None:
    try:
        scene = WrittenScene.model_validate(found)
    except ValidationError:
        return None
    return scene if is_speakable(scene) else None


def _person(found: Any) -> WrittenCharacter | None:
    try:
        return WrittenCharacter.model_validate(found)
    except ValidationError:
        return None


def _language(named: str, scenes: Sequence[ScriptScene]) -> str:
    code = named.strip().lower().replace("_", "-")
    if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", code):
        return code
    from shared_protocol.kit.text_scenes.language import guess_language

    return guess_language("\n".join(scene.narration for scene in scenes))
