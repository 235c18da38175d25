"""Speaks one word with the bundled espeak-ng; run as a module, in a process of its own.

A broken native library ends the process that loads it, so the doctor never loads it.
"""

from __future__ import annotations

import ctypes
import sys

import espeakng_loader

#: Numbers of espeak-ng's speak_lib.h.
OUTPUT_SYNCHRONOUS = 2
DONT_EXIT = 0x8000
CHARS_UTF8 = 1

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def main() -> int:
    """Prints how much sound came; 1 when none did."""
    espeak = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    rate = espeak.espeak_Initialize(OUTPUT_SYNCHRONOUS, 0, data, DONT_EXIT)
    if rate <= 0:
        print("espeak-ng finds no voice data", file=sys.stderr)
        return 1
    samples = _samples(espeak, b"moon")
    print(f"{samples / rate:.2f} s of sound at {rate} Hz")
    return 0 if samples else 1


def _samples(espeak: ctypes.CDLL, text: bytes) -> int:
    count = 0

    def receive(sound: object, samples: int, events: object) -> int:
        nonlocal count
        count += samples
        return 0

    callback = _Callback(receive)
    espeak.espeak_SetSynthCallback(callback)
    size = ctypes.c_size_t(len(text) + 1)
    espeak.espeak_Synth(text, size, 0, 0, 0, CHARS_UTF8, None, None)
    return count


if __name__ == "__main__":
    sys.exit(main())
