"""Captions as a track of the film that players show or hide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from colab_worker.film.captions.cues import Cue
from colab_worker.film.captions.subtitles import srt

#: mp4 wants languages in three letters (ISO 639-2), whatever the film says.
_THREE_LETTERS = dict(
    pair.split("=")
    for pair in [
        "af=afr",
        "ar=ara",
        "bg=bul",
        "bn=ben",
        "ca=cat",
        "cs=ces",
        "cy=cym",
        "da=dan",
        "de=deu",
        "el=ell",
        "en=eng",
        "eo=epo",
        "es=spa",
        "et=est",
        "fa=fas",
        "fi=fin",
        "fr=fra",
        "ga=gle",
        "he=heb",
        "hi=hin",
        "hr=hrv",
        "hu=hun",
        "id=ind",
        "is=isl",
        "it=ita",
        "ja=jpn",
        "ko=kor",
        "la=lat",
        "lt=lit",
        "lv=lav",
        "ms=msa",
        "nb=nob",
        "nl=nld",
        "no=nor",
        "pl=pol",
        "pt=por",
        "ro=ron",
        "ru=rus",
        "sk=slk",
        "sl=slv",
        "sr=srp",
        "sv=swe",
        "sw=swa",
        "ta=tam",
        "te=tel",
        "th=tha",
        "tr=tur",
        "uk=ukr",
        "ur=urd",
        "vi=vie",
        "zh=zho",
    ]
)
_UNKNOWN = "und"


@dataclass(frozen=True)
class SoftTrack:
    """A subtitle file and the language that players call it by."""

    path: Path
    language: str


def soft_track(cues: Iterable[Cue], language: str, folder: Path) -> SoftTrack:
    """Writes the cues into ``folder``, ready to be joined with the film."""
    path = folder / "soft.srt"
    path.write_text(srt(cues), encoding="utf-8")
    return SoftTrack(path, _three_letters(language))


def _three_letters(language: str) -> str:
    base = language.split("-")[0]
    return base if len(base) == 3 else _THREE_LETTERS.get(base, _UNKNOWN)
