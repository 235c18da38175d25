"""What hides in weights that are a program."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._file,)
