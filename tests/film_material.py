"""Small pictures, voices and word times to make clips and films from, and their decoding."""

from __future__ import annotations

import json
import subprocess
import wave
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
from PIL import Image

from colab_worker.engines.base import UnitCall, UnitOutput
from colab_worker.stages import clip, film
from colab_worker.stages import sound as sound_stage

WIDTH, HEIGHT, FPS = 320, 180, 10
CAPTIONS = {
    "mode": "auto",
    "text": None,
    "style": "simple",
    "position": "bottom",
    "animation": "none",
}

Pixels = npt.NDArray[np.uint8]


def quiet(_fraction: float, _words: str) -> None:
    """A tick that nobody listens to."""


def plain(width: int = WIDTH, height: int = HEIGHT, grey: int = 90) -> Pixels:
    """A picture of one grey."""
    return np.full((height, width, 3), grey, np.uint8)


def colourful(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """Every hue across, every brightness down, hard edges, and a soft weave."""
    hue = np.linspace(0, 255, width, dtype=np.uint8)[None].repeat(height, 0)
    value = np.linspace(40, 255, height, dtype=np.uint8)[:, None].repeat(width, 1)
    saturation = np.full_like(hue, 150)
    pixels = np.array(
        Image.merge(
            "HSV", [Image.fromarray(c) for c in (hue, saturation, value)]
        ).convert("RGB")
    )
    rows, columns = np.indices((height, width))
    weave = 12 * (np.sin(rows / 1.7) + np.sin(columns / 1.3))
    pixels = (pixels + weave[:, :, None]).clip(0, 255).astype(np.uint8)
    pixels[height // 3 : height // 2, width // 4 : width // 2 : 8] //= 3
    return pixels


def spoken(text: str, duration_s: float) -> dict[str, Any]:
    """Word times as a voice tells them: even, with a little silence at both ends."""
    tokens = text.split()
    step = (duration_s - 0.2) / max(len(tokens), 1)
    words = [
        [token, round(0.1 + step * n, 3), round(0.1 + step * (n + 0.9), 3)]
        for n, token in enumerate(tokens)
    ]
    ends = [n + 1 for n, token in enumerate(tokens[:-1]) if token[-1] in ".!?"]
    return {
        "text": text,
        "duration_s": duration_s,
        "sample_rate": 22050,
        "words": words,
        "sentences": [0, *ends],
    }


def clip_params(**changes: Any) -> dict[str, Any]:
    """The parameters of a clip stage, small and quick."""
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "fps": FPS,
        "preset": "ultrafast",
        "crf": 10,
        "encoder": "libx264",
        "zoom_effect": False,
        "zoom_intensity": 5.0,
        "move": "zoom_in",
        "crossfade_frames": 0,
        "before": None,
        "color_filter": "none",
        "captions": None,
        "language": "en",
    } | changes


def make_clip(
    folder: Path,
    pixels: Pixels | bytes,
    words: dict[str, Any],
    tick: Any = quiet,
    before: tuple[Pixels, dict[str, Any]] | None = None,
    **changes: Any,
) -> tuple[Path, UnitOutput]:
    """Runs the clip stage in a new folder below ``folder``.

    ``pixels`` is rows x columns x RGB, or the bytes of a file; ``before`` is the scene
    that it fades out of.
    """
    base = folder / f"clip-{len(list(folder.glob('clip-*')))}"
    out = base / "out"
    out.mkdir(parents=True)
    (base / "words.json").write_text(json.dumps(words), encoding="utf-8")
    inputs = {"picture": base / "picture.png", "words": base / "words.json"}
    if isinstance(pixels, bytes):
        inputs["picture"].write_bytes(pixels)
    else:
        Image.fromarray(pixels).save(inputs["picture"])
    if before is not None:
        inputs |= _before(base, *before)
        changes = {"before": {"move": "zoom_in"}} | changes
    call = UnitCall("clip", "ffmpeg", clip_params(**changes), inputs, out)
    return out / "clip.mp4", clip.run(call, tick)


def _before(base: Path, pixels: Pixels, words: dict[str, Any]) -> dict[str, Path]:
    (base / "before.json").write_text(json.dumps(words), encoding="utf-8")
    Image.fromarray(pixels).save(base / "before.png")
    return {
        "before/picture": base / "before.png",
        "before/words": base / "before.json",
    }


def voice(path: Path, samples: npt.NDArray[Any], rate: int = 22050) -> Path:
    """Writes sound of -1 to 1 as mono 16-bit PCM."""
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def film_params(scenes: int, **changes: Any) -> dict[str, Any]:
    """The parameters of a film stage for clips of ``clip_params``."""
    return {
        "title": "A small film",
        "fps": FPS,
        "width": WIDTH,
        "height": HEIGHT,
        "scene_titles": [f"Part {n}" for n in range(1, scenes + 1)],
        "narrations": ["Some words."] * scenes,
        "image_prompts": ["a picture"] * scenes,
        "draft": True,
        "engines": {"image": "papercut", "voice": "espeak"},
        "seed": 7,
        "seeds": list(range(scenes)),
        "image_style": "cinematic",
        "voice_id": "aria",
        "date": "2026-11-24",
        "captions": None,
        "soft_captions": False,
        "language": "en",
        "crossfade_frames": 0,
    } | changes


def make_film(
    folder: Path,
    clips: list[Path],
    voices: list[Path],
    words: list[dict[str, Any]],
    tick: Any = quiet,
    music: Path | None = None,
    **changes: Any,
) -> tuple[Path, UnitOutput]:
    """Runs the sound and the film stage in a new folder below ``folder``."""
    base = folder / f"film-{len(list(folder.glob('film-*')))}"
    out = base / "out"
    out.mkdir(parents=True)
    sound_file, _ = make_sound(
        base, voices, words, tick, music, fps=changes.get("fps", FPS)
    )
    inputs = {"sound": sound_file}
    for number, spoken_words in enumerate(words, start=1):
        told = base / f"words-{number:03}.json"
        told.write_text(json.dumps(spoken_words), encoding="utf-8")
        inputs[f"words/{number:03}"] = told
        inputs[f"clips/{number:03}"] = clips[number - 1]
    call = UnitCall("film", "ffmpeg", film_params(len(words), **changes), inputs, out)
    return out, film.run(call, tick)


def make_sound(
    folder: Path,
    voices: list[Path],
    words: list[dict[str, Any]],
    tick: Any = quiet,
    music: Path | None = None,
    volume: float = 30.0,
    fps: int = FPS,
) -> tuple[Path, UnitOutput]:
    """Runs the sound stage in a new folder below ``folder``."""
    base = folder / f"sound-{len(list(folder.glob('sound-*')))}"
    out = base / "out"
    out.mkdir(parents=True)
    inputs = {} if music is None else {"music": music}
    for number, spoken_words in enumerate(words, start=1):
        told = base / f"words-{number:03}.json"
        told.write_text(json.dumps(spoken_words), encoding="utf-8")
        inputs[f"words/{number:03}"] = told
        inputs[f"voices/{number:03}"] = voices[number - 1]
    params = {"fps": fps, "music": {"volume": volume} if music else None}
    call = UnitCall("sound", "ffmpeg", params, inputs, out)
    return out / "sound.m4a", sound_stage.run(call, tick)


def pictures(path: Path, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """All frames of a video: frames x rows x columns x RGB."""
    raw = decoded(path, "-map", "0:v:0", "-f", "rawvideo", "-pix_fmt", "rgb24")
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def greys(path: Path, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """The brightness of all frames of a video: frames x rows x columns."""
    raw = decoded(path, "-map", "0:v:0", "-f", "rawvideo", "-pix_fmt", "gray")
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width)


def sound(path: Path) -> npt.NDArray[np.float32]:
    """The sound of a film at 48 kHz: samples of -1 to 1, channels averaged."""
    raw = decoded(path, "-map", "0:a:0", "-f", "f32le", "-ac", "1", "-ar", "48000")
    return np.frombuffer(raw, np.float32)


def decoded(path: Path, *options: str) -> bytes:
    """What ffmpeg makes of ``path``."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin"]
    done = subprocess.run(
        [*command, "-i", str(path), *options, "-"], capture_output=True, check=True
    )
    return done.stdout
