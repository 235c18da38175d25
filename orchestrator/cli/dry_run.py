"""``make --dry-run``: the request and the scenes its text falls into; nothing runs."""

from __future__ import annotations

import textwrap
from typing import Any

from orchestrator.cli import figures
from orchestrator.cli.client import exit_for
from orchestrator.cli.events import emit
from orchestrator.cli.exits import CliError, Exit, UsageError
from orchestrator.writer.film_spec import write_film
from orchestrator.writer.spoken import count_words
from shared_protocol.kit.http_errors import ApiError
from shared_protocol.orders import GenerateRequest
from shared_protocol.scripts import Script, ScriptScene

WORDS_A_MINUTE = 150
WIDTH = 88


def show(request: GenerateRequest, *, as_json: bool) -> int:
    """Prints what would be asked of a server, split as the server would."""
    if request.script is None and not request.scenes:
        raise UsageError(
            "--dry-run shows how your own text is split; a topic is written by a "
            "service, so use --review to read the script before anything is rendered"
        )
    try:
        script, _ = write_film(request)
    except ApiError as error:
        raise CliError(
            str(error), exit_for(error.code), code=error.code, hint=error.hint
        ) from error
    if as_json:
        emit(_event(request, script))
    else:
        _print(request, script)
    return Exit.OK


def _event(request: GenerateRequest, script: Script) -> dict[str, Any]:
    return {
        "event": "dry_run",
        "request": request.model_dump(mode="json", exclude_unset=True),
        "title": script.title,
        "language": script.language,
        "narration_s": round(_narration_s(request, script)),
        "scenes": [scene.model_dump(mode="json") for scene in script.scenes],
        "warnings": list(script.warnings),
    }


def _print(request: GenerateRequest, script: Script) -> None:
    about = figures.clock(_narration_s(request, script))
    count = len(script.scenes)
    print(f"{script.title}: {count} scene{'s' * (count > 1)}, about {about}")
    options = request.model_dump(mode="json", exclude_unset=True, exclude={"script"})
    for name, value in options.items():
        print(f"  {name}: {value}")
    for warning in script.warnings:
        print(f"  warning: {warning}")
    for number, scene in enumerate(script.scenes, start=1):
        print("\n" + _scene(number, scene))


def _scene(number: int, scene: ScriptScene) -> str:
    title = f" {scene.title}" if scene.title else ""
    body = textwrap.wrap(scene.narration, WIDTH - 4)
    picture = textwrap.wrap(f"picture: {scene.image_prompt}", WIDTH - 4)
    voice = [f"voice: {scene.voice}"] if scene.voice else []
    return "\n    ".join([f"{number:2d}.{title}", *body, *picture, *voice])


def _narration_s(request: GenerateRequest, script: Script) -> float:
    words = sum(count_words(scene.narration) for scene in script.scenes)
    return words / WORDS_A_MINUTE * 60 / request.voice_speed
