"""How espeak-ng speaks as each of Moonreel's voices: the one table of sounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EspeakVoice:
    """A narrator made of an espeak variant and four dials."""

    #: Voice file of English with this narrator's accent.
    accent: str
    #: Timbre: a file of espeak's ``voices/!v``.
    variant: str
    #: 0-99; 50 is the variant's own pitch.
    pitch: int
    #: 0-99; how far the melody goes up and down.
    range: int
    #: espeak's words a minute at speed 1.0, pauses between sentences not counted.
    rate: int


_US, _GB, _RP = "gmw/en-US", "gmw/en", "gmw/en-GB-x-rp"

#: Median pitch runs from 60 Hz (davis_deep) to 270 Hz (jenny) in steps one can hear.
#: Variants with an echo (f2 to f5, m2 and others) are left out: their tail sounds on
#: after the word and into the next sentence, so no time would be exact.
ESPEAK_VOICES: dict[str, EspeakVoice] = {
    "guy": EspeakVoice(_US, "m3", 45, 45, 142),
    "brian": EspeakVoice(_US, "m7", 22, 40, 138),
    "michael": EspeakVoice(_US, "m6", 56, 50, 146),
    "andrew": EspeakVoice(_US, "max", 74, 55, 156),
    "george": EspeakVoice(_RP, "m5", 38, 45, 136),
    "christopher": EspeakVoice("gmw/en-GB-scotland", "rob", 58, 60, 148),
    "davis_deep": EspeakVoice(_US, "david", 20, 40, 134),
    "roger": EspeakVoice(_GB, "grandpa", 28, 40, 135),
    "jenny": EspeakVoice(_US, "Annie", 64, 60, 154),
    "aria": EspeakVoice(_US, "linda", 40, 45, 146),
    "emma": EspeakVoice(_US, "belinda", 50, 68, 158),
    "sarah": EspeakVoice(_US, "f1", 46, 40, 148),
    "nicole": EspeakVoice(_US, "shelby", 58, 35, 140),
    "emma_british": EspeakVoice(_RP, "f1", 68, 50, 146),
    "isabella": EspeakVoice("gmw/en-US-nyc", "aunty", 79, 80, 150),
    "nancy": EspeakVoice(_GB, "grandma", 20, 45, 138),
}
