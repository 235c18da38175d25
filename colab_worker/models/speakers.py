"""The speakers of a voice model, read from its folder without loading it."""

from __future__ import annotations

import json
from pathlib import Path

from shared_protocol.vocab import VOICES

_NAMES = ("speaker_ids.json", "speakers.json")


def speakers_file(folder: Path) -> Path | None:
    """The file in which a model lists its speakers, if it has one."""
    return next((folder / name for name in _NAMES if (folder / name).is_file()), None)


def voices_of(folder: Path) -> tuple[str, ...] | None:
    """The voices that a model has speakers for; None where that cannot be read."""
    file = speakers_file(folder)
    try:
        listed = json.loads(file.read_text("utf-8")) if file else None
    except (OSError, ValueError):
        return None  # whoever loads the model says what is wrong with it
    if not isinstance(listed, dict):
        return None
    names = {name.strip() for name in listed}
    return tuple(voice for voice, who in VOICES.items() if who.speaker in names)
