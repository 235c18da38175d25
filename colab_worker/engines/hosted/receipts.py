"""What was asked of a service and paid for: kept, so that a crash does not pay twice."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

from shared_protocol.wire import content_key

#: Services keep an answer about so long.
KEPT_S = 86_400.0


class Receipts:
    """A folder with a note for each question, and the answer where it comes only once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sweep(self) -> None:
        """Forgets what is older than services remember."""
        self._folder.mkdir(parents=True, exist_ok=True)
        oldest = time.time() - KEPT_S
        for file in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # others sweep and write too
                if file.stat().st_mtime < oldest:
                    file.unlink()

    def of(self, question: dict[str, Any]) -> Receipt:
        """The receipt of a question, whether or not it was asked before."""
        return Receipt(self._folder / content_key(question))


class Receipt:
    """One question: the note that the service gave for it, or its answer."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._begun = path.with_suffix(".asked")
        self._rounds = path.with_suffix(".rounds")
        self._note = path.with_suffix(".json")
        self._answer = path.with_suffix(".answer")

    def note(self) -> dict[str, Any] | None:
        """What was kept with ``keep``; None when nothing was asked, or it is spoilt."""
        try:
            content: dict[str, Any] = json.loads(self._note.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return content

    def answer(self) -> bytes | None:
        """The bytes that were kept with ``keep_answer``."""
        return self._answer.read_bytes() if self._answer.is_file() else None

    def keep(self, note: dict[str, Any]) -> None:
        """Lasts from here on, whatever happens to this process."""
        _write(self._note, json.dumps(note).encode())

    def keep_answer(self, answer: bytes, note: dict[str, Any]) -> None:
        """The note comes last: where it is, the answer is whole."""
        _write(self._answer, answer)
        self.keep(note)

    def begin(self) -> bool:
        """Notes that the question goes out now; whether it did before, unanswered."""
        before = self._begun.exists()
        _write(self._begun, b"")
        return before

    @property
    def key(self) -> str:
        """Names the question to the service; it stays until an answer was no good."""
        return f"moonreel-{self._name}-{_count(self._rounds)}"

    def unasked(self) -> None:
        """The service has said that it did nothing."""
        self._begun.unlink(missing_ok=True)

    def refuse(self) -> None:
        """An answer came and is no good: the next question is another one."""
        _write(self._rounds, str(_count(self._rounds) + 1).encode())
        self.forget()

    def forget(self) -> None:
        """The next time the question is asked anew."""
        for file in (self._note, self._answer, self._begun):
            file.unlink(missing_ok=True)


def _count(file: Path) -> int:
    try:
        return int(file.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
