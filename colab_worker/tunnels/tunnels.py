"""All tunnels of a worker: opened side by side, seen by ``/health``, closed together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from colab_worker.settings import Settings
from colab_worker.tunnels.keeper import Keeper, Pace
from colab_worker.tunnels.wire import KINDS, Kind, Order
from shared_protocol.clock import utc_now
from shared_protocol.kit.tasks import end_tasks
from shared_protocol.workers import TunnelView

FOLDER = "tunnels"


class Tunnels:
    """The tunnels that the settings ask for; none is the usual case."""

    def __init__(self, settings: Settings, pace: Pace | None = None) -> None:
        self._wanted = settings.tunnels
        self._folder = settings.data_dir / FOLDER
        self._pace = pace or Pace()
        self._keepers: list[Keeper] = []

    @property
    def views(self) -> tuple[TunnelView, ...]:
        """How each of them is, and what came through it."""
        return tuple(
            keeper.view.model_copy(update=vars(keeper.traffic))
            for keeper in self._keepers
        )

    def count(self, host: str, bytes_out: int, authorized: Callable[[], bool]) -> None:
        """Notes a reply that went out through the tunnel with that host name."""
        for keeper in self._keepers:
            if keeper.view.url == f"https://{host}":
                keeper.traffic.requests += 1
                keeper.traffic.bytes_out += bytes_out
                if authorized():
                    keeper.traffic.used_at = utc_now()

    @contextlib.asynccontextmanager
    async def open_to(
        self, upstream: str, changed: Callable[[TunnelView], None]
    ) -> AsyncIterator[None]:
        """Keeps all tunnels to ``upstream`` for as long as the context lasts."""
        folder = await asyncio.to_thread(self._prepare)
        self._keepers = [
            Keeper(self._order(kind, upstream, folder), changed, self._pace)
            for kind in KINDS
            if kind in self._wanted.kinds
        ]
        tasks = [
            asyncio.create_task(keeper.run(), name=f"tunnel {keeper.view.name}")
            for keeper in self._keepers
        ]
        try:
            yield
        finally:
            await end_tasks(tasks)

    def _prepare(self) -> Path:
        folder = self._folder
        if self._wanted.kinds:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        return folder

    def _order(self, kind: Kind, upstream: str, folder: Path) -> Order:
        ngrok = kind == "ngrok"
        return Order(
            kind=kind,
            upstream=upstream,
            folder=folder,
            binary=self._wanted.agents.get(kind),
            authtoken=self._wanted.ngrok_token if ngrok else None,
            domain=self._wanted.ngrok_domain if ngrok else None,
        )
