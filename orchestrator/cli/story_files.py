"""Reading the text of a film from a file or standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from orchestrator.cli.exits import UsageError
from shared_protocol.orders import MAX_TEXT_CHARS

#: No text of the allowed length needs more bytes than this in UTF-8.
MOST_BYTES = 4 * MAX_TEXT_CHARS


def read_story(name: str) -> str:
    """The text in ``name`` (``-``: standard input); UsageError says what is wrong."""
    where = "standard input" if name == "-" else name
    raw = _bytes(name)
    if len(raw) > MOST_BYTES:
        raise UsageError(
            f"{where} is longer than the {MAX_TEXT_CHARS:,} characters of one film"
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{where} is not text in UTF-8 (byte {error.start:,}); save it as UTF-8"
        ) from error
    if not text.strip():
        raise UsageError(f"{where} is empty: there is nothing to tell")
    return text


def _bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error
