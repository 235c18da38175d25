"""Paid services as engines: when they are offered, what they take, what they cost."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError

from colab_worker.engine_host import EngineFailure
from colab_worker.engines.base import ImageRequest, ServiceFailed
from colab_worker.engines.entry import EngineEntry
from colab_worker.engines.hosted.pictures import write_png
from colab_worker.engines.hosted.prices import about_usd, tokens_usd
from colab_worker.engines.hosted.receipts import Receipts
from colab_worker.engines.hosted.services import OFFERS, service_entries, take_keys
from colab_worker.engines.registry import BUILT_IN, PlanRefused, Registry
from colab_worker.planner import Plan, plan
from colab_worker.settings import parse_settings
from shared_protocol.dials import Lora
from shared_protocol.errors import Code
from shared_protocol.fallback import SERVICES, Fallback, read_fallback
from shared_protocol.kit.redaction import HIDDEN, keep_secret
from shared_protocol.specs import FilmSpec
from tests.workers import film

KEYS = {"FAL_KEY": "k" * 12, "OPENAI_API_KEY": "o" * 12}
MODEL = EngineEntry("sdxl", "image", "x:y", version="1", preference=3)


def registry(
    keys: dict[str, str] | None,
    *more: EngineEntry,
    order: str = "remote local hosted draft",
    **environ: str,
) -> Registry:
    """A worker with these keys and models."""
    entries = service_entries(keys, Path("receipts"), environ)
    return Registry((*BUILT_IN, *entries, *more), fallback=read_fallback(order))


def planned(made: Registry, **options: Any) -> Plan:
    """A film of two scenes there."""
    spec = FilmSpec.model_validate(film("a hill", "a gate", **options))
    return plan(spec, made)


def test_orchestrator_and_worker_mean_the_same_services() -> None:
    """Films that name one are kept on this machine."""
    assert tuple(offer.name for offer in OFFERS) == SERVICES


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (None, "only the worker of your own machine asks fal.ai"),
        ({}, "FAL_KEY is not set; set it to your key"),
    ],
)
def test_a_service_that_cannot_be_asked_says_why(
    keys: dict[str, str] | None, sentence: str
) -> None:
    """By the variable's name; never taken by itself."""
    made = registry(keys)
    with pytest.raises(PlanRefused, match=sentence):
        planned(made, engine={"image": "fal"})
    assert made.get("image", "auto").name == "papercut"


@pytest.mark.parametrize(
    ("order", "models", "name"),
    [
        ("remote local hosted draft", (MODEL,), "sdxl"),
        ("remote local hosted draft", (), "fal"),
        ("hosted local draft", (MODEL,), "fal"),
        ("remote local draft", (), "papercut"),
        ("draft hosted", (MODEL,), "papercut"),
    ],
)
def test_auto_takes_the_first_of_the_order(
    order: str, models: tuple[EngineEntry, ...], name: str
) -> None:
    """A model of this machine, a service, the draft engine."""
    assert registry(KEYS, *models, order=order).get("image", "auto").name == name


def test_an_order_that_leaves_nothing_is_said() -> None:
    """No draft in silence where none was wanted."""
    with pytest.raises(PlanRefused, match="order of fallbacks is remote, local"):
        registry({}, order="remote local").get("image", "auto")


def test_a_key_that_is_meant_for_another_writer_is_not_spent_by_itself() -> None:
    """By name it is."""
    keys = {"OPENAI_API_KEY": "ollama-dummy"}
    made = registry(keys, MOONREEL_OPENAI_URL="http://127.0.0.1:11434/v1")
    assert made.get("image", "auto").name == "papercut"
    assert made.get("image", "openai").unavailable is None


@pytest.mark.parametrize("words", ["", "local local", "local cloud"])
def test_a_wrong_order_is_refused(words: str) -> None:
    """With the words that there are."""
    with pytest.raises(ValueError, match="remote, local, hosted, draft"):
        read_fallback(words)
    order: tuple[Fallback, ...] = read_fallback("hosted,draft")
    assert order == ("hosted", "draft")


def test_who_draws_and_what_it_costs_is_said() -> None:
    """Named or not; a picture for fal.ai stays below the second million of pixels."""
    made = registry(KEYS)
    chosen = planned(made, quality="standard")
    (sentence,) = chosen.warnings
    assert sentence.startswith("fal.ai draws the pictures with fal-ai/flux-lora, since")
    assert "FAL_KEY is set: about $0.035 for each picture, $0.07 for 2" in sentence
    params = chosen.units[0].params
    assert (params["width"], params["height"]) == (1312, 736)
    assert chosen.units[0].lane == "hosted"
    assert not chosen.draft or chosen.units[1].engine.draft

    (named,) = planned(
        made, engine={"image": "openai"}, quality="high", aspect="1:1"
    ).warnings
    assert named.startswith("OpenAI draws the pictures with gpt-image-2.5-flare: about")
    assert "$0.11 for 2" in named


@pytest.mark.parametrize(
    ("engine", "options", "sentence"),
    [
        ("openai", {"steps": 20}, "image.steps: openai has no such dial"),
        ("openai", {"guidance": 3}, "image.guidance: openai has no such dial"),
        ("openai", {"scheduler": "euler"}, "image.scheduler: openai has no such dial"),
        ("openai", {"loras": [{"name": "ink"}]}, "image.loras: openai has no such"),
        ("openai", {"negative_prompt": "text"}, "image.negative_prompt: openai only"),
        ("fal", {"negative_prompt": "text"}, "image.negative_prompt: fal only hears"),
        ("fal", {"scheduler": "euler"}, "image.scheduler: fal has no such dial"),
        ("fal", {"steps": 51}, "image.steps: fal draws in 1 to 50 steps"),
        ("fal", {"guidance": 21}, "image.guidance: fal takes 0 to 20"),
        ("fal", {"loras": [{"name": "ink"}]}, "fal fetches LoRAs by https address"),
        (
            "papercut",
            {"loras": [{"name": "https://x.example/a.safetensors"}]},
            "image.loras: papercut has no such dial",
        ),
    ],
)
def test_what_a_service_cannot_is_refused_by_name(
    engine: str, options: dict[str, Any], sentence: str
) -> None:
    """Nothing is asked, and nothing is left out in silence."""
    with pytest.raises(PlanRefused, match=sentence):
        planned(registry(KEYS), engine={"image": engine}, image=options)


def test_a_lora_by_address_is_part_of_the_key() -> None:
    """Its address, its weight; the picture is drawn anew with another."""
    made = registry(KEYS)
    keys = set()
    for lora in (
        [],
        [{"name": "owner/model"}],
        [{"name": "owner/model", "weight": 0.5}],
        [{"name": "https://x.example/a.safetensors"}],
    ):
        unit = planned(made, engine={"image": "fal"}, image={"loras": lora}).units[0]
        keys.add(unit.key({}))
    assert len(keys) == 4


def test_prices_of_the_list() -> None:
    """Millions of pixels begun; tokens; nothing for what is not on the list."""
    assert about_usd("fal-ai/flux-lora", 1000, 1000, None) == 0.035
    assert about_usd("fal-ai/flux-lora", 1001, 1000, None) == 0.07
    assert about_usd("gpt-image-2.5-flare", 1024, 1024, "high") == 0.0527
    assert tokens_usd("gpt-image-2", 100, 1000) == 0.0305
    assert tokens_usd("gpt-image-2-2026-04-21", 100, 1000) == 0.0305
    assert tokens_usd("gpt-image-2.9", 100, 1000) is None
    assert about_usd("somebody-elses", 64, 64, "low") is None


def test_keys_leave_the_environment_that_engines_get() -> None:
    """Only who asks a service is given its key."""
    environ = {"FAL_KEY": " abc ", "OPENAI_API_KEY": "", "HOME": "/"}
    assert take_keys(environ) == {"FAL_KEY": "abc"}
    assert environ == {"HOME": "/"}


def test_a_key_that_a_service_repeats_stays_out_of_the_job() -> None:
    """What an engine failed with is written to the job's file, and shown."""
    key = "not-of-a-known-shape"
    keep_secret(key)
    failure = EngineFailure(Code.SERVICE_FAILED, f"fal.ai refuses: {key} is used up")
    assert str(failure) == f"fal.ai refuses: {HIDDEN} is used up"


def test_receipts_that_others_finish_meanwhile_are_no_trouble(tmp_path: Path) -> None:
    """Several processes sweep one folder, in which another one writes."""
    (tmp_path / "gone.answer.7.part").symlink_to(tmp_path / "renamed")
    old = tmp_path / "old.json"
    old.touch()
    os.utime(old, (0, 0))
    Receipts(tmp_path).sweep()
    assert not old.exists()


@pytest.mark.parametrize("words", [("--host", "0.0.0.0"), ("--tunnel", "cloudflared")])
def test_a_worker_that_others_reach_asks_no_service(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody else's film is paid from here."""
    with pytest.raises(SystemExit):
        parse_settings(["--hosted", *words], {"MOONREEL_TOKEN": "x" * 20})
    assert "--hosted spends your money" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("https://x.example/a.safetensors", True),
        ("https://x.example/a?version=3", True),
        ("artist/ink-lora", True),
        ("https://x.example/a?token=0123456789abcdef", False),
        ("https://x.example/a?api_key=0123456789abcdef", False),
    ],
)
def test_an_address_with_a_key_in_it_is_refused(name: str, *, taken: bool) -> None:
    """As it would be kept with the film, and told in its project."""
    if taken:
        assert Lora(name=name).is_elsewhere
        return
    with pytest.raises(ValidationError, match="holds a key or token"):
        Lora(name=name)


def test_a_picture_with_wrong_bytes_in_it_is_told(tmp_path: Path) -> None:
    """Its second part has no name; else the kept answer would fail every further try."""
    packed = io.BytesIO()
    Image.effect_noise((640, 368), 90).save(packed, "PNG")
    head, part, rest = packed.getvalue().partition(b"IDAT")
    begun, other, end = rest.partition(b"IDAT")
    assert other
    request = ImageRequest("a", "", "none", 1, 640, 368)
    for content in (
        head + part + begun + b"\0\0\0\0" + end,
        head + part + begun,
        head + part + begun + b"FDAT" + end,
        b"",
    ):
        with pytest.raises(ServiceFailed, match="is no picture"):
            write_png(content, request, tmp_path / "out.png", "it")


def test_only_formats_of_services_are_decoded(tmp_path: Path) -> None:
    """Others have decoders that start programs."""
    packed = io.BytesIO()
    Image.new("RGB", (64, 32)).save(packed, "GIF")
    request = ImageRequest("a", "", "none", 1, 64, 32)
    with pytest.raises(ServiceFailed, match="is no picture"):
        write_png(packed.getvalue(), request, tmp_path / "out.png", "it")


@pytest.mark.parametrize("key", ["ключ-abcdef", "abc def", "abc\ndef", "abc…def"])
def test_a_key_that_cannot_be_one_is_said(key: str) -> None:
    """It cannot be sent; that failed amid the film, as an answer that was lost."""
    made = registry({"FAL_KEY": key})
    with pytest.raises(PlanRefused, match="FAL_KEY holds characters that no") as told:
        planned(made, engine={"image": "fal"})
    assert key not in str(told.value)


def test_what_a_service_leaves_transparent_is_white(tmp_path: Path) -> None:
    """The colours beneath are whatever its network left there."""
    packed = io.BytesIO()
    Image.new("RGBA", (64, 32), (255, 0, 0, 0)).save(packed, "PNG")
    request = ImageRequest("a", "", "none", 1, 64, 32)
    write_png(packed.getvalue(), request, tmp_path / "out.png", "it")
    with Image.open(tmp_path / "out.png") as picture:
        assert (picture.mode, picture.getpixel((9, 9))) == ("RGB", (255, 255, 255))
