"""The user's music under the narration: looped without a seam, faded, ducked."""

from __future__ import annotations

import math
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from colab_worker.engines.base import BadInput, EngineError, Tick
from colab_worker.film.ducking import write_ducked
from colab_worker.film.ffmpeg import INPUT, list_entry, run
from colab_worker.film.loudness import (
    SAMPLE_RATE,
    TARGET_LUFS,
    Level,
    sized,
    wav,
    write_measured,
)

#: What music may be; nothing else that ffmpeg can open is opened.
FORMATS = "wav,mp3,flac,ogg"
#: A track as short as this is no music, in seconds.
SHORTEST_S = 1.0
#: Where the end of a track that is too short runs into its beginning.
SEAM_S = 2.0
#: How the music begins and ends; in a short film at most a quarter of it.
FADE_IN_S, FADE_OUT_S = 1.5, 3.0


@dataclass(frozen=True)
class Music:
    """A file of the user's, and how loud it is, in percent of the narration."""

    path: Path
    volume_percent: float


def with_music(
    narration: Path, music: Music, samples: int, folder: Path, tick: Tick
) -> Any:
    """The sound of both, unlevelled; the narration is as loud in it as without music.

    BadInput if the file is no music that can be heard.
    """
    track, level = _decoded(music.path, samples, folder, tick)
    bed = _looped(track, samples, folder, tick)
    gain_db = TARGET_LUFS - level.loudness_lufs
    gain_db += 20 * math.log10(music.volume_percent / 100)
    bed = bed.filter("volume", f"{gain_db:.3f}dB", precision="float")
    bed = _faded(sized(bed, samples), samples)
    _write(bed, folder / "bed.wav", samples, folder, tick)
    write_ducked(folder / "bed.wav", narration, folder / "ducked.wav", tick)
    both = [wav(narration), wav(folder / "ducked.wav")]
    return ffmpeg.filter(both, "amix", inputs=2, normalize=0)


def _decoded(path: Path, samples: int, folder: Path, tick: Tick) -> tuple[Path, Level]:
    """The track as WAV, no longer than needed, and how loud it is."""
    track, length_s = folder / "track.wav", samples / SAMPLE_RATE
    source = ffmpeg.input(
        str(path), format_whitelist=FORMATS, t=f"{length_s + SEAM_S:.3f}", **INPUT
    )
    sound = source.audio.filter("aresample", SAMPLE_RATE)
    sound = sound.filter("aformat", channel_layouts="stereo")
    try:
        level = write_measured(sound, track, samples, folder, tick)
    except EngineError as error:
        if type(error) is not EngineError:  # canceled
            raise
        raise BadInput(
            f"music: the file cannot be read as wav, mp3, flac or ogg ({error})",
            hint="send another file, or leave music out",
        ) from error
    if level.silent or _samples(track) < SHORTEST_S * SAMPLE_RATE:
        raise BadInput(
            "music: the file is silent or shorter than a second",
            hint="send another file, or leave music out",
        )
    return track, level


def _looped(track: Path, samples: int, folder: Path, tick: Tick) -> Any:
    """The track as often as needed, its end running into its beginning."""
    length = _samples(track)
    if length >= samples:
        return wav(track)
    seam = min(round(SEAM_S * SAMPLE_RATE), length // 4)
    whole = wav(track).filter_multi_output("asplit", 3)
    tail = _cut(whole[0], length - seam, length)
    head = _cut(whole[1], 0, seam)
    joint = ffmpeg.filter([tail, head], "acrossfade", ns=seam, c1="qsin", c2="qsin")
    loop = ffmpeg.concat(joint, _cut(whole[2], seam, length - seam), v=0, a=1)
    _write(loop, folder / "loop.wav", length, folder, tick)
    _write(
        _cut(wav(track), 0, length - seam), folder / "first.wav", length, folder, tick
    )
    again = math.ceil((samples - (length - seam)) / (length - seam))
    lines = ["ffconcat version 1.0", list_entry(folder / "first.wav")]
    lines += [list_entry(folder / "loop.wav")] * again
    (folder / "music.ffconcat").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ffmpeg.input("music.ffconcat", format="concat", safe=0, **INPUT).audio


def _cut(sound: Any, begin: int, end: int) -> Any:
    part = sound.filter("atrim", start_sample=begin, end_sample=end)
    return part.filter("asetpts", "PTS-STARTPTS")


def _faded(sound: Any, samples: int) -> Any:
    begin, end = (
        min(round(seconds * SAMPLE_RATE), samples // 4)
        for seconds in (FADE_IN_S, FADE_OUT_S)
    )
    sound = sound.filter("afade", type="in", start_sample=0, nb_samples=begin)
    return sound.filter("afade", type="out", start_sample=samples - end, nb_samples=end)


def _write(sound: Any, out: Path, samples: int, folder: Path, tick: Tick) -> None:
    run(
        sound.output(str(out), acodec="pcm_s16le", format="wav", fflags="+bitexact"),
        folder=folder,
        tick=tick,
        words="fitting the music in",
        length_s=samples / SAMPLE_RATE,
    )


def _samples(path: Path) -> int:
    with wave.open(str(path), "rb") as sound:
        return sound.getnframes()
