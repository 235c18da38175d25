"""``espeak-ng`` for coqui-tts, from the wheel that the draft voice speaks with.

coqui-tts asks a program of that name for phonemes. Where the system has none, a script
on the PATH of this process starts this module in its place.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from pathlib import Path

import espeakng_loader

_PROGRAM = "espeak-ng"
_VERSION = "eSpeak NG text-to-speech: 1.52.0"
#: Numbers of espeak-ng's speak_lib.h.
_SYNCHRONOUS, _DO_NOT_EXIT = 2, 0x8000
_UTF8 = 1
_IPA = 0x02
_SEPARATOR = ord("_") << 8


def provide_espeak() -> None:
    """Puts the program on the PATH unless the system has one."""
    if shutil.which(_PROGRAM):
        return
    folder = Path(tempfile.mkdtemp(prefix="moonreel-espeak-"))
    script = folder / _PROGRAM
    script.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" "$@"\n', encoding="utf-8"
    )
    script.chmod(0o700)
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"


def main(words: list[str]) -> int:
    """As coqui-tts calls it: ``--version``, ``--voices``, or ``-v LANGUAGE -f FILE``."""
    if "--version" in words:
        sys.stdout.write(f"{_VERSION}  Data at: {espeakng_loader.get_data_path()}\n")
    elif "--voices" in words:
        sys.stdout.write("Pty Language Age/Gender VoiceName File Other\n")
        sys.stdout.write(" 2 en-us --/M English_(America) gmw/en-US\n")
    else:
        language = words[words.index("-v") + 1]
        text = Path(words[words.index("-f") + 1]).read_text("utf-8")
        sys.stdout.write(f"{phonemes(text, language)}\n")
    return 0


def phonemes(text: str, language: str) -> str:
    """International phonetic letters, ``_`` between phonemes; ValueError."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    data = espeakng_loader.get_data_path().encode()
    if library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DO_NOT_EXIT) <= 0:
        raise ValueError("espeak-ng cannot start")
    if library.espeak_SetVoiceByName(language.encode()) != 0:
        raise ValueError(f"espeak-ng does not know the language {language}")
    rest = ctypes.c_char_p(text.encode())
    clauses = []
    while rest.value:
        told = library.espeak_TextToPhonemes(
            ctypes.byref(rest), _UTF8, _IPA | _SEPARATOR
        )
        clauses.append(told.decode())
    return " ".join(filter(None, clauses))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
