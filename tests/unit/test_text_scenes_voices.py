"""Plays, screenplays and transcripts: what is said is read, who says it and when is not."""

import pytest

from shared_protocol.kit.text_scenes import split_text

SAID = "Where were you?\n\nAt the harbor. It was late.\n\nYou could have called."
SCRIPTS = {
    "labels": "ANNA: Where were you?\nBEN: (quietly) At the harbor. It was late.\n"
    "ANNA: You could have called.",
    "play": "ANNA. Where were you?\n\nBEN. At the harbor. It was late.\n\n"
    "ANNA. You could have called.",
    "names above": "ANNA.\nWhere were you?\n\nBEN.\nAt the harbor. It was late.\n\n"
    "ANNA.\nYou could have called.",
    "screenplay": "INT. KITCHEN - NIGHT\n\nANNA\n(quietly)\nWhere were you?\n\n"
    "BEN (V.O.)\nAt the harbor. It was late.\n\nANNA (CONT'D)\nYou could have called.\n\n"
    "FADE OUT.",
    "time and name": "00:00 Anna Lee\nWhere were you?\n\n00:12 Ben\nAt the harbor. "
    "It was late.\n\n00:20 Anna Lee\nYou could have called.",
    "name and time": "Speaker 1  0:00\nWhere were you?\n\nSpeaker 2  0:12\nAt the harbor. "
    "It was late.\n\nSpeaker 1  0:20\nYou could have called.",
}


def spoken(text: str) -> str:
    return "\n\n".join(scene.narration for scene in split_text(text).scenes)


@pytest.mark.parametrize("kind", SCRIPTS)
def test_who_speaks_and_when_is_not_read(kind: str) -> None:
    """However a script writes names and times, only the words are spoken, and it is told."""
    split = split_text(SCRIPTS[kind], num_scenes=1)

    assert SAID == split.scenes[0].narration
    assert "3 speaker labels" in split.warnings[-1]


@pytest.mark.parametrize(
    "text",
    [
        "Ingredients: flour, sugar\nTime: 30 minutes\nServes: 4",
        "Note: it rained.\nWarning: it will rain.\nTip: stay inside.",
        "NASA. That was the name.\n\nNASA. They all knew it.\n\nNASA. It flew.",
        "II. The second part.\n\nIII. The third part.\n\nIV. The fourth part.",
        "At 0:12\nAnn looked up.",
        "The train left at 9:30\nand nobody saw it leave.",
        "STOP\nsaid the sign, and he stopped.",
        "Breakfast 8:00\neggs and toast\n\nLunch 12:00\nsoup",
        "U.S. trains run late.\n\nU.K. trains do too.\n\nU.S. trains are longer.",
    ],
)
def test_what_is_no_name_is_read(text: str) -> None:
    """Labels that never come twice are those of a list; one word repeated is no dialogue."""
    assert text.split() == spoken(text).split()


def test_subtitles_of_the_web_are_read_without_their_notes() -> None:
    """Head, notes, styles, voices and classes go; the words stay."""
    text = (
        "WEBVTT - a film\nKind: captions\n\nSTYLE\n::cue { color: lime }\n\n"
        "NOTE nobody sees\nthis\n\n00:00:01.000 --> 00:00:04.000\n<v Ann>The moon rose\n\n"
        "intro\n00:00:05.000 --> 00:00:09.000 align:start\nover the <c.blue>lake</c>.\n"
    )

    assert "The moon rose over the lake." == spoken(text)


def test_rolled_subtitles_are_read_once() -> None:
    """Players that roll captions up repeat every line; nobody says it twice."""
    text = (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nhello<00:00:00.480><c> everyone</c>\n\n"
        "00:00:02.000 --> 00:00:02.010\nhello everyone\n\n"
        "00:00:02.010 --> 00:00:04.000\nhello everyone\nwelcome<00:00:03.000><c> back</c>\n"
    )
    sung = "1\n00:00:01,000 --> 00:00:02,000\nNo!\n\n2\n00:00:02,000 --> 00:00:03,000\nNo!\n"

    assert "hello everyone welcome back" == spoken(text)
    assert "No! No!" == " ".join(spoken(sung).split())


def test_speech_in_two_kinds_of_japanese_quotes_stays_whole() -> None:
    """A closing mark is never the first of a sentence."""
    split = split_text("『私です。』彼女は答えた。雨が降っていた。", num_scenes=9)

    assert ["『私です。』彼女は答えた。", "雨が降っていた。"] == [
        scene.narration for scene in split.scenes
    ]
