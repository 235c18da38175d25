"""Scenes of a user's own text: nothing lost, natural cuts, balanced lengths."""

# ruff: noqa: RUF001 other alphabets are tested

from pathlib import Path

import pytest

from shared_protocol.kit.text_scenes import (
    SplitText,
    TooFewScenes,
    UnspeakableText,
    split_text,
)
from shared_protocol.specs import MAX_NARRATION_CHARS, FilmSpec, SceneSpec

EXAMPLES = Path(__file__).parents[2] / "examples"
CROW = (EXAMPLES / "the-crow-and-the-pitcher.md").read_text(encoding="utf-8")
LIGHTHOUSE = (EXAMPLES / "the-lighthouse.md").read_text(encoding="utf-8")


def narrated(split: SplitText) -> list[str]:
    return [token for scene in split.scenes for token in scene.narration.split()]


def prose(markdown: str) -> list[str]:
    """The tokens of a Markdown text whose only markup is headings."""
    lines = [line for line in markdown.split("\n") if not line.startswith("#")]
    return " ".join(lines).split()


def paragraphs(count: int, sentences: int = 3) -> str:
    return "\n\n".join(
        " ".join(f"Sentence {p} {s} has seven words now." for s in range(sentences))
        for p in range(count)
    )


@pytest.mark.parametrize("text", [CROW, LIGHTHOUSE], ids=["crow", "lighthouse"])
@pytest.mark.parametrize("num_scenes", [None, 1, 3, 9])
def test_every_word_is_spoken_once(text, num_scenes):
    """The narrations together are the words of the text, headings left out."""
    split = split_text(text, num_scenes=num_scenes)

    assert prose(text) == narrated(split)
    assert num_scenes in {None, len(split.scenes)}


KINDS = {
    "prose": 'The rain fell. Nobody came, "not one," she said... and left. ' * 12,
    "dialogue": "“Who goes there?” he asked.\n\n“Only me.”\n\n“And who is that?”\n\n"
    * 6,
    "poem": "Tyger Tyger, burning bright,\nIn the forests of the night;\n\n" * 6,
    "markdown": "# A\n\n- One *bold* step\n- Two steps\n\n> Quoted.\n\n## B\n\nIt ended. "
    * 4,
    "chapters": "Chapter 1\n\nIt began. It went on.\n\nChapter 2\n\nIt ended. So it did.",
    "transcript": "[00:01] Ann: Hello there. Welcome.\n[00:05] Bob: Thanks. It is 9:30.\n"
    * 4,
    "chinese": "从前有一只乌鸦。它很渴！它飞了很远。\n\n终于找到了水。" * 4,
    "arabic": "كان يا ما كان غراب. كان عطشان! طار بعيدا؟ نعم.\n\nثم وجد الماء. " * 4,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read_headings", [False, True])
def test_no_cut_loses_or_repeats_a_word(kind, read_headings):
    """However many scenes, together they say what one scene would say."""
    options = {"read_headings": read_headings}
    whole = "".join(narrated(split_text(KINDS[kind], num_scenes=1, **options)))

    for wanted in (2, 5, 11, None):
        split = split_text(KINDS[kind], num_scenes=wanted, **options)
        assert whole == "".join(narrated(split))
        assert all(scene.narration.strip() for scene in split.scenes)


def test_headings_are_read_if_asked():
    """Title and chapters are said once, each right before its own text."""
    split = split_text(LIGHTHOUSE, read_headings=True)
    said = " ".join(narrated(split))

    assert said.startswith("The Lighthouse at Gull Point. The Keeper. Mara Quill")
    assert "The Storm. The machine" in said
    assert all(said.count(f" {name}. ") == 1 for name in ("The Keeper", "The Storm"))
    assert ["The Keeper", "The Storm", "The Light"] == [
        scene.heading for scene in split.scenes if scene.heading
    ]
    assert not any(scene.narration.endswith("The Storm.") for scene in split.scenes)


@pytest.mark.parametrize(("seconds", "scenes"), [(60, 5), (120, 10), (6, 1)])
def test_a_duration_gives_the_number_of_scenes(seconds, scenes):
    """Twelve seconds each; a text of another length is told whole, with a warning."""
    split = split_text(paragraphs(20), duration_s=seconds)

    assert scenes == len(split.scenes)
    assert any("is told whole" in text for text in split.warnings)
    assert not any(
        "is told whole" in text
        for text in split_text(paragraphs(20), duration_s=170).warnings
    )


def test_a_language_by_option_is_not_guessed():
    """A short text says too little of its language."""
    assert "de" == split_text("Hallo Anna.", language="de").language


def test_the_first_heading_is_the_title():
    """An H1 names the film unless the user did; chapters name their first scene."""
    split = split_text(LIGHTHOUSE)

    assert "The Lighthouse at Gull Point" == split.title
    assert ["The Keeper", "The Storm", "The Light"] == [
        scene.heading for scene in split.scenes if scene.heading
    ]
    assert "Mine" == split_text(LIGHTHOUSE, title="Mine").title


def test_a_text_without_title_is_named_by_its_first_words():
    """No heading: the beginning of the text, cut between words."""
    split = split_text("The rain fell for days on end. " * 3 + "Then it stopped.")

    assert "The rain fell for days on end" == split.title
    assert "Who goes there? he asked" == split_text("“Who goes there?” he asked.").title


def test_scenes_do_not_cross_chapters():
    """A chapter begins its own scene when there are enough scenes."""
    split = split_text(LIGHTHOUSE, num_scenes=5)

    begins = [scene.narration.split()[:2] for scene in split.scenes if scene.heading]
    assert [["Mara", "Quill"], ["The", "machine"], ["At", "the"]] == begins


def test_usual_scenes_take_about_twelve_seconds():
    """Without a number, a scene has about 30 words."""
    split = split_text(paragraphs(20))

    words = [len(scene.narration.split()) for scene in split.scenes]
    assert 14 == len(words)
    assert all(21 <= count <= 42 for count in words)


@pytest.mark.parametrize("num_scenes", [2, 7, 20, 60])
def test_scenes_are_balanced(num_scenes):
    """Exactly as many scenes as asked, none far from the mean."""
    split = split_text(paragraphs(60), num_scenes=num_scenes)

    words = [len(scene.narration.split()) for scene in split.scenes]
    mean = sum(words) / len(words)
    assert num_scenes == len(words)
    assert all(0.5 * mean <= count <= 1.6 * mean for count in words)


def test_paragraphs_are_preferred_to_sentences():
    """Cuts fall between paragraphs where the lengths allow it."""
    split = split_text(paragraphs(6), num_scenes=3)

    assert all(2 == scene.narration.count("has seven") // 3 for scene in split.scenes)
    assert all("\n\n" in scene.narration for scene in split.scenes)


def test_fewer_sentences_than_scenes_are_told():
    """As many scenes as sentences, and a warning with both numbers."""
    split = split_text("One came. Two went.", num_scenes=10)

    assert ["One came.", "Two went."] == [scene.narration for scene in split.scenes]
    assert (
        "The text has only 2 sentences, so the film has 2 scenes instead of 10."
        in split.warnings
    )


POEM = (
    "Two roads diverged in a yellow wood,\nAnd sorry I could not travel both\n"
    "And be one traveler, long I stood\n\nThen took the other, as just as fair,\n"
    "And having perhaps the better claim\n"
)


def test_a_poem_may_have_a_scene_for_each_line():
    """Where more scenes are asked for than there are sentences; its lines stay lines."""
    lines = [line for line in POEM.split("\n") if line]

    assert lines == [s.narration for s in split_text(POEM, num_scenes=5).scenes]
    assert ["\n".join(lines[:3]), "\n".join(lines[3:])] == [
        scene.narration for scene in split_text(POEM, num_scenes=2).scenes
    ]
    assert (
        "The text has only 5 lines, so the film has 5 scenes instead of 9."
        in split_text(POEM, num_scenes=9).warnings
    )


def test_sentences_stay_whole():
    """No scene ends inside a sentence of ordinary length."""
    split = split_text(LIGHTHOUSE, num_scenes=17)

    ends = {scene.narration.rstrip("\"'")[-1] for scene in split.scenes}
    assert ends <= set(".!?")


def test_a_scene_has_room_for_its_words():
    """Too few scenes are refused with the least number; a duration gets as many as it needs."""
    text = paragraphs(430)
    with pytest.raises(TooFewScenes, match=r"too long for 1 scene .* at least 3\."):
        split_text(text, num_scenes=1)

    for options in ({"num_scenes": 3}, {"duration_s": 6}):
        scenes = split_text(text, **options).scenes
        assert 3 == len(scenes)
        assert max(len(scene.narration) for scene in scenes) <= MAX_NARRATION_CHARS


@pytest.mark.parametrize(
    "text", ["a" * 30_000, "从前有一只乌鸦" * 5_000, "x\u0301" * 20_000]
)
def test_a_word_without_end_is_cut_all_the_same(text):
    """Nothing of it is lost, and no mark is parted from its letter."""
    scenes = split_text(text).scenes

    assert text == "".join(scene.narration for scene in scenes)
    assert not any(scene.narration.startswith("\u0301") for scene in scenes)


def test_a_heap_of_signs_is_refused():
    """Nobody could say it, and no scene could hold it."""
    with pytest.raises(UnspeakableText, match="more than 20000 characters"):
        split_text("." * 25_000 + " word.")


def test_a_very_long_sentence_is_cut_at_a_comma():
    """Only a sentence of more than 400 characters is cut, at punctuation."""
    text = "The wagons rolled on through the dust, " * 30 + "and stopped."
    split = split_text(text, num_scenes=3)

    assert 3 == len(split.scenes)
    assert all(scene.narration[-1] in ",." for scene in split.scenes)
    assert text.split() == narrated(split)


def test_what_cannot_be_spoken_is_no_scene():
    """Dots and emoji in paragraphs of their own stay with a sentence."""
    split = split_text("…\n\nOne came.\n\n🎉\n\nTwo went.\n\n...", num_scenes=9)

    assert ["…\n\nOne came.", "🎉\n\nTwo went.\n\n..."] == [
        scene.narration for scene in split.scenes
    ]
    assert "One came" == split.title


def test_an_hour_of_narration_warns_of_long_pictures():
    """More than 90 s a scene at 60 scenes is said; 60 minutes are fine."""
    hour = paragraphs(430)
    long = split_text(hour * 2)

    assert () == split_text(hour).warnings
    assert 60 == len(long.scenes)
    assert "each picture stays for about" in long.warnings[0]


@pytest.mark.parametrize(
    "text",
    ["", "  \n\n ", "🎉 😀", "...\n\n---\n\n***", "# Only a title", "<!-- no -->"],
)
def test_text_without_words_is_refused(text):
    """One sentence says that nothing can be read aloud."""
    with pytest.raises(UnspeakableText, match=r"^The text has nothing .*\.$"):
        split_text(text)


@pytest.mark.parametrize("text", ["PK\x03\x04\0\0", "a\0b", "\x01\x02\x03\x04hello"])
def test_binary_data_is_refused(text):
    """NUL and heaps of control characters are no text."""
    with pytest.raises(UnspeakableText, match="binary"):
        split_text(text)


@pytest.mark.parametrize("num_scenes", [0, 61, -1])
def test_impossible_numbers_of_scenes_are_refused(num_scenes):
    """The message names the number and the range."""
    with pytest.raises(ValueError, match=f"num_scenes is {num_scenes}; choose 1 to 60"):
        split_text("Hello there.", num_scenes=num_scenes)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A crow came.", "en"),
        ("Es war einmal ein Mädchen. Sie ging in den Wald und traf den Wolf.", "de"),
        ("Il était une fois une fille qui vivait dans un village.", "fr"),
        ("Había una vez un lobo que vivía en el bosque con su hermano.", "es"),
        ("C'era una volta un re che viveva con la figlia nel bosco di notte.", "it"),
        ("Era uma vez um lobo que não vivia com o irmão, mas em uma casa.", "pt"),
        ("Жила-была девочка в лесу.", "ru"),
        ("Жила собі дівчинка у лісі.", "uk"),
        ("昔々、おじいさんがいました。", "ja"),
        ("从前有一只乌鸦。", "zh"),
        ("옛날에 까마귀가 있었다.", "ko"),
        ("كان يا ما كان غراب.", "ar"),
        ("وہ گھر گیا۔ پھر سو گیا۔", "ur"),
        ("پسر به خانه رفت و گفت.", "fa"),
        ("एक कौआ था।", "hi"),
    ],
)
def test_the_language_is_guessed(text, language):
    """By script, or by the commonest words."""
    assert language == split_text(text).language


def test_chinese_is_cut_at_its_sentences():
    """Text without spaces is balanced and rejoined without adding any."""
    text = "从前有一只乌鸦。" * 40
    split = split_text(text, num_scenes=4)

    assert 4 == len(split.scenes)
    assert text == "".join(scene.narration for scene in split.scenes)


def test_the_same_text_gives_the_same_scenes():
    """Splitting is a pure function."""
    assert split_text(LIGHTHOUSE) == split_text(LIGHTHOUSE)


def test_scenes_fit_the_wire():
    """Narrations and prompts are accepted as a film."""
    split = split_text(LIGHTHOUSE)
    film = FilmSpec(
        title=split.title,
        language=split.language,
        scenes=tuple(
            SceneSpec(
                narration=scene.narration,
                image_prompt=scene.image_prompt,
                title=scene.heading,
            )
            for scene in split.scenes
        ),
    )

    assert len(split.scenes) == len(film.scenes)
