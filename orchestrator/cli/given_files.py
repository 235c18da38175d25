"""Files that people give to ``make``: read whole, within a size, known by their bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.cli.exits import UsageError
from shared_protocol.music import HEAD_BYTES


@dataclass(frozen=True)
class GivenKind:
    """What an option takes."""

    flag: str
    most_bytes: int
    #: What to do about a larger one.
    smaller: str
    formats: str
    #: The format that a file's first bytes have, if it is one of them.
    format_of: Callable[[bytes], str | None]

    def read(self, path: Path) -> bytes:
        """The bytes of a file; UsageError says why it cannot be taken."""
        try:
            with path.open("rb") as file:
                data = file.read(self.most_bytes + 1)
        except OSError as error:
            raise UsageError(
                f"{self.flag}: cannot read {path}: {error.strerror}"
            ) from error
        if len(data) > self.most_bytes:
            raise UsageError(
                f"{self.flag}: {path} is larger than {self.most_bytes >> 20} MiB; "
                f"{self.smaller}"
            )
        if self.format_of(data[:HEAD_BYTES]) is None:
            raise UsageError(f"{self.flag}: {path} is not {self.formats}")
        return data
