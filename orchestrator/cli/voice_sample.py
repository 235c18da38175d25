"""The sample of somebody's voice for ``make``, and the consent of whoever it is of."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestrator.cli.exits import UsageError
from orchestrator.cli.given_files import GivenKind
from shared_protocol.music import music_format
from shared_protocol.references import MAX_SAMPLE_BYTES

_SAMPLE = GivenKind(
    flag="--voice-sample",
    most_bytes=MAX_SAMPLE_BYTES,
    smaller="6 to 30 s are enough",
    formats="wav, mp3, flac or ogg",
    format_of=music_format,
)
_QUESTION = "Has whoever speaks in {name} agreed that the film speaks so? [y/N] "


def sample_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Hash and consent as an order holds them; UsageError without consent."""
    if "voice_sample" not in given:
        if given.get("voice_consent"):
            raise UsageError("--i-have-consent does nothing without --voice-sample")
        return {}
    if "voice_id" in given:
        raise UsageError("--voice and --voice-sample exclude each other; give one")
    path = Path(given["voice_sample"])
    digest = hashlib.sha256(read_sample(path)).hexdigest()
    if not given.get("voice_consent") and not _agreed(path.name):
        raise UsageError(
            "--voice-sample needs the consent of whoever is heard in it; ask, then "
            "give --i-have-consent"
        )
    return {"voice_sample": digest, "voice_consent": True}


def read_sample(path: Path) -> bytes:
    """The bytes of a sample; UsageError says why it is none."""
    return _SAMPLE.read(path)


def _agreed(name: str) -> bool:
    """The answer on a terminal; elsewhere nobody can be asked."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(_QUESTION.format(name=name))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
