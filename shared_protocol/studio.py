"""What the orchestrator says of itself and of the workers that it knows."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    Field,
)

from shared_protocol.films import WorkerLink
from shared_protocol.holds import Pace
from shared_protocol.speech import SpeakRequest
from shared_protocol.wire import Text, View, Wire
from shared_protocol.workers import EngineInfo, Health


class SetWorkerUrl(Wire):
    """Body of ``POST /api/set-colab-url``; ``url`` may be any pasted text."""

    url: Annotated[Text, Field(max_length=20_000)]
    token: Annotated[Text, Field(max_length=500)] | None = None


class WorkerConnection(View):
    """Reply of ``POST /api/set-colab-url``."""

    success: bool
    raw_input: str | None = None
    clean_url: str
    connected: bool
    message: str
    health: Health | None = None
    warnings: tuple[str, ...] = ()


class WorkerAccess(View):
    """Reply of ``GET /api/worker``: where a page polls, with a token that only reads."""

    worker: WorkerLink | None
    read_token: str | None = None
    #: How often to ask, where a tunnel's requests are counted.
    pace: Pace | None = None


class VoicePreview(SpeakRequest):
    """Body of ``POST /api/voices/preview``; ``auto`` takes the language of the text."""

    language: Annotated[str, Field(pattern=r"^(auto|[a-z]{2,3}(-[a-z0-9]{2,8})*)$")] = (
        "auto"
    )


class StudioCapabilities(View):
    """Reply of ``GET /api/capabilities``: what a film ordered now can be made of."""

    vocabularies: dict[str, tuple[str, ...]]
    engines: tuple[EngineInfo, ...] = ()
    #: The worker that it would go to; None: nobody answers, and it would wait.
    worker: WorkerLink | None = None
    health: Health | None = None
    #: Why the remote worker, or any worker, cannot be used.
    trouble: str | None = None


class CheckStep(View):
    """One thing that was checked, how it is, and what to do about it."""

    name: str
    ok: bool
    message: str
    advice: str | None = None


class WorkerCheck(View):
    """Reply of ``POST /api/worker/check``; ``ok`` when films can be made."""

    ok: bool
    steps: tuple[CheckStep, ...]


class TunnelQuota(View):
    """What went through one tunnel this month, of its vendor's allowance."""

    host: str
    #: ``2026-11``.
    month: str
    requests: int
    bytes: int
    requests_limit: int | None = None
    bytes_limit: int | None = None
    #: The larger share of both, 0-1 and over.
    used: float = 0.0
    #: A sentence for people, once little is left.
    warning: str | None = None


class OrchestratorHealth(View):
    """Reply of ``GET /health``."""

    status: str = "ok"
    message: str
    script_engine: str
    colab_connected: bool
    colab_url: str | None
    version: str
    protocol: int
    workers: tuple[WorkerLink, ...] = ()
    tunnels: tuple[TunnelQuota, ...] = ()


class VoicesReply(View):
    """Reply of ``GET /api/voices``."""

    voices: dict[str, dict[str, Any]]
    engine: str
    total: int
    location: str
