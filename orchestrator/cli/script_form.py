"""A script as Markdown that people edit, and back: whatever is not touched stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestrator.cli.exits import UsageError
from shared_protocol.scripts import ScriptEdit, ScriptScene, ScriptView
from shared_protocol.vocab import VOICE_IDS

GUIDE = (
    "<!-- Version {version}. Change words and pictures, move scenes, delete them, add "
    "'## New scene'. '(locked)' after a number protects a scene. '> Voice: brian' below "
    "a picture has that scene spoken by another voice than the film's (`moonreel voices` "
    "lists them). Lines of a narration that begin with #, > or \\ have a \\ before. -->"
)
_VERSION = re.compile(r"<!-- Version (\d+)\.")
_SCENE = re.compile(r"^## (?:Scene (\d+)|New scene)( \(locked\))?(?:: (.*))?\s*$")
_PICTURE, _WITHOUT, _VOICE = "> Picture: ", "> Without: ", "> Voice: "
_MARKS = tuple(mark.strip() for mark in (_PICTURE, _WITHOUT, _VOICE))
_SPECIAL = ("#", ">", "\\")


def to_form(view: ScriptView) -> str:
    """The Markdown form of a script."""
    lines = [GUIDE.format(version=view.version), "", f"# {view.script.title}", ""]
    for scene in view.script.scenes:
        lines += [*_scene_lines(scene), ""]
    return "\n".join(lines)


def from_form(text: str, view: ScriptView) -> ScriptEdit:
    """The edit that a changed form asks for; UsageError names the line at fault."""
    version = _VERSION.search(text)
    title, parts = _parts(text)
    if not parts:
        raise UsageError("the form has no scenes; each begins with '## Scene'")
    known = {scene.id: scene for scene in view.script.scenes}
    scenes = tuple(_scene(number, lines, known) for number, lines in parts)
    return ScriptEdit(
        version=int(version[1]) if version else view.version,
        title=title or view.script.title,
        scenes=scenes,
    )


def _scene_lines(scene: ScriptScene) -> Iterator[str]:
    locked = " (locked)" if scene.locked else ""
    title = f": {' '.join(scene.title.split())}" if scene.title else ""
    yield f"## Scene {scene.id}{locked}{title}"
    yield ""
    for line in scene.narration.split("\n"):
        yield f"\\{line}" if line.startswith(_SPECIAL) else line
    yield ""
    yield f"{_PICTURE}{' '.join(scene.image_prompt.split())}"
    if scene.negative_prompt:
        yield f"{_WITHOUT}{' '.join(scene.negative_prompt.split())}"
    if scene.voice is not None:
        yield f"{_VOICE}{scene.voice}"


def _parts(text: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The title, and the lines of each scene with the number of its first one."""
    title, parts = "", list[tuple[int, list[str]]]()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("## "):
            parts.append((number, [line]))
        elif parts:
            parts[-1][1].append(line)
        elif line.startswith("# "):
            title = line[2:].strip()
    return title, parts


def _scene(
    number: int, lines: list[str], known: dict[int | None, ScriptScene]
) -> ScriptScene:
    head = _SCENE.match(lines[0])
    if head is None:
        raise UsageError(
            f"line {number}: {lines[0]!r} is no scene; write '## Scene 3', or "
            "'## New scene'"
        )
    picture = _marked(_PICTURE, lines)
    said = [line for line in lines[1:] if not line.startswith(_MARKS)]
    narration = "\n".join(line.removeprefix("\\") for line in said).strip()
    if not narration or picture is None:
        missing = "'> Picture: ...'" if narration else "words to speak"
        raise UsageError(f"line {number}: {lines[0]!r} has no {missing}")
    scene_id = int(head[1]) if head[1] else None
    before = known.get(scene_id) if scene_id else None
    return _as_before(
        ScriptScene(
            id=scene_id,
            narration=narration,
            image_prompt=picture,
            negative_prompt=_marked(_WITHOUT, lines) or "",
            voice=_voice(number, lines),
            title=head[3].strip() if head[3] else None,
            locked=head[2] is not None,
            seed=before.seed if before else None,
            references=before.references if before else (),
            redraw=before.redraw if before else None,
        ),
        before,
    )


def _marked(mark: str, lines: list[str]) -> str | None:
    """What the first line with that mark says; None without one."""
    mark = mark.strip()
    said = (line.removeprefix(mark).strip() for line in lines if line.startswith(mark))
    return next(said, None)


def _voice(number: int, lines: list[str]) -> str | None:
    """Who speaks the scene; None: the film's voice."""
    named = _marked(_VOICE, lines)
    try:
        return VOICE_IDS.resolve(named) if named else None
    except ValueError as unknown:
        raise UsageError(f"line {number}: {lines[0]!r}: {unknown}") from unknown


def _as_before(scene: ScriptScene, before: ScriptScene | None) -> ScriptScene:
    """Words whose spaces alone differ are those that there were."""
    if before is None:
        return scene
    kept = {
        name: getattr(before, name)
        for name in ("narration", "image_prompt", "negative_prompt", "title")
        if _same(getattr(before, name), getattr(scene, name))
    }
    return scene.model_copy(update=kept)


def _same(before: str | None, now: str | None) -> bool:
    return (before or "").split() == (now or "").split() and _breaks(before) == _breaks(
        now
    )


def _breaks(text: str | None) -> int:
    """How many paragraphs."""
    return len(re.split(r"\n\s*\n", (text or "").strip()))
