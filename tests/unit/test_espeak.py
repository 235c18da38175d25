"""The espeak voice engine as the worker uses it: files, times, pauses, endings."""

# ruff: noqa: RUF001 typographic quotes are tested

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from colab_worker.engines.base import BadInput, EngineError, Stopped, VoiceRequest
from colab_worker.engines.espeak import EspeakEngine
from tests.unit.espeak_sound import read_wav, sounding_stretches

CALM = (
    "Hello, my mellow yellow llama. We may whirl on, and you allow all.\n\nRun along!"
)


def request(text: str, **changes) -> VoiceRequest:
    fields = {
        "voice_id": "aria",
        "speed": 1.0,
        "language": "en",
        "sentence_pause_s": 0.4,
        "paragraph_pause_s": 0.9,
        "tail_s": 0.5,
    }
    return VoiceRequest(text=text, **{**fields, **changes})


def speakers() -> list[psutil.Process]:
    """What the engine started and has not ended; other tests have a worker's process."""
    children = psutil.Process().children()
    return [child for child in children if "colab_worker" not in child.cmdline()]


@pytest.fixture
def speak(tmp_path):
    def speak_it(text: str, tick=lambda fraction, words: None, **changes):
        out = tmp_path / "speech.wav"
        return EspeakEngine().speak(request(text, **changes), out, tick), out

    return speak_it


def test_a_speech_is_a_wav_of_the_told_length(speak):
    """Mono, 16 bits, 22050 Hz, as long as the reply says."""
    speech, out = speak(CALM)

    samples, rate = read_wav(out)
    assert 22_050 == rate == speech.sample_rate
    assert len(samples) / rate == pytest.approx(speech.duration_s)


@pytest.mark.parametrize("speed", [0.6, 1.0, 1.7])
def test_words_are_within_30_ms_of_their_sound(speak, speed):
    """Where sound begins and ends after a pause, a word begins and ends."""
    speech, out = speak(CALM, speed=speed)

    heard = sounding_stretches(*read_wav(out))
    firsts = [0, 1, 5, 9, 13]
    lasts = [0, 4, 8, 12, 14]
    assert len(firsts) == len(heard)
    for (start, end), first, last in zip(heard, firsts, lasts, strict=True):
        assert start == pytest.approx(speech.words[first].start_s, abs=0.03)
        assert end == pytest.approx(speech.words[last].end_s, abs=0.03)


def test_pauses_are_what_was_asked(speak):
    """Silence between sentences, paragraphs and at the end, espeak's own trimmed."""
    speech, out = speak(CALM, sentence_pause_s=0.5, paragraph_pause_s=1.3, tail_s=0.8)

    (_, first_end), (second, _), (_, second_end), (third, third_end) = [
        sounding_stretches(*read_wav(out))[index] for index in (1, 2, 3, 4)
    ]
    assert 0.5 == pytest.approx(second - first_end, abs=0.02)
    assert 1.3 == pytest.approx(third - second_end, abs=0.02)
    assert 0.8 == pytest.approx(speech.duration_s - third_end, abs=0.02)
    assert (0, 5, 13) == speech.sentences


def test_no_pauses_means_none(speak):
    """Zero pauses: the sound begins at 0 and ends at the end."""
    speech, _ = speak("Run. Run.", sentence_pause_s=0, paragraph_pause_s=0, tail_s=0)

    assert 0.0 == speech.words[0].start_s
    assert speech.duration_s == pytest.approx(speech.words[-1].end_s, abs=0.001)
    assert speech.words[0].end_s == pytest.approx(speech.words[1].start_s, abs=0.001)


AWKWARD = (
    "Mr. Smith met Dr. Who at St. Ives, 5 Baker St. today, e.g. by bus.",
    "“Don’t!” — he cried… It cost $3.50 in 1969 😀. Then: 'no'.",
    "🎉 Visit https://www.example.com/a?b=1 or me@x.org now 🎉",
    "On the one of the two, in the end, out of the way, to be.",
    "word—word and/or 1,000 - 2.5% (maybe) [sic] # * & @ ~",
    "Tyger Tyger, burning bright\nIn the forests of the night",
    "... and so. ?! 😀 Then it was 10:30 p.m. on the 3rd.",
    "<b>5 < 6</b> x\u0301 \u200b a\u00adb <speak> [[h@l]]",
    "H H H. A. I.",
)


@pytest.mark.parametrize("text", AWKWARD)
def test_every_token_has_one_word(speak, text):
    """Numbers, quotes, dashes, emoji: one word each, in order, within the sound."""
    speech, _ = speak(text)

    shown = text.replace("<b>", "").replace("</b>", "").replace("<speak> ", "")
    times = [time for word in speech.words for time in (word.start_s, word.end_s)]
    assert shown.split() == [word.text for word in speech.words]
    assert times == sorted(times)
    assert 0 <= times[0]
    assert times[-1] <= speech.duration_s


def test_silent_tokens_have_no_width(speak):
    """An emoji and a dash take no time, the words around them do."""
    speech, _ = speak("Run 🎉 now — please")

    widths = [word.end_s - word.start_s > 0.05 for word in speech.words]
    assert [True, False, True, False, True] == widths


def test_leftover_markdown_is_not_spoken(speak):
    """Marks of a heading or emphasis are neither shown nor said."""
    marked, _ = speak("# The **old** [house](http://x.example/y)")
    plain, _ = speak("The old house")

    assert plain == marked


@pytest.mark.parametrize("text", ["🎉 😀", "...", "** — **", "\u200b", " "])
def test_nothing_to_speak_is_refused(speak, text):
    """The message shows the text that has no words."""
    with pytest.raises(BadInput, match="nothing to speak in it"):
        speak(text)


@pytest.mark.parametrize(
    "text",
    ["The hills lay brown and cracked under a white sun. A crow came.", "Plink."],
)
@pytest.mark.parametrize("speed", [0.5, 0.75, 1.3, 2.0])
@pytest.mark.parametrize("voice_id", ["aria", "davis_deep", "emma"])
def test_speed_is_honoured(speak, text, speed, voice_id):
    """Spoken time is 1/speed of the normal within 3 %."""
    quiet = {"sentence_pause_s": 0, "paragraph_pause_s": 0, "tail_s": 0}
    normal, _ = speak(text, voice_id=voice_id, **quiet)
    changed, _ = speak(text, voice_id=voice_id, speed=speed, **quiet)

    assert speed == pytest.approx(normal.duration_s / changed.duration_s, rel=0.03)


def test_the_same_request_gives_the_same_bytes(speak):
    """Also for a breathy voice, whose noise espeak seeds from the clock's second."""
    _, out = speak(CALM, voice_id="jenny")
    before = out.read_bytes()
    time.sleep(1.01)
    speak(CALM, voice_id="jenny")

    assert before == out.read_bytes()


def test_progress_is_told_by_sentence(speak):
    """Fractions rise to 1, the words count the sentences."""
    told = []
    speak("One. Two. Three.", tick=lambda fraction, words: told.append(fraction))

    assert [0.0, *(pytest.approx(n / 3) for n in (1, 2, 3))] == told


def test_stopping_ends_the_child(speak):
    """``Stopped`` comes through, and no process is left."""

    def stop(fraction, words):
        if fraction > 0:
            raise Stopped("canceled")

    with pytest.raises(Stopped):
        speak("One. Two. Three.", tick=stop)
    assert [] == speakers()


def test_a_killed_child_is_an_engine_error(speak):
    """The death of espeak is one sentence with a hint."""

    def kill(fraction, words):
        for child in speakers():
            child.kill()

    with pytest.raises(EngineError, match="ended in the middle") as caught:
        speak("One. Two. Three.", tick=kill)
    assert "try again" in (caught.value.hint or "")


ORPHAN = """
import os
from colab_worker.engines.espeak.child import Child
child = Child("gmw/en", 50, 50)
child.__enter__()
print(child._process.pid, flush=True)
os._exit(0)
"""


def test_the_child_does_not_outlive_its_parent():
    """When the worker's engine process dies at once, espeak ends by itself."""
    result = subprocess.run(
        [sys.executable, "-c", ORPHAN],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ},
        timeout=60,
    )

    _, alive = psutil.wait_procs(
        [psutil.Process(pid) for pid in _existing(int(result.stdout))], timeout=60
    )
    assert [] == alive


def _existing(pid: int) -> list[int]:
    return [pid] if psutil.pid_exists(pid) else []


def test_loading_finds_a_working_espeak():
    """``load`` speaks one word; ``unload`` needs nothing."""
    engine = EspeakEngine()
    engine.load()
    engine.unload()

    assert [] == speakers()


@pytest.mark.slow
def test_long_text_is_spoken(speak):
    """20,000 characters, half an hour of speech, with every word timed."""
    text = ("The hills lay brown and cracked. A crow came, thirsty as dust! " * 400)[
        :20_000
    ]
    speech, out = speak(text)

    assert text.split() == [word.text for word in speech.words]
    assert 1000 < speech.duration_s
    assert out.stat().st_size == 44 + 2 * round(speech.duration_s * 22_050)


def test_loudness_is_even(speak):
    """Speech near -20 dBFS, peaks below -1 dBFS, for quiet and loud timbres."""
    for voice_id in ("george", "davis_deep", "emma", "isabella"):
        _, out = speak("The hills lay brown and cracked.", voice_id=voice_id)
        samples, _ = read_wav(out)
        frames = samples[: len(samples) // 441 * 441].reshape(-1, 441)
        power = (frames**2).mean(axis=1)
        speech = 10 * np.log10(power[power > power.max() * 1e-4].mean())

        assert -23 <= speech <= -19
        assert 20 * np.log10(np.abs(samples).max()) < -1
