"""Every value of every option of a film and of an order: it does what its name says.

Options are followed from the spec through the plan to the code that acts on them; how
that looks and sounds in whole films is tested beside each part.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from colab_worker.film.grade import graded
from orchestrator.writer.film_spec import write_film
from orchestrator.writer.moods import MOODS
from shared_protocol import vocab
from shared_protocol.errors import describe_validation
from shared_protocol.orders import MAX_CHARACTERS, GenerateRequest
from shared_protocol.specs import FilmSpec
from tests.film_material import colourful
from tests.film_options import TABLE, Planned, drawn

#: Not options: what is told, what is shown, and how it is made (see their own tests).
CONTENT = {"kind", "title", "scenes", "engine", "image", "date", "open", "sources",
           "voice_sample", "voice_consent"}  # fmt: skip


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
