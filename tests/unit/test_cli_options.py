"""The options of ``make``: every field of the request has one, faults are named."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli.exits import UsageError
from orchestrator.cli.options import OPTIONS, PAIRS, add_options, build_request
from shared_protocol.dials import ImageOptions, Lora
from shared_protocol.music import Music
from shared_protocol.orders import GenerateRequest
from shared_protocol.specs import Caption
from shared_protocol.vocab import Vocabulary

#: ``script`` is FILE, ``scenes`` come with a project; ``image_mode`` has one value only.
WITHOUT_FLAG = {
    "script",
    "scenes",
    "image_mode",
    "caption",
    "image",
    "music",
    "template",
    "sources",
}


def given(words: Sequence[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return vars(parser.parse_args(words))


def test_every_field_has_a_flag() -> None:
    """No field of the request is out of reach of the command line."""
    fields = {option.field for option in OPTIONS} | set(PAIRS.values())
    wanted = set(GenerateRequest.model_fields) - WITHOUT_FLAG
    wanted |= {f"caption.{name}" for name in Caption.model_fields}
    wanted |= {f"music.{name}" for name in Music.model_fields}
    wanted |= {"characters.reference"}
    wanted |= {f"image.{name}" for name in ImageOptions.model_fields}
    assert fields == wanted


def test_nothing_given_is_the_server_s_default() -> None:
    """Options that are not given are not sent."""
    request = build_request(given([]), "Once.")
    assert request.model_dump(exclude_unset=True) == {"script": "Once."}


def test_music_is_named_by_its_hash(tmp_path: Path) -> None:
    """The file is read, looked at and hashed; what is none is refused by the flag."""
    tune, text = tmp_path / "tune", tmp_path / "text.mp3"
    tune.write_bytes(b"OggS and the rest")
    text.write_text("not music at all")
    words = ["--music", str(tune), "--music-volume", "45"]
    request = build_request(given(words), "Once.")

    assert request.music is not None
    assert request.music.sha256 == hashlib.sha256(tune.read_bytes()).hexdigest()
    assert request.music.volume == 45
    for wrong in (["--music", str(text)], ["--music", str(tmp_path / "none.mp3")],
                  ["--music-volume", "45"], ["--music", str(tune), "--music-volume", "0"]):  # fmt: skip
        with pytest.raises(UsageError, match="--music"):
            build_request(given(wrong), "Once.")


def test_a_reference_reaches_its_character(tmp_path: Path) -> None:
    """By name, in whatever case; what cannot be one is refused by its flag."""
    picture, text = tmp_path / "mara.webp", tmp_path / "notes.txt"
    picture.write_bytes(b"RIFF\0\0\0\0WEBP and more")
    text.write_text("no picture", encoding="utf-8")
    words = ["--character", "Mara: red coat", "--character", "Otto: a dog"]
    good = ["--reference", f"mara={picture}"]
    cast = build_request(given([*words, *good]), "Once.").characters

    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    assert [person.reference for person in cast] == [sha256, None]
    for wrong in (["--reference", f"Mara={text}"], ["--reference", "Mara=nowhere.png"],
                  ["--reference", str(picture)], ["--reference", f"Ann={picture}"],
                  [*good, "--reference", f"MARA={picture}"]):  # fmt: skip
        with pytest.raises(UsageError, match="--reference"):
            build_request(given([*words, *wrong]), "Once.")


def test_values_arrive_typed() -> None:
    """Numbers, switches, nested captions, characters and engines reach their fields."""
    words = ["--scenes", "7", "--speed", "1.25", "--no-zoom", "--captions"]
    words += ["--caption-style", "bold", "--character", "Mira: red: coat"]
    words += ["--engine", "image=papercut, voice=espeak", "--engine", "script=text"]
    words += ["--seed", "3", "--steps", "9", "--guidance", "4.5"]
    words += ["--lora", "ink:0.8", "--lora", "Ann 2"]
    request = build_request(given(words), "Once.")
    assert request.num_scenes == 7
    assert request.voice_speed == 1.25
    assert request.zoom_effect is False
    assert request.auto_captions is True
    assert request.caption == Caption(style="bold")
    assert [c.description for c in request.characters] == ["red: coat"]
    assert (request.engine.image, request.engine.voice) == ("papercut", "espeak")
    assert request.engine.script == "text"
    assert request.seed == 3
    assert request.image == ImageOptions(
        steps=9,
        guidance=4.5,
        loras=(Lora(name="ink", weight=0.8), Lora(name="Ann 2")),
    )


@pytest.mark.parametrize(
    "option", [o for o in OPTIONS if o.words], ids=lambda o: o.flag
)
def test_each_vocabulary_lists_its_ids(option: Any) -> None:
    """A word that is not known is refused with all that are, by the flag's name."""
    words: Vocabulary = option.words
    extra = ["--captions"] if "caption" in option.field else []
    extra += ["--topic", "x"] if option.field == "hook_intensity" else []
    text = None if "--topic" in extra else "Once."
    with pytest.raises(UsageError) as refused:
        build_request(given([option.flag, "nonsense", *extra]), text)
    assert str(refused.value).startswith(f"{option.flag}:")
    assert ", ".join(words.ids) in str(refused.value)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--scenes", "61"], "--scenes: input should be less than or equal to 60"),
        (["--speed", "fast"], "--speed: input should be a valid number"),
        (["--seed", "-1"], "--seed: "),
        (["--language", "E!"], "--language: "),
        (["--character", "Bob"], '"NAME: DESCRIPTION"'),
        (["--character", ": tall"], '"NAME: DESCRIPTION"'),
        (["--character", "B: " + "x" * 401], "--character: "),
        (["--engine", "video=x"], "image, voice, script"),
        (["--engine", "image="], "image, voice, script"),
        (["--engine", "script=gpt"], "--engine: "),
        (["--caption-style", "bold"], "show nothing without --captions"),
        (["--captions", "--caption-text", "Hi"], "exclude each other"),
        (["--captions", "--soft-captions"], "exclude each other"),
        (["--no-zoom", "--zoom-intensity", "3"], "does nothing with --no-zoom"),
        (["--hook", "mild"], "--hook is for --topic"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_faults_are_one_sentence(words: list[str], says: str) -> None:
    """A bad value, or one that would do nothing, is refused by its flag."""
    with pytest.raises(UsageError) as refused:
        build_request(given(words), "Once.")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_help_names_every_id_of_short_vocabularies(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``--help`` shows the ids and defaults that the models have."""
    with pytest.raises(SystemExit):
        given(["--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "draft, fast, standard, high (default: standard)" in text
    assert "typewriter" in text
