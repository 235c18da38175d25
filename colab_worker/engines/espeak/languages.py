"""Which espeak-ng voice file speaks which language."""

from __future__ import annotations

from colab_worker.engines.base import BadInput
from colab_worker.engines.espeak.voices import ESPEAK_VOICES, EspeakVoice

#: Voice files, as ``SetVoiceByName`` wants them: it does not know ``en-gb`` or ``no``.
#: English without a region is spoken with the narrator's own accent.
LANGUAGE_FILES: dict[str, str] = {
    "en-us": "gmw/en-US",
    "en-gb": "gmw/en",
    "de": "gmw/de",
    "fr": "roa/fr",
    "es": "roa/es",
    "es-419": "roa/es-419",
    "es-mx": "roa/es-419",
    "it": "roa/it",
    "pt": "roa/pt",
    "pt-br": "roa/pt-BR",
    "hi": "inc/hi",
    "ar": "sem/ar",
    "zh": "sit/cmn",
    "yue": "sit/yue",
    "ja": "jpx/ja",
    "ru": "zle/ru",
    "ko": "ko",
    "tr": "trk/tr",
    "pl": "zlw/pl",
    "nl": "gmw/nl",
    "sv": "gmq/sv",
    "da": "gmq/da",
    "no": "gmq/nb",
    "nb": "gmq/nb",
    "fi": "urj/fi",
    "et": "urj/et",
    "hu": "urj/hu",
    "el": "grk/el",
    "cs": "zlw/cs",
    "sk": "zlw/sk",
    "sl": "zls/sl",
    "hr": "zls/hr",
    "sr": "zls/sr",
    "bg": "zls/bg",
    "uk": "zle/uk",
    "ro": "roa/ro",
    "ca": "roa/ca",
    "la": "itc/la",
    "lt": "bat/lt",
    "lv": "bat/lv",
    "is": "gmq/is",
    "ga": "cel/ga",
    "cy": "cel/cy",
    "af": "gmw/af",
    "sw": "bnt/sw",
    "vi": "aav/vi",
    "id": "poz/id",
    "ms": "poz/ms",
    "th": "tai/th",
    "he": "sem/he",
    "fa": "ira/fa",
    "ur": "inc/ur",
    "bn": "inc/bn",
    "ta": "dra/ta",
    "te": "dra/te",
    "eo": "art/eo",
}


def espeak_name(voice_id: str, language: str) -> str:
    """espeak's name for this narrator in this language: file and timbre.

    Raises BadInput for a voice or a language that is not in the tables.
    """
    voice = espeak_voice(voice_id)
    return f"{_file(language.lower(), voice)}+{voice.variant}"


def espeak_voice(voice_id: str) -> EspeakVoice:
    """The sound of a narrator; BadInput when there is none of this id."""
    try:
        return ESPEAK_VOICES[voice_id]
    except KeyError:
        raise BadInput(
            f"voice_id {voice_id!r} is not a voice of espeak; "
            f"choose one of: {', '.join(ESPEAK_VOICES)}"
        ) from None


def _file(language: str, voice: EspeakVoice) -> str:
    base = language.partition("-")[0]
    if language in LANGUAGE_FILES:
        return LANGUAGE_FILES[language]
    if base == "en":
        return voice.accent
    if base in LANGUAGE_FILES:
        return LANGUAGE_FILES[base]
    raise BadInput(
        f"language {language!r} is not one that espeak speaks here; choose for "
        f"example en, de, fr, es, it, pt, hi, ar, zh, ja, ru or ko"
    )
