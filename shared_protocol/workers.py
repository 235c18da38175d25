"""What a worker tells about itself, to whom it proves that it is itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    StringConstraints,
)

from shared_protocol.dials import Dials
from shared_protocol.models import ModelInfo
from shared_protocol.references import Likeness
from shared_protocol.wire import Origin, View, Wire


class EngineInfo(View):
    """An engine that a worker offers."""

    name: str
    kind: str
    draft: bool
    #: Why it cannot be used here; None when it can.
    unavailable: str | None = None
    #: Whether a film that names no engine may be made with it.
    automatic: bool = False
    #: The paid service behind it, and about what one picture at standard quality costs.
    service: str | None = None
    price_usd: float | None = None
    #: Of picture models: what of a reference they can keep.
    likenesses: tuple[Likeness, ...] = ()
    #: Of picture models; None: it has none, and draws at the film's own size.
    dials: Dials | None = None
    #: Whether it can draw a picture again from itself.
    redraws: bool = False
    #: Whether it can be watched while it draws, where ``live_previews`` of health is on.
    shows: bool = False
    #: Of voices: it speaks with a sample (``voice_sample``), and not without one.
    clones: bool = False
    #: Of voices: the ids that it can speak as; None: all that there are.
    voices: tuple[str, ...] | None = None


class TunnelState(StrEnum):
    """How a public address of a worker is."""

    OPENING = "opening"
    UP = "up"
    #: Lost; it is being opened again.
    DOWN = "down"
    #: Given up, because trying again cannot help.
    REFUSED = "refused"


class TunnelView(View):
    """A public address of a worker; several lead to the same one."""

    name: str
    state: TunnelState
    url: str | None = None
    #: Why it is not well, as the middle of a sentence.
    trouble: str | None = None
    restarts: int = 0
    since: str | None = None
    #: What came through it since the worker started.
    requests: int = 0
    bytes_out: int = 0
    #: When somebody with the token last came through it.
    used_at: str | None = None


class Health(View):
    """Reply of ``GET /health``; without a token only the first five fields are sent."""

    ok: bool = True
    status: str = "healthy"
    device: str = "cpu"
    gpu: str | Literal[False] = False
    protocol: int
    model: str | None = None
    tts: str | None = None
    worker_id: str | None = None
    boot_id: str | None = None
    version: str | None = None
    uptime_s: float | None = None
    ready: bool | None = None
    accepting: bool | None = None
    queue: dict[str, int] | None = None
    disk: dict[str, int] | None = None
    engines: tuple[EngineInfo, ...] | None = None
    versions: dict[str, str] | None = None
    #: Of the first GPU: ``total_bytes`` and ``used_bytes``, by whomever.
    gpu_memory: dict[str, int] | None = None
    #: The models that the engines' processes keep in memory.
    loaded: tuple[str, ...] | None = None
    #: Whether pictures can be watched while they are drawn, as the worker was started.
    live_previews: bool | None = None
    #: Pictures in one call: ``asked``, auto or a number, and as many as it would be ``now``.
    batch: dict[str, str | int] | None = None
    tunnels: tuple[TunnelView, ...] | None = None


class PairRequest(Wire):
    """Body of ``POST /pair``: an orchestrator proves that it knows the token."""

    nonce: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
    #: Its own pages, which may then read replies of the worker.
    origins: Annotated[tuple[Origin, ...], Field(max_length=16)] = ()
    proof: Annotated[str, Field(max_length=128)]


class PairReply(View):
    """Reply of ``POST /pair``: the worker proves the same in return."""

    protocol: int
    worker_id: str
    boot_id: str
    #: The worker's clock, in Unix seconds.
    now: int
    proof: str


class Capabilities(View):
    """Reply of ``GET /capabilities``."""

    protocol: int
    job_kinds: dict[str, dict[str, Any]]
    engines: tuple[EngineInfo, ...]
    vocabularies: dict[str, tuple[str, ...]]
    limits: dict[str, int]
    models: tuple[ModelInfo, ...] = ()
