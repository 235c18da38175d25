"""What espeak is told to say for a token, and how pace and stretching keep time."""

import numpy as np
import pytest

from colab_worker.engines.base import EngineError
from colab_worker.engines.espeak.child import Child
from colab_worker.engines.espeak.pace import Pace, fit_pace
from colab_worker.engines.espeak.spoken import spoken_form
from colab_worker.engines.espeak.stretch import stretched
from colab_worker.engines.espeak.utterances import plan_utterances
from tests.unit.espeak_sound import median_pitch

# ruff: noqa: RUF001 typographic punctuation is tested


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("$3.50", "3 dollars 50"),
        ("$1", "1 dollar"),
        ("£20,000.", "20,000 pounds."),
        ("$2.5m", "2.5 million dollars"),
        ("€3bn,", "3 billion euros,"),
        ("1990s", "19 nineties"),
        ("’80s,", "eighties,"),
        ("2000s", "two thousands"),
        ("2024-05-06", "May 6, 2024"),
        ("978-3-16-148410-0", "978 3 16 148410 0"),
        ("555-1234", "5 5 5, 1 2 3 4"),
        ("5-10", "5 to 10"),
        ("-5", "-5"),
        ("-Well", "Well"),
        ("10:00", "10 o'clock"),
        ("17:00,", "17 hundred,"),
        ("9:05", "9 oh 5"),
        ("9:30", "9:30"),
        ("20°C", "20 degrees Celsius"),
        ("80km/h", "80 kilometers an hour"),
        ("3x", "3 times"),
        ("1920x1080", "1920 by 1080"),
        ("0x10", "0x10"),
        ("24/7", "24 7"),
        ("WWII.", "World War 2."),
        ("×", "×"),
        ("1969", "19 69"),
        ("1905.", "19 oh 5."),
        ("1,969", "1,969"),
        ("1900", "1900"),
        ("1914–1918", "19 14 to 19 18"),
        ("IV.", "4."),
        ("XIX", "19"),
        ("I", "I"),
        ("MIX", "MIX"),
        ("XXL", "XXL"),
        ("IIX", "IIX"),
        ("vs.", "versus"),
        ("i.e.", "that is"),
        ("#1", "number 1"),
        ("5km", "5 kilometers"),
        ("and/or", "and or"),
        ("1/2", "one half"),
        ("2/3", "2 thirds"),
        ("5/6", "5 6"),
        ("9/10.", "9 10."),
        ("6/3", "6 3"),
        ("word—word", "word, word"),
        ("“don’t”", "don't"),
        ("cried…", "cried..."),
        ("https://www.example.com/a?b=1.", "example dot com."),
        ("😀", ""),
        ("—", ""),
        ("fun🎉!", "fun!"),
        ("10%", "10%"),
        ("**", ""),
        ("&", "&"),
    ],
)
def test_english_tokens_as_said(token, said):
    """Money, years, numerals, addresses and signs in words."""
    assert said == spoken_form(token, "", "", "en")


@pytest.mark.parametrize(
    ("before", "token", "after", "said"),
    [
        ("Baker", "St.", "today", "Street"),
        ("at", "St.", "Ives", "Saint"),
        ("", "No.", "5", "number"),
        ("said", "No.", "He", "No."),
        ("18", "km,", "away", "kilometers,"),
        ("the", "mm", "sound", "mm"),
        ("cost", "$3.5", "million", "3.5"),
        ("$3.5", "million,", "he", "million dollars,"),
        ("a", "million", "stars", "million"),
        ("at", "10:00", "a.m.", "10"),
        ("at", "10:00", "among", "10 o'clock"),
        ("3", "1/2", "cups", "and one half"),
        ("on", "Jan.", "5", "January"),
        ("said", "Jan.", "He", "Jan."),
        ("Baker", "St.,", "Jan", "Street,"),
    ],
)
def test_neighbours_decide(before, token, after, said):
    """The words around settle what an abbreviation is."""
    assert said == spoken_form(token, before, after, "en")


def test_capitals_throughout_are_not_spelled():
    """A sentence that is shouted is said as one that is not; names stay names."""
    (shouted,) = plan_utterances("IT WAS DARK.", "en")
    (told,) = plan_utterances("The FBI knew.", "en")

    assert (("IT", "WAS", "DARK."), ("it", "was", "dark.")) == (
        shouted.tokens,
        shouted.said,
    )
    assert ("The", "FBI", "knew.") == told.said


def test_other_languages_are_left_as_written():
    """English rules are for English only."""
    assert "IV" == spoken_form("IV", "", "", "de")
    assert "1969" == spoken_form("1969", "", "", "fr")


def test_dashes_and_line_ends_become_pauses():
    """A silent dash and the end of a verse line are heard as a comma."""
    (verse,) = plan_utterances("He ran — fast\nand far", "en")

    assert ("He", "ran,", "", "fast,", "and", "far") == verse.said


def test_silent_sentences_join_their_neighbours():
    """Emoji between sentences belong to the one before, leading ones to the first."""
    first, second = plan_utterances("🎉 One came. 😀\n\n🎉\n\nTwo went.", "en")

    assert ("🎉", "One", "came.", "😀", "🎉") == first.tokens
    assert first.ends_paragraph
    assert ("Two", "went.") == second.tokens


@pytest.mark.parametrize(
    ("sentence", "language", "read_in"),
    [
        ("مرحبا بكم في المخبز.", "en", "ar"),
        ("سلام، چطوری؟", "en", "fa"),
        ("从前有一只乌鸦。", "en-gb", "zh"),
        ("むかし、烏が居た。", "de", "ja"),
        ("東京都。", "ja", "ja"),
        ("漢字。", "ko", "ko"),
        ("Жила-была девочка.", "bg", "bg"),
        ("Bila jednom devojčica.", "sr", "sr"),
        ("एक कौआ था।", "mr", "mr"),
        ("The bread rose in the oven.", "ar", "en"),
        ("Der Wolf ist in dem Wald.", "zh", "de"),
        ("Die Nacht war kalt.", "en", "en"),
        ("He said “سلام” to the crowd.", "en", "en"),
        ("The angle α is small.", "en", "en"),
        ("1969!", "hi", "hi"),
    ],
)
def test_sentences_in_another_script_have_a_language_of_their_own(
    sentence, language, read_in
):
    """Only the script of most letters decides, never a guess among one script's."""
    (utterance,) = plan_utterances(sentence, language)

    assert read_in == utterance.language


def test_english_rules_follow_the_sentence():
    """An English sentence in a Chinese text has its abbreviations read out."""
    chinese, english = plan_utterances("他来了。\n\nIt was 18 km, away.", "zh")

    assert ("zh", "en") == (chinese.language, english.language)
    assert "kilometers," in english.said


def test_pace_finds_the_rate():
    """A rate that is not in proportion to speed is found by trying."""
    pace = fit_pace(lambda rate: 1000 / (rate + 40), base=160, speed=1.5)

    assert 1.0 == pace.stretch
    assert 260 == pytest.approx(pace.rate, abs=4)


def test_pace_leaves_the_rest_to_stretching():
    """Below espeak's slowest rate the sound is made longer."""
    pace = fit_pace(lambda rate: 1000 / rate, base=120, speed=0.5)

    assert 80 == pace.rate
    assert 80 / 60 == pytest.approx(pace.stretch)


def test_normal_speed_is_not_tried_out():
    """Speed 1.0 costs no extra pass."""
    assert Pace(150, 1.0) == fit_pace(lambda rate: 1 / 0, base=150, speed=1.0)


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.25, 1.4])
def test_stretching_keeps_the_pitch(factor):
    """Another length, the same tone, the same loudness."""
    at = np.arange(22_050) / 22_050
    tone = (8000 * np.sin(2 * np.pi * 120 * at)).astype("<i2")
    longer = stretched(tone, factor)

    assert len(longer) == round(len(tone) * factor)
    assert 120 == pytest.approx(median_pitch(longer / 32_768, 22_050), rel=0.02)
    assert tone.std() == pytest.approx(longer.std(), rel=0.1)


def test_a_refused_voice_is_an_engine_error():
    """espeak's own refusal reaches people with a hint."""
    refused = pytest.raises(EngineError, match="refused voice no-such/voice")
    with Child("no-such/voice", 50, 50) as child, refused as caught:
        child.speak("Hello.", 170)

    assert "reinstall" in (caught.value.hint or "")
