"""The options of ``make``: each is one field of ``GenerateRequest``, checked by it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from orchestrator.cli.exits import UsageError
from orchestrator.cli.music import music_hash
from orchestrator.cli.references import with_references
from orchestrator.cli.voice_sample import sample_fields
from shared_protocol import vocab
from shared_protocol.dials import ImageOptions
from shared_protocol.errors import describe_validation
from shared_protocol.music import Music
from shared_protocol.orders import FOR_TEXT, GenerateRequest, RequestedEngines
from shared_protocol.specs import Caption
from shared_protocol.vocab import Vocabulary
from shared_protocol.whose_voice import with_one_voice
from shared_protocol.wire import Wire


@dataclass(frozen=True)
class Option:
    """A flag, the field that it sets (``caption.style`` is nested), and its help."""

    flag: str
    field: str
    help: str
    #: Ids that it takes; None for free values.
    words: Vocabulary | None = None
    metavar: str | None = None
    #: ``--flag`` and ``--no-flag``.
    switch: bool = False


OPTIONS = (
    Option("--title", "title", "title of the film"),
    Option(
        "--topic", "topic", "let the writer tell a story about this", metavar="TEXT"
    ),
    Option(
        "--minutes",
        "duration",
        "length aimed at; of a text of your own, as many scenes as a film so long has",
        metavar="1-60",
    ),
    Option("--scenes", "num_scenes", "number of scenes", metavar="1-60"),
    Option(
        "--read-headings", "read_headings", "read the headings aloud too", switch=True
    ),
    Option(
        "--review", "review", "stop after the script, to read and edit it", switch=True
    ),
    Option(
        "--grounding",
        "grounding",
        "look facts up with Google Search first, for fact-based story types",
        switch=True,
    ),
    Option(
        "--new-script", "new_script", "ask the writer anew, for --topic", switch=True
    ),
    Option("--story-type", "story_type", "kind of story", vocab.STORY_TYPES),
    Option("--hook", "hook_intensity", "force of the opening", vocab.HOOK_INTENSITIES),
    Option("--style", "image_style", "look of the pictures", vocab.IMAGE_STYLES),
    Option("--voice", "voice_id", "narrator (see `moonreel voices`)", vocab.VOICE_IDS),
    Option("--speed", "voice_speed", "speed of the voice", metavar="0.5-2.0"),
    Option("--language", "language", "language of the text, as en or pt-br"),
    Option("--zoom", "zoom_effect", "move slowly into each picture", switch=True),
    Option("--zoom-intensity", "zoom_intensity", "percent", metavar="1-10"),
    Option("--motion", "motion", "how the camera moves", vocab.MOTIONS),
    Option("--transition", "transition", "between two scenes", vocab.TRANSITIONS),
    Option(
        "--captions", "auto_captions", "show the narration as captions", switch=True
    ),
    Option(
        "--soft-captions",
        "soft_captions",
        "put the narration into the film as a track that players show or hide",
        switch=True,
    ),
    Option(
        "--caption-text", "caption.text", "show these words instead", metavar="TEXT"
    ),
    Option("--caption-style", "caption.style", "look", vocab.CAPTION_STYLES),
    Option("--caption-position", "caption.position", "place", vocab.CAPTION_POSITIONS),
    Option(
        "--caption-animation",
        "caption.animation",
        "movement",
        vocab.CAPTION_ANIMATIONS,
    ),
    Option("--filter", "color_filter", "colour filter", vocab.COLOR_FILTERS),
    Option("--music-volume", "music.volume", "percent of the voice", metavar="1-100"),
    Option("--pacing", "pacing", "length of the pauses", vocab.PACINGS),
    Option("--aspect", "aspect", "shape of the picture", vocab.ASPECTS),
    Option("--quality", "quality", "size and care of the encode", vocab.QUALITIES),
    Option(
        "--resolution", "resolution", "short side; else by quality", vocab.RESOLUTIONS
    ),
    Option("--fps", "fps", "frames a second; else by quality", metavar="24|25|30"),
    Option("--seed", "seed", "same seed, same pictures", metavar="N"),
    Option(
        "--negative-prompt",
        "image.negative_prompt",
        "what no picture shall show",
        metavar="TEXT",
    ),
    Option("--steps", "image.steps", "denoising steps of a model", metavar="1-100"),
    Option("--guidance", "image.guidance", "how strictly words count", metavar="0-30"),
    Option("--scheduler", "image.scheduler", "way to denoise", vocab.SCHEDULERS),
    Option(
        "--ip-adapter-scale",
        "image.ip_adapter_scale",
        "how closely scenes keep to their reference pictures",
        metavar="0-1",
    ),
    Option(
        "--likeness",
        "image.likeness",
        "what of a reference is kept: the whole look, or the face",
        metavar="plus|face",
    ),
    Option(
        "--compile",
        "image.compile",
        "compile the model first, where a film is long enough for it",
        switch=True,
    ),
    Option("--date", "date", "the day that the film's file names", metavar="DAY"),
)

#: What the fields with a dot are fields of.
_NESTED: dict[str, type[Wire]] = {
    "caption": Caption,
    "image": ImageOptions,
    "music": Music,
}

#: Fields that are set from flags whose values are not the fields' own.
PAIRS = {
    "--character": "characters",
    "--reference": "characters.reference",
    "--engine": "engine",
    "--music": "music.sha256",
    "--voice-sample": "voice_sample",
    "--i-have-consent": "voice_consent",
    "--lora": "image.loras",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds every option; what is not given stays out of the namespace."""
    group = parser.add_argument_group("the film")
    for option in OPTIONS:
        group.add_argument(option.flag, **_keywords(option))
    group.add_argument(
        "--voice-sample",
        dest="voice_sample",
        metavar="FILE",
        help="6 to 30 s of somebody's voice, to speak with (voice engine xtts)",
        default=argparse.SUPPRESS,
    )
    group.add_argument(
        "--i-have-consent",
        dest="voice_consent",
        action="store_true",
        help="whoever is heard in --voice-sample has agreed; else it is asked",
        default=argparse.SUPPRESS,
    )
    group.add_argument(
        "--character",
        dest="characters",
        action="append",
        metavar='"NAME: DESCRIPTION"',
        help="somebody who looks the same in every picture; up to 5 times",
        default=argparse.SUPPRESS,
    )
    group.add_argument(
        "--reference",
        dest="references",
        action="append",
        metavar="NAME=FILE",
        help="picture of a --character, whose likeness is kept: png, jpeg or webp",
        default=argparse.SUPPRESS,
    )
    group.add_argument(
        "--music",
        metavar="FILE",
        help="music under the voice: wav, mp3, flac or ogg",
        default=argparse.SUPPRESS,
    )
    group.add_argument(
        "--lora",
        dest="image.loras",
        action="append",
        metavar="NAME[:WEIGHT]",
        help="LoRA of the worker's shelf (default weight: 1); up to 8 times",
        default=argparse.SUPPRESS,
    )
    group.add_argument(
        "--engine",
        action="append",
        metavar="KIND=NAME",
        help="engines by name: image=, voice= or script=, as image=sdxl,voice=vits "
        "(default: auto)",
        default=argparse.SUPPRESS,
    )


def build_request(
    given: Mapping[str, Any], text: str | None, *, saved: GenerateRequest | None = None
) -> GenerateRequest:
    """The request for ``text`` (or the topic); UsageError names the flag at fault.

    A ``saved`` order is taken as it is but for what is given, and the day if anything is.
    """
    body: dict[str, Any] = {} if text is None else {"script": text}
    if saved is not None:
        body = with_one_voice(_saved_body(saved, given), given)
    for name, value in given_fields(given).items():
        nested = isinstance(value, dict)
        body[name] = body.get(name, {}) | value if nested else value
    _refuse_what_does_nothing(body, given)
    try:
        return GenerateRequest.model_validate(body)
    except ValidationError as error:
        raise UsageError(_sentence(error)) from error


def given_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an order that were given, and nothing else."""
    body: dict[str, Any] = {}
    for option in OPTIONS:
        if option.field in given:
            _put(body, option.field, given[option.field])
    if "characters" in given or "references" in given:
        cast = [_character(entry) for entry in given.get("characters", ())]
        body["characters"] = with_references(cast, given.get("references", ()))
    if "music" in given:
        _put(body, "music.sha256", music_hash(given["music"]))
    body |= sample_fields(given)
    if "engine" in given:
        entries = [part for entry in given["engine"] for part in entry.split(",")]
        body["engine"] = dict(_engine(entry) for entry in entries)
    if "image.loras" in given:
        _put(body, "image.loras", [_lora(entry) for entry in given["image.loras"]])
    return body


def _saved_body(saved: GenerateRequest, given: Mapping[str, Any]) -> dict[str, Any]:
    """The saved order as far as what is ``given`` leaves it standing."""
    body = saved.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    if any(option.field in given for option in OPTIONS) or "engine" in given:
        body.pop("date", None)  # another film, made today
    if given.get("auto_captions") is False and not body.get("caption", {}).get("text"):
        body.pop("caption", None)
    return body


def _keywords(option: Option) -> dict[str, Any]:
    keywords: dict[str, Any] = {"dest": option.field, "default": argparse.SUPPRESS}
    if option.switch:
        keywords["action"] = argparse.BooleanOptionalAction
    else:
        keywords["metavar"] = option.metavar or option.flag[2:].upper()
    text = option.help
    if option.words and len(option.words.ids) <= 20:
        text += f": {', '.join(option.words.ids)}"
    default = _default(option.field)
    if default not in (None, ""):
        text += f" (default: {default})"
    return keywords | {"help": text.replace("%", "%%")}


def _default(field: str) -> object:
    head, _, tail = field.partition(".")
    owner = _NESTED[head] if tail else GenerateRequest
    value = owner.model_fields[tail or head].default
    return {True: "on", False: "off"}.get(value, value)


def _put(body: dict[str, Any], field: str, value: object) -> None:
    *folders, name = field.split(".")
    for folder in folders:
        body = body.setdefault(folder, {})
    body[name] = value


def _character(entry: str) -> dict[str, str]:
    name, colon, description = entry.partition(":")
    if not colon or not name.strip() or not description.strip():
        raise UsageError(
            f'--character {entry!r} is not "NAME: DESCRIPTION", '
            'as in --character "Mira: a girl of nine with a red coat"'
        )
    return {"name": name.strip(), "description": description.strip()}


def _lora(entry: str) -> dict[str, str]:
    name, _, weight = entry.rpartition(":")
    if not name or "/" in weight:  # the colon is that of an address
        name, weight = entry, ""
    return {"name": name.strip()} | ({"weight": weight.strip()} if weight else {})


def _engine(entry: str) -> tuple[str, str]:
    kind, equals, name = (part.strip() for part in entry.partition("="))
    kinds = tuple(RequestedEngines.model_fields)
    if not equals or not name or kind not in kinds:
        raise UsageError(
            f"--engine {entry!r} is not KIND=NAME with KIND one of: {', '.join(kinds)}"
        )
    return kind, name


def _refuse_what_does_nothing(
    body: Mapping[str, Any], given: Mapping[str, Any]
) -> None:
    caption = body.get("caption")
    if caption is not None and caption.get("text") and body.get("auto_captions"):
        raise UsageError("--captions and --caption-text exclude each other; give one")
    if body.get("auto_captions") and body.get("soft_captions"):
        raise UsageError("--captions and --soft-captions exclude each other; give one")
    if caption is not None and not (caption.get("text") or body.get("auto_captions")):
        raise UsageError(
            "caption options show nothing without --captions or --caption-text"
        )
    if body.get("zoom_effect") is False and "zoom_intensity" in given:
        raise UsageError("--zoom-intensity does nothing with --no-zoom; give one")
    if "volume" in body.get("music", {}) and "sha256" not in body["music"]:
        raise UsageError("--music-volume does nothing without --music; give both")
    if body.get("zoom_effect") is False and body.get("motion", "auto") != "auto":
        raise UsageError("--motion does nothing with --no-zoom; give one")
    if "scenes" in body:
        _refuse_for_saved_films(body)
    elif "topic" not in body and "hook_intensity" in body:
        raise UsageError(
            "--hook is for --topic; a text of your own is told as it stands"
        )


def _refuse_for_saved_films(body: Mapping[str, Any]) -> None:
    flags = {option.field: option.flag for option in OPTIONS} | {
        field: flag for flag, field in PAIRS.items()
    }
    for field in FOR_TEXT:
        if field in body:
            raise UsageError(
                f"{flags.get(field, field)} is for a text; "
                "the scenes of a saved film stand as they are"
            )


def _sentence(error: ValidationError) -> str:
    param, sentence = describe_validation(error.errors(include_url=False))
    field = ".".join(part for part in param.split(".") if not part.isdigit())
    flags = {option.field: option.flag for option in OPTIONS} | {
        field: flag for flag, field in PAIRS.items()
    }
    flag = flags.get(field) or flags.get(field.split(".")[0])
    return sentence if flag is None else f"{flag}{sentence.removeprefix(param)}"
