"""What is known of an engine before it is loaded: its name, its maker, what it takes."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared_protocol.references import Likeness

#: Parts the argument from the factory in an engine's address.
MARK = "?"


@dataclass(frozen=True)
class Drawing:
    """What a picture model may be asked, and what it does when nothing is asked."""

    #: Side in pixels of the square that the model was trained on.
    side: int
    #: Denoising steps by quality of the film; without any it has no such dial.
    steps: Mapping[str, int] = field(default_factory=dict)
    least_steps: int = 1
    most_steps: int = 100
    #: None: the model has no such dial.
    guidance: float | None = None
    most_guidance: float = 20.0
    #: The first is the one taken when none is asked for.
    schedulers: tuple[str, ...] = ()
    #: Whether it can be told what not to show.
    negative: bool = True
    #: The LoRAs that it takes.
    family: str = ""
    #: Whether LoRAs are named by address or repository, not taken from the shelf.
    remote_loras: bool = False
    #: In place of steps: how much care is taken, by quality of the film.
    levels: Mapping[str, str] = field(default_factory=dict)
    #: Sides are multiples of this; None: of a sixteenth of ``side``.
    multiple: int | None = None
    #: Of one picture; None: about as many as the square has.
    most_pixels: int | None = None
    #: Whether it can draw a picture again from itself.
    redraws: bool = False
    #: Whether it can be watched while it draws.
    shows: bool = False
    #: Whether its network can be compiled.
    compiles: bool = False
    #: Whether it draws several pictures in one call.
    batches: bool = False
    #: By what of a reference is kept, the mark of the adapter that keeps it.
    likenesses: Mapping[Likeness, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Service:
    """A paid service that draws: what people call it, its key's variable, its model."""

    label: str
    variable: str
    model: str


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
    #: Handed to the factory: which model it is to load.
    argument: str = ""
    #: Set for picture models; None draws at the film's own size and takes no options.
    drawing: Drawing | None = None
    #: Of voices: the languages that it speaks; None: all that there are.
    languages: tuple[str, ...] | None = None
    #: Of voices: whether it speaks with the voice of a sample, and only so.
    clones: bool = False
    #: Of voices: the ids that it can speak as; None: all that there are.
    voices: tuple[str, ...] | None = None
    #: Of those that can be used, ``auto`` takes the highest; 0 is the last resort, below
    #: it only a name counts.
    preference: int = 0
    #: The lane that its units wait in; None: the usual one of its kind.
    lane: str | None = None
    #: Seconds that a cancel waits for the running step before the process is killed.
    patience_s: float | None = None
    #: The paid service behind it; None: it works on this machine.
    service: Service | None = None
    #: Why it cannot be used here, and what to do; None when it can.
    unavailable: str | None = None

    @property
    def likenesses(self) -> Mapping[Likeness, str]:
        """What of a reference picture it can keep; empty for most."""
        return self.drawing.likenesses if self.drawing else {}

    def speaks(self, language: str) -> bool:
        """Whether it is a voice for a language, as ``en`` or ``en-gb``."""
        return self.languages is None or language.split("-")[0] in self.languages

    @property
    def address(self) -> str:
        """Factory and argument in one line, as the child is told."""
        return f"{self.factory}{MARK}{self.argument}" if self.argument else self.factory


def make_engine(address: str) -> Any:
    """Imports and builds an engine; only ever called in the child process."""
    factory, _, argument = address.partition(MARK)
    module, _, attribute = factory.partition(":")
    build = getattr(importlib.import_module(module), attribute)
    return build(argument) if argument else build()
