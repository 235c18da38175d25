"""The parent's side of the speaking child: start it, ask it, and see it gone."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import espeakng_loader
import numpy as np
import numpy.typing as npt

from colab_worker.engines.base import EngineError

Samples = npt.NDArray[np.int16]

#: Hz; the rate of every espeak-ng voice file.
SAMPLE_RATE = 22_050
#: Longest wait for one sentence; espeak needs 5 ms for a second of speech.
PATIENCE_S = 120.0
_PROGRAM = Path(__file__).with_name("process.py")


@dataclass(frozen=True)
class Event:
    """Something espeak-ng said of its sound.

    ``kind`` is ``word``, ``phoneme`` or ``pause``; ``position`` is the 0-based
    character of the text that it stands for.
    """

    kind: str
    at_s: float
    position: int


@dataclass(frozen=True)
class Sound:
    """One utterance as espeak-ng made it, its silences included."""

    samples: Samples
    events: tuple[Event, ...]


class Child:
    """A fresh espeak-ng in a process of its own; use as a context manager.

    It stays in the process group of its parent and ends with its stdin, so it cannot
    outlive the parent; leaving the context kills it at once.
    """

    def __init__(self, voice: str, pitch: int, range: int) -> None:
        self._settings: dict[str, Any] = {
            "library": espeakng_loader.get_library_path(),
            "data": espeakng_loader.get_data_path(),
            "voice": voice,
            "pitch": pitch,
            "range": range,
        }

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 our own file, no user's words
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._ask(self._settings)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)

    def speak(self, text: str, rate: int, voice: str | None = None) -> Sound:
        """The sound of ``text`` at ``rate`` of espeak's words a minute.

        ``voice`` is espeak's name of one for this text, if not the child's own.

        Raises EngineError when the child refuses, dies, or is silent too long.
        """
        watchdog = threading.Timer(PATIENCE_S, self._process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            voice = voice or self._settings["voice"]
            self._ask({"text": text, "rate": rate, "voice": voice})
            header = self._header()
            return _sound(self._read(header["bytes"]), header["events"])
        finally:
            watchdog.cancel()

    def _ask(self, question: dict[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101 it was opened as a pipe
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._death() from error

    def _header(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 it was opened as a pipe
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise self._death()
        header: dict[str, Any] = json.loads(line)
        if "error" in header:
            raise EngineError(
                f"espeak could not speak: {header['error']}",
                "reinstall the package espeakng-loader",
            )
        return header

    def _read(self, size: int) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 it was opened as a pipe
        sound = self._process.stdout.read(size)
        if len(sound) < size:
            raise self._death()
        return sound

    def _death(self) -> EngineError:
        code = self._process.wait()
        return EngineError(
            f"the espeak process ended in the middle of a sentence (exit code {code})",
            "try again; -9 means that it was killed, most often for lack of memory",
        )


def _sound(sound: bytes, events: list[tuple[str, int, int]]) -> Sound:
    return Sound(
        np.frombuffer(sound, dtype="<i2"),
        tuple(
            Event(kind, at_ms / 1000, position - 1) for kind, at_ms, position in events
        ),
    )


def _close(pipe: Any) -> None:
    """Closes a pipe whose other end may be dead with words still on the way."""
    try:
        pipe.close()
    except BrokenPipeError:
        return
