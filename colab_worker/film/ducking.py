"""Turns music down while somebody speaks, a moment before the first word already.

ffmpeg's sidechaincompress would do, but gives other bytes from run to run; and it cannot
know that somebody is about to speak.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from colab_worker.engines.base import Tick
from colab_worker.film.loudness import SAMPLE_RATE

#: How much quieter music is under the voice, in dB.
DUCKED_DB = -10.0
#: It is down so long before a word, stays down so long after one (longer than a pause
#: between two sentences), and takes so long to move, in seconds.
BEFORE_S, AFTER_S, MOVE_S = 0.15, 0.75, 0.5
#: Quieter narration is silence; speech lies some 25 dB above.
_SILENCE_DB = -45.0
#: The narration is looked at in steps of 10 ms; both are read some seconds at a time.
_STEP = SAMPLE_RATE // 100
_BLOCK = 500 * _STEP

Samples16 = npt.NDArray[np.int16]
Gains = npt.NDArray[np.float32]


def write_ducked(music: Path, narration: Path, out: Path, tick: Tick) -> None:
    """Writes ``music`` to ``out``, turned down where there is ``narration``.

    All are stereo 16-bit WAV of 48 kHz, the first two of the same length.
    """
    gains = _gains(narration)
    at = np.arange(len(gains)) * _STEP + _STEP / 2
    with wave.open(str(out), "wb") as file:
        file.setparams((2, 2, SAMPLE_RATE, 0, "NONE", "not compressed"))
        begin = 0
        for block in _blocks(music):
            tick(begin / (len(gains) * _STEP), "turning the music down for the voice")
            gain = np.interp(np.arange(begin, begin + len(block)), at, gains)
            file.writeframesraw((block * gain[:, None]).round().astype("<i2").tobytes())
            begin += len(block)


def _gains(narration: Path) -> Gains:
    """One factor for each step of the narration."""
    speaks = np.concatenate([_speaks(block) for block in _blocks(narration)])
    before, after, move = (round(s * 100) for s in (BEFORE_S, AFTER_S, MOVE_S))
    before += move // 2  # so that it has moved by then
    reach = np.zeros(2 * max(before, after) + 1)
    middle = len(reach) // 2
    reach[middle - before : middle + after + 1] = 1
    down = np.convolve(speaks, reach)[middle : middle + len(speaks)] > 0.5
    padded = np.pad(down.astype(float), move // 2, mode="edge")
    smooth = np.convolve(padded, np.ones(move) / move, "same")
    smooth = smooth[move // 2 : move // 2 + len(down)]
    gains: Gains = (10 ** (DUCKED_DB * smooth / 20)).astype(np.float32)
    return gains


def _speaks(block: Samples16) -> npt.NDArray[np.bool_]:
    """For each step of a block, whether there is something to hear."""
    left = block[:, 0].astype(np.float32) / 32768
    steps = np.pad(left, (0, -len(left) % _STEP)).reshape(-1, _STEP)
    power: npt.NDArray[np.bool_] = (steps**2).mean(axis=1) > 10 ** (_SILENCE_DB / 10)
    return power


def _blocks(path: Path) -> Iterator[Samples16]:
    with wave.open(str(path), "rb") as file:
        while data := file.readframes(_BLOCK):
            yield np.frombuffer(data, "<i2").reshape(-1, 2)
