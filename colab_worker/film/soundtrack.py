"""The sound of a film: narration, with music if there is some, leveled, as AAC."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from colab_worker.engines.base import Tick
from colab_worker.film.ffmpeg import BITEXACT, run
from colab_worker.film.loudness import SAMPLE_RATE, Level, wav, write_leveled
from colab_worker.film.music import Music, with_music
from colab_worker.film.narration import Voice, write_narration

AUDIO_BITRATE = "160k"


def write_soundtrack(
    voices: Sequence[Voice], music: Music | None, out: Path, folder: Path, tick: Tick
) -> Level:
    """Writes AAC of 48 kHz in an MP4 file to ``out``; how loud it is.

    BadInput if the music cannot be used.
    """
    samples = sum(voice.samples for voice in voices)
    sound = folder / "narration.wav"
    share = 0.4 if music else 0.8
    level = write_narration(voices, sound, folder, _within(tick, 0, share))
    if music is not None:
        told = _within(tick, share, 0.5)
        mixed = with_music(sound, music, samples, folder, told)
        sound = folder / "mixed.wav"
        told = _within(tick, 0.5, 0.8)
        level = write_leveled(mixed, level, sound, samples, folder, told)
    _encode(sound, out, samples, folder, _within(tick, 0.8, 1))
    return level


def _encode(sound: Path, out: Path, samples: int, folder: Path, tick: Tick) -> None:
    output = wav(sound).output(
        str(out),
        acodec="aac",
        audio_bitrate=AUDIO_BITRATE,
        movie_timescale=SAMPLE_RATE,
        format="mp4",
        **BITEXACT,
    )
    run(
        output,
        folder=folder,
        tick=tick,
        words="encoding the sound",
        length_s=samples / SAMPLE_RATE,
    )


def _within(tick: Tick, begin: float, end: float) -> Tick:
    return lambda part, words: tick(begin + part * (end - begin), words)
