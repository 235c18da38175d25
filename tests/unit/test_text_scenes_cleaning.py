"""What is read aloud of Markdown, scripts, transcripts, poems; and what is not."""

import pytest

from shared_protocol.kit.text_scenes import SplitText, split_text

MARKDOWN = """---
title: "Fox and Grapes"
date: 2020-01-01
---
<!-- a note
to myself -->

A *hungry* fox saw some **fine** [grapes](http://x.example/a_b) on a `vine`.
![a vine](vine.png)

> He jumped, 5 * 3 times.

- First he tried
- Then he rested.

1. One step
2. Two steps!

```python
print("not for ears")
```

| Name | Age |
|------|----:|
| Fox  | 3   |

Sour &amp; small, he said[^1], with <b>snake_case</b> \\*stars\\*.

[^1]: A footnote.
[ref]: http://x.example
"""


def spoken(text: str) -> str:
    return " | ".join(scene.narration for scene in split_text(text).scenes)


def left_out(split: SplitText) -> str:
    return next(w for w in split.warnings if w.startswith("Not read aloud"))


def test_markdown_becomes_speakable_text():
    """Markup goes, words stay, items end like sentences."""
    split = split_text(MARKDOWN, num_scenes=1)

    assert "Fox and Grapes" == split.title
    assert (
        "A hungry fox saw some fine grapes on a vine.\n\n"
        "He jumped, 5 * 3 times.\n\n"
        "First he tried.\n\nThen he rested.\n\nOne step.\n\nTwo steps!\n\n"
        "Name, Age. Fox, 3.\n\n"
        "Sour & small, he said, with snake_case *stars*."
    ) == split.scenes[0].narration.replace("\nFox", " Fox")
    assert (
        "Not read aloud: 1 code block, 1 comment, 1 footnote, 1 front matter, "
        "1 picture link."
    ) == left_out(split)


def test_a_picture_in_a_sentence_is_read_as_its_words():
    """One that stands alone, or as a link, is not read."""
    text = (
        "Then see the ![Colosseum](c.png), it is old.\n\n![a wall](w.png) ![b](b.png)\n\n"
        "[![badge](b.svg)](https://x.example)\n\nHe left."
    )
    split = split_text(text)

    assert spoken(text) == "Then see the Colosseum, it is old.\n\nHe left."
    assert "3 picture links" in left_out(split)


def test_scripts_are_read_without_directions():
    """Labels, scene lines and stage directions are left out and counted."""
    split = split_text(
        "Scene 1: The Farm\n\nINT. HOUSE - DAY\n\n[wind howls]\n\n"
        "NARRATOR: The old house stood empty. (sighs) Nobody came.\n\n"
        "MARY (whispering): Is anyone there?\n\n(She opens the door.)\n\n"
        "NARRATOR: No one answered. [laughs]\n\nCUT TO:\n\n"
        "Scene 2: Mary ran through the forest until she found a light."
    )

    assert ["The Farm", None] == [scene.heading for scene in split.scenes]
    assert [
        "The old house stood empty. Nobody came.\n\nIs anyone there?\n\nNo one answered.",
        "Mary ran through the forest until she found a light.",
    ] == [scene.narration for scene in split.scenes]
    assert (
        "Not read aloud: 3 scene lines, 3 speaker labels, 5 stage directions."
    ) == left_out(split)


def test_transcripts_are_read_without_times_and_names():
    """Time stamps and speakers of a transcript are not spoken."""
    split = split_text(
        "[00:00:01] Speaker 1: Hello and welcome.\n"
        "[00:00:05] Speaker 2: Thanks. It is 9:30 now.\n"
    )

    assert "Hello and welcome.\n\nThanks. It is 9:30 now." == split.scenes[0].narration


def test_subtitles_become_running_text():
    """Numbers and times of SRT go; sentences join over cues."""
    text = (
        "1\n00:00:01,000 --> 00:00:04,000\nThe moon rose over\nthe lake.\n\n"
        "2\n00:00:05,000 --> 00:00:09,000\nA boat drifted\n\n"
        "3\n00:00:09,000 --> 00:00:12,000\ninto the mist.\n"
    )

    assert "The moon rose over the lake. A boat drifted into the mist." == spoken(text)


def test_poems_keep_their_lines():
    """Verse stays in lines; wrapped prose is joined."""
    poem = (
        "The Tyger\n\nby William Blake\n\nTyger Tyger, burning bright,\nIn the night;"
    )
    split = split_text(poem)

    assert "The Tyger" == split.title
    assert "Tyger Tyger, burning bright,\nIn the night;" == split.scenes[0].narration
    assert "He walked on and on. She stayed." == spoken(
        "He walked on\nand on. She\nstayed."
    )


@pytest.mark.parametrize(
    "text",
    [
        "She had one rule: never look back.",
        "Note: this is prose, and 9:30 was late.",
        "He said [sic] it was (quietly) true.",
        "(It was the last time I saw him.)",
        "In 1984. It was cold.",
        "Scene of the crime: a kitchen.",
        "Don't go, O'Brien! It's rock 'n' roll.",
        "A snake_case_name and 2 * 3 * 4 < 5.",
        "Call me (or her) at 5 p.m. on St. John's Day.",
    ],
)
def test_prose_that_looks_like_markup_is_read(text):
    """Nothing of a story is taken for a label, a cue or markup."""
    assert text == spoken(text)


@pytest.mark.parametrize(
    "heading", ["Chapter 3", "CHAPTER III: The Storm", "Prologue", "THE OLD STORM"]
)
def test_plain_headings_are_not_read(heading):
    """Chapters of plain text are headings."""
    split = split_text(f"It began.\n\n{heading}\n\nIt ended.", num_scenes=2)

    assert ["It began.", "It ended."] == [scene.narration for scene in split.scenes]
    assert heading.lower() == (split.scenes[1].heading or "").lower()


def test_underlined_and_bold_headings_are_not_read():
    """Setext and bold lines are headings too."""
    split = split_text("Film\n====\n\nOne came.\n\n**The End of It**\n\nTwo went.")

    assert "Film" == split.title
    assert "One came.\n\nTwo went." == spoken(
        "Film\n====\n\nOne came.\n\n**The End of It**\n\nTwo went."
    )
    assert "The End of It" == split.scenes[0].heading


def test_an_unclosed_fence_loses_nothing():
    """Words after a lone fence are still read."""
    assert "Before.\n\nAfter it all." == spoken("Before.\n\n```\nAfter it all.")


def test_abbreviations_quotes_and_ellipses_do_not_end_sentences():
    """Sentences end where a reader would end them."""
    split = split_text(
        "Mr. Fox met Dr. Who at St. Ives, e.g. at 5 p.m. by bus. "
        '"Stop! Now!" he cried... and ran. J. R. R. Tolkien wrote. "Why?" she asked.',
        num_scenes=10,
    )

    assert [
        "Mr. Fox met Dr. Who at St. Ives, e.g. at 5 p.m. by bus.",
        '"Stop! Now!" he cried... and ran.',
        "J. R. R. Tolkien wrote.",
        '"Why?" she asked.',
    ] == [scene.narration for scene in split.scenes]


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("See [Ant](https://x.example/Ant_(insect)) now.", "See Ant now."),
        ('A ![map](a_(b).png "all (old)") shows it.', "A map shows it."),
        ("Call `__init__` and `a[b](c)` or ``x`y``.", "Call __init__ and a[b](c) or x`y."),
        ("Write `<b>` for bold.", "Write <b> for bold."),
        ("Dear <name>, x <y and z> w.", "Dear <name>, x <y and z> w."),
        ("> One.\n> > Two.", "One.\nTwo."),
        ("He left[^1].\n\n[^1]: A note\n    that goes on.\n\nEnd.", "He left.\n\nEnd."),
        ("<p>One <b>bold</b>.</p><p>Two.</p><script>f(1)</script>", "One bold.\n\nTwo."),
        ("<ul><li>Ant.</li><li>Bee.</li></ul>", "Ant.\n\nBee."),
        ("<tr><td>Ant</td><td>6 legs.</td></tr>", "Ant, 6 legs."),
    ],
)  # fmt: skip
def test_markup_goes_and_words_stay(markdown: str, words: str) -> None:
    """Addresses with parentheses, code, HTML in blocks, notes of several lines."""
    assert words == spoken(markdown)


def test_headings_of_html_are_headings() -> None:
    """Also where a whole page stands on one line."""
    split = split_text("<h1>Ants</h1><p>One.</p><h2 id='b'>Bees</h2><p>Two.</p>")

    assert ("Ants", "Bees") == (split.title, split.scenes[-1].heading)
    assert "One.\n\nTwo." == "\n\n".join(scene.narration for scene in split.scenes)


def test_a_number_alone_is_read_unless_it_counts_chapters() -> None:
    """The answer is 42, but 1, 2, 3 above parts of a story are their numbers."""
    text = "The answer was:\n\n42\n\nNobody laughed."
    chapters = "I\n\nIt began.\n\nII\n\nIt went on.\n\nIII\n\nIt ended."

    assert text == spoken(text)
    assert "It began.\n\nIt went on.\n\nIt ended." == spoken(chapters)


def test_a_text_in_capitals_is_read() -> None:
    """They mark headings only where not everything is written in them."""
    text = "THE STORM CAME AT NIGHT.\n\nIT WAS DARK\n\nHE RAN AWAY"

    assert text == spoken(text)
