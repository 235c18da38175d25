"""The text encoders: at hand while words are read, and out of the way while it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: What their names in a pipeline begin with.
ENCODERS = "text_encoder"
_NAMES = (ENCODERS, f"{ENCODERS}_2")


class Encoders:
    """Those of one pipeline; on the rung ``lean`` they rest in the host's memory."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._resting: dict[str, Any] = {}

    def rest(self) -> None:
        """Takes them off the device, until somebody wants them ``at_hand``."""
        found = {name: getattr(self._pipe, name, None) for name in _NAMES}
        self._resting = {name: part for name, part in found.items() if part is not None}
        self._lay_down()

    def come_back(self) -> None:
        """Puts them back into the pipeline for good, wherever they lie."""
        self._pipe.register_modules(**self._resting)
        self._resting = {}

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """They are in the pipeline, and where it works."""
        device = self._pipe.device
        for part in self._resting.values():
            part.to(device)
        self._pipe.register_modules(**self._resting)
        try:
            yield
        finally:
            self._lay_down()

    def _lay_down(self) -> None:
        """A pipeline without them does not ask where they are."""
        for name, part in self._resting.items():
            part.to("cpu")
            self._pipe.register_modules(**{name: None})
