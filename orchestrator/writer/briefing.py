"""The questions to a writing service: every option of the order is in the words."""

from __future__ import annotations

import json
from collections.abc import Sequence

from orchestrator.writer.moods import MOODS
from orchestrator.writer.parts import Outline, PlannedChapter, WrittenCharacter
from orchestrator.writer.services.base import Ask
from orchestrator.writer.spoken import count_words
from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import Script, ScriptScene

_HOOKS = {
    "mild": "Open calmly: a curious detail that makes one want to know more.",
    "medium": "Open with a strong first sentence that raises a question at once.",
    "extreme": "Open in the middle of the most shocking moment; the very first sentence "
    "must make it impossible to stop listening.",
}
_PACES = {
    "slow": "Long, calm sentences; room for atmosphere and detail.",
    "medium": "Sentences of mixed length; a steady pace.",
    "dynamic": "Change the pace: quiet passages, then short sentences when it matters.",
    "fast": "Short sentences; something happens in every one of them.",
}
SYSTEM = (
    "You write scripts that one narrator reads aloud while pictures are shown. "
    "You never write stage directions, headings, scene numbers, Markdown or anything "
    "else that is not spoken. Facts, names and looks stay the same from the first scene "
    "to the last."
)


def story_ask(
    request: GenerateRequest, scenes: int, words: int, facts: str | None
) -> Ask:
    """A story that fits into one answer."""
    return _ask(
        *_about(request, facts),
        f"Write exactly {scenes} scenes, about {words} words of narration in all "
        f"(about {max(words // scenes, 1)} a scene).",
        _structure(scenes),
    )


def outline_ask(
    request: GenerateRequest, chapters: int, words: int, facts: str | None
) -> Ask:
    """The plan of a long story."""
    return _ask(
        *_about(request, facts),
        f"The story will have about {words} words, told in exactly {chapters} chapters. "
        "Do not write it yet: plan it, with its characters and what happens in each "
        "chapter.",
        _structure(chapters),
    )


def chapter_ask(
    request: GenerateRequest,
    outline: Outline,
    number: int,
    scenes: int,
    words: int,
    summary: str,
    facts: str | None,
) -> Ask:
    """One chapter of a long story, with all that was told before."""
    chapter = outline.chapters[number - 1]
    return _ask(
        *_about(request, facts, is_opening=number == 1),
        f"The story is {outline.title!r}, in {outline.language}. Its plan:",
        _numbered(outline.chapters),
        "Its characters: " + _cast(outline.characters),
        f"What was told so far: {summary or 'nothing, this is the beginning.'}",
        f"Now write chapter {number} of {len(outline.chapters)}, {chapter.title!r}: "
        f"exactly {scenes} scenes, about {words} words of narration in all. Go on from "
        "where it stopped; do not tell anything twice, and do not end the story "
        "before its last chapter.",
    )


def repair_ask(ask: Ask, answer: str, faults: Sequence[str]) -> Ask:
    """The same again, with what was wrong about the first answer."""
    wrong = " ".join(faults)
    prompt = (
        f"{ask.prompt}\n\nThis was your answer:\n{answer}\n\n{wrong} Write it again, "
        "whole and right."
    )
    return Ask(**vars(ask) | {"prompt": prompt})


def facts_ask(request: GenerateRequest) -> Ask:
    """Facts from the web, before a story is made of them."""
    prompt = (
        f"Look up what is known about this: {request.topic}\n\nList the facts that a "
        f"narrator needs for a film of {request.duration:g} minutes: names, dates, "
        "places, numbers, what is disputed. Only what the sources say."
    )
    return Ask(system="You are a careful researcher.", prompt=prompt, search=True)


def rewrite_ask(
    request: GenerateRequest, script: Script, scene: ScriptScene, note: str, count: int
) -> Ask:
    """Other ways to tell one scene of a script."""
    told = "\n".join(f"[{s.id}] {s.narration}" for s in script.scenes)
    is_opening = scene is script.scenes[0]
    return _ask(
        *_about(request, None, is_opening=is_opening, language=script.language),
        f"This is the script, {script.title!r}, scene by scene:\n{told}",
        f"Rewrite scene [{scene.id}] in {count} different ways. It must still fit "
        "between the scenes around it, and have about "
        f"{count_words(scene.narration)} words unless the wish says otherwise.",
        f"The wish: {note or 'make it better.'}",
    )


def analysis_ask(content: str, kind: str) -> Ask:
    """How a given script is made."""
    about = f" It is meant as: {kind}." if kind else ""
    return Ask(
        system="You analyse scripts, precisely and briefly.",
        prompt=f"Analyse how this script is made.{about}\n\n{content}",
        temperature=0.2,
    )


def _ask(*parts: str) -> Ask:
    return Ask(system=SYSTEM, prompt="\n\n".join(part for part in parts if part))


def _about(
    request: GenerateRequest,
    facts: str | None,
    *,
    is_opening: bool = True,
    language: str | None = None,
) -> list[str]:
    """What holds for all that is written; the hook only where the story opens."""
    kind = request.story_type.replace("_", " ")
    language = language or request.language
    return [
        f"The topic: {request.topic or request.title or 'as in the script below'}",
        f"The title: {request.title}" if request.title else "",
        f"The kind of story: {kind} ({MOODS[request.story_type]}).",
        _HOOKS[request.hook_intensity] if is_opening else "",
        _PACES[request.pacing],
        "Write in the language of the topic."
        if language == "auto"
        else f"Write the narration in the language {language}.",
        _given_cast(request),
        _template(request),
        f"Facts to keep to; add none of your own:\n{facts}" if facts else "",
    ]


def _given_cast(request: GenerateRequest) -> str:
    if not request.characters:
        return ""
    told = "; ".join(f"{c.name}: {c.description}" for c in request.characters)
    return f"These characters appear, by exactly these names: {told}."


def _template(request: GenerateRequest) -> str:
    if request.template is None:
        return ""
    told = json.dumps(request.template.model_dump(), ensure_ascii=False)
    return (
        "Write in the manner of a script that was analysed like this, with a story and "
        f"words of your own: {told}"
    )


def _structure(parts: int) -> str:
    if parts < 5:
        return "It has a hook, a rise, a climax and a resolution."
    climax = max(round(parts * 0.8), 4)
    return (
        "Structure: 1 is the hook, 2 begins the setup, then the rise; the climax is "
        f"{climax}, and {climax + 1} to {parts} are the resolution."
    )


def _numbered(chapters: Sequence[PlannedChapter]) -> str:
    return "\n".join(
        f"{number}. {chapter.title}: {chapter.plan}"
        for number, chapter in enumerate(chapters, start=1)
    )


def _cast(characters: Sequence[WrittenCharacter]) -> str:
    return "; ".join(f"{c.name}: {c.looks}" for c in characters) or "none."
