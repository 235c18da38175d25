"""espeak's voices and languages: all there, all different."""

# ruff: noqa: RUF001 full-width punctuation is tested

import itertools
from itertools import combinations
from pathlib import Path

import espeakng_loader
import pytest

from colab_worker.engines.base import BadInput, VoiceRequest
from colab_worker.engines.espeak import EspeakEngine
from colab_worker.engines.espeak.languages import LANGUAGE_FILES, espeak_name
from colab_worker.engines.espeak.voices import ESPEAK_VOICES
from shared_protocol.kit.text_scenes import language
from shared_protocol.vocab import VOICES
from tests.unit.espeak_sound import median_pitch, read_wav, spectral_centroid

DATA = Path(espeakng_loader.get_data_path())
SENTENCE = "The hills lay brown and cracked under a white sun, all the way home."


def speak(text: str, out: Path, voice_id: str = "aria", language: str = "en"):
    request = VoiceRequest(text, voice_id, 1.0, language, 0.3, 0.6, 0.0)
    return EspeakEngine().speak(request, out, lambda fraction, words: None)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory) -> dict[str, tuple[float, float]]:
    """Median pitch and spectral centroid of every voice, in Hz."""
    out = tmp_path_factory.mktemp("voices") / "voice.wav"
    measured = {}
    for voice_id in VOICES:
        speak(SENTENCE, out, voice_id)
        samples, rate = read_wav(out)
        measured[voice_id] = (
            median_pitch(samples, rate),
            spectral_centroid(samples, rate),
        )
    return measured


def test_every_voice_of_the_vocabulary_is_there():
    """No voice falls back to another."""
    assert set(VOICES) == set(ESPEAK_VOICES)


def test_every_variant_and_accent_is_there():
    """espeak ignores an unknown variant silently; an echo would blur all times."""
    for voice in ESPEAK_VOICES.values():
        variant = DATA / "voices" / "!v" / voice.variant
        assert "\necho" not in variant.read_text(encoding="utf-8")
        assert (DATA / "lang" / voice.accent).is_file()


def test_all_voices_sound_different(sounds):
    """Any two differ in pitch by 3 % or in timbre by 10 %."""
    same = [
        (one, other)
        for one, other in combinations(sounds, 2)
        if abs(sounds[one][0] / sounds[other][0] - 1) < 0.03
        and abs(sounds[one][1] / sounds[other][1] - 1) < 0.10
    ]

    assert [] == same


def test_voices_fit_their_description(sounds):
    """Davis is the deepest, men are below women, accents are British where named."""
    men = [sounds[v][0] for v, voice in VOICES.items() if voice.gender == "male"]
    women = [sounds[v][0] for v, voice in VOICES.items() if voice.gender == "female"]

    assert sounds["davis_deep"][0] == min(men)
    assert max(men) < min(women)
    assert sounds["nancy"][0] == min(women)
    assert "GB" in ESPEAK_VOICES["emma_british"].accent


def test_every_language_has_its_file():
    """The table names files that the wheel has; the narrator's timbre stays."""
    for code, file in LANGUAGE_FILES.items():
        assert (DATA / "lang" / file).is_file()
        assert f"{file}+f1" == espeak_name("sarah", code)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Der Wolf ging am 5. Mai durch den Wald. „Ja!“, rief er."),
        ("fr", "L'homme est là. « Oui ! » dit-il."),
        ("es-mx", "¿Dónde está el niño? ¡Aquí!"),
        ("hi", "एक कौआ था। वह प्यासा था।"),
        ("ar", "كان يا ما كان غراب. كيف حالك؟"),
        ("zh-cn", "从前有一只乌鸦。它很渴。"),
        ("ja", "むかし、カラスがいた。"),
        ("ru", "Жила-была девочка. Она ушла."),
        ("ko", "까마귀가 있었다. 목이 말랐다."),
        ("no", "Det var en gang en ravn."),
        ("en-gb", "A crow came."),
        ("en-au", "A crow came."),
    ],
)
def test_languages_are_spoken(tmp_path, code, text):
    """Each token has its word, each with letters a sound."""
    speech = speak(text, tmp_path / "speech.wav", language=code)

    silent = [w for w in speech.words if w.end_s - w.start_s < 0.02]
    assert "".join(text.split()) == "".join(word.text for word in speech.words)
    assert not any(character.isalnum() for w in silent for character in w.text)


def test_sentences_without_spaces_are_spoken_on_their_own(tmp_path):
    """Chinese and Japanese: each sentence has its times and the reader's pause."""
    for code, text in (
        ("zh", "从前有一只乌鸦。它很渴！“水在哪里？”它问。"),
        ("ja", "むかし、カラスがいた。「水だ。」と言った。"),
    ):
        speech = speak(text, tmp_path / "speech.wav", language=code)
        gaps = [b.start_s - a.end_s for a, b in itertools.pairwise(speech.words)]

        assert text == "".join(word.text for word in speech.words)
        assert tuple(range(len(speech.words))) == speech.sentences
        assert len(speech.words) > 1
        assert gaps == pytest.approx([0.3] * len(gaps), abs=0.03)


def test_a_sentence_in_another_script_is_read_in_its_language(tmp_path):
    """Arabic in an English text sounds as in an Arabic one, not letter by letter."""
    arabic = "مرحبا بكم في المخبز."
    alone = speak(arabic, tmp_path / "alone.wav", language="ar")
    within = speak(f"Hello. {arabic} Bye.", tmp_path / "within.wav", language="en")

    words = within.words[1:5]
    assert arabic.split() == [word.text for word in words]
    assert words[-1].end_s - words[0].start_s == pytest.approx(
        alone.words[-1].end_s - alone.words[0].start_s, abs=0.05
    )


def test_every_guessed_language_is_spoken():
    """Whatever language a text is taken for, the draft voice can read it."""
    guessed = {code for code, _ in language._SCRIPTS} | set(language._STOP_WORDS)
    guessed |= {code for pair in language._LETTERS.values() for code, _ in pair}

    for code in guessed:
        assert espeak_name("aria", code)


def test_languages_differ(tmp_path):
    """The same word in another language is another sound."""
    for code in ("en", "fr"):
        speak("Restaurant", tmp_path / code, language=code)

    assert (tmp_path / "en").read_bytes() != (tmp_path / "fr").read_bytes()


def test_an_unknown_language_is_refused(tmp_path):
    """The message names the language and some that exist."""
    with pytest.raises(BadInput, match=r"language 'tlh' .* en, de, fr"):
        speak("nuqneH", tmp_path / "speech.wav", language="tlh")


def test_an_unknown_voice_is_refused(tmp_path):
    """The message lists the voices."""
    with pytest.raises(BadInput, match=r"voice_id 'hal' .* guy, brian"):
        speak("Hello.", tmp_path / "speech.wav", voice_id="hal")
