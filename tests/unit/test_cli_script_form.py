"""The Markdown form of a script: there and back, and what is said of a wrong one."""

from __future__ import annotations

import pytest

from orchestrator.cli.exits import UsageError
from orchestrator.cli.script_form import from_form, to_form
from orchestrator.edits import edited
from shared_protocol.scripts import Script, ScriptScene, ScriptView

NASTY = "# Not a heading.\n\n> not a picture\n\\ a backslash\n\n## Scene 7\n\n  Two  spaces."


def view(*narrations: str) -> ScriptView:
    """A script with these words."""
    scenes = tuple(
        ScriptScene(
            id=number,
            narration=text,
            image_prompt=f"picture: {number} > all",
            negative_prompt="text, blur" if number == 2 else "",
            title=f"Part: {number}" if number == 1 else None,
            seed=7 if number == 2 else None,
            locked=number == 1,
        )
        for number, text in enumerate(narrations, start=1)
    )
    script = Script(title="The # Lamp", language="en", scenes=scenes)
    return ScriptView(
        job_id="01900000-0000", version=4, script=script, words=9, narration_s=3.0
    )


@pytest.mark.parametrize(
    "words", ["One.", "One.\n\nTwo.", NASTY, "مرحبا.\n\n🙂 — “q”", "> Picture: no"]
)
def test_an_untouched_form_changes_nothing(words: str) -> None:
    """Words, pictures, seeds, locks and titles are those that there were."""
    before = view(words, f"Second: {words}")
    edit = from_form(to_form(before), before)

    assert edit.version == 4
    assert edited(before.script, edit) == before.script


def test_scenes_are_moved_added_changed_and_deleted() -> None:
    """The order of the form is the order of the film."""
    before = view("One.", "Two.", "Three.")
    form = to_form(before).replace("Two.", "Two, changed.")
    first, second, third = form.split("## Scene ")[1:]
    new = "New scene\n\nHello.\n\n> Picture: a hill\n\n"
    head = form.split("\n## ")[0]
    text = f"{head}\n## Scene {second}## {new}## Scene {first}"
    scenes = edited(before.script, from_form(text, before)).scenes

    assert [scene.id for scene in scenes] == [2, 4, 1]
    assert [scene.narration for scene in scenes] == ["Two, changed.", "Hello.", "One."]
    assert (scenes[0].seed, scenes[1].image_prompt) == (7, "a hill")
    assert third.startswith("3")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("# T\n", "no scenes"),
        ("## Akt 1\n\nA.\n\n> Picture: b", "line 1: '## Akt 1' is no scene"),
        ("## Scene 1\n\n> Picture: b", "has no words to speak"),
        ("\n## New scene\n\nA.", "line 2: '## New scene' has no '> Picture: ...'"),
    ],
)
def test_a_wrong_form_is_named_by_its_line(form: str, words: str) -> None:
    """So that it can be found in the editor."""
    with pytest.raises(UsageError) as refusal:
        from_form(form, view("One."))

    assert words in str(refusal.value)
