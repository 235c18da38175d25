"""What the worker and the host of a tunnel say to each other: JSON lines over two pipes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared_protocol.wire import Wire

Kind = Literal["ngrok", "cloudflared"]
KINDS: tuple[Kind, ...] = ("ngrok", "cloudflared")


class Order(Wire):
    """Parent to host, one line: the tunnel to open. It may carry a secret."""

    kind: Kind
    #: The worker's own address, as ``http://127.0.0.1:5001``.
    upstream: str
    #: Where the agent and its settings are kept; only the user may read there.
    folder: Path
    #: The agent's binary; None: the one on this machine, else it is fetched.
    binary: Path | None = None
    authtoken: str | None = Field(default=None, repr=False)
    domain: str | None = None
    #: Between two looks at the agent.
    check_s: float = 5.0
    #: A new name is not asked for before this time, or its absence is remembered.
    settle_s: float = 5.0
    #: How long a new name may take until it can be resolved.
    resolve_s: float = 60.0


class Step(Wire):
    """What is being done before the tunnel is up."""

    type: Literal["step"] = "step"
    message: str
    #: How long it may take without another word; None: as long as usual.
    patience_s: float | None = None


class Up(Wire):
    """The tunnel leads to the worker."""

    type: Literal["up"] = "up"
    url: str


class Alive(Wire):
    """A sign of life of a tunnel that is up; ``trouble`` when it is not well."""

    type: Literal["alive"] = "alive"
    trouble: str | None = None


class Gone(Wire):
    """The tunnel could not be opened, or is lost; ``final``: trying again cannot help."""

    type: Literal["gone"] = "gone"
    reason: str
    final: bool = False


Event = Annotated[Step | Up | Alive | Gone, Field(discriminator="type")]
EVENT: TypeAdapter[Step | Up | Alive | Gone] = TypeAdapter(Event)
