"""Which engines exist: a name, what it makes, and where to import it from, late."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared_protocol.jobs import EngineInfo

#: JSON list of further engines, each with the fields of ``EngineEntry``.
PLUGINS_VARIABLE = "MOONREEL_ENGINES"


@dataclass(frozen=True)
class EngineEntry:
    """An engine by name: ``factory`` is ``module:callable`` and is imported late."""

    name: str
    #: ``image``, ``voice`` or ``video``.
    kind: str
    factory: str
    #: Part of every key: a new version draws or speaks anew.
    version: str
    draft: bool = False

    def make(self) -> Any:
        """Imports and builds the engine; only ever called in the child process."""
        module, _, attribute = self.factory.partition(":")
        return getattr(importlib.import_module(module), attribute)()


BUILT_IN = (
    EngineEntry(
        "papercut",
        "image",
        "colab_worker.engines.papercut:PapercutEngine",
        version="1",
        draft=True,
    ),
    EngineEntry(
        "espeak",
        "voice",
        "colab_worker.engines.espeak:EspeakEngine",
        version="1",
        draft=True,
    ),
    EngineEntry(
        "ffmpeg", "video", "colab_worker.film.compositor:Compositor", version="1"
    ),
)


class Registry:
    """The engines of this worker, best first within a kind.

    Of two entries with the same kind and name the later one counts.
    """

    def __init__(self, entries: tuple[EngineEntry, ...]) -> None:
        self._entries = {(entry.kind, entry.name): entry for entry in entries}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Registry:
        """The built-in engines and those that ``MOONREEL_ENGINES`` names."""
        plugins = json.loads(environ.get(PLUGINS_VARIABLE, "[]"))
        return cls((*BUILT_IN, *(EngineEntry(**plugin) for plugin in plugins)))

    def get(self, kind: str, name: str) -> EngineEntry:
        """The engine called ``name``; ``auto`` is the first of the kind.

        Raises KeyError with a sentence that lists the names there are.
        """
        if name == "auto":
            return self.of_kind(kind)[0]
        try:
            return self._entries[kind, name]
        except KeyError:
            names = ", ".join(entry.name for entry in self.of_kind(kind))
            raise KeyError(
                f"engine.{kind}: {name!r} is not an engine of this worker; "
                f"choose auto or one of: {names}"
            ) from None

    def of_kind(self, kind: str) -> list[EngineEntry]:
        """All engines that make ``kind``."""
        return [entry for entry in self._entries.values() if entry.kind == kind]

    def describe(self) -> tuple[EngineInfo, ...]:
        """The engines as ``/capabilities`` shows them."""
        return tuple(
            EngineInfo(name=entry.name, kind=entry.kind, draft=entry.draft)
            for entry in self._entries.values()
        )
