"""Every value of every option of a film, with what is then true of its units.

Options are followed from the spec through the plan to the code that acts on them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from colab_worker.engines.base import ImageRequest
from colab_worker.engines.espeak.voices import ESPEAK_VOICES
from colab_worker.engines.papercut import PapercutEngine
from colab_worker.engines.registry import BUILT_IN, Registry
from colab_worker.film.captions.burned import film_cues, film_document, look_of
from colab_worker.film.captions.looks import STYLES, Frame, Style
from colab_worker.film.grade import graded
from colab_worker.film.motion import Window, windows
from colab_worker.planner import plan
from colab_worker.stages.clip import _zoom_percent
from shared_protocol import vocab
from shared_protocol.specs import FilmSpec
from tests.film_material import colourful, spoken

SCENES = [
    {"narration": f"A crow flew over hill {n}.", "image_prompt": "a hill at noon"}
    for n in (1, 2)
]


class Planned:
    """The parameters of a film's units under some options."""

    def __init__(self, **options: Any) -> None:
        spec = FilmSpec.model_validate({"scenes": SCENES} | options)
        units = plan(spec, Registry(BUILT_IN)).units
        self.units = {unit.id: unit for unit in units}
        self.image = self.units["scene-001/image"].params
        self.voice = self.units["scene-001/voice"].params
        self.clip = self.units["scene-002/clip"].params
        self.sound = self.units["sound"].params
        self.film = self.units["film"].params

    @property
    def shown(self) -> tuple[Window, Window]:
        """What is seen of a picture at the beginning and at the end."""
        every = list(windows(self.clip["move"], _zoom_percent(self.clip), 30))
        return every[0], every[-1]

    @property
    def captions(self) -> str:
        """The captions as ASS."""
        look, frame = look_of(self.film["captions"]), Frame(640, 360)
        words = spoken("A crow came to the well.", 2.0)
        cues = film_cues([(words, 0.0)], "en", frame, look)
        return film_document(cues, "en", frame, look)


def nearer(share: float, x: float = 0.0, y: float = 0.0) -> Callable[[Planned], bool]:
    """The scale grows by ``share``, and the middle of what is seen moves so far."""

    def check(film: Planned) -> bool:
        first, last = film.shown
        wanted = (1 + share, x, y)
        found = (first.width / last.width, _middle(last)[0] - _middle(first)[0],
                 _middle(last)[1] - _middle(first)[1])  # fmt: skip
        return bool(np.allclose(found, wanted, atol=1e-6))

    return check


def _middle(window: Window) -> tuple[float, float]:
    return window.x + window.width / 2, window.y + window.height / 2


EDGE = (1 - 1 / 1.05) / 2


def filtered(check: Callable[[Any, Any], bool]) -> Callable[[Planned], bool]:
    """Compares a picture under the filter with the picture itself."""

    def checked(film: Planned) -> bool:
        before = colourful()
        after = np.asarray(graded(Image.fromarray(before), film.clip["color_filter"]))
        return bool(check(before.astype(float), after.astype(float)))

    return checked


def warmth(pixels: Any) -> float:
    return float(pixels[..., 0].mean() / pixels[..., 2].mean())


def colour(pixels: Any) -> float:
    return float(np.ptp(pixels, axis=2).mean())


def violet(pixels: Any) -> float:
    return float((pixels[..., 0] + pixels[..., 2]).mean() / 2 / pixels[..., 1].mean())


def detail(pixels: Any) -> float:
    return float(np.abs(np.diff(pixels, axis=1)).mean())


@cache
def drawn(prompt: str, style: str) -> Any:
    """Rows x columns x RGB of a draft picture."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "picture.png"
        request = ImageRequest(prompt, "", style, 3, 384, 216)
        PapercutEngine().draw(request, out, lambda fraction, words: None)
        with Image.open(out) as picture:
            return np.asarray(picture).astype(float)


def painted(check: Callable[[Any, Any], bool]) -> Callable[[Planned], bool]:
    """Compares drafts in a style with the realistic ones, by day and by night."""

    def checked(film: Planned) -> bool:
        style = film.image["style"]
        return all(
            check(drawn(prompt, "realistic"), drawn(prompt, style))
            for prompt in ("a castle on a hill at noon", "a man in a street at night")
        )

    return checked


def darker(pixels: Any) -> Any:
    """The third of the pixels that is darkest."""
    light = pixels.mean(axis=2)
    return pixels[light < np.percentile(light, 33)]


def corner(pixels: Any) -> float:
    return float(pixels[:8, :8].mean())


def looks(check: Callable[[Style, Style], bool]) -> Callable[[Planned], bool]:
    """Compares a style of captions with the simple one."""
    return lambda f: check(STYLES["simple"], STYLES[f.clip["captions"]["style"]])


def redness(style: Style) -> int:
    blue, green, red = (int(style.colour[n : n + 2], 16) for n in (4, 6, 8))
    return red - max(green, blue)


def styled(column: int, value: str) -> Callable[[Planned], bool]:
    """A column of the captions' style has a value."""

    def check(film: Planned) -> bool:
        (style,) = re.findall(r"^Style: (.+)$", film.captions, re.MULTILINE)
        return bool(style.split(",")[column] == value)

    return check


def tagged(tag: str) -> Callable[[Planned], bool]:
    """The captions carry a tag."""
    return lambda film: tag in film.captions


def moves(check: Callable[[int, int], bool]) -> Callable[[Planned], bool]:
    """Where the captions come from and go to, in pixels from the top."""

    def checked(film: Planned) -> bool:
        (across, begin, goal, end) = re.findall(
            r"\\move\((\d+),(\d+),(\d+),(\d+)", film.captions
        )[0]
        return across == goal and check(int(begin), int(end))

    return checked


def burned(look: dict[str, str]) -> dict[str, Any]:
    return {"auto_captions": True, "caption": look}


Check = Callable[[Planned], bool]
#: By option: its values, the options that ask for it, and what is then true.
TABLE: dict[str, dict[Any, tuple[dict[str, Any], Check]]] = {
    "motion": {
        "auto": ({}, lambda f: f.clip["move"] in vocab.MOTIONS
                 and f.clip["move"] != f.units["scene-001/clip"].params["move"]),
        "zoom_in": ({}, nearer(0.05)),
        "zoom_out": ({}, nearer(1 / 1.05 - 1)),
        "zoom_left": ({}, nearer(0.05, x=-EDGE)),
        "zoom_right": ({}, nearer(0.05, x=EDGE)),
        "zoom_up": ({}, nearer(0.05, y=-EDGE)),
        "zoom_down": ({}, nearer(0.05, y=EDGE)),
        "pan_left": ({}, nearer(0, x=-2 * EDGE)),
        "pan_right": ({}, nearer(0, x=2 * EDGE)),
        "pan_up": ({}, nearer(0, y=-2 * EDGE)),
        "pan_down": ({}, nearer(0, y=2 * EDGE)),
    },
    "transition": {
        "cut": ({}, lambda f: f.clip["crossfade_frames"] == 0 and f.clip["before"] is None),
        "crossfade": ({}, lambda f: f.clip["crossfade_frames"] == 15
                      and "scene-001/image" in f.units["scene-002/clip"].needs),
    },
    "zoom_effect": {
        True: ({}, lambda f: f.shown[0] != f.shown[1]),
        False: ({}, lambda f: f.shown == (Window(0, 0, 1, 1),) * 2),
    },
    "zoom_intensity": {
        percent: ({"motion": "zoom_in"}, nearer(percent / 100)) for percent in (1, 5, 10)
    },
    "color_filter": {
        "none": ({}, filtered(lambda a, b: (a == b).all())),
        "cinematic": ({}, filtered(lambda a, b: b[-20:, -20:].mean() < 0.9 * a[-20:, -20:].mean())),
        "warm": ({}, filtered(lambda a, b: warmth(b) > 1.15 * warmth(a))),
        "cool": ({}, filtered(lambda a, b: warmth(b) < 0.87 * warmth(a))),
        "vibrant": ({}, filtered(lambda a, b: colour(b) > 1.2 * colour(a))),
        "vintage": ({}, filtered(lambda a, b: warmth(b) > warmth(a) and colour(b) < colour(a))),
        "noir": ({}, filtered(lambda a, b: colour(b) < 3)),
        "dramatic": ({}, filtered(lambda a, b: b.std() > a.std() and colour(b) < colour(a))),
        "horror": ({}, filtered(lambda a, b: b.mean() < 0.7 * a.mean())),
        "anime": ({}, filtered(lambda a, b: colour(b) > 1.1 * colour(a))),
        "sunset": ({}, filtered(lambda a, b: warmth(b[:60]) > warmth(b[-60:]) > warmth(a[-60:]))),
        "soft": ({}, filtered(lambda a, b: detail(b) < 0.8 * detail(a))),
        "sharp": ({}, filtered(lambda a, b: detail(b) > 1.1 * detail(a))),
    },
    "aspect": {
        "16:9": ({}, lambda f: (f.film["width"], f.film["height"]) == (1920, 1080)),
        "9:16": ({}, lambda f: (f.image["width"], f.image["height"]) == (1080, 1920)),
        "1:1": ({}, lambda f: (f.clip["width"], f.clip["height"]) == (1080, 1080)),
    },
    "quality": {
        "draft": ({}, lambda f: (f.clip["height"], f.clip["fps"], f.clip["crf"]) == (480, 24, 27)),
        "fast": ({}, lambda f: (f.clip["height"], f.clip["fps"], f.clip["crf"]) == (720, 30, 23)),
        "standard": ({}, lambda f: (f.clip["height"], f.clip["preset"], f.clip["crf"])
                     == (1080, "veryfast", 20)),
        "high": ({}, lambda f: (f.clip["height"], f.clip["preset"], f.clip["crf"])
                 == (1080, "slow", 17)),
    },
    "resolution": {
        word: ({}, lambda f, word=word: {f.film["height"], f.clip["height"], f.image["height"]}
               == {int(word[:-1])})
        for word in vocab.RESOLUTIONS
    },
    "fps": {
        fps: ({}, lambda f, fps=fps: {f.film["fps"], f.clip["fps"], f.sound["fps"]} == {fps})
        for fps in (24, 25, 30)
    },
    "pacing": {
        word: ({}, lambda f, s=seconds: f.voice["tail_s"] == s > f.voice["sentence_pause_s"])
        for word, seconds in {"slow": 1.2, "medium": 0.8, "dynamic": 0.55, "fast": 0.4}.items()
    },
    "voice_speed": {
        speed: ({}, lambda f, s=speed: f.voice["speed"] == s) for speed in (0.5, 1.0, 2.0)
    },
    "voice_id": {  # how they sound: test_espeak_voices
        word: ({}, lambda f, w=word: f.voice["voice_id"] == f.film["voice_id"] == w
               and [v for v, sound in ESPEAK_VOICES.items() if sound == ESPEAK_VOICES[w]] == [w])
        for word in vocab.VOICE_IDS
    },
    "image_style": {
        "realistic": ({}, painted(lambda a, b: (a == b).all())),
        "documentary": ({}, painted(lambda a, b: colour(b) < 0.5 * colour(a))),
        "anime": ({}, painted(lambda a, b: colour(b) > 1.4 * colour(a) and detail(b) < detail(a))),
        "cinematic": ({}, painted(lambda a, b: corner(b) < 0.9 * corner(a)
                                  and warmth(b) - warmth(darker(b)) > 0.09)),
        "horror": ({}, painted(lambda a, b: b.mean() < 0.7 * a.mean() and colour(b) < colour(a))),
        "comic": ({}, painted(lambda a, b: colour(b) > 1.2 * colour(a) and detail(b) > 1.8 * detail(a))),
        "historical": ({}, painted(lambda a, b: warmth(b) > 1.7 * warmth(a) and warmth(darker(b)) > 1.4)),
        "scifi": ({}, painted(lambda a, b: colour(b) > 1.1 * colour(a)
                              and warmth(darker(b)) < 0.55 * warmth(darker(a)))),
        "noir": ({}, painted(lambda a, b: colour(b) == 0 and np.ptp(b) > 200)),
        "fantasy": ({}, painted(lambda a, b: b.mean() > a.mean() and violet(b) > 1.02 * violet(a))),
        "3d_render": ({}, painted(lambda a, b: detail(b) < 0.9 * detail(a) and b.std() < a.std())),
        "sketch": ({}, painted(lambda a, b: colour(b) < 6 and b.mean() > 150 and detail(b) > 4 * detail(a))),
        "watercolor": ({}, painted(lambda a, b: b.mean() > 1.15 * a.mean() and corner(b) > 235)),
        "oil_painting": ({}, painted(lambda a, b: detail(b) > 4 * detail(a) and colour(b) > 20)),
        "retro": ({}, painted(lambda a, b: warmth(b) > 1.3 * warmth(a) and corner(b) > 190)),
        "abstract": ({}, painted(lambda a, b: colour(b) > 1.5 * colour(a))),
    },
    "language": {"de": ({}, lambda f: f.voice["language"] == f.film["language"] == "de")},
    "seed": {7: ({}, lambda f: f.image["seed"] != Planned(seed=8).image["seed"])},
    "music": {
        volume: ({"music": {"sha256": "a" * 64, "volume": volume}},
                 lambda f, v=volume: f.sound["music"] == {"volume": v}
                 and f.units["sound"].files == {"music": "a" * 64})
        for volume in (1, 30, 100)
    },
    "auto_captions": {
        True: ({}, lambda f: f.clip["captions"]["mode"] == "auto"),
        False: ({}, lambda f: f.clip["captions"] is None),
    },
    "soft_captions": {
        asked: ({}, lambda f, a=asked: f.film["soft_captions"] is a) for asked in (True, False)
    },
    "caption": {"text": ({"caption": {"text": "One day"}},
                         lambda f: (f.clip["captions"]["mode"], f.clip["captions"]["text"])
                         == ("fixed", "One day"))},
    "caption.position": {
        word: (burned({"position": word}), styled(18, number))
        for word, number in {
            "bottom": "2", "top": "8", "center": "5", "top_left": "7", "top_right": "9",
            "bottom_left": "1", "bottom_right": "3",
        }.items()
    },
    "caption.style": {
        word: (burned({"style": word}), looks(check)) for word, check in {
            "simple": lambda a, b: a == b,
            "bold": lambda a, b: b.size > a.size and b.outline > a.outline and b.heavy,
            "minimal": lambda a, b: b.size < a.size and b.outline < a.outline,
            "cinematic": lambda a, b: b.italic and b.spacing > a.spacing,
            "horror": lambda a, b: redness(b) > 150 and redness(a) == 0 and b.blur > 0,
            "elegant": lambda a, b: b.plate and b.family.endswith("Light"),
        }.items()
    },
    "caption.animation": {
        "none": (burned({"animation": "none"}), lambda f: "{" not in f.captions.split("[Events]")[1]),
        "fade_in": (burned({"animation": "fade_in"}), tagged("\\fad(350,0)")),
        "fade_out": (burned({"animation": "fade_out"}), tagged("\\fad(0,350)")),
        "slide_up": (burned({"animation": "slide_up"}), moves(lambda begin, end: begin > end)),
        "slide_down": (burned({"animation": "slide_down"}), moves(lambda begin, end: begin < end)),
        "typewriter": (burned({"animation": "typewriter"}),
                       lambda f: f.captions.count("\\alpha&HFF&") == len("Acrowcametothewell.")),
        "pulse": (burned({"animation": "pulse"}), lambda f: f.captions.count("\\fscx112") >= 2),
        "karaoke": (burned({"animation": "karaoke"}), lambda f: f.captions.count("\\kf") == 6),
    },
}  # fmt: skip
