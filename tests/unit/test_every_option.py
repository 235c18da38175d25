"""Every value of every option of a film, in one table: it does what its name says.

Options are followed from the spec through the plan to the code that acts on them; how
that looks and sounds in whole films is tested beside each part.
"""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from colab_worker.engines.base import ImageRequest
from colab_worker.engines.espeak.voices import ESPEAK_VOICES
from colab_worker.engines.papercut import PapercutEngine
from colab_worker.engines.registry import BUILT_IN, Registry
from colab_worker.film.captions.burned import film_document, look_of
from colab_worker.film.captions.looks import STYLES, Frame, Style
from colab_worker.film.grade import graded
from colab_worker.film.motion import Window, windows
from colab_worker.planner import plan
from colab_worker.stages.clip import _zoom_percent
from orchestrator.writer.film_spec import write_film
from orchestrator.writer.moods import MOODS
from shared_protocol import vocab
from shared_protocol.errors import describe_validation
from shared_protocol.orders import MAX_CHARACTERS, GenerateRequest
from shared_protocol.specs import FilmSpec
from tests.film_material import colourful, spoken

SCENES = [
    {"narration": f"A crow flew over hill {n}.", "image_prompt": "a hill at noon"}
    for n in (1, 2)
]
#: Not options: what is told, what is shown, and how it is made (see their own tests).
CONTENT = {"kind", "title", "scenes", "engine", "image", "date", "open", "sources",
           "voice_sample", "voice_consent"}  # fmt: skip


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
        return film_document([(words, 0.0)], "en", frame, look)


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

VOCABULARIES = {
    words.name: words for words in vocab.ALL if words is not vocab.SCHEDULERS
}

#: Vocabularies of single pictures, not of films.
NOT_OF_FILMS = (vocab.SCHEDULERS,)
STORY = (
    "# One\n\nAnn met Bo. "
    + "They walked on and on. " * 40
    + "\n\n# Two\n\nThey slept."
)
Told = Callable[[tuple[Any, Any]], bool]


def told(**options: Any) -> tuple[Any, Any]:
    """Script and spec of a text of one's own under some options."""
    return write_film(GenerateRequest.model_validate({"script": STORY} | options))


def shown(number: int) -> Told:
    """So many scenes, and no word lost."""

    def check(made: tuple[Any, Any]) -> bool:
        words = " ".join(scene.narration for scene in made[1].scenes).split()
        return (
            len(made[1].scenes) == number and words == re.sub("# .*", "", STORY).split()
        )

    return check


#: Options that shape the script of one's own text: what they ask for, by value.
TOLD: dict[str, dict[Any, Told]] = {
    "story_type": {
        word: lambda m, w=word: all(MOODS[w] in s.image_prompt for s in m[1].scenes)
        for word in vocab.STORY_TYPES
    },
    "hook_intensity": {
        word: lambda m: any("hook_intensity is not used" in w for w in m[0].warnings)
        for word in vocab.HOOK_INTENSITIES
    },
    "num_scenes": {n: shown(n) for n in (2, 5, 10)},
    "duration": {1: shown(5), 5: shown(25)},
    "read_headings": {
        asked: lambda m, a=asked: (
            ("Two" in m[1].scenes[-1].narration) is a and m[1].scenes[-1].title == "Two"
        )
        for asked in (True, False)
    },
    "characters": {
        count: lambda m, c=count: m[1].scenes[0].image_prompt.count("in a red hat") == c
        for count in (0, 1)
    },
    "title": {"A day": lambda m: m[1].title == "A day"},
    "topic": {"Sleep": lambda m: m[1].title == "Sleep"},
    "date": {"2026-11-24": lambda m: m[1].date.isoformat() == "2026-11-24"},
    "sources": {"Her diary": lambda m: m[1].sources == ("Her diary",)},
    "image_mode": {"ai_only": lambda m: len(m[1].scenes) > 0},
    "review": {True: lambda m: len(m[1].scenes) > 0},
    "engine": {"papercut": lambda m: m[1].engine.image == "papercut"},
    "image": {30: lambda m: m[1].image.steps == 30},
}
#: Numbers, and the least and the most that they may be.
BOUNDS = {
    "num_scenes": (1, 60), "duration": (1, 60), "voice_speed": (0.5, 2.0),
    "zoom_intensity": (1, 10), "seed": (0, 2**32 - 1),
}  # fmt: skip


def beyond(option: str) -> tuple[float, float]:
    """A little less than the least and more than the most."""
    least, most = BOUNDS[option]
    return least - 1 if least >= 1 else least - 0.1, most + 1


#: How a value of ``TOLD`` is written in an order, where it is not the value itself.
ORDERS: dict[str, Callable[[Any], Any]] = {
    "characters": lambda count: (
        [{"name": "Ann", "description": "in a red hat"}] * count
    ),
    "sources": lambda page: [page],
    "engine": lambda name: {"image": name},
    "image": lambda steps: {"steps": steps},
}
#: For scripts that are written; beside one's own text they are refused by name.
WRITTEN = {"template": {"tone": ["dry"]}, "grounding": True, "new_script": True}
#: What is told, and by whom (test_worker_voices). ``review``: test_orchestrator_scripts.
WORDS = {"script", "scenes", "voice_sample", "voice_consent"}


@pytest.mark.parametrize(
    ("option", "value"), [(name, value) for name in TOLD for value in TOLD[name]]
)
def test_each_value_shapes_the_script_as_its_name_says(option: str, value: Any) -> None:
    """From the order to the spec that a worker gets."""
    given = ORDERS.get(option, lambda word: word)(value)

    assert TOLD[option][value](told(**{option: given}))


@pytest.mark.parametrize("option", list(WRITTEN))
def test_what_would_do_nothing_for_own_text_is_refused(option: str) -> None:
    """By its name."""
    order = {"story_type": "true_crime", option: WRITTEN[option]}
    with pytest.raises(ValidationError, match=f"{option} does nothing with your own"):
        told(**order)


def test_no_option_of_an_order_is_forgotten() -> None:
    """Each has its row in a table, and so has every word of every vocabulary."""
    names = {name for name in TABLE if "." not in name}
    assert names | set(TOLD) | set(WRITTEN) | WORDS == set(GenerateRequest.model_fields)
    for words in vocab.ALL:
        if words not in NOT_OF_FILMS:
            rows = TABLE.get(words.name) or TOLD[words.name]
            assert set(rows) == set(words.ids), words.name


@pytest.mark.parametrize("words", vocab.ALL, ids=lambda words: words.name)
def test_other_spellings_mean_a_word_of_the_vocabulary(words: vocab.Vocabulary) -> None:
    """Every alias is one of an id, and is no id itself."""
    for alias, meant in words.aliases.items():
        assert words.resolve(alias) == meant
        assert meant in words.ids
        assert alias not in words.ids


@pytest.mark.parametrize(
    ("option", "value"), [(name, value) for name in TABLE for value in TABLE[name]]
)
def test_each_value_does_what_its_name_says(option: str, value: Any) -> None:
    """From the spec to the code that acts on it."""
    given, check = TABLE[option][value]
    own = {} if "." in option or option in ("music", "caption") else {option: value}

    assert check(Planned(**(given | own)))


def test_the_table_leaves_nothing_out() -> None:
    """Every option of a film; see also ``test_no_option_of_an_order_is_forgotten``."""
    assert {name for name in TABLE if "." not in name} == (
        set(FilmSpec.model_fields) - CONTENT
    )


@pytest.mark.parametrize("style", list(vocab.IMAGE_STYLES))
def test_each_style_of_pictures_is_like_no_other(style: str) -> None:
    """In the same picture, by day."""
    prompt = "a castle on a hill at noon"
    others = [other for other in vocab.IMAGE_STYLES if other != style]

    assert (
        min(np.abs(drawn(prompt, style) - drawn(prompt, o)).mean() for o in others) > 7
    )


def test_each_filter_is_like_no_other() -> None:
    """On the same picture."""
    picture = Image.fromarray(colourful())
    seen = [np.asarray(graded(picture, w)).astype(int) for w in vocab.COLOR_FILTERS]

    assert min(np.abs(a - b).mean() for a, b in itertools.combinations(seen, 2)) > 1


@pytest.mark.parametrize("option", ["caption.style", "caption.animation"])
def test_no_two_words_look_alike(option: str) -> None:
    """The captions as ASS differ from all others."""
    looks = {Planned(**given).captions for given, _ in TABLE[option].values()}

    assert len(looks) == len(TABLE[option])


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *((name, "nonsense") for name in VOCABULARIES),
        *((name, value) for name in BOUNDS for value in beyond(name)),
        ("image_mode", "stock"),
        ("image_mode", "manual"),
        ("characters", [{"name": "Ann", "description": "tall"}] * (MAX_CHARACTERS + 1)),
        ("read_headings", "perhaps"),
        ("review", "perhaps"),
        ("engine", {"script": "no engine at all"}),
        ("an_option_that_is_not", 1),
        *(("fps", n) for n in (23, 60, "fast")),
        ("seed", -1),
        ("music", {"sha256": "a" * 64, "volume": 0}),
        ("zoom_effect", "perhaps"),
        ("auto_captions", "perhaps"),
        ("soft_captions", "perhaps"),
        ("language", "English"),
    ],
)
def test_any_other_value_is_refused_by_name(option: str, value: Any) -> None:
    """The order says which option it is, and which words there are."""
    name, _, part = option.partition(".")
    order = {"script": "A crow.", "auto_captions": True}
    with pytest.raises(ValidationError) as refusal:
        GenerateRequest.model_validate(order | {name: {part: value} if part else value})
    param, sentence = describe_validation(refusal.value.errors())

    assert param.startswith(option)
    for word in VOCABULARIES.get(option, ()):
        assert word in sentence


def test_a_zoom_that_is_off_has_no_intensity() -> None:
    """What would do nothing is refused by name; the usual value may be sent along."""
    order = {"script": "A crow.", "zoom_effect": False}
    with pytest.raises(ValidationError) as refusal:
        GenerateRequest.model_validate(order | {"zoom_intensity": 8})
    param, sentence = describe_validation(refusal.value.errors())

    assert param == "zoom_intensity"
    assert "8 does nothing while zoom_effect is false" in sentence
    assert not GenerateRequest.model_validate(order | {"zoom_intensity": 5}).zoom_effect
