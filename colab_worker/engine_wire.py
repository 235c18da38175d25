"""What the worker and an engine child say to each other: JSON lines over two pipes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from shared_protocol.wire import Wire


class Do(Wire):
    """Parent to child: do this unit. ``address`` is where the engine comes from."""

    type: Literal["do"] = "do"
    kind: str
    engine: str
    address: str
    params: dict[str, Any]
    inputs: dict[str, Path]
    out_dir: Path
    #: Whether somebody may want to see what is being drawn.
    watched: bool = False


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


class Glimpse(Wire):
    """What is being drawn, as a small WebP in base64."""

    type: Literal["glimpse"] = "glimpse"
    webp: str


class MadeFile(Wire):
    """A file that the unit wrote into its folder."""

    name: str
    media_type: str


class Done(Wire):
    """The running unit is finished."""

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
_Event = Ready | Beat | Loaded | Progress | Glimpse | Done | Failed
Command = Annotated[_Command, Field(discriminator="type")]
Event = Annotated[_Event, Field(discriminator="type")]

COMMAND: TypeAdapter[_Command] = TypeAdapter(Command)
EVENT: TypeAdapter[_Event] = TypeAdapter(Event)
