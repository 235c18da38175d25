"""The music of ``make``: a file of the user's, or the one in a saved project."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from orchestrator.cli.exits import UsageError
from orchestrator.cli.given_files import GivenKind
from shared_protocol.music import MAX_MUSIC_BYTES, music_format
from shared_protocol.project import MUSIC_FILE

_MUSIC = GivenKind(
    flag="--music",
    most_bytes=MAX_MUSIC_BYTES,
    smaller="give it as mp3 or ogg, or a part of it, which is looped",
    formats="wav, mp3, flac or ogg",
    format_of=music_format,
)


def music_hash(name: str) -> str:
    """The SHA-256 of the music in a file; UsageError says why it is none."""
    return hashlib.sha256(read_music(Path(name))).hexdigest()


def read_music(path: Path) -> bytes:
    """The bytes of a music file; UsageError says why it is none."""
    return _MUSIC.read(path)


def music_of_project(name: str) -> bytes:
    """The music in a ``project.zip``; UsageError when it lacks it."""
    try:
        with zipfile.ZipFile(name) as archive, archive.open(MUSIC_FILE) as member:
            data = member.read(MAX_MUSIC_BYTES + 1)
    except KeyError as error:
        raise UsageError(
            f"{name} has no music in it, though its film has; give it with --music"
        ) from error
    if len(data) > MAX_MUSIC_BYTES:
        raise UsageError(f"the music in {name} is larger than any music here")
    return data
