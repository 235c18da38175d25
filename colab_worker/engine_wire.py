"""What the worker and an engine child say to each other: JSON lines over two pipes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from shared_protocol.wire import Wire


class Other(Wire):
    """A unit that is done together with another, in one call of the same engine."""

    params: dict[str, Any]
    inputs: dict[str, Path]
    out_dir: Path


class Do(Wire):
    """Parent to child: do this unit. ``address`` is where the engine comes from.

    Its ``others`` are numbered from 1 in what the child tells; it itself is 0.
    """

    type: Literal["do"] = "do"
    kind: str
    engine: str
    address: str
    params: dict[str, Any]
    inputs: dict[str, Path]
    out_dir: Path
    #: Whether somebody may want to see what is being drawn.
    watched: bool = False
    others: tuple[Other, ...] = ()


class Load(Wire):
    """Parent to child: load this engine before a unit of ``kind`` needs it."""

    type: Literal["load"] = "load"
    kind: str
    engine: str
    address: str


class Stop(Wire):
    """Parent to child: give the running unit up."""

    type: Literal["stop"] = "stop"


class Ready(Wire):
    """The child has started."""

    type: Literal["ready"] = "ready"


class Beat(Wire):
    """The child is alive, whatever its main thread does."""

    type: Literal["beat"] = "beat"


class Loading(Wire):
    """The engine for the running unit takes its time to load."""

    type: Literal["loading"] = "loading"


class Loaded(Wire):
    """An engine for units of ``kind`` is in memory now, in place of another."""

    type: Literal["loaded"] = "loaded"
    kind: str
    engine: str


class Progress(Wire):
    """How far the running unit is."""

    type: Literal["progress"] = "progress"
    fraction: float
    note: str
    number: int = 0


class Glimpse(Wire):
    """What is being drawn, as a small WebP in base64."""

    type: Literal["glimpse"] = "glimpse"
    webp: str
    number: int = 0


class MadeFile(Wire):
    """A file that the unit wrote into its folder."""

    name: str
    media_type: str


class Part(Wire):
    """One of several units that are done together is finished."""

    type: Literal["part"] = "part"
    number: int
    files: tuple[MadeFile, ...]
    facts: dict[str, Any]


class Room(Wire):
    """How many units like the last one the engine has room for in one call."""

    type: Literal["room"] = "room"
    #: By what is left of the GPU's memory; 1 where it is not known.
    fits: int
    #: More ran out of memory before; None: that never happened.
    most: int | None


class Done(Wire):
    """The running unit is finished; of several, the last one."""

    type: Literal["done"] = "done"
    files: tuple[MadeFile, ...]
    facts: dict[str, Any]


class Failed(Wire):
    """The running unit failed inside the engine; the child lives on."""

    type: Literal["failed"] = "failed"
    message: str
    hint: str | None
    reason: Literal[
        "bad_input", "stopped", "engine_failed", "disk_full", "service_failed"
    ]


_Command = Do | Load | Stop
_Event = (
    Ready | Beat | Loading | Loaded | Progress | Glimpse | Part | Room | Done | Failed
)
Command = Annotated[_Command, Field(discriminator="type")]
Event = Annotated[_Event, Field(discriminator="type")]

COMMAND: TypeAdapter[_Command] = TypeAdapter(Command)
EVENT: TypeAdapter[_Event] = TypeAdapter(Event)
