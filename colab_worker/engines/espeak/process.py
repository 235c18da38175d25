"""The speaking child: one fresh espeak-ng, sentences in on stdin, sound out on stdout.

Run as a plain file with nothing but the standard library, so that it starts in a few
milliseconds. espeak-ng carries state from one utterance to the next and is repeatable
only from a fresh process; each speech therefore gets a child of its own.

First line in: ``{library, data, voice, pitch, range}``. Then one line an utterance,
``{text, rate, voice}``; each is answered by one JSON line ``{bytes, events}`` followed by that
many bytes of mono 16-bit sound, or by ``{error}``. The end of stdin ends the child.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any, BinaryIO

#: Bits and numbers of espeak-ng's speak_lib.h.
OUTPUT_SYNCHRONOUS = 2
INITIALIZE_PHONEME_EVENTS = 0x0001
INITIALIZE_PHONEME_IPA = 0x0002
INITIALIZE_DONT_EXIT = 0x8000
CHARS_UTF8 = 1
POSITION_CHARACTER = 1
PARAMETER_RATE, PARAMETER_VOLUME, PARAMETER_PITCH, PARAMETER_RANGE = 1, 2, 3, 4
EVENT_LIST_TERMINATED, EVENT_WORD, EVENT_PHONEME = 0, 1, 7
BYTES_A_SAMPLE = 2
#: espeak seeds the noise of breathy voices from the clock; this takes its place.
NOISE_SEED = 1
#: Percent; at 100 the louder variants clip.
VOLUME = 70


class _Id(ctypes.Union):
    _fields_ = [
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    ]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.POINTER(ctypes.c_short),
    ctypes.c_int,
    ctypes.POINTER(_Event),
)


class Synthesizer:
    """espeak-ng, one voice at a time; the library allows one in a process."""

    def __init__(self, library: str, data: str, voice: str, pitch: int, range: int):
        self._espeak = ctypes.CDLL(library)
        self.sound = bytearray()
        #: ``[kind, ms, text_position]``; kind is "word", "phoneme" or "pause".
        self.events: list[tuple[str, int, int]] = []
        flags = (
            INITIALIZE_PHONEME_EVENTS | INITIALIZE_PHONEME_IPA | INITIALIZE_DONT_EXIT
        )
        rate = self._espeak.espeak_Initialize(
            OUTPUT_SYNCHRONOUS, 0, data.encode(), flags
        )
        if rate <= 0:
            raise RuntimeError(f"espeak-ng found no voice data in {data}")
        self._espeak.espeak_ng_SetRandSeed(ctypes.c_long(NOISE_SEED))
        self._callback = _Callback(self._collect)  # espeak keeps only a bare pointer
        self._espeak.espeak_SetSynthCallback(self._callback)
        self._pitch, self._range = pitch, range
        self._take(voice)

    def speak(self, text: str, rate: int, voice: str) -> None:
        """Fills ``sound`` and ``events``; ``rate`` is in espeak's words a minute."""
        self.sound.clear()
        self.events.clear()
        if voice != self._voice:
            self._take(voice)
        self._set(PARAMETER_RATE, rate)
        encoded = text.encode() + b"\0"
        size = ctypes.c_size_t(len(encoded))
        result = self._espeak.espeak_Synth(
            encoded, size, 0, POSITION_CHARACTER, 0, CHARS_UTF8, None, None
        )
        self._check(result, "speaking")

    def _take(self, voice: str) -> None:
        self._check(
            self._espeak.espeak_SetVoiceByName(voice.encode()), f"voice {voice}"
        )
        self._voice = voice
        self._set(PARAMETER_VOLUME, VOLUME)
        self._set(PARAMETER_PITCH, self._pitch)
        self._set(PARAMETER_RANGE, self._range)

    def _set(self, parameter: int, value: int) -> None:
        self._check(
            self._espeak.espeak_SetParameter(parameter, value, 0),
            f"parameter {parameter} = {value}",
        )

    def _collect(self, samples: Any, count: int, events: Any) -> int:
        if count > 0:
            self.sound += ctypes.string_at(samples, count * BYTES_A_SAMPLE)
        index = 0
        while events[index].type != EVENT_LIST_TERMINATED:
            self._note(events[index])
            index += 1
        return 0

    def _note(self, event: Any) -> None:
        if event.type == EVENT_WORD:
            kind = "word"
        elif event.type == EVENT_PHONEME:
            kind = "phoneme" if event.id.string.strip(b"_:") else "pause"
        else:
            return
        self.events.append((kind, event.audio_position_ms, event.text_position))

    @staticmethod
    def _check(result: int, what: str) -> None:
        if result != 0:
            raise RuntimeError(f"espeak-ng refused {what} (code {result})")


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answers utterances until ``requests`` ends."""
    try:
        synthesizer = Synthesizer(**json.loads(requests.readline()))
        for line in iter(requests.readline, b""):
            synthesizer.speak(**json.loads(line))
            _reply(
                replies,
                {"bytes": len(synthesizer.sound), "events": synthesizer.events},
                synthesizer.sound,
            )
    except (RuntimeError, OSError) as error:
        _reply(replies, {"error": str(error)})


def _reply(
    replies: BinaryIO, header: dict[str, Any], sound: bytes | bytearray = b""
) -> None:
    replies.write(json.dumps(header).encode() + b"\n" + sound)
    replies.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
