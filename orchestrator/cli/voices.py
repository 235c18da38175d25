"""``moonreel voices``: the narrators that ``--voice`` takes."""

from __future__ import annotations

import argparse

from orchestrator.cli.events import emit
from orchestrator.cli.exits import Exit
from orchestrator.cli.tables import print_table
from shared_protocol.vocab import VOICE_IDS, VOICES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``voices``."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Prints the voices; needs no server."""
    other: dict[str, list[str]] = {}
    for alias, voice_id in VOICE_IDS.aliases.items():
        other.setdefault(voice_id, []).append(alias)
    if arguments.json:
        for voice_id, voice in VOICES.items():
            emit(
                {"event": "voice", "id": voice_id, "name": voice.name}
                | {"gender": voice.gender, "style": voice.style}
                | {"aliases": other.get(voice_id, [])}
            )
        return Exit.OK
    rows = [
        (i, v.name, v.gender, v.style, " ".join(other.get(i, [])))
        for i, v in VOICES.items()
    ]
    print_table(("ID", "NAME", "GENDER", "STYLE", "ALSO"), rows)
    return Exit.OK
