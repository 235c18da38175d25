"""Whether a sample of somebody's voice can be spoken with: format, length, silence."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from colab_worker.film.ffmpeg import executable
from shared_protocol.music import HEAD_BYTES, music_format
from shared_protocol.references import LONGEST_SAMPLE_S, SHORTEST_SAMPLE_S

_RATE = 16_000
_FRAME = _RATE // 50
#: Frames quieter than this share of the loudest are pauses (-40 dB).
_PAUSE_SHARE = 0.01
#: Below -46 dB of full scale nobody is heard.
_SILENT = 160.0
_DECODE_S = 30.0


class BadSample(ValueError):
    """The sample cannot be used; the sentence says why and what to do."""


def check_sample(path: Path) -> float:
    """Seconds of the sample; BadSample. Blocks for a moment."""
    import numpy as np  # only those who give a sample wait for it

    with path.open("rb") as file:
        kind = music_format(file.read(HEAD_BYTES))
    if kind is None:
        raise BadSample("the file is not wav, mp3, flac or ogg; send one of those")
    samples = _decoded(path, kind)
    seconds = len(samples) / _RATE
    if not SHORTEST_SAMPLE_S <= seconds <= LONGEST_SAMPLE_S + 0.5:
        told = f"{seconds:.1f}" if seconds <= LONGEST_SAMPLE_S else "more than 30"
        raise BadSample(
            f"the sample is {told} s long; {SHORTEST_SAMPLE_S:g} to "
            f"{LONGEST_SAMPLE_S:g} s are needed"
        )
    whole = len(samples) // _FRAME * _FRAME
    frames = np.sqrt((samples[:whole].reshape(-1, _FRAME) ** 2).mean(axis=1))
    loudest = float(frames.max(initial=0.0))
    if loudest < _SILENT:
        raise BadSample("the sample is silent; record it anew, nearer to the mouth")
    spoken_s = float((frames > loudest * _PAUSE_SHARE).sum()) * _FRAME / _RATE
    if spoken_s < SHORTEST_SAMPLE_S / 2:
        raise BadSample(
            f"only {spoken_s:.1f} s of the sample can be heard; "
            f"{SHORTEST_SAMPLE_S / 2:g} s of speech are needed"
        )
    return seconds


def _decoded(path: Path, kind: str) -> Any:
    import numpy as np

    command = [
        executable(), "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe",
        "-f", kind, "-i", str(path), "-t", str(LONGEST_SAMPLE_S + 1), "-vn",
        "-ac", "1", "-ar", str(_RATE), "-f", "s16le", "-",
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            command, capture_output=True, timeout=_DECODE_S, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise BadSample("the file cannot be read as sound; send another") from error
    return np.frombuffer(done.stdout, "<i2").astype(np.float64)
